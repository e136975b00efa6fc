"""What the sandbox is asked and what it answers: plain records, no I/O.

A job is a candidate's source with either calls of one function or texts for standard input. The answer has
one result for each call or text, in order. Results hold values and never verdicts: what a value is
worth is decided by whoever compares it, in our process, with expected values that the sandbox never sees.
"""

from typing import Any, Literal

from attrs import field, frozen
from attrs.validators import ge, gt

MIB = 1024 * 1024


@frozen(kw_only=True)
class Limits:
    """What one call (or one run on one text) may use. Budgets are the candidate's, the wall clock is
    ours.
    """

    cpu_seconds: float = field(default=5.0, validator=gt(0))
    """CPU time of the whole process during loading, and again during each call; over it:
    `TooExpensive("cpu")`."""
    wall_seconds: float = field(default=30.0, validator=gt(0))
    """Real time for loading and for each call, less what the program waited for a processor; over it:
    `Slept`. What its idle moments come to in a whole job is bounded by the same time. Three times as
    much, whatever it waited for: `TimedOut`, after one retry of the whole job."""
    memory_bytes: int = field(default=512 * MIB, validator=ge(16 * MIB))
    """Address space beyond what the bare interpreter has; over it: `TooExpensive("memory")`."""
    output_bytes: int = field(default=4 * MIB, validator=ge(1024))
    """Size of one encoded value, or of captured output; over it: `TooExpensive("size" or "output")`."""
    disk_bytes: int = field(default=16 * MIB, validator=ge(0))
    """Size of the private temporary folder."""
    threads: int = field(default=32, validator=ge(1))
    """Threads at once (processes too at the weakest level); elsewhere no process can be started at all."""


@frozen(kw_only=True)
class CallInput:
    """One call's arguments: plain values that `wire` can carry. Each call gets its own fresh copy."""

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Job:
    """A candidate and what to do with it: `entry_point` with `calls`, or no entry point and `stdin`
    texts.
    """

    source: str
    entry_point: str | None = None
    calls: tuple[CallInput, ...] = ()
    """Made in order in one process, each input sent only after the call before it has answered."""
    stdin: tuple[str, ...] = ()
    """Each text is a fresh process that runs the source as `__main__`."""
    limits: Limits = field(factory=Limits)
    keep_going: bool = False
    """After a call that ended its process: go on with the next call in a fresh one, instead of
    `Skipped`."""

    def __attrs_post_init__(self) -> None:
        if (self.calls and self.entry_point is None) or (self.stdin and self.entry_point is not None):
            raise ValueError(
                "a job has an entry_point with calls (or none, to load it only), or stdin texts"
            )


@frozen
class Value:
    """The call returned; `value` is made of exact plain types (see `wire`), `cpu_seconds` what it took."""

    value: Any
    cpu_seconds: float = field(default=0.0, eq=False)


@frozen
class Printed:
    """A program on one text came to its end; `text` is what it printed (UTF-8, bad bytes replaced)."""

    text: str
    exit_code: int = 0
    cpu_seconds: float = field(default=0.0, eq=False)


@frozen
class Raised:
    """The call, or the loading, raised; `kinds` are the names of the class and its bases, nearest first."""

    type_name: str
    message: str = ""
    kinds: tuple[str, ...] = ()


@frozen
class TooExpensive:
    """A budget was exceeded: the candidate's fault, and the same on every machine."""

    what: Literal["cpu", "memory", "output", "size", "disk"]


@frozen
class Slept:
    """The program let `seconds` of real time pass without using the processor or waiting for one."""

    seconds: float


@frozen
class TimedOut:
    """Our wall clock ran out, twice: says nothing about the candidate."""

    seconds: float


@frozen
class Died:
    """The process ended without answering (exit, crash, signal) or broke the protocol; `how` says which."""

    how: str


@frozen
class Unencodable:
    """The call returned something that is not a plain value: a subclass, an object, a cycle;
    `type_name` names it.
    """

    type_name: str


@frozen
class Skipped:
    """Not run, because a call before it ended the process and the job did not ask to keep going."""


CallResult = Value | Printed | Raised | TooExpensive | Slept | TimedOut | Died | Unencodable | Skipped


@frozen(kw_only=True)
class Report:
    """What a job came to. When `load` is set the source never became callable and `results` is empty."""

    load: Raised | TooExpensive | Slept | TimedOut | Died | None = None
    """SyntaxError, an exception at import, a missing entry point (`Raised("MissingEntryPoint")`), or a
    death."""
    results: tuple[CallResult, ...] = ()
    cpu_seconds: float = 0.0


@frozen(kw_only=True)
class Checked:
    """What tests that could not be lifted came to, run beside the candidate in a second sandboxed process.

    `fault` is the candidate's own end (load failure, too expensive, death, a value that is not plain),
    when there
    is one, whatever the tests say; `outcome` is then `Skipped`.
    `outcome` is the tests': `Value(None)` when they ran through, else what they raised (AssertionError: a
    failed test) or how they ended. `calls` counts the calls that reached the candidate.
    """

    outcome: CallResult
    fault: Raised | TooExpensive | Slept | TimedOut | Died | Unencodable | None = None
    calls: int = 0
