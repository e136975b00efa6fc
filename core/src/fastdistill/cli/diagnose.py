"""`fd diagnose`: whose fault a weak student is: the tasks', the training's, the form's or the data's."""

import json
from pathlib import Path
from typing import Any

import attrs
import click

from fastdistill.cli.driving import console, drive
from fastdistill.cli.evaluated import rate_text
from fastdistill.cli.folders import reading
from fastdistill.cli.terminal import echo
from fastdistill.config import Loaded
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.run.ops.replay import recorded_of
from fastdistill.run.plan import resolve
from fastdistill.run.session import Session
from fastdistill.settings import TeacherConfig
from fastdistill.students.arms import arm_of, leaky_tasks, teacher_arm
from fastdistill.students.diagnosis import Diagnosis, diagnose
from fastdistill.students.evaluation import (
    Asked,
    base_of,
    chosen,
    read_evaluated,
    student_config,
    student_of,
    tasks_of_run,
    write_asked,
)
from fastdistill.students.evidence import Arm, Evidence
from fastdistill.students.examples import write_examples

NAMES = {
    "A": "teacher on test",
    "B": "student on train",
    "C": "student on test",
    "D": "base model on test",
    "E": "base model with examples on test",
}


@click.command(short_help="Say whose fault a weak student is.")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--student", required=True, metavar="PROVIDER:MODEL", help="The student of RUN's train split."
)
@click.option("--base", metavar="PROVIDER:MODEL", help="The model that it was made of.")
@click.option(
    "--curve", multiple=True, metavar="PERCENT=PROVIDER:MODEL", help="A student of so much of the data."
)
@click.option("--base-url", metavar="URL", help="The endpoint of all of them.")
@click.option("--k", type=click.IntRange(1, 1000), default=4, help="Answers to each task [4].")
@click.option(
    "--shots", type=click.IntRange(1, 50), default=4, help="Examples shown to the base model [4]."
)
@click.option("--limit", type=click.IntRange(1), default=200, help="Tasks of each arm [200].")
@click.option(
    "--out", type=click.Path(path_type=Path), help="The folder of the arms' runs [RUN-diagnosis]."
)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any value of the run files.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(
    run: Path, student: str, base: str | None, out: Path | None, as_json: bool, **options: Any
) -> int:
    """Ask the student of RUN its train and test tasks, its base model the test tasks; say what is wrong.

    Each arm is a run of its own in --out: resumable, replayable, shown by fd eval. Without --base arms D
    and E are left out.
    """
    with reading(run):
        config, tasks = recorded_of(run).config, tasks_of_run(run)
        if config.purpose == "student":
            raise UsageError(f"{str(run)!r} is a student's run: name the run that its data came from")
    if not any(one.split == "test" for one in tasks):
        raise UsageError(
            f"{str(run)!r} holds no test tasks: before a run starts, give it "
            "[split] train = 0.8, test = 0.2"
        )
    folder = out or run.with_name(f"{run.name}-diagnosis")
    seen = [one for one in tasks if one.accepted and one.split != "test"]
    host, limit = PluginHost().discover(), options["limit"]
    config = attrs.evolve(config, base=base_of(config, host))
    test = _first(chosen(tasks, "test", seen, 0), limit)
    train = _first(chosen(tasks, "train", [], 0), limit)
    if not test.rows or not train.rows:
        counts = f"{len(train.rows)} training and {len(test.rows)} test tasks"
        raise UsageError(f"{str(run)!r} has {counts} to ask: both are needed")
    who = {"B": (student, train), "C": (student, test)}
    if base is not None:
        who |= {"D": (base, test), "E": (base, test)}
    parts = dict(_part(one) for one in options["curve"])
    who |= {f"C{part}": (model, test) for part, model in parts.items()}
    arms = dict[str, Arm]()
    for name, (model, asked) in who.items():
        if not as_json:
            echo(f"{name}: {NAMES.get(name, name)}, {model}", err=True)
        made = student_config(
            config, _teacher(model, options["base_url"]), k=options["k"], settings=options["settings"]
        )
        shots = options["shots"] if name == "E" else 0
        code = _ask(run, made, asked, folder / name, shots=shots, quiet=as_json)
        if code not in (0, 1):
            return code
        arms[name] = arm_of(read_evaluated(folder / name)[1])
    asked_now = {one.sample_id for one in arms["C"].scores}
    teacher = teacher_arm(run, [one for one in tasks if one.sample_id in asked_now])
    found = diagnose(
        Evidence(
            teacher=teacher, train=arms["B"], test=arms["C"], base=arms.get("D"), shown=arms.get("E"),
            curve={part: arms[f"C{part}"] for part in parts} | ({100: arms["C"]} if parts else {}),
            leaky=leaky_tasks(run, tasks) & asked_now,
        )
    )  # fmt: skip
    echo(json.dumps(_plain(found), ensure_ascii=True) if as_json else "\n".join(_lines(found, folder)))
    return 0


def _ask(run: Path, made: Loaded, asked: Asked, into: Path, *, shots: int, quiet: bool) -> int:
    """Run one arm in the folder `into`, or go on with it; return its exit code."""
    source = write_asked(asked, into)
    examples = write_examples(run, shots, into) if shots else None
    config = attrs.evolve(made.config, tasks=source, out=into, shots=examples)
    plan = resolve(attrs.evolve(made, config=config), PluginHost().discover())
    session = Session(
        plan=plan,
        folder=into,
        source=source,
        total=len(asked.rows),
        reporters=[] if quiet else [("the console", console())],
    )
    return drive(session, named=True)


def _teacher(model: str, url: str | None) -> TeacherConfig:
    return attrs.evolve(student_of(model), options={"base_url": url} if url else {})


def _first(asked: Asked, limit: int) -> Asked:
    return attrs.evolve(asked, rows=asked.rows[:limit])


def _part(text: str) -> tuple[int, str]:
    part, sign, model = text.partition("=")
    if not sign or not part.isdecimal() or not 0 < int(part) < 100:
        raise UsageError(f"--curve {text!r}: write PERCENT=PROVIDER:MODEL, such as 50=ollama:half")
    student_of(model)
    return int(part), model


def _plain(found: Diagnosis) -> dict[str, Any]:
    return {"verdict": found.verdict, "sentence": found.sentence, **found.figures}


def _lines(found: Diagnosis, folder: Path) -> list[str]:
    arms = found.figures["arms"]
    lines = [
        f"{name}  {NAMES[name]:<34}{'not asked' if arm is None else rate_text(arm)}"
        for name, arm in arms.items()
    ]
    lines += [
        f"C  {'student of ' + part + ' % on test':<34}{rate_text(rate)}"
        for part, rate in found.figures["curve"].items()
    ]
    for key, said in (
        ("below_teacher", "C below A"), ("test_below_train", "C below B"), ("over_base", "C over D"),
        ("over_shown", "C over E"),
    ):  # fmt: skip
        span = found.figures[key]
        if span is not None:
            lines.append(f"   {said:<34}95 %: {100 * span[0]:+.1f} to {100 * span[1]:+.1f} points")
    unread = found.figures["unread_of_wrong"]
    lines.append(f"   {'B: wrong answers not read':<34}{unread['count']} of {unread['of']}")
    return [*lines, f"runs  {folder}", found.sentence]
