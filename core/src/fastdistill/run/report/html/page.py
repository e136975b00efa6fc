"""The page: one self-contained HTML file, without scripts or network, that shows what the reports say."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from fastdistill.run.ledger.exports import read_examples
from fastdistill.run.ledger.settled import TaskKind
from fastdistill.run.ledger.task_view import read_reasons, read_task
from fastdistill.run.report.html.accounts import attempts, teachers, waste
from fastdistill.run.report.html.chart import bars, columns
from fastdistill.run.report.html.markup import (
    SHOWN,
    cut,
    escape,
    long,
    number,
    share,
    styles,
    table,
)
from fastdistill.run.report.html.task import Drawn, draw_task, title_of
from fastdistill.run.report.html.trust import calibration, gate_error, oracles
from fastdistill.specs import ScenarioSpec

EXAMPLES = 12
"""Reasons that are shown with an answer."""
ACCEPTED = 4
"""Accepted answers shown."""


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


def _examples(ledger: sqlite3.Connection, kind: TaskKind) -> str:
    """One answer of each reason, with its evidence beside the gold."""
    made = []
    for place in read_reasons(ledger, EXAMPLES):
        task = read_task(ledger, sample_id=place.sample_id)
        if task is None:
            continue
        answers = [
            one for one in task.answers if (one.attempt, one.choice) == (place.attempt, place.choice)
        ]
        shown = draw_task(attrs.evolve(task, answers=answers, faults=()), Drawn(kind=kind, text=SHOWN))
        made.append(
            f'<details class="panel example"><summary><b>{escape(place.reason)}</b>'
            f" {place.count:,} answers, such as one to {long(task.task_id, 80)}:"
            f" {long(place.detail, 160)}</summary>{shown}</details>"
        )
    return "".join(made) or '<p class="note">Every answer passed.</p>'


def _accepted(ledger: sqlite3.Connection, kind: TaskKind) -> str:
    found, _ = read_examples(ledger, ACCEPTED)
    cards = "".join(
        f'<div class="panel answer pass"><h3>{long(one.task_id, 80)}</h3>'
        f'<p class="note">{cut(title_of(one.input, kind.title))}</p><pre>{cut(one.text)}</pre></div>'
        for one in found
    )
    return f'<div class="pair">{cards}</div>' if cards else '<p class="note">none</p>'


ENDED = {
    "interrupted": "This run was stopped by hand; the same command goes on. Figures are of what was done.",
    "budget": "This run stopped when its budget was spent; figures are of what was done.",
    "floor": "This run stopped at its pilot: a rate was below its floor.",
    "stopped": "This run was stopped by an error that concerned all of it; figures are of what was done.",
    "target": "This run stopped when as many tasks were accepted as were asked for.",
}


def _banner(outcome: str | None, counts: Mapping[str, int]) -> str:
    """What a reader must know before any figure."""
    said = ENDED.get(outcome or "", "")
    if counts["unfinished"]:
        said += f" {counts['unfinished']:,} of {counts['tasks']:,} tasks have no decision."
    if counts["failed"]:
        said += (
            f" {counts['failed']:,} tasks failed for reasons of ours or of an endpoint, not of an answer."
        )
    kind = " failed" if outcome in ("stopped", "floor") else ""
    return f'<div class="banner{kind}" role="note"><p>{escape(said.strip())}</p></div>' if said else ""


def _answers_funnel(quality: Mapping[str, Any]) -> str:
    """How many answers came past each gate that stopped any."""
    steps = {"answers": quality["candidates"]}
    for gate in quality["gates"]:
        if gate["rejected"] or gate["errors"]:
            steps[f"past {gate['gate']}"] = gate["passed"]
    return bars(steps, "", last="good")


def render(
    ledger: sqlite3.Connection,
    quality: Mapping[str, Any],
    timing: Mapping[str, Any],
    scenario: ScenarioSpec[Any],
) -> str:
    """The page's text."""
    counts, series = quality["counts"], timing["series"]
    faults = Counter(quality["error_reason_counts"]) + Counter(quality["failed_reason_counts"])
    error, judge = quality["gate_error"], quality.get("judge_calibration")
    outcome = timing["sessions"][-1]["outcome"] if timing["sessions"] else None
    kind = TaskKind.of(scenario)
    charts = "".join(
        columns(series[key], said, series["seconds_each"])
        for key, said in (
            ("answers", "answers"),
            ("accepted", "accepted tasks"),
            ("mean_latency", "mean latency, seconds"),
        )
    )
    parts = [
        ("funnel", "How far tasks came", _funnel(quality["funnel"])),
        ("answers", "How far answers came", _answers_funnel(quality)),
        ("reasons", "Why answers were rejected", bars(quality["reject_reason_counts"], "bad")),
        ("faults", "What failed or could not be told", bars(faults, "fault") if faults else ""),
        ("examples", "One of each reason", _examples(ledger, kind)),
        ("teachers", "Who taught", teachers(quality, timing)),
        ("attempts", "What each attempt bought", attempts(quality)),
        ("waste", "Paid for, and no row", waste(timing)),
        ("rates", "Rates, with their counts", _rates(quality)),
        ("gates", "Gates", _gates(quality)),
        ("errors", "The gates' own errors", gate_error(error) if error else ""),
        ("oracles", "What the gates know", oracles(quality)),
        ("judge", "The judge against gold", calibration(judge) if judge else ""),
        ("time", "Over time", f'<div class="charts">{charts}</div>'),
        ("stages", "Where the time went, milliseconds", _stages(timing)),
        ("accepted", "Accepted", _accepted(ledger, kind)),
    ]
    shown = [(name, said, body) for name, said, body in parts if body]
    links = "".join(f'<a href="#{name}">{said}</a>' for name, said, _ in shown)
    sections = "".join(
        f'<section aria-labelledby="{name}"><h2 id="{name}">{said}</h2>{body}</section>'
        for name, said, body in shown
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Fast Distill: {escape(quality['run_id'])}</title>"
        f"<style>{styles('theme', 'page')}</style></head>"
        '<body><a class="skip" href="#main">to the content</a><main id="main"><header class="lead">'
        f"<h1>Fast Distill: {escape(scenario.name)}</h1>"
        f'<span class="note">run {escape(quality["run_id"])} · {escape(outcome or "unknown")} · '
        f"{number(timing['elapsed'], 1)} s · {counts['skipped']} skipped · "
        f"{counts['unfinished']} unfinished"
        f"</span></header>{_banner(outcome, counts)}{_tiles(quality, timing)}"
        f'<nav class="toc noprint" aria-label="Contents">{links}</nav>{sections}</main></body></html>\n'
    )
