"""What a plugin's objects must be able to do. There is nothing to inherit from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

from attrs import frozen

from fastdistill.errors import ProviderError
from fastdistill.model.answer import Call, Candidate, Completion, Prompt, Reading
from fastdistill.model.report import Event
from fastdistill.model.task import BadTask, Mutant, Task
from fastdistill.model.verdict import Finding

P = TypeVar("P")
R = TypeVar("R")


@frozen(kw_only=True)
class Row:
    """One structured line of a task source."""

    value: Any
    """An instance of the class that `Source.rows` was asked for."""
    line: int


class Source(Protocol):
    """Where tasks come from: a JSON Lines file, or the labelled cases of an audit."""

    @property
    def base(self) -> Path:
        """The folder that paths inside rows are relative to."""
        ...

    @property
    def path(self) -> Path:
        """The file itself."""
        ...

    def rows(self, into: type[Any], /, *, optional: Iterable[str] = ()) -> Iterator[Row | BadTask]:
        """Each line as an `into` (an attrs class), strictly: a line that does not fit is a `BadTask`.

        `optional` names the string fields that a labelled case may leave out because no verdict
        needs them; they are then empty.
        """
        ...


@runtime_checkable
class KeepsRows(Protocol):
    """Optional for a source: it hands out each row as it stood, once the task of its line is made."""

    def raw(self, line: int, /) -> Mapping[str, Any]:
        """The row of a line that was read; earlier ones are forgotten. Empty for one that is not held."""
        ...


class Scenario(Protocol[P]):
    """A kind of task: how to load, ask and read it. Pure: no network, no clock, no randomness."""

    @property
    def payload(self) -> type[P]:
        """The attrs class of what gates need and teachers never see."""
        ...

    def tasks(self, source: Source, /) -> Iterable[Task[P] | BadTask]:
        """The tasks of `source`, lazily, in source order."""
        ...

    def prompt(self, task: Task[P], attempt: int, /) -> Prompt:
        """What to show a teacher at its `attempt`th try (from 1). Raises `TaskError` if it cannot."""
        ...

    def read(self, task: Task[P], completion: Completion, /) -> Reading:
        """The answer in `completion`'s one choice, and by which rule; never raises on hostile text."""
        ...

    def mutants(self, task: Task[P], /) -> Iterable[Mutant]:
        """Wrong and equivalent answers made from gold; nothing where there is no gold."""
        ...


@runtime_checkable
class Provider(Protocol):
    """One endpoint of one model. It makes one attempt a call: only the engine retries."""

    @property
    def identity(self) -> str:
        """What makes two endpoints the same teacher: part of every `request_id`. No secrets."""
        ...

    async def complete(self, call: Call, /) -> Completion:
        """The answer. Raises a `ProviderError` of the right kind, with `retry_after` if named."""
        ...


@runtime_checkable
class Bounded(Protocol):
    """Optional for a provider: it knows how many calls it can serve at once."""

    @property
    def max_in_flight(self) -> int:
        """Calls beyond this many only queue."""
        ...


@frozen(kw_only=True)
class BatchState:
    """Where an offline batch stands. Counts are of requests; None is unknown."""

    status: str
    """The endpoint's word."""
    ended: bool
    """Nothing more will come: collect it."""
    total: int | None = None
    completed: int | None = None
    failed: int | None = None


@runtime_checkable
class Batch(Protocol):
    """Optional for a provider: many calls submitted at once and answered within hours, for less.

    The id is all that a restart needs. Errors of the endpoint are `ProviderError`s, as of `complete`.
    """

    async def submit(self, calls: Sequence[Call], key: str, /) -> str:
        """The id of a batch that asks `calls`. Hand it in under `key`, which is in the ledger by now."""
        ...

    async def find(self, key: str, /) -> str | None:
        """The id of the batch that was submitted under `key`, should its answer never have come.

        None where there is none, or where the endpoint cannot tell.
        """
        ...

    async def poll(self, batch_id: str, /) -> BatchState:
        """Where it stands. Raises `NotFound` for an unknown one."""
        ...

    async def collect(
        self, batch_id: str, calls: Sequence[Call], /
    ) -> Mapping[str, Completion | ProviderError]:
        """For each call's `request_id` its completion, or the error that it alone met."""
        ...


@runtime_checkable
class Covers(Protocol):
    """Optional for a provider of recorded replies: it says what of them no task asked for."""

    def coverage(self, tasks: Iterable[tuple[str, Mapping[str, Any], str | None]], /) -> dict[str, Any]:
        """Counts for the quality report, given each task's id, input and last message as it was shown."""
        ...


@runtime_checkable
class Illustrated(Protocol):
    """Optional for a gate: it can write what it invented to judge a candidate, for a person to look at."""

    async def illustrate(
        self, task: Task[Any], candidate: Candidate, seed: int | None, into: Path, /
    ) -> str:
        """Write what has `seed`, or what refuses `candidate`, to the file `into`; one sentence on it.

        Raises `TaskError` where there is none.
        """
        ...


class Rule(Protocol):
    """A cheap, pure check that runs inline."""

    def __call__(self, task: Task[Any], candidate: Candidate, /) -> Finding:
        """What the rule found."""
        ...


class Gate(Protocol):
    """An exec-eval or a judge: works under a budget and a deadline."""

    async def __call__(self, task: Task[Any], candidate: Candidate, /) -> Finding:
        """What the gate found. `TaskError` says that the task is broken, whatever the candidate."""
        ...


@runtime_checkable
class Prepared(Protocol):
    """Optional for an exec-eval: it builds what is costly for a task before a teacher is paid."""

    async def prepare(self, task: Task[Any], /) -> None:
        """Build it (a suite, an oracle), once for what needs it. Raises `TaskError` for a broken task."""
        ...


@runtime_checkable
class Fingerprinted(Protocol):
    """Optional for a rule or gate: what its verdicts depend on beyond version and configuration."""

    @property
    def depends_on(self) -> str:
        """Engine versions, sandbox level, ...: equal text, equal verdicts."""
        ...


class Reporter(Protocol):
    """Watches a run. A reporter that fails is dropped with a notice and costs nothing else."""

    async def __call__(self, event: Event, /) -> None:
        """Take note of `event`."""
        ...
