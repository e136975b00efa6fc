"""Fast Distill: distil a teacher into a dataset in which every row is verified.

This is what plugin authors import, and what notebooks and trainers call; everything else is the core's own.
The verbs (`verifier` and its kin) are loaded when first used, so that importing a plugin stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fastdistill.errors import (
    AuthFailed,
    BadReply,
    BadRequest,
    BudgetExceeded,
    BudgetSpent,
    ConnectionFailed,
    ContentRefused,
    ContextTooLong,
    DeadlineExceeded,
    FastDistillError,
    NotFound,
    Overloaded,
    PluginError,
    ProviderError,
    RateLimited,
    ServerFailed,
    SetupError,
    TaskError,
    TimedOut,
    UsageError,
    WorkerLost,
)
from fastdistill.hookspecs import hookimpl
from fastdistill.model.answer import (
    Call,
    Candidate,
    Choice,
    Completion,
    Constraint,
    Message,
    Prompt,
    RateHint,
    Reading,
    Sampling,
    Usage,
)
from fastdistill.model.report import Event, Finished, Noticed, Progress, Settled, Started, Ticked
from fastdistill.model.sample import Judged, Sample, Status
from fastdistill.model.task import BadTask, Mutant, Task, canonical_json
from fastdistill.model.verdict import Difference, Finding, Outcome, Verdict, passed, rejected, undecided
from fastdistill.patience import deadline_paused
from fastdistill.protocols import (
    Batch,
    BatchState,
    Bounded,
    Fingerprinted,
    Gate,
    Provider,
    Reporter,
    Row,
    Rule,
    Scenario,
    Source,
)
from fastdistill.specs import (
    ExecEvalSpec,
    ImportOptions,
    ImportReport,
    ImportSpec,
    JudgeSpec,
    NoOptions,
    ProviderSpec,
    ReporterSpec,
    RuleSpec,
    ScenarioSpec,
    Services,
    Workers,
)

if TYPE_CHECKING:
    from fastdistill.api.in_process import gate, rule
    from fastdistill.api.verified import Verified
    from fastdistill.api.verifier import AsyncVerifier, Verifier, averifier, verifier

_VERBS = {
    "AsyncVerifier": "fastdistill.api.verifier",
    "Verified": "fastdistill.api.verified",
    "Verifier": "fastdistill.api.verifier",
    "averifier": "fastdistill.api.verifier",
    "gate": "fastdistill.api.in_process",
    "rule": "fastdistill.api.in_process",
    "verifier": "fastdistill.api.verifier",
}


def __getattr__(name: str) -> Any:
    """Load a verb when it is first used."""
    if name not in _VERBS:
        raise AttributeError(f"module 'fastdistill' has no attribute {name!r}")
    found = getattr(import_module(_VERBS[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_VERBS})


__all__ = [
    "AsyncVerifier",
    "AuthFailed",
    "BadReply",
    "BadRequest",
    "BadTask",
    "Batch",
    "BatchState",
    "Bounded",
    "BudgetExceeded",
    "BudgetSpent",
    "Call",
    "Candidate",
    "Choice",
    "Completion",
    "ConnectionFailed",
    "Constraint",
    "ContentRefused",
    "ContextTooLong",
    "DeadlineExceeded",
    "Difference",
    "Event",
    "ExecEvalSpec",
    "FastDistillError",
    "Finding",
    "Fingerprinted",
    "Finished",
    "Gate",
    "ImportOptions",
    "ImportReport",
    "ImportSpec",
    "JudgeSpec",
    "Judged",
    "Message",
    "Mutant",
    "NoOptions",
    "NotFound",
    "Noticed",
    "Outcome",
    "Overloaded",
    "PluginError",
    "Progress",
    "Prompt",
    "Provider",
    "ProviderError",
    "ProviderSpec",
    "RateHint",
    "RateLimited",
    "Reading",
    "Reporter",
    "ReporterSpec",
    "Row",
    "Rule",
    "RuleSpec",
    "Sample",
    "Sampling",
    "Scenario",
    "ScenarioSpec",
    "ServerFailed",
    "Services",
    "Settled",
    "SetupError",
    "Source",
    "Started",
    "Status",
    "Task",
    "TaskError",
    "Ticked",
    "TimedOut",
    "Usage",
    "UsageError",
    "Verdict",
    "Verified",
    "Verifier",
    "WorkerLost",
    "Workers",
    "averifier",
    "canonical_json",
    "deadline_paused",
    "gate",
    "hookimpl",
    "passed",
    "rejected",
    "rule",
    "undecided",
    "verifier",
]
