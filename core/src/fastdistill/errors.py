"""Every error that Fast Distill raises, and `boundary()`, which says whose fault a plugin's exception is.

FastDistillError
├── UsageError                  the command line or the run file is wrong           exit 2
│   └── RunFileError            ... with every mistake found, each with its path
├── SetupError                  this machine is not ready: plugin, key, disk        exit 3
│   ├── PluginError             a plugin is absent, broken or ambiguous
│   └── RunFolderError          the run folder is locked, foreign, newer or damaged
├── TaskError                   one task is broken; it alone is counted as failed
├── PluginFault                 a plugin raised where it should have returned
├── RunHalted                   the run stopped before this call was made
├── TeacherUnusable             every call is refused alike                         exit 3
├── TeacherUnavailable          quota spent, or a wait of hours: go on later        exit 4
├── ProviderError               one call to a teacher failed
│   ├── RetryableError          asking again can help
│   │   ├── RateLimited         429
│   │   ├── Overloaded          503, 529
│   │   ├── TimedOut
│   │   ├── ConnectionFailed
│   │   ├── ServerFailed        other 5xx
│   │   └── BadReply            truncated or invalid JSON
│   │       └── EmptyReply      no choices: bought at most twice
│   └── FinalError              asking again cannot help
│       ├── AuthFailed          stops the run
│       ├── NotFound            stops the run: no such model or address
│       ├── BadRequest
│       ├── ContextTooLong
│       ├── ContentRefused
│       ├── BudgetSpent
│       ├── NoMoreReplies       recorded replies to a task are used up
│       └── NotRecorded         a replay has no such answer
└── WorkerError                 confined work did not come back
    ├── DeadlineExceeded        our wall clock ran out
    ├── BudgetExceeded          the work used more processor time than it was given
    └── WorkerLost              the worker died: memory, crash, kill
"""

import inspect
from collections.abc import Sequence
from pathlib import Path
from types import CodeType
from typing import ClassVar

from fastdistill.redact import scrub

_HERE = str(Path(__file__).parent)


class FastDistillError(Exception):
    """The root: whatever is caught as this was raised by us on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(FastDistillError):
    """The command line or the run file asks for something that cannot be."""

    exit_code = 2


class RunFileError(UsageError):
    """All mistakes of a run file at once; each entry of `problems` starts with the path it is about."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.source, self.problems = source, tuple(problems)
        lines = "".join(f"\n  {problem}" for problem in problems)
        count = f"{len(problems)} problem" + ("s" if len(problems) != 1 else "")
        super().__init__(f"{source}: {count}{lines}")


class SetupError(FastDistillError):
    """The machine is not ready for the run: a plugin, a key, an endpoint, a disk."""

    exit_code = 3


class PluginError(SetupError):
    """A plugin is missing, broken, or two of them claim one name."""


class RunFolderError(SetupError):
    """The run folder cannot be used: locked, another run's, newer than this version, or damaged."""


class TaskError(FastDistillError):
    """One task cannot be asked or judged; `reason` is a slug, the message a sentence for people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(detail or reason)


class PluginFault(FastDistillError):
    """A plugin raised where it should have returned; `owner` names it, `__cause__` is what it raised."""

    def __init__(self, owner: str, action: str, cause: BaseException) -> None:
        self.owner, self.action = owner, action
        where = place_of(cause)
        super().__init__(scrub(f"{owner} raised {type(cause).__name__} in {action}: {cause}{where}"))


def place_of(cause: BaseException) -> str:
    """Return the file and line that raised, without folders: ` (plugin.py, line 7)`.

    Where our own records refused what a plugin gave them, it is the plugin's line that is meant.
    """
    trace, ours, theirs = cause.__traceback__, "", ""
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if path.startswith(_HERE):
            ours = _in(path, trace.tb_lineno)
        elif not path.startswith("<attrs generated"):
            theirs = _in(path, trace.tb_lineno)
        trace = trace.tb_next
    return theirs or ours


def raised_at(cause: BaseException) -> str:
    """Return the file and line at the very end of a trace, without folders."""
    trace, place = cause.__traceback__, ""
    while trace is not None:
        place, trace = _in(trace.tb_frame.f_code.co_filename, trace.tb_lineno), trace.tb_next
    return place


def _in(path: str, line: int) -> str:
    name = path.replace("\\", "/").rpartition("/")[2]
    return f" ({name}, line {line})"


def defined_at(made: object) -> str:
    """Return where a plugin's function, or its class's `__call__`, begins, as ` (plugin.py, line 7)`."""
    for one in (made, vars(type(made)).get("__call__")):
        code = getattr(inspect.unwrap(one), "__code__", None) if callable(one) else None
        if isinstance(code, CodeType):
            return _in(code.co_filename, code.co_firstlineno)
    return ""


class BrokenPlugin(FastDistillError):
    """A plugin returned the wrong type, or raised on one answer after another: more would not help."""

    exit_code = 3


class RunHalted(FastDistillError):
    """The run was stopped before this call was made: its task stays open for a resume."""


class TeacherUnusable(FastDistillError):
    """A teacher refuses every call alike: a parameter that it does not know, for one."""

    exit_code = 3


class TeacherUnavailable(FastDistillError):
    """A teacher answers nobody for now: its quota is spent, or it asks for a wait beyond its deadline."""

    exit_code = 4


class ProviderError(FastDistillError):
    """One call failed. `retry_after` is in seconds when the server named it; `status` is HTTP's."""

    kind: ClassVar[str] = "provider-error"

    def __init__(
        self, message: str, *, retry_after: float | None = None, status: int | None = None
    ) -> None:
        self.retry_after, self.status = retry_after, status
        super().__init__(message)


