"""Shards merged are the run that was never split: the same dataset and rejects, byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.toy import rows, solve, toy_host, toy_plan, toy_run, write_tasks

from fastdistill import Call, ServerFailed
from fastdistill.errors import RunFolderError, UsageError
from fastdistill.run.ops.merge import gathered, merge
from fastdistill.testing.scripted import Answer, ScriptedProvider

pytestmark = pytest.mark.anyio


def faulty(call: Call) -> Answer:
    left = int(call.prompt.messages[-1].content.split()[0])
    said: list[Answer] = [solve(call), "77", "no idea", "sorry", ServerFailed("HTTP 500")]
    return said[left % 5]


def some_tasks(folder: Path) -> Path:
    """Sixty tasks, among them a broken line, duplicates, and a name that stands twice."""
    path = write_tasks(folder / "t.jsonl", 60)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[7] = "{broken"
    lines += [json.dumps(json.loads(lines[i]) | {"task_id": f"again{i}"}) for i in (3, 11)]
    lines += [json.dumps(json.loads(lines[5]) | {"left": 700 + i, "task_id": "twice"}) for i in range(4)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


async def split(tmp_path: Path, tasks: Path, parts: int, *more: str) -> list[Path]:
    folders = []
    for part in range(1, parts + 1):
        folders.append(tmp_path / f"shard{part}")
        given = (f'shard="{part}/{parts}"', "teacher.0.retries=0", *more)
        await toy_run(folders[-1], faulty, *given, tasks=tasks)
    return folders


async def united(tmp_path: Path, tasks: Path, folders: list[Path], host: Any = None) -> Path:
    out, copies = tmp_path / "united", tmp_path / "copies"
    copies.mkdir()
    silent = ScriptedProvider(answer=lambda call: pytest.fail("a merge asked a teacher"))
    plan = toy_plan(host or toy_host(silent), tasks, "cache=false", "teacher.0.retries=0")
    await merge(plan, tasks, gathered(folders, copies), out)
    return out


@pytest.mark.parametrize("parts", [1, 2, 5])
async def test_the_bytes_are_those_of_one_machine(tmp_path: Path, parts: int) -> None:
    tasks = some_tasks(tmp_path)
    await toy_run(tmp_path / "whole", faulty, "teacher.0.retries=0", tasks=tasks)
    folders = await split(tmp_path, tasks, parts)
    before = [(folder / "dataset.jsonl").read_bytes() for folder in folders]
    out = await united(tmp_path, tasks, folders[::-1])
    for name in ("dataset.jsonl", "rejected.jsonl"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    counts = [
        json.loads((run / "manifest.json").read_text())["counts"] for run in (tmp_path / "whole", out)
    ]
    assert counts[0] == counts[1]
    assert [(folder / "dataset.jsonl").read_bytes() for folder in folders] == before


async def test_what_failed_by_fault_is_tried_again_when_the_whole_is_resumed(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 20)
    out = await united(tmp_path, tasks, await split(tmp_path, tasks, 2))
    failed = [row for row in rows(out / "rejected.jsonl") if row["status"] == "failed"]
    assert len(failed) == 4
    await toy_run(out, solve, "teacher.0.retries=0", "cache=false", tasks=tasks)
    left = [row for row in rows(out / "rejected.jsonl") if row["status"] == "failed"]
    assert left == []
    assert len(rows(out / "dataset.jsonl")) == 8


async def test_what_is_missing_or_foreign_is_named(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 20)
    one, two, three = await split(tmp_path, tasks, 3)
    other = tmp_path / "other"
    await toy_run(other, faulty, 'shard="2/3"', "seed=5", "teacher.0.retries=0", tasks=tasks)
    whole = tmp_path / "whole"
    await toy_run(whole, faulty, "teacher.0.retries=0", tasks=tasks)
    for i, (folders, error, words) in enumerate(
        [
            ([one, three], UsageError, "missing: shard 2/3"),
            ([one, two, two, three], UsageError, "given twice: shard 2/3"),
            ([one, other, three], UsageError, "seed: was 0, is 5"),
            ([one, whole], RunFolderError, "is no shard"),
            ([one, tmp_path / "none"], RunFolderError, "there is no ledger"),
        ]
    ):
        copies = tmp_path / f"copies{i}"
        copies.mkdir()
        with pytest.raises(error, match=words):
            gathered(folders, copies)


async def test_a_shard_that_did_not_end_is_not_taken(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 40)
    folders = await split(tmp_path, tasks, 2, "budget.accept=2")
    (tmp_path / "copies").mkdir()
    with pytest.raises(RunFolderError, match="has not come to its end"):
        gathered(folders, tmp_path / "copies")


async def test_another_task_file_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 20)
    folders = await split(tmp_path, tasks, 2)
    other = write_tasks(tmp_path / "other.jsonl", 21)
    with pytest.raises(UsageError, match="is not the file that the shards took"):
        await united(tmp_path, other, folders)
    assert not (tmp_path / "united").exists()
