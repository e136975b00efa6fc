"""The page: one self-contained HTML file, without scripts or network, that shows what the reports say."""

import sqlite3
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from fastdistill.run.jsonl import dumps
from fastdistill.run.ledger.exports import Example, read_examples
from fastdistill.run.report.html.chart import bars, columns
from fastdistill.run.report.html.markup import cut, escape, number, percent, share, table
from fastdistill.specs import ScenarioSpec

EXAMPLES = 4
"""Accepted and rejected answers shown, of each."""


def _tile(figure: str, name: str) -> str:
    return f'<div class="tile"><b>{escape(figure)}</b><span>{escape(name)}</span></div>'


def _funnel(funnel: Mapping[str, int]) -> str:
    """Bars of how far tasks came, and how many of the accepted rest on a weak oracle."""
    weak = funnel["accepted_weakly"]
    shown = bars({name: n for name, n in funnel.items() if name != "accepted_weakly"}, "", last="good")
    return shown + (f'<p class="note">{weak:,} of the accepted rest on a weak oracle</p>' if weak else "")


def _tiles(quality: Mapping[str, Any], timing: Mapping[str, Any]) -> str:
    counts, usd = quality["counts"], timing["usd"]
    made = [
        _tile(number(counts["accepted"]), f"accepted of {number(counts['tasks'])} tasks"),
        _tile(share(quality["p_keep"]), "kept (p_keep)"),
        _tile(number(counts["rejected"]), "rejected"),
        _tile(number(counts["failed"]), "failed"),
        _tile(number(timing["accepted_per_hour"]), "accepted an hour"),
        _tile("unknown" if usd is None else f"${usd:,.2f}", "paid to teachers"),
    ]
    return f'<div class="tiles">{"".join(made)}</div>'


def _rates(quality: Mapping[str, Any]) -> str:
    notes = (
        ("p_keep", "tasks in the dataset, of all that were not skipped"),
        ("exec_pass", "answers that ran, of all answers"),
        ("gold_match", "answers that agree with gold, of all answers to tasks that have one"),
        ("unlabelled", "rows that no gold confirmed, of all rows"),
    )
    return table(
        (("", ""), ("", "n"), ("", "n"), ("", "note")),
        (
            (name, share(quality[name]), f"{quality[name]['count']} of {quality[name]['of']}", note)
            for name, note in notes
        ),
    )


def _gates(quality: Mapping[str, Any]) -> str:
    names = ("judged", "passed", "rejected", "errors")
    return table(
        (("gate", ""), ("kind", ""), *((name, "n") for name in names), ("reasons", "note")),
        (
            (
                gate["gate"],
                gate["kind"],
                *(gate[name] for name in names),
                ", ".join(f"{reason} {count}" for reason, count in gate["reasons"].items()),
            )
            for gate in quality["gates"]
        ),
    )


def _gate_error(found: Mapping[str, Any]) -> str:
    """The gates' own errors, by kind of mutant, and what got past them."""
    rows = []
    for kind, one in found["kinds"].items():
        counts = one["counts"]
        right = counts["accepted_right"] + counts["rejected_right"]
        undecided = counts["undecided_accept"] + counts["undecided_reject"]
        expect, _, name = kind.partition(":")
        rows.append((name, expect, one["total"], right, one["total"] - right - undecided, undecided))
    columns = (("kind", ""), ("expected", ""), ("tried", "n"), ("right", "n"), ("wrong", "n"))
    said = (
        f"{number(found['total'])} answers made from the gold of {found['tasks']} tasks, wrong on purpose "
        f"or equivalent. Wrong ones rejected: {percent(found['kill_rate'])}. Wrong ones accepted: "
        f"{percent(found['false_accept_rate'], 2)}. Right ones rejected: "
        f"{percent(found['false_reject_rate'], 2)}."
    )
    survivors = "".join(
        f'<div class="card bad"><h3>{escape(one["task_id"])} · {escape(one["kind"])}: expected '
        f"{escape(one['expect'])}, {escape(one['said'])}</h3><pre>{cut(one['reply'])}</pre></div>"
        for one in found["survivors"]
    )
    return f'<p class="note">{said}</p>{table((*columns, ("undecided", "n")), rows)}{survivors}'


