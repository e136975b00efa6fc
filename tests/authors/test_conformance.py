"""The conformance kit: every mistake is found and named, and our own plugins make none."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from authors.mistakes import LOADING, TRYING, Mistake
from click.testing import CliRunner

from fastdistill.cli.main import cli
from fastdistill.testing import PluginHost
from fastdistill.testing.conformance.check import Subject, result_of
from fastdistill.testing.conformance.kinds import CHECKS, check_all, options_for

CHEAP = ("reporters", "exporters", "sources")


def loaded(mistake: Mistake, folder: Path) -> PluginHost:
    path = folder / "mine_plugin.py"
    path.write_text(mistake.source)
    module = ModuleType("mine_plugin")
    module.__file__ = str(path)
    sys.modules["mine_plugin"] = module
    exec(compile(mistake.source, str(path), "exec"), module.__dict__)
    rows = [{"task_id": str(n), "question": f"{n} + 1?", "answer": str(n + 1)} for n in range(3)]
    (folder / "tasks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    host = PluginHost()
    host.register(module, "mine", distribution="mine-plugin")
    if mistake.check == "gold-is-never-shown":
        host.discover()
    return host


@pytest.mark.parametrize("mistake", TRYING, ids=[one.name for one in TRYING])
def test_a_mistake_is_found_by_its_check_and_named(mistake: Mistake, tmp_path: Path) -> None:
    host = loaded(mistake, tmp_path)
    (offer,) = [one for one in host.offers() if one.spec.name == "mine"]
    subject = Subject(offer=offer, host=host, options=options_for(offer))
    (check,) = [one for one in CHECKS[offer.kind] if one.name == mistake.check]
    result = result_of(check, subject)
    assert result.outcome == "failed", result
    assert [word for word in mistake.says if word not in result.detail] == [], result.detail


@pytest.mark.parametrize("mistake", LOADING[1:], ids=[one.name for one in LOADING[1:]])
def test_a_mistake_of_loading_is_named(mistake: Mistake, tmp_path: Path) -> None:
    host = loaded(mistake, tmp_path)
    host.offers()
    (failure,) = host.failures
    assert [word for word in mistake.says if word not in failure.error] == [], failure.error


def test_a_plugin_that_breaks_a_promise_makes_the_command_fail(tmp_path: Path) -> None:
    (tmp_path / "mine_plugin.py").write_text(TRYING[2].source)
    info = tmp_path / "mine_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[fastdistill]\nmine = mine_plugin\n")
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from fastdistill.cli.main import main; main()"
    )
    words = ["plugins", "check", "Mine_Plugin", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["broken"] == 1
    (plugin,) = told["plugins"]
    failed = {one["check"] for one in plugin["checks"] if one["outcome"] == "failed"}
    assert "hostile-answers-get-findings" in failed


def test_a_distribution_that_is_not_there_is_told() -> None:
    done = CliRunner().invoke(cli, ["plugins", "check", "fastdistill-sqll"])
    assert "did you mean 'fastdistill-sql'?" in str(done.exception)


@pytest.mark.parametrize("kind", CHEAP)
def test_our_reporters_exporters_and_sources_keep_every_promise(kind: str) -> None:
    host = PluginHost().discover()
    offers = [one for one in host.offers() if one.kind == kind]
    assert offers
    assert [(one.offer.spec.name, one.failed) for one in check_all(host, offers) if one.failed] == []


@pytest.mark.slow
def test_our_gates_scenarios_and_providers_keep_every_promise() -> None:
    host = PluginHost().discover()
    offers = [one for one in host.offers() if one.kind not in CHEAP]
    assert [(one.offer.spec.name, one.failed) for one in check_all(host, offers) if one.failed] == []
