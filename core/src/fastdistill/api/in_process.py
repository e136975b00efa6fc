"""Gates that are functions of the caller's own: run in this process, and marked so."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

from attrs import field, frozen
from attrs.validators import matches_re

from fastdistill.errors import UsageError
from fastdistill.hookspecs import hookimpl
from fastdistill.host import PluginHost
from fastdistill.model.answer import Candidate
from fastdistill.model.task import Task
from fastdistill.model.verdict import Finding
from fastdistill.specs import NAME, ExecEvalSpec, NoOptions, RuleSpec, Services

DISTRIBUTION = "in-process"
"""Stands in the manifest where a plugin's distribution would; its version is the source's digest."""

RuleFunction = Callable[[Task[Any], Candidate], Finding]
GateFunction = Callable[[Task[Any], Candidate], Awaitable[Finding]]


@frozen(kw_only=True)
class InProcessGate:
    """A function as a gate. Calling it calls the function."""

    name: str = field(validator=matches_re(NAME))
    kind: str
    """`rule`, called inline, or `gate`, awaited under a deadline."""
    function: Callable[..., Any]
    digest: str
    """Of its source: twelve hex digits, so that a changed function is another gate."""

    def __call__(self, task: Task[Any], candidate: Candidate, /) -> Any:
        """Call the function."""
        return self.function(task, candidate)

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        return self.function


def rule(function: RuleFunction) -> InProcessGate:
    """Make a rule of a function `(task, candidate) -> Finding`: cheap, pure, called inline."""
    if inspect.iscoroutinefunction(function):
        raise UsageError(
            f"a rule is a plain function; {function.__name__!r} is async: use @fastdistill.gate"
        )
    return _made(function, "rule")


def gate(function: GateFunction) -> InProcessGate:
    """Make a gate of an async function `(task, candidate) -> Finding`: awaited under the gate deadline."""
    if not inspect.iscoroutinefunction(function):
        raise UsageError(
            f"a gate is an async function; {function.__name__!r} is not: use @fastdistill.rule"
        )
    return _made(function, "gate")


def _made(function: Callable[..., Any], kind: str) -> InProcessGate:
    name = function.__name__.strip("_").lower().replace("_", "-")
    try:
        return InProcessGate(name=name, kind=kind, function=function, digest=_digest(function))
    except ValueError:
        raise UsageError(
            f"{function.__name__!r} is no name for a gate: write a function whose name has letters, digits "
            "and single underscores alone"
        ) from None


def _digest(function: Callable[..., Any]) -> str:
    try:
        text = inspect.getsource(function)
    except (OSError, TypeError):  # typed at a prompt: its code stands in for its text
        code = function.__code__
        text = repr((code.co_code, code.co_consts, code.co_names))
    return sha256(text.encode()).hexdigest()[:12]


@frozen
class _Plugin:
    """Offers one function through the hooks."""

    one: InProcessGate

    @hookimpl
    def fastdistill_rules(self) -> Iterable[RuleSpec[Any]]:
        if self.one.kind == "rule":
            yield RuleSpec(
                name=self.one.name,
                summary="a function of the caller's own",
                config=NoOptions,
                build=lambda _: self.one.function,
            )

    @hookimpl
    def fastdistill_exec_evals(self) -> Iterable[ExecEvalSpec[Any]]:
        if self.one.kind != "gate":
            return

        @asynccontextmanager
        async def opened(_: NoOptions, __: Services) -> AsyncIterator[Any]:
            yield self.one.function

        yield ExecEvalSpec(
            name=self.one.name, summary="a function of the caller's own", config=NoOptions, open=opened
        )


def with_functions(host: PluginHost, gates: Iterable[object], key: str) -> list[str]:
    """Register the functions among `gates` with `host`; return the names of all, in order.

    Raises `UsageError` for what is neither a name nor a function made a gate.
    """
    names = []
    for one in gates:
        if isinstance(one, str):
            names.append(one)
        elif isinstance(one, InProcessGate):
            host.register(_Plugin(one), one.name, distribution=DISTRIBUTION, version=one.digest)
            names.append(one.name)
        else:
            raise UsageError(
                f"{key}: {one!r:.80} is neither the name of a gate nor a function under "
                "@fastdistill.rule or @fastdistill.gate"
            )
    return names
