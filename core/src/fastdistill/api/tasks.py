"""The task file that a run reads: the one named, rows taken over into its folder, or the bundled pack.

Commands and Python calls both come here, so that a run made by one is resumed by the other.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import attrs
from attrs import frozen

from fastdistill.errors import UsageError
from fastdistill.run.folder import LEDGER, prepare
from fastdistill.run.hashing import file_digest
from fastdistill.run.lines import count_lines
from fastdistill.run.plan import Plan
from fastdistill.run.sources import is_foreign, location_of, take_over, take_over_rows
from fastdistill.runfile import near_file

TASKS = "tasks.jsonl"
"""The name in a run's folder of tasks that were taken over."""
STDIN = "-"


@frozen(kw_only=True)
class TaskFile:
    """A task file, and the plan that reads it."""

    plan: Plan
    path: Path
    note: str = ""
    """What the caller should be told of the choice."""

    @property
    def total(self) -> int:
        """How many tasks the run takes, lines that are none included."""
        return self.plan.config.limit or count_lines(self.path)


@contextmanager
def read_task_file(plan: Plan) -> Iterator[TaskFile]:
    """Give the task file of a plan to a caller that keeps nothing: rows taken over are gone at the end."""
    with tempfile.TemporaryDirectory(prefix="fastdistill-") as tmp:
        yield task_file(plan, Path(tmp))


def task_file(
    plan: Plan,
    folder: Path,
    *,
    held: Iterable[Mapping[str, Any]] | None = None,
    stdin: BinaryIO | None = None,
) -> TaskFile:
    """Return the task file that the run in `folder` reads.

    `held` are rows that the caller has; `stdin` is read where the plan names `-`. Rows, a table, a folder,
    a hub, standard input and what has columns to be mapped are kept as JSON Lines in `folder`, where a
    resume and a replay find them. Raises `UsageError` where there are no tasks, and where `folder` holds a
    run of others, which is left as it is.
    """
    tasks = plan.config.tasks
    location = "" if tasks is None else location_of(tasks)
    piped = location == STDIN and stdin is not None
    if held is None and not piped:
        if tasks is None:
            return _bundled(plan)
        if "://" not in location and not tasks.exists():
            raise UsageError(f"there is no task file {location!r}{near_file(tasks)}")
        if not is_foreign(plan, location):
            if not tasks.is_file():
                raise UsageError(f"there is no task file {location!r}")
            return TaskFile(plan=plan, path=tasks)
    kept = folder / TASKS
    if kept.is_file() and ("://" in location or (piped and _is_empty(stdin))):
        return _kept(plan, location, kept)  # a hub need not be asked again, nor a terminal
    with tempfile.TemporaryDirectory(prefix="fastdistill-") as tmp:
        taken = Path(tmp) / TASKS
        if held is not None:
            take_over_rows(held, plan.config.map, taken)
        elif stdin is not None and piped:
            with taken.open("wb") as file:
                shutil.copyfileobj(stdin, file)
            if plan.config.map:
                take_over(plan, str(taken), taken)
        else:
            take_over(plan, location, taken)
        count_lines(taken)
        _keep(taken, kept, location)
    return _kept(plan, location, kept)


def _is_empty(stdin: BinaryIO | None) -> bool:
    """Return whether nobody gives tasks on standard input: it is a terminal, or ends at once."""
    if stdin is None or stdin.isatty():
        return True
    peek = getattr(stdin, "peek", None)
    return peek is not None and not peek(1)


def _keep(taken: Path, kept: Path, location: str) -> None:
    """Move the tasks into the run's folder, unless it holds a run of others."""
    if not (kept.parent / LEDGER).exists():
        prepare(kept.parent)
        shutil.move(taken, kept)
    elif not kept.is_file() or file_digest(kept) != file_digest(taken):
        given = f"than {location!r} has now" if location else "than those given"
        raise UsageError(
            f"{str(kept.parent)!r} holds a run of other tasks {given}: choose another folder with `out`"
        )


def _kept(plan: Plan, location: str, kept: Path) -> TaskFile:
    """Return tasks that were taken over; paths inside them start where they came from."""
    where = Path(location)
    here = where if where.is_dir() else where.parent if where.is_file() else Path()
    config = attrs.evolve(plan.config, tasks=kept, map={}, base=plan.config.base or here)
    return TaskFile(plan=attrs.evolve(plan, config=config), path=kept)


def _bundled(plan: Plan) -> TaskFile:
    """Return the scenario's pack, with its default number of tasks."""
    config, spec = plan.config, plan.spec
    if spec.pack is None:
        raise UsageError(f"the scenario {config.scenario!r} has no bundled tasks: name a file with --tasks")
    pack = spec.pack()
    if config.limit is not None or spec.pack_limit is None:
        return TaskFile(plan=plan, path=pack)
    return TaskFile(
        plan=attrs.evolve(plan, config=attrs.evolve(config, limit=spec.pack_limit)),
        path=pack,
        note=f"Taking {spec.pack_limit} of the {count_lines(pack)} bundled tasks; --limit N for more.",
    )
