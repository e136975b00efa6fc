"""Runs from Python: start one over a file, rows, a frame or a dataset; open one that is there.

    run = fastdistill.run("math", tasks=frame, teacher="openai:gpt-4.1", out="runs/first")
    run.report["counts"], [task.accepted.answer for task in run.accepted()]

The keyword arguments are the keys of a run file.
"""

import html
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import attrs
from attrs import frozen

from fastdistill.api.plans import plan_of
from fastdistill.api.tasks import task_file
from fastdistill.api.thread import loop_is_running
from fastdistill.errors import PluginError, UsageError
from fastdistill.host import PluginHost
from fastdistill.model.report import Finished
from fastdistill.model.sample import Status
from fastdistill.model.settled import AttemptRecord, SettledTask
from fastdistill.protocols import Reporter
from fastdistill.run.folder import DATASET, MANIFEST, PAGE, QUALITY, new_run_id
from fastdistill.run.identity import identity
from fastdistill.run.jsonl import loads
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.settled import TaskKind, read_settled
from fastdistill.run.ops.export import finished_run
from fastdistill.run.ops.replay import recorded_of
from fastdistill.run.ops.verify import Report, verify
from fastdistill.run.plan import Plan, digest
from fastdistill.run.session import Session

if TYPE_CHECKING:
    import datasets
    import pandas

    from fastdistill.view.serving import Viewer

Tasks = Any
"""A path, or rows: an iterable of mappings, a pandas frame, a Hugging Face dataset."""


@frozen(kw_only=True)
class Run:
    """A run's folder, read and never written. What iterates reads the ledger as it goes."""

    folder: Path
    finished: Finished | None = None
    """How the session that made this object ended; None for one that was opened."""

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest."""
        return self._json(MANIFEST)

    @property
    def report(self) -> dict[str, Any]:
        """The quality report."""
        return self._json(QUALITY)

    def _json(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return found

    def tasks(self, status: Status | str | None = None) -> Iterator[SettledTask]:
        """Iterate over the tasks in source order, all or those of one status."""
        try:
            kind = finished_run(self.folder, PluginHost().discover()).kind
        except PluginError:  # the scenario is not installed here: everything but its own words is read
            kind = TaskKind(scenario=recorded_of(self.folder).config.scenario)
        with reading(self.folder) as ledger:
            yield from read_settled(ledger, kind, status=None if status is None else Status(status))

    def accepted(self) -> Iterator[SettledTask]:
        """Iterate over the accepted tasks; `task.accepted` is the answer."""
        return self.tasks(Status.ACCEPTED)

    def rejected(self) -> Iterator[SettledTask]:
        """Iterate over the rejected tasks."""
        return self.tasks(Status.REJECTED)

    def attempts(self) -> Iterator[tuple[SettledTask, AttemptRecord]]:
        """Iterate over every answer with its task."""
        return ((task, attempt) for task in self.tasks() for attempt in task.attempts)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Iterate over the rows of `dataset.jsonl`."""
        with (self.folder / DATASET).open(encoding="utf-8") as file:
            for line in file:
                yield loads(line)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return the dataset as a frame. Needs pandas."""
        import pandas

        return pandas.DataFrame(list(self.rows()))

    def to_datasets(self) -> "datasets.Dataset":
        """Return the dataset as a Hugging Face dataset. Needs datasets."""
        import datasets

        return datasets.Dataset.from_list(list(self.rows()))

    def verify(self) -> Report:
        """Check the files against the manifest: `problems` is empty where nothing was changed."""
        return verify(self.folder)

    @property
    def page(self) -> Path:
        """The path of the report page, a file that needs no server."""
        return self.folder / PAGE

    def view(self, *, against: Path | str | None = None, port: int = 0) -> "Viewer":
        """Serve the viewer in a thread of its own until its `close`; a notebook shows its link.

        `against` is a second run to compare with. Raises `SetupError` without the extra `serve`.
        """
        from fastdistill.view.serving import Viewer

        other = None if against is None else Path(against)
        return Viewer(folder=self.folder, against=other, port=port).start()

    def _repr_html_(self) -> str:
        counts = self.report.get("counts", {})
        cells = "".join(
            f"<tr><td>{html.escape(str(key))}</td><td>{html.escape(str(value))}</td></tr>"
            for key, value in counts.items()
            if isinstance(value, int)
        )
        return f"<table><caption>{html.escape(str(self.folder))}</caption>{cells}</table>"


def open_run(folder: Path | str) -> Run:
    """Open the run in `folder`. Raises `RunFolderError` where there is none."""
    with reading(Path(folder)):
        return Run(folder=Path(folder))


def run(
    scenario: str,
    tasks: Tasks = None,
    *,
    teacher: Any = None,
    out: Path | str | None = None,
    reporters: Iterable[Reporter] = (),
    **settings: Any,
) -> Run:
    """Ask a teacher about tasks, judge its answers, write the dataset; return the run.

    `tasks` is a path, an iterable of mappings, a pandas frame or a Hugging Face dataset; the scenario's
    bundled tasks unless given. `teacher` is "PROVIDER:MODEL", or a list of tables as in a run file. Called
    again with the same `out` it resumes. Ctrl-C stops it as it stops `fd run`. Works beside a running event
    loop, as in a notebook, in a thread of its own. Raises what `fd run` tells as an error.
    """
    made = _prepared("run", scenario, tasks, teacher, out, reporters, settings)
    if not loop_is_running():
        return Run(folder=made.folder, finished=anyio.run(made.run))
    stop = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="fastdistill-run") as pool:
        future = pool.submit(anyio.run, attrs.evolve(made, signals=False, interrupt=stop).run)
        return Run(folder=made.folder, finished=_result(future, stop))


def _result(future: "Future[Finished]", stop: threading.Event) -> Finished:
    """Wait; the first interrupt lets what is in flight finish."""
    try:
        return future.result()
    except KeyboardInterrupt:
        stop.set()
        return future.result()


async def arun(
    scenario: str,
    tasks: Tasks = None,
    *,
    teacher: Any = None,
    out: Path | str | None = None,
    reporters: Iterable[Reporter] = (),
    **settings: Any,
) -> Run:
    """Do as `run`, awaited in the caller's event loop; cancelling it leaves a run that can be resumed."""
    made = await anyio.to_thread.run_sync(
        lambda: _prepared("arun", scenario, tasks, teacher, out, reporters, settings)
    )
    return Run(folder=made.folder, finished=await attrs.evolve(made, signals=False).run())


