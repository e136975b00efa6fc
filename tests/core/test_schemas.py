"""The reports of every kind of run are as their published schemas say."""

import json
from pathlib import Path

import jsonschema
import pytest
from support.toy import solve, toy_run, write_tasks

from fastdistill import Call, ServerFailed
from fastdistill.schemas import NAMES, schema
from fastdistill.testing.scripted import Answer


def mixed(call: Call) -> Answer:
    left = int(call.prompt.messages[-1].content.split()[0])
    said: list[Answer] = [solve(call), "77", "no idea", "sorry", ServerFailed("HTTP 500")]
    return said[left % 5]


@pytest.mark.anyio
@pytest.mark.parametrize("settings", [(), ("audit=4",), ("budget.tokens=30",), ("teacher.0.attempts=3",)])
async def test_reports_fit_their_schemas(tmp_path: Path, settings: tuple[str, ...]) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 25)
    with (tmp_path / "t.jsonl").open("a") as file:
        file.write('not json\n{"task_id": "dup", "left": 1, "right": 1}\n')
    await toy_run(tmp_path / "out", mixed, "teacher.0.retries=0", *settings, tasks=tasks)
    for name in NAMES:
        jsonschema.validate(json.loads((tmp_path / "out" / f"{name}.json").read_text()), schema(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))
