"""`fd audit`: the error rates of the gates."""

import json
import time
from pathlib import Path
from typing import Any

import attrs
import click

from fastdistill.api.checks import audit_cases, audit_mutants
from fastdistill.api.tasks import read_task_file
from fastdistill.cli.options import loaded, run_options
from fastdistill.cli.terminal import echo
from fastdistill.config import Loaded
from fastdistill.errors import UsageError
from fastdistill.host import PluginHost
from fastdistill.run.audit.cases import Tried
from fastdistill.run.folder import atomic
from fastdistill.run.jsonl import dumps
from fastdistill.run.ops.replay import recorded_of
from fastdistill.run.plan import resolve
from fastdistill.run.tasks import Cases
from fastdistill.students.evaluation import base_of


def _pairs(where: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in where:
        key, sign, value = text.partition("=")
        if not sign or not key:
            raise UsageError(f"--where {text!r}: write it as KEY=VALUE, such as --where core=true")
        found[key] = value
    return found


def _line(one: Tried) -> dict[str, Any]:
    return {
        "task_id": one.case.name,
        "line": one.case.task.line,
        "kind": one.case.kind or None,
        "expect": one.case.expect,
        "said": one.said,
        "right": one.right,
        "reason": one.reason,
        "detail": one.detail,
        "answer": one.answer,
        "verdicts": [
            {
                "gate": verdict.gate,
                "outcome": verdict.finding.outcome.value,
                "reason": verdict.finding.reason,
                "score": verdict.finding.score,
                "fingerprint": verdict.fingerprint,
                "evidence": dict(verdict.finding.evidence),
            }
            for verdict in one.verdicts
        ],
    }


def _write(path: Path, tried: list[Tried]) -> None:
    ordered = sorted(tried, key=lambda one: (one.case.task.line, one.case.kind, one.case.reply))
    with atomic(path) as file:
        for one in ordered:
            file.write(dumps(_line(one)) + "\n")


def _complain(fault: str) -> None:
    echo(f"no mutants: {fault}", err=True)


def _percent(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2%}"


def _table(found: dict[str, Any]) -> list[str]:
    c = found["counts"]
    rows = [
        ("", "accepted", "rejected", "undecided"),
        ("expected accept", c["accepted_right"], c["rejected_wrong"], c["undecided_accept"]),
        ("expected reject", c["accepted_wrong"], c["rejected_right"], c["undecided_reject"]),
    ]
    lines = [f"{name:<18}{one:>10}{two:>10}{three:>11}" for name, one, two, three in rows] + [""]
    for name in ("false_accept", "false_reject", "undecided"):
        interval = found[f"{name}_interval"]
        span = f"  (95 %: {interval[0]:.2%} to {interval[1]:.2%})" if interval else ""
        lines.append(f"{name.replace('_', ' ') + ' rate':<20}{_percent(found[f'{name}_rate'])}{span}")
    lines.append(f"{found['total']} cases in {found['seconds']:.1f} s")
    return lines


def _mutant_lines(found: dict[str, Any]) -> list[str]:
    lines = [f"kill rate {_percent(found['kill_rate'])} over {found['tasks']} tasks", ""]
    for kind, summary in found["kinds"].items():
        c = summary["counts"]
        right = c["accepted_right"] + c["rejected_right"]
        lines.append(f"  {kind:<44}{right:>6} of {summary['total']} right")
    if found["survivors"]:
        lines += ["", "not as expected:"]
    lines += [
        f"  {one['task_id']}  {one['kind']}  expected {one['expect']}, {one['said']}"
        f"{' (' + one['reason'] + ')' if one['reason'] else ''}: {' '.join(one['reply'].split())[:160]}"
        for one in found["survivors"]
    ]
    return lines


def _loaded(target: Path | None, settings: tuple[str, ...], flags: dict[str, Any]) -> Loaded:
    """The run file named, or the one that the run in a folder was started with."""
    if target is None or not target.is_dir():
        return loaded(target, settings, flags)
    given = sorted(key for key, value in flags.items() if value and key not in {"tasks", "limit"})
    if settings or given:
        raise UsageError(
            f"the gates of the run in {str(target)!r} are audited as they were: of the options, only "
            "--tasks, --limit, --cases, --where, --out and --json go with a run's folder"
        )
    recorded = recorded_of(target)
    named = {key: flags[key] for key in ("tasks", "limit") if flags.get(key) is not None}
    return Loaded(
        config=attrs.evolve(recorded.config, **named), origins={}, source=f"the run in {str(target)!r}"
    )


@click.command(short_help="Measure the gates' own error rates.")
@run_options
@click.option(
    "--cases", type=click.Path(path_type=Path), help="Labelled cases: task rows with reply and expect."
)
@click.option("--where", multiple=True, metavar="KEY=VALUE", help="Only cases whose label says so.")
@click.option("--out", type=click.Path(path_type=Path), help="Write one line per case with its verdicts.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(
    runfile: Path | None,
    settings: tuple[str, ...],
    cases: Path | None,
    where: tuple[str, ...],
    out: Path | None,
    as_json: bool,
    **flags: Any,
) -> None:
    """Measure the gates on labelled cases (--cases), or on mutants made from the gold of tasks.

    RUNFILE may be the folder of a run: its gates are audited on its tasks. Disagreements never change
    the exit code.
    """
    start = time.monotonic()
    host = PluginHost().discover()
    plan = resolve(_loaded(runfile, settings, flags), host, asks=False)
    if cases is not None:
        source = Cases(path=cases, where=_pairs(where))
        if runfile is not None and runfile.is_dir():  # its rows were taken from the run's
            source.base = base_of(plan.config, host)
        audited, lines = audit_cases(plan, source), list[str]()
    else:
        with read_task_file(plan) as read:
            if read.note:
                echo(read.note, err=True)
            audited = audit_mutants(read.plan, read.path, _complain)
        lines = ["", *_mutant_lines(audited.summary)]
    found = audited.summary
    found["seconds"] = round(time.monotonic() - start, 3)
    if out is not None:
        _write(out, audited.tried)
    echo(json.dumps(found, ensure_ascii=True) if as_json else "\n".join([*_table(found), *lines]))
