"""`fd doctor`: what lacks is told with what to do, keys are never shown, and no teacher is asked."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fastdistill.cli.main import cli
from fastdistill.doctor.machine import size
from fastdistill_simulator import TeacherSimulator

KEY = "sk-doctor-0123456789abcdef"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No sandbox is started, and the cache is empty."""
    monkeypatch.setattr("fastdistill.cli.doctor.sandboxes", lambda host: [])
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def told(*words: str) -> tuple[int, dict[str, Any], str]:
    done = CliRunner().invoke(cli, ["doctor", *words, "--json"], standalone_mode=False)
    assert done.exception is None, done.exception
    found = json.loads(done.output)
    return done.return_value, {one["name"]: one for one in found["checks"]}, done.output


@pytest.mark.usefixtures("quick")
def test_a_machine_by_itself() -> None:
    code, found, _ = told()
    assert code == 0
    assert {"python", "plugins", "extras", "cache", "disk of runs"} <= set(found)
    assert "sql" in found["plugins"]["data"]["scenarios"]


@pytest.mark.usefixtures("quick")
def test_a_missing_key_and_a_dead_address_lack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "run.toml").write_text(
        '[[teacher]]\nprovider = "openai"\nmodel = "a"\n'
        '[[teacher]]\nprovider = "ollama"\nmodel = "b"\noptions = { base_url = "http://127.0.0.1:9" }\n'
    )
    code, found, _ = told("run.toml")
    assert code == 3
    assert "OPENAI_API_KEY" in found["teacher openai:a"]["detail"]
    assert "nobody listens at http://127.0.0.1:9" in found["teacher ollama:b"]["detail"]


@pytest.mark.usefixtures("quick")
def test_an_endpoint_is_not_asked_and_its_key_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with TeacherSimulator(api_key=KEY) as server:
        code, found, output = told("--teacher", "openai:m", "--base-url", server.base_url)
        assert server.counters.requests == 0
    assert code == 0
    assert found["teacher openai:m"]["data"]["reached"]
    assert KEY not in output


def test_sizes() -> None:
    assert [size(n) for n in (0, 2048, 3 * 2**30)] == ["0 bytes", "2.0 KiB", "3.0 GiB"]
