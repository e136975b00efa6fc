"""What holds of rules, exec-evals and judges: findings that repeat, whatever the answer."""

from collections.abc import Sequence
from typing import Any

import anyio

from fastdistill.errors import ServerFailed, WorkerError
from fastdistill.model.answer import Call, Candidate, Choice, Completion
from fastdistill.model.task import Task, canonical_json
from fastdistill.model.verdict import Finding
from fastdistill.protocols import Fingerprinted
from fastdistill.testing.conformance.check import Nonconforming, NotApplicable, Subject, made, want
from fastdistill.testing.conformance.material import HOSTILE, candidate, tasks_for
from fastdistill.testing.conformance.mutants import mutants_are_told_apart
from fastdistill.testing.conformance.opened import GateCall, opened_gate

FEW = HOSTILE[::5]


async def _findings(
    call: GateCall, task: Task[Any], answers: Sequence[tuple[str, str]]
) -> list[Finding | None]:
    found = list[Finding | None]()
    for name, answer in answers:
        try:
            found.append(await call(task, candidate(answer)))
        except WorkerError:
            found.append(None)  # undecided, as the core has it
        except Nonconforming as error:
            raise Nonconforming(f"on {name}: {error}") from None
        except Exception as error:
            error.add_note(name)
            raise
    return found


def _told(found: Finding | None) -> object:
    """What of a finding must repeat."""
    if found is None:
        return None
    evidence = canonical_json(dict(found.evidence))
    return (found.outcome, found.reason, found.score, found.gold_match, found.class_key, evidence)


async def hostile_answers_get_findings(subject: Subject) -> None:
    """Every answer gets a finding, whatever stands in it; nothing is raised."""
    (task, *_) = tasks_for(subject)
    async with opened_gate(subject) as (call, _made):
        await _findings(call, task, HOSTILE)


async def findings_repeat(subject: Subject) -> None:
    """The same answer gets the same finding: again, after others, and from a gate opened again."""
    (task, *_) = tasks_for(subject)
    async with opened_gate(subject) as (call, _made):
        first = await _findings(call, task, FEW)
        again = (await _findings(call, task, FEW[::-1]))[::-1]
    async with opened_gate(subject) as (call, _made):
        reopened = await _findings(call, task, FEW)
    for (name, _), one, two, three in zip(FEW, first, again, reopened, strict=True):
        want(_told(one) == _told(two), f"on {name}: first {_short(one)}, then {_short(two)}")
        want(_told(one) == _told(three), f"on {name}: {_short(one)}, and {_short(three)} when opened again")


def _short(found: Finding | None) -> str:
    return f"{found.outcome} {found.reason or ''} {dict(found.evidence)}"[:160] if found else "nothing"


async def answers_side_by_side(subject: Subject) -> None:
    """Answers that are judged at the same time get what they get one by one."""
    (task, *_) = tasks_for(subject)
    async with opened_gate(subject) as (call, _made):
        alone = await _findings(call, task, FEW)
        beside: dict[int, Finding | None] = {}

        async def judge(number: int, one: tuple[str, str]) -> None:
            beside[number] = (await _findings(call, task, [one]))[0]

        async with anyio.create_task_group() as group:
            for number, one in enumerate(FEW):
                group.start_soon(judge, number, one)
    for number, (name, _) in enumerate(FEW):
        want(_told(alone[number]) == _told(beside[number]), f"on {name}: another finding beside others")


async def survives_being_cancelled(subject: Subject) -> None:
    """A gate that was cut off by a deadline judges the next answer as ever."""
    (task, *_) = tasks_for(subject)
    async with opened_gate(subject) as (call, _made):
        before = await _findings(call, task, FEW[:1])
        for seconds in (0.0, 0.01, 0.1):
            with anyio.move_on_after(seconds):
                await call(task, candidate("cut off"))
        after = await _findings(call, task, FEW[:1])
    want(_told(before[0]) == _told(after[0]), f"before {_short(before[0])}, afterwards {_short(after[0])}")


async def tasks_are_left_as_they_are(subject: Subject) -> None:
    """Judging changes nothing in the task."""
    (task, *_) = tasks_for(subject)
    before = (canonical_json(dict(task.input)), repr(task.payload), repr(task.meta))
    async with opened_gate(subject) as (call, _made):
        await _findings(call, task, FEW)
    want(
        before == (canonical_json(dict(task.input)), repr(task.payload), repr(task.meta)),
        "the task is another after it was judged",
    )


async def depends_on_is_steady(subject: Subject) -> None:
    """`depends_on`, where there is one, is text and the same at each opening: replays compare by it."""
    found = list[object]()
    for _ in range(2):
        async with opened_gate(subject) as (_call, made_):
            if not hasattr(made_, "depends_on"):
                raise NotApplicable("it has no depends_on")
            found.append(made_.depends_on if isinstance(made_, Fingerprinted) else None)
    want(all(isinstance(one, str) for one in found), f"depends_on is {found[0]!r:.60}, no text")
    want(found[0] == found[1], f"first {found[0]!r:.80}, then {found[1]!r:.80}")


async def given_answers_are_told_apart(subject: Subject) -> None:
    """The answers that its author gives are passed and rejected as they say."""
    if not subject.accepts and not subject.rejects:
        raise NotApplicable("its author gives no accepts and no rejects")
    (task, *_) = tasks_for(subject)
    async with opened_gate(subject) as (call, _made):
        for wanted, answers in (("pass", subject.accepts), ("reject", subject.rejects)):
            for answer in answers:
                found = await call(task, candidate(answer))
                want(found is not None and found.outcome == wanted, f"{answer!r:.80}: {_short(found)}")


async def unreadable_judges_are_not_held_against_answers(subject: Subject) -> None:
    """A reply that a judge cannot read, and an endpoint that fails, reject no answer and pass none."""

    def failing(call: Call) -> Exception:
        return ServerFailed("the endpoint is down", status=500)

    def text_of(said: str) -> Any:
        return lambda call: Completion(choices=(Choice(text=said, finish="stop"),), model="m")

    (task, *_) = tasks_for(subject)
    answer: Candidate = candidate("4")
    for told in ("", "\0\x1b[2J", "{" * 5000, "I would rather not say.", "<html>504</html>"):
        async with opened_gate(subject, text_of(told)) as (call, _made):
            found = await call(task, answer)
            want(
                found is None or found.outcome == "error",
                f"the model said {told!r:.40} and the finding is {_short(found)}: return undecided(...)",
            )
    async with opened_gate(subject, failing) as (call, _made):
        try:
            found = await call(task, answer)
        except ServerFailed:
            return  # the core's to treat
        want(found is None or found.outcome == "error", f"the endpoint failed: {_short(found)}")


GATE_CHECKS = made(
    hostile_answers_get_findings,
    findings_repeat,
    answers_side_by_side,
    survives_being_cancelled,
    tasks_are_left_as_they_are,
    depends_on_is_steady,
    given_answers_are_told_apart,
    mutants_are_told_apart,
)
JUDGE_CHECKS = (*GATE_CHECKS[:-1], *made(unreadable_judges_are_not_held_against_answers))
