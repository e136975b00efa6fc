"""Tests that could not be turned into calls: in a second process, talking to the candidate through us."""

from fastdistill_code import wire
from fastdistill_code.jobs import (
    CallResult,
    Checked,
    Limits,
    Raised,
    Skipped,
    TooExpensive,
    Unencodable,
    Value,
)
from fastdistill_code.sandbox.box import Box, Ended
from fastdistill_code.sandbox.host import Host
from fastdistill_code.sandbox.session import decoded, fault_of, load, result_of

_MOST_CALLS = 10_000
"""Calls that one suite of tests may make; beyond it the case counts as too expensive."""


def run_check(
    host: Host, tests_host: Host, source: str, entry_point: str, tests: str, limits: Limits
) -> Checked:
    """The tests in one process, the candidate in another, every call and value through us."""
    candidate = Box(host, limits, budgets=_MOST_CALLS)
    relay = _Relay(candidate, limits)
    try:
        with candidate:
            if (failed := load(candidate, source, entry_point, limits)) is not None:
                return Checked(outcome=Skipped(), fault=failed)
            outcome = _run_tests(tests_host, relay, entry_point, tests, limits)
            candidate.quiet()
    except Ended as end:
        return Checked(outcome=Skipped(), fault=fault_of(end, candidate, limits), calls=relay.calls)
    return Checked(outcome=outcome, fault=relay.fault, calls=relay.calls)


_MOST_BUDGETS = 10
"""CPU budgets of one call that all calls of one suite may use together."""


class _Relay:
    """The candidate as the tests see it."""

    def __init__(self, candidate: Box, limits: Limits) -> None:
        self._candidate, self._limits = candidate, limits
        self.calls = 0
        self._budget = wire.Budget(8 * wire.MAX_NODES, 16 * wire.MAX_MEMORY, 4 * wire.MAX_COLLISIONS)
        self.fault: TooExpensive | Unencodable | None = None

    def call(self, body: bytes) -> tuple[bytes, bytes] | None:
        """The candidate's answer in the tests' terms; None when it has spoilt its case."""
        self.calls += 1
        if self.calls > _MOST_CALLS:
            raise Ended("cpu")
        args, kwargs = decoded(body)
        if self._candidate.cpu_total > _MOST_BUDGETS * self._limits.cpu_seconds:
            raise Ended("cpu")
        result = result_of(*self._candidate.ask(b"A", wire.encode((args, kwargs))), 0.0, self._budget)
        if isinstance(result, Value):
            return b"V", wire.encode(result.value)
        if isinstance(result, Raised):
            return b"E", wire.encode((list(result.kinds), result.message))
        if isinstance(result, TooExpensive | Unencodable):
            self.fault = result
        return None


def _run_tests(host: Host, relay: _Relay, entry_point: str, tests: str, limits: Limits) -> CallResult:
    box = Box(host, limits)
    asked = {"tests": tests, "entry_point": entry_point, "output_bytes": limits.output_bytes}
    end: Ended | None = None
    outcome: CallResult = Skipped()
    with box:
        try:
            nonce = box.send(b"T", wire.encode(asked))
            kind, body = box.receive(nonce)
        except Ended as ended:
            end = ended
        while end is None and kind == b"C":
            if (answer := relay.call(body)) is None:
                return Skipped()
            try:
                box.resume()
                box.send(*answer, nonce)
                kind, body = box.receive(nonce)
            except Ended as ended:
                end = ended
    if end is not None:
        return fault_of(end, box, limits)
    if kind == b"D":
        outcome = Value(None)
    elif kind in (b"M", b"E"):
        outcome = result_of(kind, body, 0.0)
    return outcome
