"""`fd new`: what it writes works at once, and what it cannot write it says."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.packages import put_on_path

from fastdistill.cli.main import cli
from fastdistill.errors import UsageError
from fastdistill.scaffold.kinds import TEMPLATES
from fastdistill.scaffold.write import slug, write
from fastdistill.testing import PluginHost


def written(kinds: list[str], folder: Path) -> list[Path]:
    host = PluginHost().discover()
    return [
        write(kind, f"brand-new-{kind}", folder / f"fastdistill-brand-new-{kind}", host).folder
        for kind in kinds
    ]


@pytest.mark.slow
def test_the_tests_of_every_new_package_pass_at_once(tmp_path: Path) -> None:
    packages = written(list(TEMPLATES), tmp_path)
    env = put_on_path(packages, tmp_path / "site")
    words = [
        "-q",
        "-rs",
        "-p",
        "no:cacheprovider",
        "-c",
        str(packages[0] / "pyproject.toml"),
        "--rootdir",
        ".",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *(str(one / "tests") for one in packages)],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "not installed" not in done.stdout
    listed = subprocess.run(
        [sys.executable, "-c", "from fastdistill.cli.main import main; main()", "plugins"],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    assert "failed:" not in listed
    assert [kind for kind in TEMPLATES if f"brand-new-{kind} " not in listed] == []


@pytest.mark.slow
def test_new_packages_are_typed_throughout(tmp_path: Path) -> None:
    packages = written(list(TEMPLATES), tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"),
         *(str(path) for one in packages for path in (one / "src", *one.glob("tests/test_*.py")))],
        cwd=tmp_path, capture_output=True, text=True, timeout=600,
        env=put_on_path(packages, tmp_path / "site")
        | {"MYPYPATH": ":".join(str(one / "src") for one in packages)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("rul", "x", "there is no kind 'rul' (did you mean 'rule'?)"),
        ("rule", "PoliteRule", "such as 'polite-rule'"),
        ("rule", "polite rule", "such as 'polite-rule'"),
        ("rule", "9lives", "such as 'lives'"),
        ("rule", "-", "such as 'polite'"),
        ("rule", "x" * 41, "at most 40 characters"),
        ("rule", "fastdistill-polite", "leave out 'fastdistill-'"),
        ("rule", "not-empty", "is there already, from builtin"),
        ("rule", "judge", "the package fastdistill-judge"),
    ],
)
def test_what_cannot_be_a_package_is_said_and_nothing_written(
    kind: str, name: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        write(kind, name, tmp_path / "new", PluginHost().discover())
    assert says in str(caught.value)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = CliRunner().invoke(cli, ["new", "rule", "polite", "--into", str(tmp_path)])
    assert "is there and not empty" in str(done.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_nearest_name() -> None:
    assert [slug(text) for text in ("HTMLChecker2", "ÄÖ", "a__b")] == ["htmlchecker2", "polite", "a-b"]
