"""The run file's tables: what a run can be told, each value with its default and its bounds."""

from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen
from attrs.validators import deep_iterable, ge, gt, instance_of, le, optional


def _schedule(value: Any) -> tuple[float, ...]:
    numbers = value if isinstance(value, list | tuple) else [value]
    if not all(type(n) in (int, float) for n in numbers):
        raise TypeError(f"'temperature' must be a number or a list of numbers, not {value!r:.60}")
    return tuple(float(n) for n in numbers)


@frozen(kw_only=True)
class Price:
    """US dollars per million tokens; a price that is not given makes the cost unknown, never 0."""

    input: float | None = field(default=None, validator=optional(ge(0)))
    output: float | None = field(default=None, validator=optional(ge(0)))
    cached_input: float | None = field(default=None, validator=optional(ge(0)))


@frozen(kw_only=True)
class TeacherConfig:
    """A `[[teacher]]` or `[[helper]]`: one model, and how to ask it."""

    provider: str = ""
    model: str = ""
    """The first teacher may leave both out: then a provider that has a default model is asked."""
    name: str = ""
    """How seeds, reports and judges call it; `provider:model` unless given."""
    attempts: int = field(default=1, validator=ge(1))
    """Requests to it for one task; then the task goes on to the next teacher."""
    n: int = field(default=1, validator=ge(1))
    """Answers asked for in one request."""
    temperature: tuple[float, ...] = field(
        default=(), converter=_schedule, validator=deep_iterable(ge(0.0))
    )
    """A number, or a list by attempt whose last value stays."""
    top_p: float | None = field(default=None, validator=optional([gt(0), le(1)]))
    max_tokens: int | None = field(default=None, validator=optional(ge(1)))
    stop: tuple[str, ...] = ()
    seed: int | None = None
    """Fixes the seed of every request; else it follows from the run's."""
    extra: dict[str, Any] = field(factory=dict)
    """Further fields of every request's body."""
    base_urls: tuple[str, ...] = ()
    """Several endpoints of this one model."""
    label: str | None = None
    """Declares the endpoints to be one model: the identity that requests are keyed by."""
    max_in_flight: int | None = field(default=None, validator=optional(ge(1)))
    requests_per_minute: float | None = field(default=None, validator=optional(gt(0)))
    tokens_per_minute: float | None = field(default=None, validator=optional(gt(0)))
    deadline: float = field(default=900.0, validator=gt(0))
    """Seconds for one request with all its retries."""
    retries: int = field(default=6, validator=ge(0))
    mode: Literal["online", "batch"] = "online"
    """`batch` hands requests in by the thousand, for an answer within hours at a lower price."""
    batch_size: int = field(default=10_000, validator=ge(1))
    """The most requests in one batch."""
    batch_interval: float = field(default=30.0, validator=gt(0))
    """Seconds between two looks at a batch."""
    price: Price | None = None
    budget_tokens: int | None = field(default=None, validator=optional(ge(0)))
    """Tokens of prompts and answers of this one alone, at which the run stops."""
    budget_usd: float | None = field(default=None, validator=optional(ge(0)))
    options: dict[str, Any] = field(factory=dict)
    """What the provider's own table may hold, for this teacher alone."""

    @property
    def title(self) -> str:
        """Its name."""
        return self.name or f"{self.provider}:{self.model}"


@frozen(kw_only=True)
class Budget:
    """Where a run stops by itself; None is no limit."""

    tokens: int | None = field(default=None, validator=optional(ge(0)))
    usd: float | None = field(default=None, validator=optional(ge(0)))
    seconds: float | None = field(default=None, validator=optional(ge(0)))
    accept: int | None = field(default=None, validator=optional(ge(1)))
    """Enough accepted samples."""


@frozen(kw_only=True)
class Pilot:
    """The first tasks run alone; a missed floor stops the run before the money is spent."""

    enabled: bool = True
    tasks: int = field(default=50, validator=ge(1))
    above: int = field(default=200, validator=ge(0))
    """Runs of at most this many tasks have no pilot."""
    min_exec_pass: float | None = field(default=None, validator=optional([ge(0), le(1)]))
    min_gold_match: float | None = field(default=None, validator=optional([ge(0), le(1)]))
    min_judge_score: float | None = field(default=None, validator=optional([ge(0), le(1)]))
    min_judge_kappa: float | None = field(default=None, validator=optional([ge(-1), le(1)]))


