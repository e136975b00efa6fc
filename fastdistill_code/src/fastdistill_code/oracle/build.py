"""Builds a task's oracle: inputs whose expected values come from the gold, chosen to kill broken golds."""

import random
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import anyio
from attrs import evolve, field, frozen

from fastdistill import Services, Task
from fastdistill_code.compare import Match
from fastdistill_code.jobs import CallInput, CallResult, Job, Limits, Report, Skipped, TimedOut, Value
from fastdistill_code.kinds.suite import Returns, Suite, failure
from fastdistill_code.options import PythonOptions
from fastdistill_code.oracle.choose import cover, spread
from fastdistill_code.oracle.inputs import make_inputs
from fastdistill_code.oracle.operators import Broken, constants, faults
from fastdistill_code.payload import CodePayload
from fastdistill_code.runner import Runner
from fastdistill_code.wire import WireError, decode, encode

VERSION = "4"
"""Of the generator: another one makes other inputs."""
_POOL = 300
_ROUNDS = 3
_FLOAT_MARGIN = 1e-6
"""Relative: sums in another order must not tell right programs apart."""
_SLOW = 0.2
"""CPU seconds of the gold beyond which an input is not used."""


@frozen(kw_only=True)
class Oracle:
    """Generated calls and what the gold returned; how many faults given and generated calls kill
    together.
    """

    calls: tuple[CallInput, ...] = ()
    values: tuple[object, ...] = field(default=(), repr=False)
    match: Match = field(factory=Match)
    killed: int = 0
    total: int = 0


async def oracle_for(
    task: Task[CodePayload], runner: Runner, options: PythonOptions, services: Services
) -> Oracle:
    """The oracle of a task with gold, from the store or made now."""
    told = [VERSION, task.payload.digest, task.sample_id, options.max_inputs, options.max_mutants]
    key = sha256(repr([*told, str(runner.describe().get("python"))]).encode()).hexdigest()

    async def build(path: Path) -> None:
        found = await make_oracle(task.payload, task.sample_id, runner, options)
        await anyio.Path(path).write_bytes(_packed(found))

    path = await services.store(f"code-oracle-{key}", build)
    return _unpacked(await anyio.Path(path).read_bytes(), _match(task.payload.suite))


def _packed(oracle: Oracle) -> bytes:
    calls = [(call.args, call.kwargs) for call in oracle.calls]
    return encode([calls, list(oracle.values), oracle.killed, oracle.total])


def _unpacked(data: bytes, match: Match) -> Oracle:
    calls, values, killed, total = decode(data)
    return Oracle(
        calls=tuple(CallInput(args=args, kwargs=kwargs) for args, kwargs in calls),
        values=tuple(values),
        match=match,
        killed=killed,
        total=total,
    )


def _match(suite: Suite) -> Match:
    """As the task's own tests compare, but with a margin for floats."""
    matches = [check.match for check in suite.checks if isinstance(check, Returns)]
    comparers = {match.comparer for match in matches}
    comparer = comparers.pop() if len(comparers) == 1 else "python"
    margin = max([match.tolerance or 0.0 for match in matches], default=0.0)
    return Match(comparer=comparer, tolerance=max(margin, _FLOAT_MARGIN))


