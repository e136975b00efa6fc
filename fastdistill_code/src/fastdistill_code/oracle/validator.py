"""A contract asked of the teacher: one program that says which inputs the problem speaks of.

Its answer is hostile text like any other: it runs in the sandbox, must accept every seen input, and can
only take generated inputs away.
"""

from collections.abc import Sequence

from fastdistill import Call, Message, Prompt, Provider, Sampling, Task, deadline_paused
from fastdistill_code import wire
from fastdistill_code.jobs import CallInput, Limits
from fastdistill_code.oracle.batch import many, packed
from fastdistill_code.payload import CodePayload
from fastdistill_code.reading import read_reply
from fastdistill_code.runner import Runner

NAME = "valid_input"
TEMPLATE, VERSION = "code-contract", "1"
UNREADABLE, REFUSES = "unreadable", "refuses-seen-inputs"
_EACH, _WHOLE = 0.02, 1.0
_SYSTEM = (
    "You write Python 3. Answer with one ```python block that holds the complete function, with the "
    "imports and helpers that it needs, and nothing else: no examples, no tests, no output."
)
_FUNCTION = (
    "Below is a programming problem. Do not solve it. Write `{name}(...)`, which takes the arguments of "
    "`{entry_point}` and returns True when the problem says what the answer to them is, else False: look "
    "at types, ranges, sizes, order, uniqueness and whatever else the problem asks of its input. Where it "
    "says nothing, an input that a careful reader would call ordinary is valid."
)
_PROGRAM = (
    "Below is a programming problem about a program that reads standard input. Do not solve it. Write "
    "`{name}(text)`, which takes the whole input as a text and returns True when the problem says what to "
    "print for it, else False: look at its layout, counts, ranges and whatever else the problem asks for."
)


async def ask(teacher: Provider, task: Task[CodePayload]) -> str | None:
    """The validator that the teacher writes for a task; None where its answer holds none.

    It is asked once: the same request comes from ledger or cache. Its endpoint's errors are raised.
    """
    call = Call(
        request_id="",
        sample_id=task.sample_id,
        attempt=1,
        purpose="validator",
        prompt=_prompt(task),
        sampling=Sampling(),
    )
    with deadline_paused():
        completion = await teacher.complete(call)
    choice = completion.choices[0] if completion.choices else None
    return read_reply(choice.text, choice.finish, "", NAME).answer if choice else None


def _prompt(task: Task[CodePayload]) -> Prompt:
    """The same for every teacher; it shows the problem alone, never tests or gold."""
    entry_point = task.payload.entry_point
    asked = (_PROGRAM if entry_point is None else _FUNCTION).format(name=NAME, entry_point=entry_point)
    return Prompt(
        messages=(
            Message(role="system", content=_SYSTEM),
            Message(role="user", content=f"{asked}\n\n{str(task.input['prompt']).rstrip()}"),
        ),
        template=TEMPLATE,
        version=VERSION,
        prefix_key=f"{TEMPLATE}-{VERSION}",
    )


async def admitted(runner: Runner, source: str, calls: Sequence[CallInput], limits: Limits) -> list[bool]:
    """Which calls the validator accepts: those where it returns True in time, and nothing else."""
    answers = await many(runner, source, NAME, packed(calls), limits, each=_EACH, whole=_WHOLE)
    said = [one.returned and wire.decode(one.data) is True for one in answers]
    return said + [False] * (len(calls) - len(said))


async def inside(
    runner: Runner, source: str, seen: Sequence[CallInput], made: Sequence[CallInput], limits: Limits
) -> list[CallInput] | None:
    """Those made inputs that the validator accepts; None where it refuses a seen one."""
    said = await admitted(runner, source, [*seen, *made], limits)
    if not all(said[: len(seen)]):
        return None
    return [call for call, good in zip(made, said[len(seen) :], strict=True) if good]
