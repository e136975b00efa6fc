"""Builds a task's oracle: inputs inside its contract, and what the gold answers to them."""

import random
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import anyio
from attrs import evolve, field, frozen

from fastdistill import Services, Task
from fastdistill_code import wire
from fastdistill_code.compare import Match
from fastdistill_code.jobs import CallInput, Limits
from fastdistill_code.kinds.suite import Holds, Raises, Returns, Suite
from fastdistill_code.options import PythonOptions
from fastdistill_code.oracle.batch import PROGRAM, Answer, as_function, many, packed
from fastdistill_code.oracle.choose import spread
from fastdistill_code.oracle.gold import EACH, WHOLE, Answers, Known, known_answers, with_others
from fastdistill_code.oracle.inputs import contracts, make_inputs
from fastdistill_code.oracle.operators import constants, faults, from_a_set
from fastdistill_code.oracle.streams import layout
from fastdistill_code.oracle.wording import Wording, examples, loosened, wording
from fastdistill_code.payload import CodePayload
from fastdistill_code.runner import Runner

VERSION = "18"
"""Of the generator: another one makes other inputs."""
_RAW = 2
"""Inputs made for each that is kept: on many the gold says nothing."""
_FLOAT_MARGIN = 1e-6
"""Relative: sums in another order must not tell right programs apart."""
_MOST_DIGITS = 16
_FLOAT_FLOOR = 1e-12
"""Absolute, where the tests name none: what is left of numbers that cancel out."""


@frozen(kw_only=True)
class Oracle:
    """Generated calls and what the gold returned; how many faults given and generated calls kill."""

    known: tuple[Known, ...] = ()
    calls: bytes = field(default=b"", repr=False)
    """The calls, packed for a run of many."""
    match: Match = field(factory=Match)
    killed: int = 0
    total: int = 0
    answers: Answers = field(factory=Answers)
    """How often the gold answered."""


async def oracle_for(
    task: Task[CodePayload], runner: Runner, options: PythonOptions, services: Services
) -> Oracle:
    """The oracle of a task with gold, from the store or made now."""
    prompt = str(task.input["prompt"])
    told = [VERSION, task.payload.digest, task.sample_id, options.max_inputs, options.max_mutants]
    told += ["far"] if options.reject_on == "far" else []
    key = sha256(repr([*told, str(runner.describe().get("python"))]).encode()).hexdigest()

    async def build(path: Path) -> None:
        found = await make_oracle(task.payload, prompt, task.sample_id, runner, options)
        await anyio.Path(path).write_bytes(_stored(found))

    path = await services.store(f"code-oracle-{key}", build)
    return _restored(
        await anyio.Path(path).read_bytes(),
        oracle_match(task.payload.suite, wording(prompt), task.payload.gold or ""),
    )


def _stored(oracle: Oracle) -> bytes:
    values = [[one.grade, one.data, *one.others] for one in oracle.known]
    told = oracle.answers
    asked = [told.asked, told.raised, told.late, told.orderless]
    return wire.encode([oracle.calls, values, oracle.killed, oracle.total, asked])


def _restored(data: bytes, match: Match) -> Oracle:
    calls, values, killed, total, (asked, raised, late, orderless) = wire.decode(data)
    inputs = [CallInput(args=args, kwargs=kwargs) for args, kwargs in wire.decode(calls)]
    known = (
        Known(call, wire.decode(value), value, grade, tuple(others))
        for call, (grade, value, *others) in zip(inputs, values, strict=True)
    )
    return Oracle(
        known=tuple(known),
        calls=calls,
        match=match,
        killed=killed,
        total=total,
        answers=Answers(asked=asked, raised=raised, late=late, orderless=orderless),
    )


def oracle_match(suite: Suite, said: Wording, gold: str) -> Match:
    """As the task's own tests compare, with a margin for floats; in any order where the prompt says so."""
    matches = [check.match for check in suite.checks if isinstance(check, Returns)]
    comparers = {match.comparer for match in matches}
    comparer = comparers.pop() if len(comparers) == 1 else "python"
    if (said.any_order or from_a_set(gold)) and comparer in ("python", "json"):
        comparer = "unordered"
    mixed = max([match.tolerance or 0.0 for match in matches], default=0.0)
    digits = [c.digits for c in suite.checks if isinstance(c, Holds) and c.digits is not None]
    rounding = [0.51 * 10.0**-most for most in digits if 0 <= most < _MOST_DIGITS]
    absolute = [*rounding, *(match.absolute for match in matches if match.absolute)] or [_FLOAT_FLOOR]
    relative = max([match.relative for match in matches], default=0.0)
    return Match(
        comparer=comparer,
        tolerance=mixed or None,
        relative=max(relative, _FLOAT_MARGIN),
        absolute=max(absolute),
    )


def _outside(
    payload: CodePayload, seen: Sequence[CallInput], said: Wording, rng: random.Random, most: int
) -> list[CallInput]:
    """Calls outside the contract, but of its types."""
    if payload.entry_point is None or not seen:
        return []
    hints = constants(payload.gold or "")
    inside = contracts(seen, said, hints)
    made = make_inputs(contracts(seen, loosened(said), hints), rng, 3 * most)
    return [call for call in made if fitting(call) and not any(one.holds(call) for one in inside)][:most]


def seen_calls(payload: CodePayload, prompt: str) -> list[CallInput]:
    """The calls of the tests that return a value, and those that the prompt shows."""
    suite, entry_point = payload.suite, payload.entry_point or ""
    places = sorted({check.index for check in suite.checks if not isinstance(check, Raises)})
    given = [suite.calls[i] for i in places]
    shown = [call for call in examples(prompt, entry_point) if fitting(call)]
    both = {repr(call): call for call in [*given, *shown]}
    return list(both.values())


