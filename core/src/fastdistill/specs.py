"""The records that hooks yield, and the services that the core gives to what they open."""

import random
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

from attrs import field, frozen, has
from attrs.validators import matches_re

from fastdistill.model.settled import SPLITS, SettledTask, Split
from fastdistill.protocols import Gate, Provider, Reporter, Rule, Scenario

C = TypeVar("C")
NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"


def _is_name(record: Any, _: object, value: Any) -> None:
    """Raise ValueError for what no run file could call a plugin, with the nearest name that could be."""
    kind = type(record).__name__
    if not isinstance(value, str):
        raise TypeError(f"{kind}: name is {value!r:.60}, no text")
    if not re.fullmatch(NAME, value):
        near = "-".join(re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", value).lower()))
        such = near if re.fullmatch(NAME, near) else "polite-answer"
        raise ValueError(
            f"{kind}: the name {value!r:.60} must be words of lower-case letters and digits joined by '-', "
            f"such as {such!r}"
        )


def _is_options(record: Any, _: object, value: Any) -> None:
    if not (isinstance(value, type) and has(value)):
        raise TypeError(
            f"{type(record).__name__} {record.name!r}: config is {value!r:.80}; it must be an attrs class, "
            "such as NoOptions or your own under @attrs.frozen"
        )


def _is_text(record: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, str):
        raise TypeError(
            f"{type(record).__name__} {record.name!r}: {attribute.name} is {value!r:.60}, no text"
        )


def _is_function(record: Any, attribute: Any, value: Any) -> None:
    if not callable(value):
        raise TypeError(
            f"{type(record).__name__} {record.name!r}: {attribute.name} is a {type(value).__name__}, "
            "no function: the core calls it with the options"
        )


@frozen
class NoOptions:
    """For a spec that has nothing to configure: any key in its table is an error."""


class Workers(Protocol):
    """Warm processes for work that may hang or swell. Plain data in, plain data out."""

    async def run(
        self,
        function: Callable[[Any], Any],
        payload: Any,
        /,
        *,
        deadline: float,
        memory: int | None = None,
        cpu: float | None = None,
    ) -> Any:
        """Run `function(payload)` in a worker; both its argument and its result are JSON data.

        `function` is a module's top-level function: the worker imports it by name and stays warm, so
        the module may cache; a function `warm()` of that module is called once in each worker, before
        any clock runs. `deadline` is in seconds of wall clock from the moment a worker takes the job,
        `cpu` in seconds of processor time of the worker for this job, `memory` in bytes of address
        space. Raises `DeadlineExceeded` when the clock ran out, `BudgetExceeded` when the processor
        time did, and `WorkerLost` when the worker died (all after killing it; a new one takes its
        place), and whatever `TaskError` the function raised; any other exception of the function
        comes back as `PluginFault`.
        """
        ...


class Services(Protocol):
    """What the core gives to providers, gates and reporters."""

    @property
    def workers(self) -> Workers:
        """Killable warm worker processes."""
        ...

    @property
    def tmp(self) -> Path:
        """A private folder that is gone when the run ends."""
        ...

    @property
    def transport(self) -> Any:
        """An `httpx.AsyncBaseTransport` to use instead of the network, in tests; else None."""
        ...

    def clock(self) -> float:
        """Seconds, monotonic; tests may turn it."""
        ...

    def rng(self, *key: str) -> random.Random:
        """Random numbers that depend on the run's seed and `key` alone."""
        ...

    async def store(self, key: str, build: Callable[[Path], Awaitable[None]], /) -> Path:
        """The file or folder that `build` made for `key`, kept across runs and shared by them.

        `build` is given a path that does not exist yet, and makes it. It runs once for a key, also
        when many ask at once; what it raises is raised to all who wait, and nothing is kept.
        """
        ...

    async def teacher(self, name: str, /) -> Provider:
        """The `[[teacher]]` or `[[helper]]` of that name: ledgered, cached, paced, budgeted.

        Replay serves it from the ledger alone, so a judge needs nothing else.
        """
        ...


@frozen(kw_only=True)
class Spec(Generic[C]):
    """One thing that a plugin offers. `config` is the attrs class of its table in the run file."""

    name: str = field(validator=_is_name)
    summary: str = field(validator=_is_text)
    """One line for `fd plugins`."""
    config: type[C] = field(validator=_is_options)


@frozen(kw_only=True)
class ProviderSpec(Spec[C]):
    """A way to reach models. The table is `[providers.NAME]`; a teacher's `options` override it.

    `open` is given the model's name through its configuration: `config` must have a `model: str`.
    """

    open: Callable[[C, Services], AbstractAsyncContextManager[Provider]] = field(validator=_is_function)
    tier: Literal[1, 2] = 1
    """1: full tests. 2: best effort."""
    default_model: str | None = None
    """The model of a run that names no teacher; only for a provider that needs no key and no server."""
    recorded: bool = False
    """Its replies exist already: they cost nothing unless a price is given, are not kept in the completion
    cache, and are attempts in order until it raises `NoMoreReplies` (or `attempts`, where more than 1)."""
    models: "Callable[[], ModelCatalog] | None" = None
    """For a provider that keeps weights itself: what `fd models` shows."""


@frozen(kw_only=True)
class RuleSpec(Spec[C]):
    """A cheap check. The table is `[rules.NAME]`."""

    build: Callable[[C], Rule] = field(validator=_is_function)


@frozen(kw_only=True)
class ExecEvalSpec(Spec[C]):
    """A gate that runs the candidate. The table is `[exec_evals.NAME]`."""

    open: Callable[[C, Services], AbstractAsyncContextManager[Gate]] = field(validator=_is_function)


@frozen(kw_only=True)
class JudgeSpec(Spec[C]):
    """A gate that asks a model's opinion. The table is `[judges.NAME]`."""

    open: Callable[[C, Services], AbstractAsyncContextManager[Gate]] = field(validator=_is_function)


@frozen(kw_only=True)
class ReporterSpec(Spec[C]):
    """Something that watches a run. The table is `[reporters.NAME]`."""

    open: Callable[[C, Services], AbstractAsyncContextManager[Reporter]] = field(validator=_is_function)


@frozen(kw_only=True)
class SourceRow:
    """One row of a foreign source: its fields, or what is wrong with it."""

    position: int
    """Where it stands, counted from 1: a line, a record."""
    fields: Mapping[str, Any] | None = None
    """Plain data by column; None for a row that is none."""
    problem: str = ""
    """What is wrong with it."""


@frozen(kw_only=True)
class SourceSpec(Spec[C]):
    """A kind of task source beside JSON Lines. The table is `[sources.NAME]`.

    It serves the locations that end in one of `endings` or begin with one of `schemes`. `open` yields rows
    lazily, in an order that repeats, and raises `UsageError` for what cannot be read.
    """

    open: Callable[[C, str], Iterable[SourceRow]] = field(validator=_is_function)
    endings: tuple[str, ...] = ()
    """Such as `.csv`, lower case."""
    schemes: tuple[str, ...] = ()
    """Such as `hf://`."""


@frozen(kw_only=True)
class ExportLayout:
    """How the files of an export are named and written."""

    names: Mapping[Split, str] = field(factory=lambda: {split: split for split in SPLITS})
    """A split's file without its ending. Splits that a layout does not name are left out."""
    form: Literal["jsonl", "json", "parquet"] = "jsonl"
    """JSON Lines, one JSON array, or Parquet (which needs pyarrow)."""
    beside: Callable[[Mapping[Split, str]], Mapping[str, Any]] | None = None
    """Given the written files by split, further JSON files by name, such as a loader's index."""


@frozen(kw_only=True)
class ExporterSpec(Spec[C]):
    """A form of dataset. Its options are those of `fd export --to NAME`.

    `rows` is given the decided tasks of one split in source order and yields plain data. The core owns
    order, splits, atomic files and digests, and writes no file for a split without rows.
    """

    rows: Callable[[C, Iterable[SettledTask]], Iterable[Mapping[str, Any]]] = field(validator=_is_function)
    layout: ExportLayout = field(factory=ExportLayout)


@frozen(kw_only=True)
class ImportSpec:
    """A released dataset that `fd tasks import NAME SOURCE OUT` turns into task rows."""

    name: str = field(validator=matches_re(NAME))
    summary: str
    run: Callable[[Path, Path, "ImportOptions"], "ImportReport"]
    """Given SOURCE and OUT (a folder that exists), writes `tasks.jsonl` and what it needs there."""
    questions: bool = False
    """Whether it takes `--questions` and `--databases`; then SOURCE may be left out."""


@frozen(kw_only=True)
class ImportOptions:
    """Options of `fd tasks import`."""

    samples: int | None = None
    """How many tasks to draw; None for all."""
    seed: int = 0
    eval_share: float = 0.0
    """Share of groups (schemas, sources) to put aside in `eval.jsonl`."""
    questions: Path | None = None
    """One file of questions in the release's columns, instead of those that the release names."""
    databases: Path | None = None
    """Where the databases lie that the questions are about."""


@frozen(kw_only=True)
class ImportReport:
    """What an import did, for people: lines to print, counts by name."""

    files: tuple[Path, ...]
    counts: dict[str, int]


@frozen(kw_only=True)
class DoctorCheck:
    """What `fd doctor` says of one thing that this machine has or lacks."""

    name: str
    """What was looked at, such as `code sandbox`."""
    ok: bool | None
    """None: usable, with something to know."""
    detail: str
    """One or two sentences: what there is, and why no more."""
    advice: str = ""
    """What to do for more."""
    data: Mapping[str, Any] = field(factory=dict)
    """The same as plain JSON data, for `--json`."""


@frozen(kw_only=True)
class ScenarioSpec(Spec[C]):
    """A kind of task. The table is `[scenarios.NAME]`."""

    build: Callable[[C], Scenario[Any]] = field(validator=_is_function)
    gates: tuple[str, ...]
    """The names of the default gates: rules first, then exec-evals and judges, in order."""
    title: str | None = None
    """The key of a task's input that people read first, such as `question`; reports show it."""
    gold: str | None = None
    """The key of a task's row that holds its gold, for exports to reinforcement learning."""
    form: Callable[[str], str] | None = None
    """Writes an answer as a student should say it, such as a fenced block; None leaves the reply."""
    worked: bool = False
    """Whether replies show their working, so that the bare answer would leave out what is to be learnt."""
    pack: Callable[[], Path] | None = None
    """The JSON Lines file of the bundled tasks, if there are any."""
    pack_limit: int | None = None
    """How many of them a run takes unless told: as many as an embedded teacher answers in minutes."""
    importers: tuple[ImportSpec, ...] = ()
    doctor: Callable[[], Iterable[DoctorCheck]] | None = None
    """What of this machine the scenario needs, looked at when asked; for `fd doctor`."""


@frozen(kw_only=True)
class ModelEntry:
    """A model that a provider can fetch and keep by itself."""

    name: str
    summary: str
    size: int
    """Bytes."""
    sha256: str
    licence: str
    path: Path | None
    """Where its verified bytes lie on this machine, or None."""


class ModelCatalog(Protocol):
    """What `fd models` lists and pulls, for a provider that keeps weights itself."""

    def entries(self) -> Iterable[ModelEntry]:
        """The known models."""
        ...

    def pull(self, name: str, notice: Callable[[str], None], /) -> Path:
        """Fetch and verify `name` unless it is there; progress goes to `notice`, a line at a time."""
        ...