def _calibration(found: Mapping[str, Any]) -> str:
    rows = [(name.replace("_", " "), _plain(value)) for name, value in found.items()]
    return table((("", ""), ("", "n")), rows)


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _milliseconds(seconds: float) -> str:
    found = seconds * 1000
    return f"{found:,.0f}" if found >= 100 else f"{found:.3g}"


def _stages(timing: Mapping[str, Any]) -> str:
    def cells(stage: Mapping[str, Any] | None) -> tuple[str, ...]:
        points = ("p50", "p95", "p99")
        return tuple("" if not stage or stage[key] is None else _milliseconds(stage[key]) for key in points)

    head = ("p50", "p95", "p99", "waiting p50", "p95", "p99")
    return table(
        (("stage", ""), *((name, "n") for name in head)),
        ((stage["stage"], *cells(stage["work"]), *cells(stage["waiting"])) for stage in timing["stages"]),
    )


def _title(found: Mapping[str, Any], key: str | None) -> str:
    """Return the part of a task's input that its scenario names, or all of it."""
    title = found.get(key) if key is not None else None
    return title if isinstance(title, str) else dumps(found)


def _card(one: Example, kind: str, key: str | None) -> str:
    verdict = "accepted" if one.gate is None else f"{one.gate}: {one.reason}"
    detail = f'<p class="note">{cut(one.detail)}</p>' if one.detail else ""
    return (
        f'<div class="card {kind}"><h3>{escape(one.task_id)} · {escape(verdict)}</h3>'
        f'<p class="note">{cut(_title(one.input, key))}</p>{detail}<pre>{cut(one.text)}</pre></div>'
    )


def _examples(ledger: sqlite3.Connection, key: str | None) -> str:
    accepted, refused = read_examples(ledger, EXAMPLES)
    none = '<p class="note">none</p>'
    left = "".join(_card(one, "", key) for one in accepted) or none
    right = (
        "".join(_card(one, "fault" if one.outcome == "error" else "bad", key) for one in refused) or none
    )
    return f'<div class="pair"><div>{left}</div><div>{right}</div></div>'


def render(
    ledger: sqlite3.Connection,
    quality: Mapping[str, Any],
    timing: Mapping[str, Any],
    scenario: ScenarioSpec[Any],
) -> str:
    """The page's text."""
    css = files("fastdistill.run.report.html").joinpath("page.css").read_text(encoding="utf-8")
    counts, series = quality["counts"], timing["series"]
    reasons = quality["reject_reason_counts"]
    faults = {**quality["error_reason_counts"], **quality["failed_reason_counts"]}
    error, judge = quality["gate_error"], quality.get("judge_calibration")
    each = series["seconds_each"]
    charts = (
        columns(series["answers"], "answers", each)
        + columns(series["accepted"], "accepted tasks", each)
        + columns(series["mean_latency"], "mean latency, seconds", each)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Fast Distill: {escape(quality['run_id'])}</title><style>{css}</style></head><body><main>"
        f"<h1>Fast Distill: {escape(scenario.name)}</h1>"
        f'<p class="note">run {escape(quality["run_id"])} · {number(timing["elapsed"], 1)} s · '
        f"{counts['skipped']} skipped · {counts['unfinished']} unfinished</p>"
        f"{_tiles(quality, timing)}"
        f"<h2>Funnel, in tasks</h2>{_funnel(quality['funnel'])}"
        f"<h2>Why answers were rejected</h2>{bars(reasons, 'bad')}"
        + (f"<h2>What failed</h2>{bars(faults, 'fault')}" if faults else "")
        + f"<h2>Rates, with their counts</h2>{_rates(quality)}<h2>Gates</h2>{_gates(quality)}"
        + (f"<h2>The gates' own errors</h2>{_gate_error(error)}" if error else "")
        + (f"<h2>The judge against gold</h2>{_calibration(judge)}" if judge else "")
        + f'<h2>Over time</h2><div class="charts">{charts}</div>'
        f"<h2>Where the time went, milliseconds</h2>{_stages(timing)}"
        f"<h2>Accepted and rejected, side by side</h2>{_examples(ledger, scenario.title)}"
        "</main></body></html>\n"
    )
