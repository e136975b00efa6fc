"""A student's run: the tasks that it is asked, those that it was trained on left out, and its run file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import attrs
from attrs import frozen

from fastdistill.config import Loaded, parse_setting, put
from fastdistill.errors import RunFolderError, UsageError
from fastdistill.host import PluginHost
from fastdistill.run.folder import atomic, prepare
from fastdistill.run.jsonl import dumps, loads
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.trained import TaskOfRun, read_tasks
from fastdistill.run.ledger.tries import TriedTask, read_tried
from fastdistill.run.ops.replay import recorded_of
from fastdistill.run.plan import Plan, resolve
from fastdistill.serde import StructureError, structure, unstructure
from fastdistill.settings import Budget, Consensus, GiveUp, Pilot, Repair, RunConfig, Select, TeacherConfig
from fastdistill.specs import ScenarioSpec
from fastdistill.students.contamination import TrainingText

TASKS = "tasks.jsonl"
REFUSED = "refused.jsonl"
"""Tasks that were left out because the student was trained on them."""
Part = Literal["train", "test", "both"]
TEMPERATURE = 0.7
"""Of several answers to one task; a single one is asked at 0, so that it is the student's best."""


@frozen(kw_only=True)
class Asked:
    """What a student is to be asked."""

    rows: Sequence[Mapping[str, Any]]
    """Task rows as they stood in their source."""
    refused: Sequence[Mapping[str, Any]]
    """Task id and how it was seen in training, of each task that is left out."""


def student_of(text: str) -> TeacherConfig:
    """Return the table of a student named PROVIDER:MODEL. Raises `UsageError`."""
    provider, sign, model = text.partition(":")
    if not sign or not provider or not model:
        raise UsageError(
            f"--student {text!r}: write PROVIDER:MODEL, such as ollama:my-student or "
            "llamacpp:student.gguf; `fd plugins` lists the providers"
        )
    return TeacherConfig(provider=provider, model=model)


def chosen(tasks: Iterable[TaskOfRun], part: Part, trained: Sequence[TaskOfRun], size: int) -> Asked:
    """Return the tasks of one part of a run; of the test's those that were trained on are refused.

    `trained` is what the student's rows were made of, `size` the words in a row that make two texts one.
    """
    seen = TrainingText(size=size)
    seen.add(one.canonical_input for one in trained)
    rows, refused = list[Mapping[str, Any]](), list[Mapping[str, Any]]()
    for task in tasks:
        if task.split == "test" and part != "train":
            overlap = seen.overlap(task.canonical_input)
            if overlap is None:
                rows.append(task.row)
            else:
                refused.append({"task_id": task.task_id, "reason": "contaminated", "detail": overlap})
        elif task.split == "train" and task.accepted and part != "test":
            rows.append(task.row)
    return Asked(rows=rows, refused=refused)


def trained_on(run: Path) -> list[TaskOfRun]:
    """Return the tasks whose rows a student of this run has seen: accepted, for training or validation."""
    return [one for one in tasks_of_run(run) if one.accepted and one.split != "test"]


def tasks_of_run(run: Path) -> list[TaskOfRun]:
    """Return every task of a run with its row. Raises `RunFolderError` where they were not kept."""
    with reading(run) as ledger:
        found = list(read_tasks(ledger))
    if found and not any(one.row for one in found):
        raise RunFolderError(
            f"the run in {str(run)!r} did not keep its tasks' rows: give the task file, and the run with "
            "--trained-on"
        )
    return found


def base_of(config: RunConfig, host: PluginHost) -> Path:
    """Return where paths inside the rows of a run's tasks start."""
    if config.base is not None:
        return config.base
    if config.tasks is not None:
        return config.tasks.parent
    spec = host.get("scenarios", config.scenario).spec
    assert isinstance(spec, ScenarioSpec)  # noqa: S101  the host has checked it
    if spec.pack is None:
        raise UsageError(f"the scenario {config.scenario!r} has no bundled tasks: give the task file")
    return spec.pack().parent


def write_asked(asked: Asked, folder: Path) -> Path:
    """Write what is asked and what is refused into the student's folder; return the task file."""
    prepare(folder)
    for name, rows in ((TASKS, asked.rows), (REFUSED, asked.refused)):
        with atomic(folder / name) as file:
            for row in rows:
                file.write(dumps(row) + "\n")
    return folder / TASKS


def student_config(
    config: RunConfig, student: TeacherConfig, *, k: int, settings: Sequence[str] = ()
) -> Loaded:
    """Return the run file of a student over a run's tasks: its gates, and nothing that makes a dataset.

    `settings` are KEY=VALUE as `--set` takes them. Raises `UsageError` for one that does not fit.
    """
    asked = attrs.evolve(
        student, attempts=k, temperature=student.temperature or ((TEMPERATURE,) if k > 1 else (0.0,))
    )
    made = attrs.evolve(
        config, purpose="student", teacher=(asked,), limit=None, shard=None, map={}, audit=0, calibrate=0,
        budget=Budget(), pilot=Pilot(enabled=False), consensus=Consensus(), reporters={},
        repair=Repair(), select=Select(), give_up=GiveUp(),
    )  # fmt: skip
    tree = unstructure(made)
    for text in settings:
        path, value = parse_setting(text)
        put(tree, path, value)
    try:
        return Loaded(config=structure(tree, RunConfig), origins={}, source="the student's run")
    except StructureError as error:
        raise UsageError("--set: " + "; ".join(error.problems)) from None


def plan_of(loaded: Loaded, host: PluginHost) -> Plan:
    """Return the plan of a student's run."""
    return resolve(loaded, host)


def read_evaluated(folder: Path) -> tuple[RunConfig, list[TriedTask], list[dict[str, Any]]]:
    """Return the run file, the tasks with their answers, and what was refused, of a student's run.

    Raises `RunFolderError` for a folder that holds a teacher's run, or none.
    """
    config = recorded_of(folder).config
    if config.purpose != "student":
        raise RunFolderError(
            f"{str(folder)!r} holds a teacher's run, not a student's: measure a student on it with "
            f"fd eval {folder} --student PROVIDER:MODEL"
        )
    with reading(folder) as ledger:
        tasks = list(
            read_tried(ledger, asked=answers_asked(config), accept_unmatched=config.accept_unmatched)
        )
    path = folder / REFUSED
    refused = [loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []
    return config, tasks, refused


def answers_asked(config: RunConfig) -> int:
    """Return how many answers to a task a student's run asks for."""
    return sum(one.attempts * one.n for one in config.teacher)


def refused_counts(refused: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many tasks were refused, by how they were seen in training."""
    return dict(Counter(str(one.get("detail")) for one in refused))
