"""How a job is run, blocking, on one or two hosts: frames in, typed results out."""

import os
import tempfile
from typing import IO, Any

from fastdistill_code import wire
from fastdistill_code.jobs import (
    CallResult,
    Died,
    Job,
    Limits,
    Printed,
    Raised,
    Report,
    Skipped,
    Slept,
    TimedOut,
    TooExpensive,
    Unencodable,
    Value,
)
from fastdistill_code.sandbox.box import Box, Ended, Idle
from fastdistill_code.sandbox.host import Host

Fault = Raised | TooExpensive | Slept | TimedOut | Died


def run_job(host: Host, job: Job) -> Report:
    """The whole job, in order."""
    if job.stdin:
        return _run_texts(host, job)
    results: list[CallResult] = []
    spent, idle, budget = 0.0, Idle(), job_budget()
    while True:
        load, done, seconds = _run_calls(host, job, len(results), idle, budget)
        spent += seconds
        results += done
        if load is not None and not results:
            return Report(load=load, cpu_seconds=spent)
        if load is not None:
            results.append(load)
        if len(results) >= len(job.calls) or not job.keep_going or isinstance(results[-1], Slept):
            break
    results += [Skipped()] * (len(job.calls) - len(results))
    return Report(results=tuple(results), cpu_seconds=spent)


def job_budget() -> wire.Budget:
    """What all values of one job together may hold."""
    return wire.Budget(nodes=2 * wire.MAX_NODES, memory=4 * wire.MAX_MEMORY)


def _run_calls(
    host: Host, job: Job, start: int, idle: Idle, budget: wire.Budget
) -> tuple[Fault | None, list[CallResult], float]:
    """One process: calls from `start` on, up to the first that ends it."""
    done: list[CallResult] = []
    loaded = False
    box = Box(host, job.limits, budgets=1 + len(job.calls) - start, idle=idle)
    try:
        with box:
            failed = load(box, job.source, job.entry_point, job.limits)
            loaded = True
            if failed is None:
                for call in job.calls[start:]:
                    kind, body = box.ask(b"A", wire.encode((call.args, call.kwargs)))
                    done.append(result_of(kind, body, box.used(), budget))
                box.quiet()
    except Ended as end:
        fault = fault_of(end, box, job.limits)
        if not loaded or not job.calls:
            failed = fault
        else:
            failed = None
            if len(done) == len(job.calls) - start and done:
                done.pop()
            done.append(fault)
    return failed, done, box.cpu_seconds


def load(box: Box, source: str, entry_point: str | None, limits: Limits) -> Fault | None:
    """Have the child load the source: None, or why it did not become callable."""
    asked = {"source": source, "entry_point": entry_point, "output_bytes": limits.output_bytes}
    kind, body = box.ask(b"F", wire.encode(asked))
    if kind == b"R":
        return None
    if kind == b"X":
        return Raised("MissingEntryPoint", f"the source defines no function {entry_point!r}")
    result = result_of(kind, body, 0.0)
    if not isinstance(result, Raised | TooExpensive):
        raise Ended("protocol")
    return result


def result_of(kind: bytes, body: bytes, seconds: float, budget: wire.Budget | None = None) -> CallResult:
    """An answer's meaning; Ended for what our child program would not send."""
    try:
        if kind == b"V":
            return Value(wire.decode(body, budget), seconds)
        if kind == b"M":
            return TooExpensive("memory")
        if kind == b"Z":
            return TooExpensive("size")
        if kind == b"U" and type(name := wire.decode(body)) is str:
            return Unencodable(name[:500])
        if kind == b"E":
            return _raised(wire.decode(body))[0]
    except wire.Exhausted:
        return TooExpensive("size")
    except wire.BadBytes:
        pass
    raise Ended("protocol")


def _raised(content: Any) -> tuple[Raised, int]:
    match content:
        case ([str(), *_] as names, str(message), int(code)) if all(type(name) is str for name in names):
            return Raised(names[0][:500], message[:500], tuple(name[:500] for name in names[:20])), code
    raise Ended("protocol")


def fault_of(end: Ended, box: Box, limits: Limits) -> TooExpensive | Slept | TimedOut | Died:
    """What an end without an answer was; the box is reaped by now."""
    if end.why == "cpu":
        return TooExpensive("cpu")
    if end.why == "size":
        return TooExpensive("size")
    if end.why == "disk":
        return TooExpensive("disk")
    if end.why == "slept":
        return Slept(limits.wall_seconds)
    if end.why == "wall":
        return TimedOut(limits.wall_seconds)
    if end.why == "protocol":
        return Died("broke the protocol")
    if box.cpu_gone:
        return TooExpensive("cpu")
    code = box.exit_code or 0
    return Died(f"signal {-code}" if code < 0 else f"exit {code}")


def _run_texts(host: Host, job: Job) -> Report:
    results: list[CallResult] = []
    spent, idle = 0.0, Idle()
    for text in job.stdin:
        result, seconds = _run_text(host, job, text, idle)
        results.append(result)
        spent += seconds
        if isinstance(result, Slept) or (isinstance(result, TooExpensive) and not job.keep_going):
            break
    results += [Skipped()] * (len(job.stdin) - len(results))
    return Report(results=tuple(results), cpu_seconds=spent)


def _run_text(host: Host, job: Job, text: str, idle: Idle) -> tuple[CallResult, float]:
    end: Ended | None = None
    kind, body = b"", b""
    with _scratch() as stdin, _scratch() as stdout:
        stdin.write(text.encode("utf-8", "surrogatepass"))
        stdin.seek(0)
        box = Box(host, job.limits, stdin=stdin, stdout=stdout, idle=idle)
        try:
            with box:
                asked = {"source": job.source, "output_bytes": job.limits.output_bytes}
                kind, body = box.ask(b"P", wire.encode(asked))
        except Ended as ended:
            end = ended
        stdout.seek(0)
        printed = stdout.read(job.limits.output_bytes)
    shown = printed.decode("utf-8", "replace")
    try:
        result = _program_end(kind, body, shown, box) if end is None else fault_of(end, box, job.limits)
    except Ended as ended:
        result = fault_of(ended, box, job.limits)
    if end is not None and end.why == "eof" and (box.exit_code or 0) >= 0:
        result = Printed(shown, box.exit_code or 0, box.cpu_seconds)
    if len(printed) >= job.limits.output_bytes:
        result = TooExpensive("output")
    return result, box.cpu_seconds


def _program_end(kind: bytes, body: bytes, shown: str, box: Box) -> CallResult:
    if kind == b"D":
        return Printed(shown, 0, box.cpu_seconds)
    if kind == b"M":
        return TooExpensive("memory")
    if kind != b"E":
        raise Ended("protocol")
    raised, code = _raised(decoded(body))
    return Printed(shown, code, box.cpu_seconds) if raised.type_name == "SystemExit" else raised


def _scratch() -> IO[bytes]:
    """A file without a name: in memory where the system has that."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("fd"), "w+b")
    return tempfile.TemporaryFile()


def decoded(body: bytes) -> Any:
    """The value in a frame's body; Ended when there is none."""
    try:
        return wire.decode(body)
    except wire.BadBytes:
        raise Ended("protocol") from None
