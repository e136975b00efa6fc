"""Tries the golds of drafts in the sandbox: a gold that fails its own tests judges nobody."""

from typing import Any

import anyio

from fastdistill import Outcome, SetupError, Task
from fastdistill_code.gate import judge
from fastdistill_code.jobs import CallInput, Job, Limits, Value
from fastdistill_code.kinds.suite import Returns
from fastdistill_code.payload import CodePayload
from fastdistill_code.runner import Runner, open_sandbox
from fastdistill_code.serial import structured_row

_LIMITS = Limits(cpu_seconds=10.0)
_MOST_GOLDS = 5
"""Solutions that are tried, of those that a release gives."""
_MOST_INPUTS = 200
_MOST_CHARACTERS = 500_000
"""Of a task's further inputs, as JSON."""

Checked = tuple[dict[str, Any] | None, str, str]
"""The row, or None with a reason and what was wrong."""


async def checked_all(drafts: list[dict[str, Any]]) -> list[Checked] | None:
    """Each draft as a row with a gold that passes its tests (or without any), in order; None where this
    machine gives no sandbox.
    """
    found: list[Checked] = [(None, "", "")] * len(drafts)
    try:
        async with open_sandbox() as runner, anyio.create_task_group() as group:

            async def one(place: int, draft: dict[str, Any]) -> None:
                found[place] = await _checked(runner, draft)

            for place, draft in enumerate(drafts):
                group.start_soon(one, place, draft)
    except SetupError:
        return None
    return found


async def _checked(runner: Runner, draft: dict[str, Any]) -> Checked:
    golds: list[str] = draft.get("golds") or []
    said, reason = "", "gold-failed"
    for gold in golds[:_MOST_GOLDS]:
        row = plain(draft, gold)
        margin = row.pop("margin", {})
        try:
            task = structured_row(row)
        except ValueError as error:
            reason, said = "unusable", str(error)
            continue
        outcome, said = await _passes(runner, task)
        if outcome:
            return await _with_inputs(runner, row, task, draft.get("inputs") or [], margin), "", ""
    if golds:
        return None, reason, said
    row = plain(draft, "")
    try:
        structured_row(row)
    except ValueError as error:
        return None, "unusable", str(error)
    return row, "", ""


def plain(draft: dict[str, Any], gold: str) -> dict[str, Any]:
    """The row of a draft with this gold."""
    row = {key: value for key, value in draft.items() if key not in ("golds", "inputs")}
    return row | ({"gold": gold} if gold else {})


async def _passes(runner: Runner, task: Task[CodePayload]) -> tuple[bool, str]:
    payload, gold = task.payload, task.payload.gold or ""
    given = len(payload.suite.calls) or len(payload.suite.stdin)
    found = await judge(runner, gold, payload, payload.suite, given, _LIMITS)
    return found.outcome is Outcome.PASS, f"{found.reason}: {found.detail}"[:500]


async def _with_inputs(
    runner: Runner,
    row: dict[str, Any],
    task: Task[CodePayload],
    inputs: list[list[Any]],
    margin: dict[str, float],
) -> dict[str, Any]:
    """The row with further inputs as calls, expected to give what its gold gives; unchanged where its own
    tests say more than that values are equal.
    """
    suite, payload = task.payload.suite, task.payload
    simple = all(isinstance(c, Returns) and c.match.comparer in ("python", "json") for c in suite.checks)
    if not inputs or not suite.calls or not simple or payload.gold is None:
        return row
    calls = tuple(CallInput(args=tuple(args)) for args in inputs[:_MOST_INPUTS])
    job = Job(
        source=payload.gold, entry_point=payload.entry_point, calls=calls, limits=_LIMITS, keep_going=True
    )
    report = await runner.run(job)
    cases: list[dict[str, Any]] = []
    size = 0
    for call, result in zip(calls, report.results, strict=False):
        if isinstance(result, Value) and is_json(result.value):
            size += len(repr(call.args)) + len(repr(result.value))
            if size > _MOST_CHARACTERS:
                break
            cases.append({"args": list(call.args), "value": result.value} | margin)
    return row | ({"tests": {"kind": "calls", "cases": cases}} if cases else {})


def is_json(value: Any, depth: int = 20) -> bool:
    """Whether JSON holds the value without a change that a comparison would see."""
    if value is None or type(value) in (bool, int, str):
        return type(value) is not int or value.bit_length() < 1000
    if type(value) is float:
        return value == value and abs(value) != float("inf")
    if type(value) in (list, tuple):
        return depth > 0 and all(is_json(item, depth - 1) for item in value)
    if type(value) is dict:
        return depth > 0 and all(type(k) is str and is_json(v, depth - 1) for k, v in value.items())
    return False