def fitting(call: CallInput) -> bool:
    """Whether the call can be carried, and is not too large."""
    try:
        wire.encode((call.args, call.kwargs), 100_000)
    except wire.WireError:
        return False
    return True


async def make_oracle(
    payload: CodePayload, prompt: str, seed: str, runner: Runner, options: PythonOptions
) -> Oracle:
    """Make inputs, ask the gold, and count the broken golds that they tell from it."""
    assert payload.gold is not None  # noqa: S101  asked only of tasks with gold
    said = wording(prompt)
    rng = random.Random(f"{VERSION}{seed}")  # noqa: S311  has to repeat, not to be secret
    seen, made = _inputs(payload, prompt, said, rng, options.max_inputs)
    far = _outside(payload, seen, said, rng, options.max_inputs // 3) if options.reject_on == "far" else []
    made = [*far, *made]
    match, limits = oracle_match(payload.suite, said, payload.gold), options.limits(payload.limits)
    gold, entry_point = program(payload, payload.gold)
    if payload.entry_point is None and not await _speaks(payload, gold, entry_point, seen, runner, limits):
        made = []
    answers = await known_answers(
        runner,
        gold,
        entry_point,
        seen,
        made,
        match,
        limits,
        ties=not said.ties_told and not payload.suite.stdin,
    )
    golds = [program(payload, other) for other in payload.golds]
    outside = {repr(call) for call in far}
    graded = [evolve(one, grade="far") if repr(one.call) in outside else one for one in answers.known]
    known = await with_others(runner, golds, graded[: options.max_inputs], match, limits)
    oracle = Oracle(
        known=tuple(known),
        calls=packed([one.call for one in known]),
        match=match,
        answers=evolve(answers, known=()),
    )
    broken = spread(faults(payload.gold, payload.entry_point), options.max_mutants, seed)
    killed = await _killed(runner, payload, oracle, [one.source for one in broken], options)
    return evolve(oracle, killed=killed, total=len(broken))


async def _speaks(
    payload: CodePayload,
    source: str,
    entry_point: str,
    seen: Sequence[CallInput],
    runner: Runner,
    limits: Limits,
) -> bool:
    """Whether the program prints as a function what it prints alone: not past `sys.stdout`, say."""
    answers = await many(runner, source, entry_point, packed(seen), limits, each=EACH, whole=WHOLE)
    checks = [check for check in payload.suite.checks if isinstance(check, Returns)]
    return len(answers) == len(seen) and all(
        _same(answers[check.index], check.value, b"", check.match) for check in checks
    )


def program(payload: CodePayload, source: str) -> tuple[str, str]:
    """A source and its entry point for a run of many: a program becomes a function of what it reads."""
    if payload.entry_point is None:
        return as_function(source), PROGRAM
    return source, payload.entry_point


def _inputs(
    payload: CodePayload, prompt: str, said: Wording, rng: random.Random, most: int
) -> tuple[list[CallInput], list[CallInput]]:
    """The seen calls and new ones; of a program, calls of its function with a text each."""
    hints = constants(payload.gold or "")
    if payload.entry_point is None:
        texts = payload.suite.stdin
        form = layout(texts)
        given = [CallInput(args=(text,)) for text in texts]
        if form is None or said.any_answer or said.any_order:
            return given, []
        rows = make_inputs(contracts([form.call(text) for text in texts], said, hints), rng, most // 2)
        made = dict.fromkeys(form.text(row) for row in rows)
        return given, [CallInput(args=(text,)) for text in made if text not in texts]
    if said.any_answer:
        return [], []
    seen = seen_calls(payload, prompt)
    tested = {repr(call) for call in payload.suite.calls}
    new = make_inputs(contracts(seen, said, hints), rng, _RAW * most) if seen else []
    return seen, [call for call in [*seen, *new] if repr(call) not in tested and fitting(call)]


async def _killed(
    runner: Runner, payload: CodePayload, oracle: Oracle, broken: Sequence[str], options: PythonOptions
) -> int:
    """How many broken programs the given calls or the made ones tell from the gold."""
    suite, limits = payload.suite, options.limits(payload.limits)
    checks = [check for check in suite.checks if isinstance(check, Returns)]
    own = suite.calls or tuple(CallInput(args=(text,)) for text in suite.stdin)
    calls = packed([*own, *(one.call for one in oracle.known)])
    killed = [False] * len(broken)

    async def run(place: int) -> None:
        source, entry_point = program(payload, broken[place])
        answers = await many(runner, source, entry_point, calls, limits, each=EACH, whole=EACH)
        given, made = answers[: len(own)], answers[len(own) :]
        killed[place] = len(answers) < len(own) + len(oracle.known) or (
            any(not _same(given[check.index], check.value, b"", check.match) for check in checks)
            or bool(differing(oracle, made))
        )

    async with anyio.create_task_group() as group:
        for place in range(len(broken)):
            group.start_soon(run, place)
    return sum(killed)


def differing(oracle: Oracle, answers: Sequence[Answer]) -> list[int]:
    """The places of the generated calls that were not answered as the gold does, or not at all."""
    return [
        i
        for i, one in enumerate(oracle.known)
        if i >= len(answers)
        or not (
            _same(answers[i], one.value, one.data, oracle.match)
            or any(_same(answers[i], wire.decode(other), other, oracle.match) for other in one.others)
        )
    ]


def _same(answer: Answer, value: object, data: bytes, match: Match) -> bool:
    if not answer.returned:
        return False
    if answer.data == data:
        return True
    if len(answer.data) > 4 * len(data) + 10_000:
        return False
    try:
        return match.same(value, wire.decode(answer.data))
    except wire.BadBytes:
        return False