class RetryableError(ProviderError):
    """Asking the same again can help."""


class RateLimited(RetryableError):
    """The endpoint asks for fewer requests (HTTP 429)."""

    kind = "rate-limited"


class Overloaded(RetryableError):
    """The endpoint is up but has no room (HTTP 503, 529)."""

    kind = "overloaded"


class TimedOut(RetryableError):
    """No complete answer within the call's deadline."""

    kind = "timed-out"


class ConnectionFailed(RetryableError):
    """No connection, or one that broke."""

    kind = "connection"


class ServerFailed(RetryableError):
    """Any other 5xx."""

    kind = "server"


class BadReply(RetryableError):
    """An answer that cannot be read: truncated or invalid JSON, or no choices."""

    kind = "bad-reply"


class EmptyReply(BadReply):
    """An answer that was paid for and holds nothing: asked for once more, and no further."""


class FinalError(ProviderError):
    """Asking the same again cannot help: one call, no retry."""


class AuthFailed(FinalError):
    """The key is missing, wrong or not allowed. Stops the run."""

    kind = "auth"
    exit_code = 3


class NotFound(FinalError):
    """No such model, or no such address. Stops the run."""

    kind = "not-found"
    exit_code = 3


class BadRequest(FinalError):
    """The endpoint refuses this request as it is."""

    kind = "bad-request"


class ContextTooLong(FinalError):
    """Prompt and answer do not fit the model's context."""

    kind = "context-too-long"


class ContentRefused(FinalError):
    """The endpoint's filter refuses this prompt."""

    kind = "content-refused"


class BudgetSpent(FinalError):
    """The account or the run has nothing left to spend."""

    kind = "budget-spent"


class NotRecorded(FinalError):
    """A replay was asked for an answer that the run never got."""

    kind = "not-recorded"


class NoMoreReplies(FinalError):
    """A provider of recorded replies has none, or none further, to a task."""

    kind = "no-reply"


def error_of(kind: str, message: str) -> ProviderError:
    """The provider error of a kind's name, as a ledger keeps it."""
    kinds = [*RetryableError.__subclasses__(), *FinalError.__subclasses__()]
    return next((one for one in kinds if one.kind == kind), ProviderError)(message)


class WorkerError(FastDistillError):
    """Confined work did not come back."""


class DeadlineExceeded(WorkerError):
    """Our wall clock ran out; the worker was killed and replaced."""


class BudgetExceeded(WorkerError):
    """The work used more CPU seconds than it was given, which no busy machine can cause."""


class WorkerLost(WorkerError):
    """The worker died under the work: out of memory, crashed, or killed."""


class boundary:  # noqa: N801  used as a function is, and entered several times for every task
    """Turn what a plugin raises into `PluginFault(owner, action)`; our own errors pass, without secrets."""

    __slots__ = ("_action", "_owner")

    def __init__(self, owner: str, action: str) -> None:
        self._owner, self._action = owner, action

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if error is None:
            return
        if isinstance(error, FastDistillError):
            error.args = tuple(scrub(one) if isinstance(one, str) else one for one in error.args)
            if isinstance(error, TaskError):
                error.detail = scrub(error.detail)
        elif isinstance(error, Exception):
            raise PluginFault(self._owner, self._action, error) from error
