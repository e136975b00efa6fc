"""Many calls in one breath: what a program answers to a few hundred inputs, from one process.

A function is put behind the program's source and called instead of the entry point. It costs a fifth of
what calls of their own cost. What comes back is believed no more than any other answer: bytes that are the
gold's bytes are the same value, and everything else is run again call by call.
"""

from collections.abc import Sequence

from attrs import evolve, frozen

from fastdistill_code import wire
from fastdistill_code.jobs import CallInput, Job, Limits, Value
from fastdistill_code.oracle.probes import HITS
from fastdistill_code.runner import Runner

_NAME = "fd_many_calls"
_HARNESS = f"""

def {_NAME}(packed, each, whole, most, apart, least=0.02):
    import signal, sys, time
    wire = sys.modules["fastdistill_code.wire"]
    class Late(BaseException):
        pass
    turn, seen, clock = [0], [-1], time.process_time
    def ring(number, frame):
        if turn[0] == seen[0] and turn[0] >= 0:
            raise Late
        seen[0] = turn[0]
    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, each / 2, each / 2)
    kinds, values, times, encode, begun = bytearray(), [], [], wire.encode, clock()
    call = globals().get("{{entry_point}}")
    if call is None:
        made = globals()["Solution"]
        call = lambda *args, **kwargs: made().{{entry_point}}(*args, **kwargs)
    at, ways, hits = begun, [], globals().get("{HITS}", set())
    for turn[0], (args, kwargs) in enumerate(wire.decode(packed)):
        kind = 1
        try:
            values.append(encode(call(*args, **kwargs), most))
            kind = 0
        except Late:
            kind = 2
            values.append(b"")
        except BaseException as error:
            values.append(type(error).__name__[:99].encode(errors="replace"))
        kinds.append(kind)
        if hits and apart:
            ways.append([turn[0], bytes(hits)])
            hits.clear()
        if seen[0] == turn[0] or kind == 2:
            times.append([turn[0], clock() - at])
            at = clock()
            if at - begun > whole:
                break
            if kind == 2 and each > least:
                each = max(each / 2, least)
                signal.setitimer(signal.ITIMER_PROF, each / 2, each / 2)
    turn[0] = -1
    signal.setitimer(signal.ITIMER_PROF, 0)
    if hits:
        ways.append([0, bytes(hits)])
    return [bytes(kinds), values[: len(kinds)], times, ways]
"""


PROGRAM = "fd_program"
"""The entry point of `as_function`."""
_PROGRAM = f"""
def {PROGRAM}(text):
    import io, sys
    written, before = io.BytesIO(), (sys.stdin, sys.stdout)
    stdin = io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), encoding="utf-8")
    stdout = io.TextIOWrapper(written, encoding="utf-8", write_through=True)
    sys.stdin, sys.stdout = stdin, stdout
    try:
        exec(fd_code, {{{{"__name__": "__main__", "__builtins__": __builtins__}}}})
    except SystemExit as end:
        if end.code not in (None, 0):
            raise
    finally:
        sys.stdin, sys.stdout = before
    return written.getvalue().decode("utf-8", "replace")

fd_code = compile({{source!r}}, "<candidate>", "exec", dont_inherit=True)
"""


def as_function(source: str) -> str:
    """A program as a function from what it reads to what it prints; what passes by `sys` is not seen."""
    return _PROGRAM.format(source=source)


@frozen
class Answer:
    """What one of many calls came to: an encoded value, the name of an exception, or out of time."""

    kind: int
    """0: returned, 1: raised (or no plain value), 2: took too long."""
    data: bytes
    seconds: float = 0.0
    ways: bytes = b""
    """The ways that a program with probes went."""

    @property
    def returned(self) -> bool:
        """Whether `data` is a value."""
        return self.kind == 0


def packed(calls: Sequence[CallInput]) -> bytes:
    """The calls as `many` takes them."""
    return wire.encode([(call.args, call.kwargs) for call in calls])


async def many(
    runner: Runner,
    source: str,
    entry_point: str,
    calls: bytes,
    limits: Limits,
    *,
    each: float,
    whole: float,
    most: int = 100_000,
    apart: bool = False,
) -> list[Answer]:
    """The answers to `calls`, as many as `whole` CPU seconds allow; none when the process did not end well.

    A call may take `each` CPU seconds and return `most` encoded bytes. The ways of a program with probes
    are told of each call `apart`, or of all with the first answer.
    """
    text = source + _HARNESS.replace("{entry_point}", entry_point)
    cpu = max(limits.cpu_seconds, whole + 2 * each)
    job = Job(
        source=text,
        entry_point=_NAME,
        calls=(CallInput(args=(calls, each, whole, most, apart)),),
        limits=evolve(limits, cpu_seconds=cpu, output_bytes=max(limits.output_bytes, 8 << 20)),
    )
    report = await runner.run(job)
    match report.results:
        case (Value(value=[bytes(kinds), [*values], [*times], [*ways]]),) if len(kinds) == len(values):
            return _answers(kinds, values, times, ways)
    return []


def _answers(kinds: bytes, values: list[object], times: list[object], ways: list[object]) -> list[Answer]:
    """The answers of a well-formed result; none of another."""
    slow: dict[int, float] = {}
    for one in times:
        match one:
            case [int(place), float(seconds)]:
                slow[place] = seconds
    taken: dict[int, bytes] = {}
    for one in ways:
        match one:
            case [int(place), bytes(data)]:
                taken[place] = data
    if not all(type(value) is bytes for value in values):
        return []
    return [
        Answer(kind, value, slow.get(i, 0.0), taken.get(i, b""))
        for i, (kind, value) in enumerate(zip(kinds, values, strict=True))
        if isinstance(value, bytes)
    ]
