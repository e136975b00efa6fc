"""A check: one promise of the contract, held against one plugin; a failed one says what was found."""

import inspect
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import anyio
from attrs import field, frozen

from fastdistill.errors import FastDistillError, boundary
from fastdistill.host import Offer, PluginHost
from fastdistill.serde import StructureError, structure

CPU_SECONDS = 10.0
"""Processor time that one call of a plugin may take in our own process: heavy work is a worker's."""


class Nonconforming(AssertionError):
    """A plugin broke a promise; the text says which, what was found, and what is wanted."""


class NotApplicable(Exception):
    """A check cannot be made of this plugin here; the text says why."""


@frozen(kw_only=True)
class Subject:
    """A plugin to be checked, and what its author gives to check it with."""

    offer: Offer
    host: PluginHost
    options: Mapping[str, Any] = field(factory=dict)
    """Its table, as in a run file."""
    scenario: str | None = None
    """Whose tasks a gate is tried on; unless given, that which has it among its gates."""
    tasks: Path | None = None
    """A task file; unless given, the scenario's bundled pack."""
    accepts: tuple[str, ...] = ()
    """Answers that a gate must pass."""
    rejects: tuple[str, ...] = ()
    """Answers that a gate must reject."""
    sample: Path | None = None
    """A file that a source reads without a problem."""

    @property
    def owner(self) -> str:
        """Whom to blame."""
        return str(self.offer.origin)

    def built_options(self) -> Any:
        """Its options. Raises `Nonconforming` where the table does not fit."""
        try:
            return structure(dict(self.options), self.offer.spec.config, path=self.offer.spec.name)
        except StructureError as error:
            raise NotApplicable(f"needs options: {'; '.join(error.problems)}") from None


CheckFunction = Callable[[Subject], Awaitable[None] | None]


@frozen(kw_only=True)
class Check:
    """One promise by name."""

    name: str
    run: CheckFunction

    @property
    def is_async(self) -> bool:
        """Whether it runs in an event loop."""
        return inspect.iscoroutinefunction(self.run)

    @property
    def promise(self) -> str:
        """What a plugin must do, in a sentence."""
        return (inspect.getdoc(self.run) or self.name).partition("\n")[0]


@frozen(kw_only=True)
class Result:
    """What became of a check."""

    check: str
    outcome: Literal["ok", "failed", "skipped"]
    detail: str = ""


def made(*functions: CheckFunction) -> tuple[Check, ...]:
    """Return the checks of functions, each under its function's name."""
    return tuple(Check(name=one.__name__.replace("_", "-"), run=one) for one in functions)


def want(true: object, told: str) -> None:
    """Raise `Nonconforming` with `told` unless `true`."""
    if not true:
        raise Nonconforming(told)


def run(check: Check, subject: Subject, backend: str = "asyncio") -> None:
    """Make a check. Raises `Nonconforming`, `NotApplicable`, or the error of ours that a plugin caused."""
    with boundary(subject.owner, f"the check {check.name!r}"):
        if inspect.iscoroutinefunction(check.run):
            try:
                anyio.run(check.run, subject, backend=backend)
            except BaseExceptionGroup as group:
                raise _first(group) from group
        else:
            check.run(subject)


def result_of(check: Check, subject: Subject, backend: str = "asyncio") -> Result:
    """Make a check and say what became of it; never raises what a plugin caused."""
    try:
        run(check, subject, backend)
    except NotApplicable as error:
        return Result(check=check.name, outcome="skipped", detail=str(error))
    except FastDistillError as error:
        cause = error.__cause__
        if isinstance(cause, NotApplicable):
            return Result(check=check.name, outcome="skipped", detail=str(cause))
        told = str(cause) if isinstance(cause, Nonconforming) else str(error)
        return Result(check=check.name, outcome="failed", detail=f"{check.promise} {told}")
    return Result(check=check.name, outcome="ok")


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@contextmanager
def cpu_limit(told: str, seconds: float = CPU_SECONDS) -> Iterator[None]:
    """Raise `Nonconforming` inside where it takes more processor time than `seconds`.

    Holds in the main thread of a POSIX system; elsewhere nothing is limited.
    """
    try:
        before = signal.signal(signal.SIGPROF, _out_of_time(f"{told}: more than {seconds:g} s of CPU time"))
    except (AttributeError, ValueError):  # no such signal here, or not the main thread
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _out_of_time(told: str) -> Callable[[int, FrameType | None], None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise Nonconforming(f"{told}; move the work into services.workers")

    return stop
