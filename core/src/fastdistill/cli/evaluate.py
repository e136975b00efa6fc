"""`fd eval`: a student measured through the gates that judged its teacher."""

from pathlib import Path
from typing import Any

import attrs
import click

from fastdistill.api.runs import new_folder
from fastdistill.api.tasks import STDIN
from fastdistill.cli.driving import console, drive
from fastdistill.cli.evaluated import show
from fastdistill.cli.folders import reading
from fastdistill.cli.terminal import echo
from fastdistill.config import Loaded
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.run.folder import LEDGER
from fastdistill.run.ledger.trained import TaskOfRun
from fastdistill.run.lines import count_lines
from fastdistill.run.ops.replay import recorded_of
from fastdistill.run.plan import Plan, resolve
from fastdistill.run.session import Session
from fastdistill.settings import RunConfig, TeacherConfig
from fastdistill.students.asking import asked_of_file
from fastdistill.students.contamination import NGRAM
from fastdistill.students.evaluation import (
    Asked,
    Part,
    base_of,
    chosen,
    refused_counts,
    student_config,
    student_of,
    tasks_of_run,
    trained_on,
    write_asked,
)


@click.command(short_help="Measure a student through the gates.")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--student", metavar="PROVIDER:MODEL", help="Who is measured, such as ollama:my-student.")
@click.option("--base-url", metavar="URL", help="The student's endpoint.")
@click.option("--split", type=click.Choice(["train", "test", "both"]), default="test", help="[test]")
@click.option("--k", type=click.IntRange(1, 1000), default=8, help="Answers to each task [8].")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N tasks.")
@click.option("--scenario", metavar="NAME", help="For a task file: the kind of task.")
@click.option("--base", type=click.Path(path_type=Path), help="Where paths inside tasks start.")
@click.option(
    "--trained-on", multiple=True, type=click.Path(path_type=Path), metavar="RUN",
    help="A run whose rows the student was trained on; RUN itself always is.",
)  # fmt: skip
@click.option("--ngram", type=click.IntRange(0), default=NGRAM, help="Words in a row that are a copy [13].")
@click.option("--shots", type=click.Path(path_type=Path), help="Dataset rows to show as examples.")
@click.option("--temperature", type=float, help="[0.7; 0 where --k is 1]")
@click.option("--seed", type=int, metavar="N", help="Another seed asks again.")
@click.option("--concurrency", type=int, metavar="N", help="At most N requests in flight [found].")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the completion cache.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any value of the run file.")
@click.option("--out", type=click.Path(path_type=Path), help="The student's folder [runs/<run id>].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(target: Path, student: str | None, out: Path | None, as_json: bool, **options: Any) -> int:
    """Ask a student the tasks of a run (its test split) or of a task file, and judge its answers.

    TARGET is a run's folder, a task file, or the folder of an earlier `fd eval`, whose figures are shown
    again. Tasks that the student was trained on are left out. Run it again with the same --out to resume.
    """
    if student is None:
        return show(target, as_json)
    host = PluginHost().discover()
    who = attrs.evolve(
        student_of(student),
        options={"base_url": options["base_url"]} if options["base_url"] else {},
        max_in_flight=options["concurrency"],
        temperature=() if options["temperature"] is None else (options["temperature"],),
    )
    config, asked, notes = (_of_run if target.is_dir() else _of_file)(target, host, options)
    if not asked.rows:
        raise UsageError(_nothing(target, asked, options["split"]))
    plan = resolve(_loaded(config, who, options), host)
    folder = out or new_folder(plan)
    plan = _reading(plan, config, folder, asked)
    for note in notes:
        echo(note, err=True)
    code = _run(plan, folder, quiet=as_json, named=out is not None)
    return max(show(folder, as_json), code) if code in (0, 1) else code


def _loaded(config: RunConfig, who: TeacherConfig, options: dict[str, Any]) -> Loaded:
    changed = {key: options[key] for key in ("seed", "shots") if options.get(key) is not None} | (
        {"cache": False} if options["no_cache"] else {}
    )
    return student_config(
        attrs.evolve(config, **changed), who, k=options["k"], settings=options["settings"]
    )


def _of_run(run: Path, host: PluginHost, options: dict[str, Any]) -> tuple[RunConfig, Asked, list[str]]:
    """What a run's tasks and gates ask of a student."""
    with reading(run):
        config = recorded_of(run).config
        tasks = tasks_of_run(run)
    part: Part = options["split"]
    seen = [*(one for one in tasks if one.accepted and one.split != "test"), *_others(options)]
    found = chosen(tasks, part, seen, options["ngram"])
    base = options["base"] or base_of(config, host)
    return attrs.evolve(config, base=base), _first(found, options["limit"]), _refused_note(found)


def _of_file(path: Path, host: PluginHost, options: dict[str, Any]) -> tuple[RunConfig, Asked, list[str]]:
    """What a task file asks of a student: every task of it is a test."""
    if str(path) == STDIN or not path.is_file():
        raise UsageError(f"there is neither a run nor a task file at {str(path)!r}")
    if options["scenario"] is None:
        raise UsageError(
            "which scenario? A task file does not say: name it with --scenario sql, code or math"
        )
    if options["split"] != "test":
        raise UsageError(f"--split {options['split']} is of a run; the tasks of a file are all a test")
    config = RunConfig(scenario=options["scenario"], tasks=path, base=options["base"] or path.parent)
    found = asked_of_file(config, host, _others(options), options["ngram"])
    notes = _refused_note(found)
    if not options["trained_on"]:
        notes.append("Nothing says what the student was trained on: name that run with --trained-on RUN.")
    return config, _first(found, options["limit"]), notes


def _others(options: dict[str, Any]) -> list[TaskOfRun]:
    found = list[TaskOfRun]()
    for run in options["trained_on"]:
        with reading(run):
            found += trained_on(run)
    return found


def _first(asked: Asked, limit: int | None) -> Asked:
    return attrs.evolve(asked, rows=asked.rows[:limit])


def _refused_note(asked: Asked) -> list[str]:
    counts = ", ".join(f"{key} {count}" for key, count in refused_counts(asked.refused).items())
    return [f"{len(asked.refused)} tasks were trained on and are left out: {counts}."] if counts else []


def _nothing(target: Path, asked: Asked, part: str) -> str:
    if asked.refused:
        return (
            f"all {len(asked.refused)} test tasks of {str(target)!r} were trained on: none is left to ask. "
            "Give held-out tasks, or look at the training tasks themselves with --split train"
        )
    if part == "train":
        return f"the run in {str(target)!r} has accepted no task of its train split"
    return (
        f"{str(target)!r} holds no test tasks. Give the run a split before it starts, such as "
        "[split] train = 0.8, test = 0.2; or give a file of held-out tasks and --trained-on RUN; or "
        "--split train"
    )


def _reading(plan: Plan, config: RunConfig, folder: Path, asked: Asked) -> Plan:
    """The plan with its tasks in the student's folder, which holds no other run's."""
    if (folder / LEDGER).exists() and recorded_of(folder).config.purpose != "student":
        raise UsageError(f"{str(folder)!r} holds a teacher's run: choose another --out")
    tasks = write_asked(asked, folder)
    return attrs.evolve(plan, config=attrs.evolve(plan.config, tasks=tasks, base=config.base, out=folder))


def _run(plan: Plan, folder: Path, *, quiet: bool, named: bool) -> int:
    assert plan.config.tasks is not None  # noqa: S101  just written
    session = Session(
        plan=plan,
        folder=folder,
        source=plan.config.tasks,
        total=count_lines(plan.config.tasks),
        reporters=[] if quiet else [("the console", console())],
    )
    return drive(session, named=named)