def _prepared(
    caller: str,
    scenario: str,
    tasks: Tasks,
    teacher: Any,
    out: Path | str | None,
    reporters: Iterable[Reporter],
    settings: Mapping[str, Any],
) -> Session:
    named = dict(settings) | {"scenario": scenario, "teacher": _teachers(teacher)}
    held = None if tasks is None or isinstance(tasks, str | Path) else _rows(tasks)
    if held is None and tasks is not None:
        named["tasks"] = str(tasks)
    plan = plan_of(caller, named, asks=True)
    folder = Path(out) if out is not None else new_folder(plan)
    read = task_file(plan, folder, held=held)
    return Session(
        plan=read.plan,
        folder=folder,
        source=read.path,
        total=read.total,
        reporters=[("the caller", one) for one in reporters],
    )


def new_folder(plan: Plan) -> Path:
    """Return a folder of its own for a run that names none."""
    return Path("runs") / new_run_id(digest(identity(plan)))


def _teachers(teacher: Any) -> Any:
    """Return the `[[teacher]]` tables that a caller means."""
    if isinstance(teacher, str):
        provider, sign, model = teacher.partition(":")
        if not sign or not provider or not model:
            raise UsageError(f"teacher: {teacher!r}: write PROVIDER:MODEL, such as openai:gpt-4.1")
        return [{"provider": provider, "model": model}]
    return [teacher] if isinstance(teacher, Mapping) else teacher


def _rows(tasks: Any) -> Iterable[Mapping[str, Any]]:
    """Return the rows of a frame, a dataset or an iterable. Raises `UsageError` for what has none."""
    if hasattr(tasks, "to_dict") and hasattr(tasks, "columns"):
        found: list[Mapping[str, Any]] = tasks.to_dict("records")
        return found
    if isinstance(tasks, Mapping) or not hasattr(tasks, "__iter__"):
        raise UsageError(
            f"tasks: {tasks!r:.60} is neither a path nor rows: give mappings, a frame or a dataset"
        )
    return _checked(tasks)


def _checked(rows: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            raise UsageError(f"tasks: row {number} is no mapping: {row!r:.80}")
        yield row
