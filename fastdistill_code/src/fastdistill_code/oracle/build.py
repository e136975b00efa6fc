"""Builds a task's oracle: inputs inside its contract, and what the gold answers to them."""

import random
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import anyio
from attrs import evolve

from fastdistill import Services, Task
from fastdistill_code import wire
from fastdistill_code.compare import Match
from fastdistill_code.jobs import CallInput, Limits
from fastdistill_code.kinds.suite import Holds, Raises, Returns, Suite
from fastdistill_code.options import PythonOptions
from fastdistill_code.oracle.batch import PROGRAM, as_function, many, packed
from fastdistill_code.oracle.choose import spread
from fastdistill_code.oracle.gold import EACH, WHOLE, known_answers, with_others
from fastdistill_code.oracle.inputs import contracts, make_inputs
from fastdistill_code.oracle.operators import constants, faults, from_a_set
from fastdistill_code.oracle.record import Oracle, differing, restored, same, stored
from fastdistill_code.oracle.slips import other_readings
from fastdistill_code.oracle.streams import layout
from fastdistill_code.oracle.validator import inside
from fastdistill_code.oracle.wording import Wording, examples, loosened, wording
from fastdistill_code.payload import CodePayload
from fastdistill_code.runner import Runner

VERSION = "23"
"""Of the generator: another one makes other inputs."""
_RAW = 2
"""Inputs made for each that is kept: on many the gold says nothing."""
_FLOAT_MARGIN = 1e-6
"""Relative: sums in another order must not tell right programs apart."""
_MOST_DIGITS = 16
_FLOAT_FLOOR = 1e-12
"""Absolute, where the tests name none: what is left of numbers that cancel out."""


async def oracle_for(
    task: Task[CodePayload], runner: Runner, options: PythonOptions, services: Services, validator: str = ""
) -> Oracle:
    """The oracle of a task with gold, from the store or made now; `validator` is the teacher's contract."""
    prompt = str(task.input["prompt"])
    told = [VERSION, task.payload.digest, task.sample_id, options.max_inputs, options.max_mutants]
    told += ["far"] if options.reject_on == "far" else []
    told += [validator] if validator else []
    key = sha256(repr([*told, str(runner.describe().get("python"))]).encode()).hexdigest()

    async def build(path: Path) -> None:
        found = await make_oracle(task.payload, prompt, task.sample_id, runner, options, validator)
        await anyio.Path(path).write_bytes(stored(found))

    path = await services.store(f"code-oracle-{key}", build)
    return restored(
        await anyio.Path(path).read_bytes(),
        oracle_match(task.payload.suite, wording(prompt), task.payload.gold or ""),
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
    payload: CodePayload,
    prompt: str,
    seed: str,
    runner: Runner,
    options: PythonOptions,
    validator: str = "",
) -> Oracle:
    """Make inputs, ask the gold, and count the broken golds that they tell from it.

    Inputs that the validator refuses are left out; one that refuses a seen input is not used.
    """
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
    refused, meant = 0, None
    if validator and made:
        meant = await inside(runner, validator, seen, made, limits)
        refused, made = (len(made) - len(meant), meant) if meant is not None else (0, made)
    answers = await known_answers(
        runner,
        gold,
        entry_point,
        seen,
        made,
        match,
        limits,
        ties=not said.ties_told and not payload.suite.stdin,
        readings=readings(payload, prompt),
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
        validator=validator if meant is not None else "",
        refused=refused,
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
        same(answers[check.index], check.value, b"", check.match) for check in checks
    )


def readings(payload: CodePayload, prompt: str) -> list[str]:
    """Other readings of the gold's slips, as programs for a run of many."""
    return [
        program(payload, other)[0]
        for other in other_readings(payload.gold or "", prompt, payload.entry_point)
    ]


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
            any(not same(given[check.index], check.value, b"", check.match) for check in checks)
            or bool(differing(oracle, made))
        )

    async with anyio.create_task_group() as group:
        for place in range(len(broken)):
            group.start_soon(run, place)
    return sum(killed)
