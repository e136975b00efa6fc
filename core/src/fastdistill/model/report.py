"""What reporters are told while a run goes on."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from fastdistill.model.sample import Sample


class RunOutcome(StrEnum):
    """How a session of a run ended."""

    DONE = "done"
    FAULTS = "faults"
    """At the source's end, with tasks that failed."""
    TARGET = "target"
    """As many samples are accepted as were asked for."""
    BUDGET = "budget"
    FLOOR = "floor"
    """The pilot found a figure below its floor."""
    STOPPED = "stopped"
    """By an error that concerns the run as a whole; it is raised."""
    INTERRUPTED = "interrupted"


@frozen(kw_only=True)
class Progress:
    """Where a run stands. Counts are of this run as a whole, resumed parts included."""

    total: int | None
    """Tasks in the source when known."""
    seen: int = 0
    asked: int = 0
    in_flight: int = 0
    answered: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    skipped: int = 0
    cached: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasons: Mapping[str, int] = field(factory=dict)
    """Candidates rejected, by reason."""
    elapsed: float = 0.0
    """Seconds since this session of the run began."""
    eta: float | None = None
    """Seconds left at the present rate; None for unknown."""
    eta_of: str = "tasks"
    """What is reached then: the end of the `tasks`, the `target`, or a `budget`."""
    usd: float | None = None
    """US dollars paid so far, by all sessions; None where a teacher has no price."""
    limit: float | None = None
    """Requests that may be in flight together, as found so far; None for no limit."""
    idle_cause: str = ""
    """Why no further task is started just now: a slug."""
    gate_seconds: Mapping[str, float] = field(factory=dict)
    """Seconds of work of each gate in this session."""
    gate_counts: Mapping[str, int] = field(factory=dict)
    """Verdicts of each gate in this session."""


@frozen(kw_only=True)
class Started:
    """The run begins or resumes."""

    run_id: str
    scenario: str
    folder: str
    resumed: bool
    progress: Progress
    teachers: Mapping[str, str] = field(factory=dict)
    """`provider:model` of each teacher, by its name, in order."""


@frozen(kw_only=True)
class Ticked:
    """About twice a second, and once before the end."""

    progress: Progress


@frozen(kw_only=True)
class Settled:
    """A task was settled."""

    sample: Sample


@frozen(kw_only=True)
class Noticed:
    """Something a person should know: a reporter was dropped, the run is stopping."""

    message: str


@frozen(kw_only=True)
class Finished:
    """All files are written."""

    run_id: str
    folder: str
    outcome: RunOutcome
    message: str
    progress: Progress
    files: Mapping[str, str]
    """Name of each file and its path."""
    digest: str = ""
    """The manifest's, for `fd verify --expect`."""


Event = Started | Ticked | Settled | Noticed | Finished