async def make_oracle(payload: CodePayload, seed: str, runner: Runner, options: PythonOptions) -> Oracle:
    """Make inputs, ask the gold, and keep those inputs that tell broken golds from it.

    What no input of one round kills is tried on those of the next, up to `_ROUNDS`.
    """
    assert payload.gold is not None and payload.entry_point is not None  # noqa: S101, PT018  asked only then
    suite, match = payload.suite, _match(payload.suite)
    rng = random.Random(f"{VERSION}{seed}")  # noqa: S311  has to repeat, not to be secret
    seen = [suite.calls[i] for i in _comparable(suite)]
    hints = constants(payload.gold)
    limits = options.limits(payload.limits)
    brisk = evolve(limits, cpu_seconds=min(1.0, limits.cpu_seconds))
    quick = evolve(
        limits, cpu_seconds=min(0.25, limits.cpu_seconds), wall_seconds=min(10.0, limits.wall_seconds)
    )
    broken = spread(faults(payload.gold, payload.entry_point), options.max_mutants, seed)
    by_given: set[int] = set()
    kills: list[set[int]] = [set() for _ in broken]
    made: list[CallInput] = []
    values: list[object] = []
    for turn in range(_ROUNDS):
        known = {repr(call) for call in made}
        more = [c for c in (make_inputs(seen, rng, _POOL, hints) if seen else []) if repr(c) not in known]
        more, answers = await _answered(runner, payload, seen, more, match, brisk)
        alive = [i for i in range(len(broken)) if i not in by_given and not kills[i]]
        if turn and not (more and alive):
            break
        job = Job(source="", entry_point=payload.entry_point, calls=suite.calls + tuple(more), limits=quick)
        for place, report in zip(
            alive, await _reports(runner, job, [broken[i] for i in alive]), strict=True
        ):
            if _killed_by(suite, report):
                by_given.add(place)
            found = _kills(report, len(suite.calls), answers, match)
            kills[place] = {len(made) + i for i in found}
        made += more
        values += answers
    kept = cover(kills, by_given, len(made), options.max_inputs)
    killed = sum(1 for i in range(len(broken)) if i in by_given or kills[i] & set(kept))
    return Oracle(
        calls=tuple(made[i] for i in kept),
        values=tuple(values[i] for i in kept),
        match=match,
        killed=killed,
        total=len(broken),
    )


async def _reports(runner: Runner, job: Job, broken: Sequence[Broken]) -> list[Report]:
    """What each broken program does with the job's calls."""
    reports = [Report()] * len(broken)

    async def run(place: int) -> None:
        reports[place] = await runner.run(evolve(job, source=broken[place].source))

    async with anyio.create_task_group() as group:
        for place in range(len(broken)):
            group.start_soon(run, place)
    return reports


def _comparable(suite: Suite) -> list[int]:
    """The calls whose answer is a value: what raises marks the border of the contract."""
    return sorted({check.index for check in suite.checks if isinstance(check, Returns)})


async def _answered(
    runner: Runner,
    payload: CodePayload,
    seen: Sequence[CallInput],
    made: Sequence[CallInput],
    match: Match,
    limits: Limits,
) -> tuple[list[CallInput], list[object]]:
    """Those inputs that the gold answers quickly, twice alike, and as it answers the seen ones."""
    assert payload.gold is not None  # noqa: S101  asked only of tasks with gold
    results: list[tuple[CallResult, ...]] = []
    for _ in range(2):
        job = Job(
            source=payload.gold,
            entry_point=payload.entry_point,
            calls=(*seen, *made),
            limits=limits,
            keep_going=True,
        )
        results.append((await runner.run(job)).results)
    first, second = results
    if len(first) != len(seen) + len(made) or len(second) != len(first):
        return [], []
    kinds = {_form(r.value) for r in first[: len(seen)] if isinstance(r, Value)}
    good: list[CallInput] = []
    values: list[object] = []
    for call, one, two in zip(made, first[len(seen) :], second[len(seen) :], strict=True):
        if not (isinstance(one, Value) and isinstance(two, Value)) or one.cpu_seconds > _SLOW:
            continue
        if _form(one.value) in kinds and match.same(one.value, two.value) and _fits([call.args, one.value]):
            good.append(call)
            values.append(one.value)
    return good, values


def _form(value: object) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def _fits(value: object) -> bool:
    try:
        encode(value, limit=100_000)
    except WireError:
        return False
    return True


def _killed_by(suite: Suite, report: Report) -> bool:
    if report.load is not None:
        return not isinstance(report.load, TimedOut)
    found = (failure(check, report.results) for check in suite.checks)
    return any(f is not None and f.reason not in ("timed-out", "skipped") for f in found)


def _kills(report: Report, given: int, values: Sequence[object], match: Match) -> set[int]:
    """Which generated inputs tell this broken program from the gold."""
    found: set[int] = set()
    for i, result in enumerate(report.results[given:]):
        if isinstance(result, (TimedOut, Skipped)):
            continue
        if not (isinstance(result, Value) and match.same(values[i], result.value)):
            found.add(i)
    return found
