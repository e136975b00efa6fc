"""Shows the way of one task through the core: the files that its own control flow enters.

Run it on any checkout: `python tests/tools/trace_task.py`. One session over one toy task is profiled with
`sys.setprofile`; calls of functions in `fastdistill/run` count from the moment that the engine takes the
task until it is decided, in the event loop's thread. A coroutine or generator counts when it is called, not
when it goes on.

Three counts, because "the files of one task" can mean three things:

- *steps*: files with a coroutine that the task runs through, and `decision.py`, which ends it: its own
  control flow, and what a reader opens to follow it;
- *files*: all that any call went into, the helpers of those steps and the pacing of the endpoint included;
- *rooms*: modules of `run/`, or folders in it, whose modules are their own business.

`changes` says how often the next call is in another one.
"""

import inspect
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import anyio

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.toy import solve, toy_run, write_tasks

FIRST, LAST = {"_through", "_see_through"}, {"_settle"}
"""The functions that a task begins and ends in, in the engine of any version."""


class Trace:
    """The files that calls went through, in order."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.steps: list[str] = []
        self.on = False
        self._seen: dict[int, FrameType] = {}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        _, found, name = code.co_filename.partition("fastdistill/run/")
        if not found or event != "call" or id(frame) in self._seen:
            return
        self._seen[id(frame)] = frame
        if name == "engine.py" and code.co_name in FIRST:
            self.on = True
        if self.on:
            self.files.append(name)
            if code.co_flags & inspect.CO_COROUTINE or name == "decision.py":
                self.steps.append(name)
        if name == "engine.py" and code.co_name in LAST:
            self.on = False


def changes(names: list[str]) -> int:
    """Return how often the next name is another."""
    return sum(one != two for one, two in pairwise(names))


@contextmanager
def traced() -> Iterator[Trace]:
    """Profile this thread."""
    trace = Trace()
    sys.setprofile(trace)
    try:
        yield trace
    finally:
        sys.setprofile(None)


def main() -> None:
    """Print the files in the order of their first call, and the figures."""
    with tempfile.TemporaryDirectory() as tmp, traced() as trace:
        tasks = write_tasks(Path(tmp) / "t.jsonl", 1)
        anyio.run(lambda: toy_run(Path(tmp) / "out", solve, tasks=tasks))
    files = trace.files
    rooms = [name.partition("/")[0] for name in files]
    for name in dict.fromkeys(files):
        mark = "step" if name in trace.steps else ""
        print(f"{files.count(name):>5} calls  {mark:4}  {name}")
    for what, names in (("steps", trace.steps), ("files", files), ("rooms", rooms)):
        print(f"{len(set(names))} {what}, {changes(names)} changes")


if __name__ == "__main__":
    main()
