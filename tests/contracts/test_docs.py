"""Docs that cannot go stale: hooks, quoted code, commands and links."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from fastdistill import hookspecs
from fastdistill.cli.main import COMMANDS, cli

ROOT = Path(__file__).parents[2]
HOOKS = [name for name in dir(hookspecs) if name.startswith("fastdistill_")]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_docs_heading(hook: str) -> None:
    text = (ROOT / "docs" / "authors" / "hooks.md").read_text(encoding="utf-8")
    assert f"## `{hook}`" in text


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_test(hook: str) -> None:
    used = [path for path in (ROOT / "tests").rglob("*.py") if f"def {hook}(" in path.read_text("utf-8")]
    assert used


def test_the_tutorial_quotes_the_example_plugin() -> None:
    text = (ROOT / "docs" / "authors" / "tutorial.md").read_text(encoding="utf-8")
    source = ROOT / "plugins" / "example" / "src" / "fastdistill_example" / "plugin.py"
    assert source.read_text(encoding="utf-8").strip() in text


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`fd {name}" not in text] == []


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_links_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        broken += [f"{page.name}: {link}" for link in links if not (page.parent / link).exists()]
    assert broken == []
