"""The run file: layers with their origins, and every mistake at once."""

from pathlib import Path

import pytest

from fastdistill.config import describe, load
from fastdistill.errors import RunFileError, UsageError


def write(folder: Path, text: str) -> Path:
    file = folder / "run.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_layers_win_in_order_and_say_where_from(tmp_path: Path) -> None:
    file = write(tmp_path, 'scenario = "sql"\nseed = 1\nlimit = 5\n[pilot]\ntasks = 3\n')
    loaded = load(file, ["seed=2", "pilot.tasks=4"], [("--limit", ["limit"], 9)])
    assert (loaded.config.seed, loaded.config.limit, loaded.config.pilot.tasks) == (2, 9, 4)
    origin = {path: where for path, _, where in describe(loaded)}
    assert origin["scenario"] == str(file)
    assert origin["seed"] == "--set seed=2"
    assert origin["limit"] == "--limit"
    assert origin["cache"] == "default"


def test_paths_are_relative_to_the_run_file(tmp_path: Path) -> None:
    assert load(write(tmp_path, 'tasks = "t.jsonl"')).config.tasks == tmp_path / "t.jsonl"


def test_every_mistake_is_reported_at_once_with_its_path(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        'sead = 1\nlimit = "5"\ncache = "false"\n[pilot]\ntasks = 0\n'
        '[[teacher]]\nprovider = "openai"\ntries = 2\n',
    )
    loaded = load(file)
    text = "\n".join(loaded.problems)
    assert loaded.config.limit is None
    assert "sead: unknown key (did you mean 'seed'?)" in text
    assert "limit: '5' is not a whole number" in text
    assert "cache: 'false' is not true or false" in text
    assert "pilot" in text
    assert "teacher[0].model: is missing" in text
    assert "teacher[0].tries: unknown key" in text


@pytest.mark.parametrize("text", ["seed", "=3", "a..b=1", "seed.deep=1", "teacher.5.model='x'"])
def test_a_setting_that_cannot_be_is_a_usage_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load(write(tmp_path, "seed = 1"), [text])


def test_a_setting_reaches_into_lists_of_tables(tmp_path: Path) -> None:
    loaded = load(
        None, ["teacher.0.provider=openai", "teacher.0.model=gpt-x", "teacher.0.temperature=[0, 0.7]"]
    )
    assert loaded.config.teacher[0].title == "openai:gpt-x"
    assert loaded.config.teacher[0].temperature == (0.0, 0.7)


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run file"):
        load(tmp_path / "none.toml")
    with pytest.raises(RunFileError, match="is not TOML"):
        load(write(tmp_path, "a = = 1"))


def test_a_value_out_of_bounds_is_told_with_its_path() -> None:
    loaded = load(None, ['shard="4/3"', "limit=0", "teacher.0.max_in_flight=0", "pilot.tasks=0"])
    assert sorted(problem.partition(": must be")[0] for problem in loaded.problems) == [
        "limit", "pilot.tasks", "shard", "teacher[0].max_in_flight",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('gates = "sqlite"', "gates: 'sqlite' is not a list"),
        ('[[teacher]]\nprovider = "p"\nmodel = "m"\nstop = "END"', "teacher[0].stop: 'END' is not a list"),
        ("extra_gates = {a = 1}", "extra_gates: a table (a) is not a list"),
        ('gates = ["a", 3]', "gates[1]: 3 is not a string"),
    ],
)
def test_a_text_is_no_list_of_its_letters(text: str, says: str, tmp_path: Path) -> None:
    assert [one for one in load(write(tmp_path, text)).problems if one.startswith(says)]
