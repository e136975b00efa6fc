"""Five hundred spoilt run files and as many task rows: a sentence each, and no exception's own words."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.messages import RAW

from fastdistill.config import load
from fastdistill.errors import FastDistillError
from fastdistill.host import PluginHost
from fastdistill.model.task import BadTask
from fastdistill.run.plan import resolve
from fastdistill.run.tasks import JsonLines
from fastdistill.specs import ScenarioSpec

SEED, MUTANTS = 19, 500
BASE = """\
scenario = "sql"
tasks = "tasks.jsonl"
limit = 1000
seed = 0
gates = ["sql-one-statement", "sqlite"]
[[teacher]]
name = "small"
provider = "openai"
model = "m"
base_urls = ["http://a:8000/v1", "http://b:8000/v1"]
attempts = 2
temperature = [0.0, 0.7]
price = { input = 2.0, output = 8.0 }
[[helper]]
name = "critic"
provider = "ollama"
model = "n"
options = { think = true }
[budget]
usd = 25.0
[pilot]
tasks = 50
min_exec_pass = 0.3
[split]
train = 0.9
test = 0.1
[rules.max-length]
characters = 8000
[judges.judge]
votes = 3
[map]
question = "prompt"
"""
VALUES = [
    "true", '"x"', "-1", "3.5", "[]", "[1, [2]]", "{ a = 1 }", '""', "1e400", "nan", "1979-05-27", "null",
]  # fmt: skip
JUNK: list[Any] = [
    None, True, -1, 3.5, 1e308, "", "x", "\0", [], [None], [1, "a"], {}, {"a": None}, "y" * 500,
]  # fmt: skip


def line_of(text: str, rng: random.Random) -> tuple[list[str], int]:
    rows = text.split("\n")
    return rows, rng.randrange(len(rows))


def spoilt(text: str, rng: random.Random) -> str:
    """One change of a run file: a value, a key, a bracket, a line, a character."""
    rows, at = line_of(text, rng)
    key, sign, value = rows[at].partition(" = ")
    match rng.randrange(7):
        case 0 | 1 if sign:
            rows[at] = f"{key} = {rng.choice(VALUES)}"
        case 2 if sign:
            rows[at] = f"{rng.choice(['limit', 'attempts', 'Model', 'x', key + 's', key[:-1]])} = {value}"
        case 3:
            rows[at] = rows[at].replace("[", "", 1).replace("]", "", 1)
        case 4:
            rows.insert(at, rows[rng.randrange(len(rows))])
        case 5:
            del rows[at]
        case _:
            spot = rng.randrange(len(text))
            return (
                text[:spot] + rng.choice(["", '"', "=", "[", "\0", "\u2028", "é", "{"]) + text[spot + 1 :]
            )
    return "\n".join(rows)


def test_spoilt_run_files_are_told_in_sentences(tmp_path: Path) -> None:
    rng, host = random.Random(SEED), PluginHost().discover()
    told: dict[int, str] = {}
    file = tmp_path / "run.toml"
    for number in range(MUTANTS):
        text = BASE
        for _ in range(rng.randint(1, 3)):
            text = spoilt(text, rng)
        file.write_text(text, encoding="utf-8")
        try:
            resolve(load(file), host)
        except FastDistillError as error:
            told[number] = str(error)
            assert RAW.search(told[number]) is None, f"{told[number]}\n{text}"
    assert len(told) > MUTANTS / 2
    assert all(len(line) < 1500 for text in told.values() for line in text.split("\n"))


def changed(row: dict[str, Any], rng: random.Random) -> str:
    """One change of a row: a value, a key, or a character of its text."""
    row = dict(row)
    key = rng.choice(list(row))
    match rng.randrange(5):
        case 0 | 1:
            row[key] = rng.choice(JUNK)
        case 2:
            row[rng.choice([key + "s", "Question", "x"])] = row.pop(key)
        case 3:
            del row[key]
        case _:
            text = json.dumps(row)
            spot = rng.randrange(len(text))
            return text[:spot] + rng.choice(["", '"', "{", "\\", "\t", ",", "NaN"]) + text[spot + 1 :]
    return json.dumps(row)


def pack_of(name: str, host: PluginHost) -> tuple[Callable[[Any], Any], Path, list[dict[str, Any]]]:
    spec = host.get("scenarios", name).spec
    assert isinstance(spec, ScenarioSpec)
    assert spec.pack is not None
    pack = spec.pack()
    rows = [json.loads(line) for line in pack.read_text(encoding="utf-8").splitlines()[:10]]
    return spec.build(spec.config()).tasks, pack.parent, rows


@pytest.mark.parametrize("name", ["sql", "code", "math"])
def test_spoilt_task_rows_are_told_in_sentences(name: str, tmp_path: Path) -> None:
    rng, told = random.Random(SEED), 0
    tasks, base, rows = pack_of(name, PluginHost().discover())
    file = tmp_path / "tasks.jsonl"
    lines = [changed(rng.choice(rows), rng) for _ in range(MUTANTS)]
    file.write_text("\n".join(line.replace("\n", " ") for line in lines), encoding="utf-8")
    for item in tasks(JsonLines(path=file, base=base)):
        if isinstance(item, BadTask):
            told += 1
            assert RAW.search(item.detail) is None, f"{item.detail}\n{lines[item.line - 1][:300]}"
            assert 0 < len(item.detail) < 1500
    assert told > MUTANTS / 5