@frozen(kw_only=True)
class Consensus:
    """For tasks without gold: what most attempts agree on is accepted, marked as confirmed by no gold."""

    enabled: bool = False
    min_size: int = field(default=2, validator=ge(1))
    min_share: float = field(default=0.5, validator=[gt(0), le(1)])


@frozen(kw_only=True)
class SplitShares:
    """`[split]`: which part of a dataset a task is for, by the hash of its group."""

    train: float = field(default=1.0, validator=[ge(0), le(1)])
    validation: float = field(default=0.0, validator=[ge(0), le(1)])
    test: float = field(default=0.0, validator=[ge(0), le(1)])
    by: str = ""
    """The column of a task's row that is its group; what the scenario says unless given."""
    seed: int = 0

    def __attrs_post_init__(self) -> None:
        whole = self.train + self.validation + self.test
        if abs(whole - 1) > 1e-9:
            raise ValueError(f"'train' must add up to 1 with validation and test: they make {whole:g}")


REPAIRED = (
    "syntax-error", "no-such-table", "no-such-column", "no-such-function", "no-statement",
    "several-statements", "execution-error", "double-quoted-text", "no-code", "no-answer", "hedge",
    "missing-entry-point", "load-failed", "raised", "forbidden-import",
)  # fmt: skip
"""Reasons that a repair may help with: form, syntax, unknown names, what fails when it runs."""


@frozen(kw_only=True)
class Repair:
    """`[repair]`: the next attempt of a teacher sees its refused reply and what a gate may tell of it."""

    rounds: int = field(default=0, validator=[ge(0), le(1)])
    """0 for none."""
    control: float = field(default=0.5, validator=[ge(0), le(1)])
    """The share of tasks, by their hash, that are asked from the start all the same, to compare the two."""
    reasons: tuple[str, ...] = REPAIRED
    """What is repaired; every other refusal is asked from the start."""


@frozen(kw_only=True)
class Select:
    """`[select]`: tasks that a student solves already are left out before the teacher is paid."""

    student: TeacherConfig | None = None
    """The student's table, such as { provider = "ollama", model = "my-student", attempts = 4 }."""
    at_least: float = field(default=0.0, validator=[ge(0), le(1)])
    """Tasks of which it solves a smaller share are left out too."""
    at_most: float = field(default=0.75, validator=[ge(0), le(1)])
    """Tasks of which it solves a larger share are left out."""

    def __attrs_post_init__(self) -> None:
        if self.at_least > self.at_most:
            raise ValueError(f"'at_least' is {self.at_least:g}, more than 'at_most' = {self.at_most:g}")


@frozen(kw_only=True)
class GiveUp:
    """`[give_up]`: when a teacher is asked no more about a task, although it has attempts left."""

    same_wrong: int = field(default=0, validator=ge(0))
    """So often it may give one wrong answer; 0 for no bound."""


NEAR_DUPLICATES = "near-duplicates"
"""`[split] by`: clusters of near duplicates are the groups."""


@frozen(kw_only=True)
class Decontaminate:
    """`[decontaminate]`: tasks and replies that repeat a benchmark are left out, unpaid."""

    against: tuple[str, ...] = ()
    """Task files of any kind, or hf:// locations."""
    columns: tuple[str, ...] = ()
    """The columns of their questions; common names unless given."""
    ngram: int = field(default=8, validator=[ge(3), le(50)])
    """Words in a run; a text with fewer is compared as a whole."""
    share: float = field(default=0.5, validator=[ge(0), le(1)])
    """The least share of the shorter text that common runs cover; 0: one common run is enough."""
    characters: int = field(default=0, validator=ge(0))
    """One common run of so many characters is enough, such as 50; 0 for no such rule."""
    replies: bool = True
    """Whether replies are held against the benchmarks' solutions too."""


@frozen(kw_only=True)
class Duplicates:
    """`[duplicates]`: what becomes of tasks that nearly repeat an earlier one."""

    near: Literal["keep", "drop"] = "keep"
    alike: float = field(default=0.8, validator=[gt(0), le(1)])
    """How alike two are at least: the estimated share of word triples that they have in common."""


@frozen(kw_only=True)
class Pairs:
    """`[pairs]`: answers beside the accepted one, for preference training."""

    extra_attempts: int = field(default=0, validator=ge(0))
    """Attempts after a task's first acceptance; they are judged, and the first acceptance stays the row."""


