"""Fast Distill: distil a teacher into a dataset in which every row is verified.

This is what plugin authors import, and what notebooks and trainers call; everything else is the core's own.
Each name is loaded when it is first used, so that `import fastdistill` and `fd --help` cost nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastdistill.api.in_process import (
        gate,
        rule,
    )
    from fastdistill.api.verified import (
        Verified,
    )
    from fastdistill.api.verifier import (
        AsyncVerifier,
        Verifier,
        averifier,
        verifier,
    )
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
    from fastdistill.hookspecs import (
        hookimpl,
    )
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
    from fastdistill.model.report import (
        Event,
        Finished,
        Noticed,
        Progress,
        Settled,
        Started,
        Ticked,
    )
    from fastdistill.model.sample import (
        Judged,
        Sample,
        Status,
    )
    from fastdistill.model.task import (
        BadTask,
        Mutant,
        Task,
        canonical_json,
    )
    from fastdistill.model.verdict import (
        Difference,
        Finding,
        Outcome,
        Verdict,
        passed,
        rejected,
        undecided,
    )
    from fastdistill.patience import (
        deadline_paused,
    )
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
    from fastdistill.serde import (
        StructureError,
        nearest,
        structure,
    )
    from fastdistill.specs import (
        ExecEvalSpec,
        ImportOptions,
        ImportReport,
        ImportSpec,
        JudgeSpec,
        ModelCatalog,
        ModelEntry,
        NoOptions,
        ProviderSpec,
        ReporterSpec,
        RuleSpec,
        ScenarioSpec,
        Services,
        Workers,
    )

_PLACES = {
    "api.in_process": (
        "gate",
        "rule",
    ),
    "api.verified": ("Verified",),
    "api.verifier": (
        "AsyncVerifier",
        "Verifier",
        "averifier",
        "verifier",
    ),
    "errors": (
        "AuthFailed",
        "BadReply",
        "BadRequest",
        "BudgetExceeded",
        "BudgetSpent",
        "ConnectionFailed",
        "ContentRefused",
        "ContextTooLong",
        "DeadlineExceeded",
        "FastDistillError",
        "NotFound",
        "Overloaded",
        "PluginError",
        "ProviderError",
        "RateLimited",
        "ServerFailed",
        "SetupError",
        "TaskError",
        "TimedOut",
        "UsageError",
        "WorkerLost",
    ),
    "hookspecs": ("hookimpl",),
    "model.answer": (
        "Call",
        "Candidate",
        "Choice",
        "Completion",
        "Constraint",
        "Message",
        "Prompt",
        "RateHint",
        "Reading",
        "Sampling",
        "Usage",
    ),
    "model.report": (
        "Event",
        "Finished",
        "Noticed",
        "Progress",
        "Settled",
        "Started",
        "Ticked",
    ),
    "model.sample": (
        "Judged",
        "Sample",
        "Status",
    ),
    "model.task": (
        "BadTask",
        "Mutant",
        "Task",
        "canonical_json",
    ),
    "model.verdict": (
        "Difference",
        "Finding",
        "Outcome",
        "Verdict",
        "passed",
        "rejected",
        "undecided",
    ),
    "patience": ("deadline_paused",),
    "protocols": (
        "Batch",
        "BatchState",
        "Bounded",
        "Fingerprinted",
        "Gate",
        "Provider",
        "Reporter",
        "Row",
        "Rule",
        "Scenario",
        "Source",
    ),
    "specs": (
        "ExecEvalSpec",
        "ImportOptions",
        "ImportReport",
        "ImportSpec",
        "JudgeSpec",
        "ModelCatalog",
        "ModelEntry",
        "NoOptions",
        "ProviderSpec",
        "ReporterSpec",
        "RuleSpec",
        "ScenarioSpec",
        "Services",
        "Workers",
    ),
    "serde": (
        "StructureError",
        "nearest",
        "structure",
    ),
}
_MODULES = {name: f"fastdistill.{module}" for module, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module 'fastdistill' has no attribute {name!r}")
    found = getattr(import_module(_MODULES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})


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
    "ModelCatalog",
    "ModelEntry",
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
    "StructureError",
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
    "nearest",
    "passed",
    "rejected",
    "rule",
    "structure",
    "undecided",
    "verifier",
]
