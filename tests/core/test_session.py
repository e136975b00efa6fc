"""A whole session over the toy scenario: what goes in, what comes out, and that the counts agree."""

import json
from pathlib import Path

import pytest
from support.toy import Heard, rows, solve, toy_run, write_tasks

from fastdistill import Call
from fastdistill.testing.scripted import ScriptedProvider

pytestmark = pytest.mark.anyio


def three_ways(call: Call) -> str:
    left = int(call.prompt.messages[-1].content.split()[0])
    return {0: solve(call), 1: str(left + 7), 2: "no idea"}[left % 3]


async def test_right_answers_are_accepted_and_counts_agree(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 30)
    heard = Heard()
    finished = await toy_run(tmp_path / "out", three_ways, tasks=tasks, heard=heard)
    out = tmp_path / "out"
    dataset = rows(out / "dataset.jsonl")
    assert finished.outcome == "done"
    assert [row["task_id"] for row in dataset] == [f"t{i}" for i in range(0, 30, 3)]
    assert dataset[0]["messages"][-1] == {"role": "assistant", "content": "1"}
    assert dataset[0]["teacher"] == {"provider": "scripted", "model": "m", "tier": 1}
    rejects = rows(out / "rejected.jsonl")
    assert {row["reason"] for row in rejects} == {"wrong-sum", "no-number"}
    assert len(rejects) == 20
    reports = [
        json.loads((out / name).read_text())
        for name in ("manifest.json", "quality_report.json", "timing_report.json")
    ]
    assert {json.dumps(report["counts"], sort_keys=True) for report in reports} == {
        json.dumps(
            {
                "tasks": 30, "accepted": 10, "rejected": 20, "failed": 0, "skipped": 0, "unfinished": 0,
                "bad_tasks": 0,
            },
            sort_keys=True,
        )
    }  # fmt: skip
    assert reports[1]["reject_reason_counts"] == {"no-number": 10, "wrong-sum": 10}
    assert reports[1]["gold_match"] == {"rate": 1 / 3, "count": 10, "of": 30}
    assert type(heard.events[0]).__name__ == "Started"
    assert sum(type(event).__name__ == "Settled" for event in heard.events) == 30


async def test_the_same_answers_give_the_same_bytes(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "t.jsonl", 20)
    await toy_run(tmp_path / "a", three_ways, tasks=tasks)
    await toy_run(tmp_path / "b", three_ways, tasks=tasks)
    for name in ("dataset.jsonl", "rejected.jsonl"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


async def test_the_timing_report_tells_how_the_limit_was_found_and_why_slots_were_idle(
    tmp_path: Path,
) -> None:
    tasks = write_tasks(tmp_path / "tasks.jsonl", 60)
    provider = ScriptedProvider(answer=solve, latency=0.01)
    await toy_run(tmp_path / "out", tasks=tasks, provider=provider)
    timing = json.loads((tmp_path / "out" / "timing_report.json").read_text(encoding="utf-8"))
    (told,) = timing["sessions"][-1]["timing"]["teachers"].values()
    (endpoint,) = told["endpoints"]
    assert endpoint["identity"] == "scripted"
    assert endpoint["limits"][0]["why"] == "start"
    assert 0 < told["occupancy"] <= 1
    assert set(endpoint["idle_slot_seconds"]) <= {"source-slow", "source-ended", "teacher-full"}
    assert endpoint["busy_slot_seconds"] > 0


async def test_every_row_is_one_line_to_every_reader(tmp_path: Path) -> None:
    tasks = tmp_path / "t.jsonl"
    names = ["a\u2028b", "a\u2029b", "a\x85b", "a\x0bb", "a\x1cb", "a\r\nb"]
    lines = [{"task_id": name, "left": i, "right": 1, "total": i + 1} for i, name in enumerate(names)]
    tasks.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    await toy_run(tmp_path / "out", tasks=tasks)
    found = (tmp_path / "out" / "dataset.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["task_id"] for line in found] == names


async def test_every_line_of_a_name_that_stands_often_is_told(tmp_path: Path) -> None:
    tasks = tmp_path / "t.jsonl"
    lines = [{"task_id": "same", "left": i, "right": 1, "total": i + 1} for i in range(5)]
    tasks.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    await toy_run(tmp_path / "out", solve, tasks=tasks)
    told = rows(tmp_path / "out" / "rejected.jsonl")
    assert [row["line"] for row in told] == [2, 3, 4, 5]
    assert {row["reason"] for row in told} == {"duplicate-task-id"}
    counts = json.loads((tmp_path / "out" / "manifest.json").read_text())["counts"]
    assert counts["bad_tasks"] == 4