REQUESTED = ("gold", "tags", "meta")


def _requested(_: object, __: object, value: tuple[str, ...]) -> None:
    for one in value:
        if one not in REQUESTED:
            raise ValueError(f"'include' takes {', '.join(REQUESTED)}, not {one!r}")


@frozen(kw_only=True)
class DatasetRows:
    """`[dataset]`: what a row of `dataset.jsonl` holds."""

    content: Literal["auto", "answer", "reply"] = "auto"
    """What the assistant says: the answer in its scenario's form, the raw reply, or (`auto`) the answer
    except where the reply holds working that stands nowhere else."""
    include: tuple[str, ...] = field(default=(), validator=_requested)
    """Further columns: `gold`, `tags`, `meta` of the task."""


def shard_of(text: str) -> tuple[int, int]:
    """`K/N` as two numbers. Raises ValueError."""
    left, _, right = text.partition("/")
    if left.isdecimal() and right.isdecimal() and 1 <= int(left) <= int(right):
        return int(left), int(right)
    raise ValueError(f"'shard' must be K/N with 1 <= K <= N, such as 1/4: {text!r}")


def _sharded(_: object, __: object, value: str) -> None:
    shard_of(value)


@frozen(kw_only=True)
class RunConfig:
    """A run file's top level."""

    scenario: str = ""
    purpose: Literal["teacher", "student"] = "teacher"
    """`student`: every attempt is asked and judged, and nothing goes into a dataset; `fd eval` sets it."""
    shots: Path | None = None
    """Rows of a dataset, JSON Lines, that every prompt shows as examples before its question."""
    tasks: Path | None = None
    """JSON Lines, a table, a folder or hf://org/name; the scenario's bundled pack unless given."""
    base: Path | None = None
    """Where paths inside rows start; the task file's folder unless given."""
    map: dict[str, Any] = field(factory=dict)
    """Our fields made of the source's columns: a column, a template, or `{ value = ... }`."""
    limit: int | None = field(default=None, validator=optional(ge(1)))
    shard: str | None = field(default=None, validator=optional(_sharded))
    """`K/N`: the Kth of N parts of the source, split by the sha256 of the canonical input."""
    out: Path | None = None
    seed: int = field(default=0, validator=instance_of(int))
    cache: bool = True
    gates: tuple[str, ...] | None = None
    """Replaces the scenario's default gates."""
    extra_gates: tuple[str, ...] = ()
    """Added behind the default gates."""
    gate_deadline: float = field(default=60.0, validator=gt(0))
    """Wall clock for one gate on one candidate, seconds; running out is an error, retried once."""
    accept_unmatched: bool = False
    """Accept a task that has gold although no gate said `gold_match`."""
    backlog: int = field(default=2000, validator=ge(1))
    """Answers waiting for gates at which no more tasks are started."""
    audit: int = field(default=20, validator=ge(0))
    """Tasks on which the run measures its own gates when it ends; 0 for none."""
    calibrate: int = field(default=20, validator=ge(0))
    """Tasks with gold on which a run with a judge holds it against known answers; 0 for none."""
    teacher: tuple[TeacherConfig, ...] = ()
    helper: tuple[TeacherConfig, ...] = ()
    """Models that judges ask; they teach nothing."""
    budget: Budget = Budget()
    pilot: Pilot = Pilot()
    consensus: Consensus = Consensus()
    split: SplitShares = SplitShares()
    repair: Repair = Repair()
    select: Select = Select()
    give_up: GiveUp = GiveUp()
    dataset: DatasetRows = DatasetRows()
    pairs: Pairs = Pairs()
    decontaminate: Decontaminate = Decontaminate()
    duplicates: Duplicates = Duplicates()
    scenarios: dict[str, dict[str, Any]] = field(factory=dict)
    providers: dict[str, dict[str, Any]] = field(factory=dict)
    rules: dict[str, dict[str, Any]] = field(factory=dict)
    exec_evals: dict[str, dict[str, Any]] = field(factory=dict)
    judges: dict[str, dict[str, Any]] = field(factory=dict)
    sources: dict[str, dict[str, Any]] = field(factory=dict)
    reporters: dict[str, dict[str, Any]] = field(factory=dict)
    """A reporter runs when its table is there; `{}` is enough."""
