"""What a repair prompt may show of a refusal: errors, own output, inputs that the problem shows.

Never an expected value, a test's words, or an input that only tests or our generator hold.
"""

import builtins
from collections.abc import Callable
from typing import Any

from fastdistill import Task
from fastdistill_code.describe import brief
from fastdistill_code.jobs import CallInput
from fastdistill_code.kinds.suite import Failure
from fastdistill_code.oracle.wording import examples
from fastdistill_code.payload import CodePayload

HIDDEN = "on an input that the problem does not show"
_PYTHON = {
    name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException)
}
_JAVASCRIPT = {"Error", "EvalError", "RangeError", "ReferenceError", "AggregateError", "URIError"}
_KNOWN = _PYTHON | _JAVASCRIPT
"""Exceptions that are called by their name: a class made at run time may bear an input as its name."""
Tell = Callable[[Failure], str]
_LEAST = 3
"""Signs of a text for standard input that is looked for in the problem; shorter ones are found anywhere."""
_SENTENCES = {
    "raised": "it raises {got}",
    "wrong-value": "its answer is wrong: {got}",
    "too-expensive": "it uses more processor time, memory or output than it may ({got})",
    "timeout": "it waits without working until its time is over",
    "died": "its process ends without an answer ({got})",
    "unencodable": "what it returns is no plain value ({got})",
}


def telling(task: Task[CodePayload]) -> Tell:
    """A function from a failure on one of the task's own calls to a sentence for its teacher."""
    payload, prompt = task.payload, str(task.input["prompt"])
    name = payload.entry_point
    shown = {repr(call) for call in examples(prompt, name)} if name else set[str]()

    def tell(failure: Failure) -> str:
        where = HIDDEN
        if name is None and failure.index < len(payload.suite.stdin):
            text = payload.suite.stdin[failure.index].strip()
            where = f"on the input {brief(text)}" if len(text) >= _LEAST and text in prompt else where
        elif name is not None and failure.index < len(payload.suite.calls):
            call = payload.suite.calls[failure.index]
            where = f"for {_written(name, call)}" if repr(call) in shown else where
        said, got = _SENTENCES.get(failure.reason, "it fails"), str(failure.got)
        if where is HIDDEN:  # an answer or a message may repeat the input
            said = said.partition(": {got}")[0].replace(" ({got})", "")
            kind = got.partition(":")[0]
            got = kind if failure.reason == "raised" and kind in _KNOWN else "an error"
        return f"{where} {said.format(got=got)}"[:500]

    return tell


def _written(name: str, call: CallInput) -> str:
    parts: list[Any] = [brief(value) for value in call.args]
    return f"{name}({', '.join([*parts, *(f'{key}={brief(x)}' for key, x in call.kwargs.items())])})"
