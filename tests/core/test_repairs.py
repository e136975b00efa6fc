"""Repairs, selection by the student, and streams that are given up, in whole runs over the toy scenario."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support.toy import rows, solve, sums_match, toy_host, toy_plan, toy_run, write_tasks

from fastdistill import Call, Candidate, Finding, Task, hookimpl, rejected
from fastdistill.host import PluginHost
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ops.replay import compare, copy_ledger, rejudge, same_bytes
from fastdistill.schemas import NAMES, schema
from fastdistill.testing.scripted import Answer, ScriptedProvider

pytestmark = pytest.mark.anyio
REPAIR = ("repair.rounds=1", 'repair.reasons=["no-number"]', "teacher.0.attempts=3")


async def telling(task: Task[Any], candidate: Candidate, /) -> Finding:
    if not candidate.answer.isdigit():
        return rejected("no-number", "not a number", tell=f"{candidate.answer!r} is no number")
    return await sums_match(task, candidate)


class OnlyWhenTold:
    """Says words at first; right when it is shown what was wrong with them."""

    def __init__(self) -> None:
        self.seen: list[Call] = []

    def __call__(self, call: Call) -> Answer:
        self.seen.append(call)
        if call.purpose != "repair":
            return "three"
        first = call.prompt.messages[0].content
        left, _, right = first.partition(" + ")
        return str(int(left) + int(right))


def host_of(answer: Callable[[Call], Answer]) -> PluginHost:
    return toy_host(ScriptedProvider(answer=answer), gate=telling)


async def test_a_repair_sees_its_own_reply_and_what_is_told(tmp_path: Path) -> None:
    answer = OnlyWhenTold()
    tasks = write_tasks(tmp_path / "t.jsonl", 40)
    settings = (*REPAIR, "gates=['sums-match']")
    done = await toy_run(tmp_path / "out", answer, *settings, tasks=tasks, host=host_of(answer))
    repairs = [call for call in answer.seen if call.purpose == "repair"]
    assert 5 < len(repairs) == done.progress.accepted < 35, (
        "half of the tasks, by their hash, are asked anew"
    )
    shown = [(m.role, m.content) for m in repairs[0].prompt.messages]
    assert shown[1] == ("assistant", "three")
    assert "'three' is no number" in shown[2][1]
    assert repairs[0].prompt.template == "adding+repair"
    for row in rows(tmp_path / "out" / "dataset.jsonl"):
        assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
        assert " + " in row["messages"][0]["content"]
        assert row["messages"][1]["content"].isdigit()
    for name in NAMES:
        jsonschema.validate(json.loads((tmp_path / "out" / f"{name}.json").read_text()), schema(name))
    found = json.loads((tmp_path / "out" / "quality_report.json").read_text())["repair"]
    assert (found["repaired"]["count"], found["repaired"]["of"]) == (len(repairs), len(repairs))
    assert (found["asked_anew"]["count"], found["asked_anew"]["of"]) == (0, 40 - len(repairs))
    assert found["by_reason"]["no-number"]["repaired"]["rate"] == 1


async def test_a_repaired_run_replays_to_the_same_bytes(tmp_path: Path) -> None:
    answer = OnlyWhenTold()
    tasks, host = write_tasks(tmp_path / "t.jsonl", 12), host_of(answer)
    settings = (*REPAIR, "gates=['sums-match']")
    await toy_run(tmp_path / "out", answer, *settings, tasks=tasks, host=host)
    plan = toy_plan(host, tasks, "cache=false", *settings)
    (tmp_path / "copy").mkdir()
    copy_ledger(tmp_path / "out", tmp_path / "copy")
    await rejudge(tmp_path / "out", plan, tasks, tmp_path / "again")
    assert compare(tmp_path / "copy", tmp_path / "again") == []
    assert same_bytes(tmp_path / "out", tmp_path / "again")


async def test_what_is_not_told_or_not_listed_is_asked_anew(tmp_path: Path) -> None:
    answer = OnlyWhenTold()
    tasks = write_tasks(tmp_path / "t.jsonl", 8)
    plain = ("repair.rounds=1", "repair.control=0", "teacher.0.attempts=3", "gates=['sums-match']")
    await toy_run(tmp_path / "out", answer, *plain, tasks=tasks, host=host_of(answer))
    assert {call.purpose for call in answer.seen} == {"teacher"}
    unsaid = ScriptedProvider(answer=OnlyWhenTold())
    await toy_run(
        tmp_path / "two", OnlyWhenTold(), *REPAIR, "repair.control=0", tasks=tasks, provider=unsaid,
        host=toy_host(unsaid),
    )  # fmt: skip
    assert {call.purpose for call in unsaid.calls} == {"teacher"}, "the rule of the toy tells nothing"


async def test_a_repair_that_fails_is_not_repaired_again(tmp_path: Path) -> None:
    seen: list[Call] = []

    def answer(call: Call) -> Answer:
        seen.append(call)
        return "words"

    tasks = write_tasks(tmp_path / "t.jsonl", 1)
    await toy_run(
        tmp_path / "out", answer, *REPAIR, "repair.control=0", "gates=['sums-match']",
        "teacher.0.attempts=4", tasks=tasks, host=host_of(answer),
    )  # fmt: skip
    assert [call.purpose for call in seen] == ["teacher", "repair", "teacher", "repair"]
    assert len({call.request_id for call in seen}) == 4


# -- the student chooses


class WithStudent:
    def __init__(self, provider: ScriptedProvider) -> None:
        self._provider = provider

    @hookimpl
    def fastdistill_providers(self) -> Iterable[Any]:
        yield self._provider.spec("pupil")


def pupil(call: Call) -> Answer:
    """Solves small sums always, middling ones at its first attempt of each two, large ones never."""
    left = int(call.prompt.messages[-1].content.split()[0])
    right = left < 10 or (left < 20 and call.attempt % 2 == 1)
    return solve(call) if right else "0"


STUDENT = (
    "select.student.provider=pupil", "select.student.model=s", "select.student.attempts=4",
)  # fmt: skip


async def test_what_the_student_solves_is_never_paid_for(tmp_path: Path) -> None:
    teacher, student = ScriptedProvider(answer=solve), ScriptedProvider(answer=pupil)
    host, tasks = toy_host(teacher, WithStudent(student)), write_tasks(tmp_path / "t.jsonl", 30)
    done = await toy_run(tmp_path / "out", solve, *STUDENT, tasks=tasks, provider=teacher, host=host)
    assert (done.progress.accepted, done.progress.skipped) == (20, 10)
    asked = {int(call.prompt.messages[-1].content.split()[0]) for call in teacher.calls}
    assert asked == set(range(10, 30))
    assert {call.purpose for call in student.calls} == {"student"}
    assert len(student.calls) < 10 * 4 + 20 * 4, "it is asked no more once the bounds are decided"
    refused = {row["task_id"]: row["reason"] for row in rows(tmp_path / "out" / "rejected.jsonl")}
    assert refused == {f"t{n}": "solved-by-student" for n in range(10)}
    report = json.loads((tmp_path / "out" / "quality_report.json").read_text())
    jsonschema.validate(report, schema("quality_report"))
    assert report["select"]["skipped"] == {"solved-by-student": 10, "unsolved-by-student": 0}
    mean = report["select"]["teacher_tokens_per_task"]
    assert report["select"]["teacher_tokens_saved"] == (None if mean is None else 10 * mean)
    assert report["p_keep"]["of"] == 20
    with reading(tmp_path / "out") as ledger:
        assert ledger.execute("SELECT COUNT(*) FROM candidates").fetchone()[0] == 20


async def test_both_bounds_are_options_and_a_resumed_run_counts_alike(tmp_path: Path) -> None:
    teacher, student = ScriptedProvider(answer=solve), ScriptedProvider(answer=pupil)
    host, tasks = toy_host(teacher, WithStudent(student)), write_tasks(tmp_path / "t.jsonl", 30)
    settings = (*STUDENT, "select.at_least=0.1", "budget.accept=3")
    first = await toy_run(tmp_path / "out", solve, *settings, tasks=tasks, provider=teacher, host=host)
    assert first.outcome == "target"
    more = (*STUDENT, "select.at_least=0.1")
    done = await toy_run(tmp_path / "out", solve, *more, tasks=tasks, provider=teacher, host=host)
    assert (done.progress.accepted, done.progress.skipped, done.progress.seen) == (10, 20, 30)
    assert len({call.request_id for call in student.calls}) == len(student.calls), "nobody is asked twice"


# -- streams that are given up


async def test_a_teacher_that_repeats_itself_is_left(tmp_path: Path) -> None:
    stubborn = ScriptedProvider(answer=lambda call: "7")
    tasks = write_tasks(tmp_path / "t.jsonl", 4)
    settings = ("teacher.0.attempts=9", "give_up.same_wrong=2")
    await toy_run(
        tmp_path / "out", solve, *settings, tasks=tasks, provider=stubborn, host=toy_host(stubborn)
    )
    assert len(stubborn.calls) == 8
    varied = ScriptedProvider(answer=lambda call: str(1000 + call.attempt))
    await toy_run(tmp_path / "two", solve, *settings, tasks=tasks, provider=varied, host=toy_host(varied))
    assert len(varied.calls) == 36
