"""Programs with many right outputs: a checker of the tests judges what one printed.

The program and the checker never share a process: the checker is a job of its own that is given texts.
"""

from collections.abc import Sequence
from functools import partial

import anyio.to_thread
from attrs import evolve

from fastdistill import Finding, Outcome, rejected, undecided
from fastdistill_code.describe import brief
from fastdistill_code.jobs import CallInput, CallResult, Job, Limits, Printed, Raised, Value
from fastdistill_code.judging import find
from fastdistill_code.kinds.suite import Failure, Suite, said
from fastdistill_code.runner import Runner
from fastdistill_code.telling import Tell

CHECKER = "checker"


async def judged_outputs(
    runner: Runner, source: str, suite: Suite, limits: Limits, tell: Tell | None
) -> Finding:
    """The finding on a program: it ends well on each text, and the checker holds each output for right.

    A checker that raises on an output (it is not even a number, say) refuses it; one that does not end is
    nobody's fault: `error`.
    """
    report = await runner.run(Job(source=source, stdin=suite.stdin, limits=limits))
    judged = partial(find, report, suite.checks, len(suite.stdin), {}, tell)
    found = await anyio.to_thread.run_sync(judged, abandon_on_cancel=True)
    if found.outcome is not Outcome.PASS:
        return found
    printed = [result.text for result in report.results if isinstance(result, Printed)]
    calls = tuple(
        CallInput(args=(text, output) if known is None else (text, output, known))
        for text, output, known in zip(suite.stdin, printed, suite.known, strict=True)
    )
    job = Job(source=suite.source or "", entry_point=CHECKER, calls=calls, limits=limits, keep_going=True)
    checked = await runner.run(job)
    if checked.load is not None:
        return undecided("checker-failed", f"the checker does not load: {said(checked.load)}")
    return _with(found, checked.results, printed, tell)


def _with(
    found: Finding, results: Sequence[CallResult], printed: Sequence[str], tell: Tell | None
) -> Finding:
    wrong = [i for i, result in enumerate(results) if not _accepts(result)]
    refused = [i for i in wrong if isinstance(results[i], (Value, Raised))]
    evidence = {"checks": len(printed), "failed": len(wrong)}
    if refused:
        first, got = refused[0], brief(printed[refused[0]])
        failure = Failure(reason="wrong-value", index=first, detail="the checker refuses it", got=got)
        return rejected(
            "wrong-value",
            f"run {first}: the checker refuses {got}",
            exec_pass=True,
            gold_match=False,
            class_key=found.class_key,
            evidence=evidence,
            tell=tell(failure) if tell else None,
        )
    if wrong:
        return undecided("checker-failed", f"run {wrong[0]}: {said(results[wrong[0]])}", evidence=evidence)
    return evolve(found, evidence=evidence)


def _accepts(result: CallResult) -> bool:
    return isinstance(result, Value) and bool(result.value)
