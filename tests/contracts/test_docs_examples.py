"""Every Python and TOML example of the README and of the pages runs, or is what it says it is."""

import ast
import json
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from fastdistill.cli.main import cli
from fastdistill.config import load
from fastdistill.testing import PluginHost

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(ROOT.glob("*/README.md")),
    *sorted(ROOT.glob("plugins/*/README.md")),
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "decisions"),
]
NEEDS_A_TEACHER = re.compile(r"fd\.run\(|fastdistill\.run\(|open_run\(")
"""Examples that ask somebody are compiled, and run elsewhere: by the tests of what they call."""
PACK = ROOT / "fastdistill_sql" / "src" / "fastdistill_sql" / "pack"


def examples(language: str) -> list[tuple[Path, list[str]]]:
    """Each page with its blocks of a language, in order."""
    fence = re.compile(rf"^( *)```{language}\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
    found = [(page, [block[1] for block in fence.findall(page.read_text("utf-8"))]) for page in PAGES]
    return [(page, blocks) for page, blocks in found if blocks]


def names(cases: list[tuple[Path, list[str]]]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page, _ in cases]


PYTHON, TOML, JSON = examples("python"), examples("toml"), examples("json")


def runnable(block: str) -> bool:
    """Whether what it imports is here, and it asks nobody."""
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(block))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    return all(find_spec(name) for name in imported) and not NEEDS_A_TEACHER.search(block)


@pytest.mark.parametrize(("page", "blocks"), PYTHON, ids=names(PYTHON))
def test_python_examples_run_in_order(page: Path, blocks: list[str], tmp_path: Path) -> None:
    """The blocks of a page are one program: a later one may use what an earlier one imported."""
    program = "\n\n".join(block for block in blocks if runnable(block))
    compile("\n\n".join(blocks), str(page), "exec")
    script = f"from pathlib import Path\nPACK = Path({str(PACK)!r})\n\n{program}"
    (tmp_path / "example.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "example.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("page", "blocks"), TOML, ids=names(TOML))
def test_toml_examples_are_run_files_or_package_files(
    page: Path, blocks: list[str], tmp_path: Path
) -> None:
    host = PluginHost().discover()
    kinds = {offer.kind: {o.spec.name for o in host.offers(offer.kind)} for offer in host.offers()}
    for block in blocks:
        if "project" in tomllib.loads(block):
            assert {"name", "version"} <= set(tomllib.loads(block)["project"])
            continue
        (tmp_path / "run.toml").write_text(block, encoding="utf-8")
        loaded = load(tmp_path / "run.toml")
        assert loaded.problems == ()
        for teacher in (*loaded.config.teacher, *loaded.config.helper):
            assert teacher.provider in kinds["providers"]
        for kind in ("scenarios", "providers", "exec_evals", "judges", "rules"):
            assert set(getattr(loaded.config, kind)) <= kinds[kind], f"{kind} in {page.name}"


@pytest.mark.parametrize(("page", "blocks"), JSON, ids=names(JSON))
def test_json_examples_are_json(page: Path, blocks: list[str]) -> None:
    for block in blocks:
        json.loads(block)


COMMAND = re.compile(r"^(?:\$ )?((?:[A-Z_]+=\S+ )*fd .*)$", re.MULTILINE)
SHELL = [
    (page, [line[1] for block in blocks for line in COMMAND.finditer(block.replace("\\\n", " "))])
    for page, blocks in examples("sh")
]
SHELL = [(page, lines) for page, lines in SHELL if lines]


@pytest.mark.parametrize(("page", "lines"), SHELL, ids=names(SHELL))
def test_shell_examples_are_commands_that_fd_takes(page: Path, lines: list[str]) -> None:
    """Each `fd` line is read as the shell and then fd would read it; what it does is tested elsewhere."""
    for line in lines:
        words = shlex.split(line.partition(" | ")[0].partition(" > ")[0], comments=True)
        words = [word for word in words if not re.fullmatch(r"[A-Z_]+=.*|&", word)]
        command: click.Command = cli
        context = click.Context(cli, info_name="fd")
        rest = words[1:]
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            name, found, rest = command.resolve_command(context, rest)
            assert found is not None, line
            command, context = found, click.Context(found, info_name=name, parent=context)
        if not {"-h", "--help", "--version"} & set(rest):
            command.make_context(context.info_name, list(rest), parent=context.parent)
