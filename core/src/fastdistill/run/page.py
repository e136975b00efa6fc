"""The page: one self-contained HTML file, without scripts or network, that shows what the reports say."""

import html
import json
import sqlite3
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from fastdistill.run.chart import bars, columns

EXAMPLES = 4
"""Accepted and rejected answers shown, of each."""
_SHOWN = 1500
"""Characters of a text shown."""

_TAKEN = """
SELECT t.task_id, t.input, k.answer, c.choices, k.choice, 'accepted' AS gate, NULL AS reason, '' AS detail
FROM decisions d JOIN tasks t USING (sample_id)
JOIN attempts a ON a.sample_id = d.sample_id AND a.attempt = d.attempt
JOIN completions c ON c.request_id = a.request_id
JOIN candidates k ON k.sample_id = d.sample_id AND k.attempt = d.attempt AND k.choice = d.choice
WHERE d.status = 'accepted' ORDER BY t.position LIMIT ?
"""
# One of each reason first, so that a page with few examples still shows the kinds.
_REFUSED = """
SELECT task_id, input, answer, choices, choice, gate, reason, detail, outcome FROM (
  SELECT t.task_id, t.input, t.position, k.answer, c.choices, k.choice,
         v.gate, v.reason, v.detail, v.outcome,
         ROW_NUMBER() OVER (PARTITION BY v.reason ORDER BY t.position, k.attempt, k.choice) AS place
  FROM verdicts v JOIN tasks t USING (sample_id)
  JOIN candidates k USING (sample_id, attempt, choice)
  JOIN attempts a USING (sample_id, attempt) JOIN completions c ON c.request_id = a.request_id
  WHERE v.outcome <> 'pass')
ORDER BY place, position LIMIT ?
"""


def _e(text: object) -> str:
    return html.escape(str(text))


def _cut(text: str) -> str:
    return _e(text if len(text) <= _SHOWN else text[:_SHOWN] + " …")


def _number(value: float | None, digits: int = 0) -> str:
    return "unknown" if value is None else f"{value:,.{digits}f}"


def _percent(rate: Mapping[str, Any]) -> str:
    return "unknown" if rate["rate"] is None else f"{rate['rate']:.1%}"


def _tile(figure: str, name: str) -> str:
    return f'<div class="tile"><b>{_e(figure)}</b><span>{_e(name)}</span></div>'


def _tiles(quality: Mapping[str, Any], timing: Mapping[str, Any]) -> str:
    counts, usd = quality["counts"], timing["usd"]
    made = [
        _tile(_number(counts["accepted"]), f"accepted of {_number(counts['tasks'])} tasks"),
        _tile(_percent(quality["p_keep"]), "kept (p_keep)"),
        _tile(_number(counts["rejected"]), "rejected"),
        _tile(_number(counts["failed"]), "failed by fault"),
        _tile(_number(timing["accepted_per_hour"]), "accepted an hour"),
        _tile("unknown" if usd is None else f"${usd:,.2f}", "paid to teachers"),
    ]
    return f'<div class="tiles">{"".join(made)}</div>'


def _rates(quality: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr><td>{name}</td><td class="n">{_percent(quality[name])}</td>'
        f'<td class="n">{quality[name]["count"]} of {quality[name]["of"]}</td>'
        f'<td class="note">{note}</td></tr>'
        for name, note in (
            ("p_keep", "tasks in the dataset, of all that are no duplicates"),
            ("exec_pass", "answers that ran, of all answers"),
            ("gold_match", "answers that agree with gold, of all answers to tasks that have one"),
            ("unlabelled", "rows that no gold confirmed, of all rows"),
        )
    )
    return f'<div class="scroll"><table>{rows}</table></div>'


def _gates(quality: Mapping[str, Any]) -> str:
    head = "".join(
        f'<th class="{kind}">{name}</th>'
        for name, kind in (
            ("gate", ""), ("kind", ""), ("judged", "n"), ("passed", "n"), ("rejected", "n"),
            ("errors", "n"), ("reasons", ""),
        )
    )  # fmt: skip
    rows = "".join(
        f"<tr><td>{_e(gate['gate'])}</td><td>{_e(gate['kind'])}</td>"
        + "".join(f'<td class="n">{gate[key]}</td>' for key in ("judged", "passed", "rejected", "errors"))
        + f'<td class="note">{_e(", ".join(f"{k} {v}" for k, v in gate["reasons"].items()))}</td></tr>'
        for gate in quality["gates"]
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{rows}</table></div>'


def _stages(timing: Mapping[str, Any]) -> str:
    def cells(stage: Mapping[str, Any] | None) -> str:
        return "".join(
            f'<td class="n">{"" if stage is None or stage[key] is None else f"{stage[key]:.4g}"}</td>'
            for key in ("p50", "p95", "p99")
        )

    head = '<tr><th>stage</th><th class="n">p50</th><th class="n">p95</th><th class="n">p99</th>'
    head += '<th class="n">waiting p50</th><th class="n">p95</th><th class="n">p99</th></tr>'
    rows = "".join(
        f"<tr><td>{_e(stage['stage'])}</td>{cells(stage['work'])}{cells(stage['waiting'])}</tr>"
        for stage in timing["stages"]
    )
    return f'<div class="scroll"><table>{head}{rows}</table></div>'


def _question(text: str) -> str:
    found = json.loads(text)
    for key in ("question", "problem", "prompt"):
        if isinstance(found.get(key), str):
            return str(found[key])
    return text


def _card(row: sqlite3.Row, kind: str) -> str:
    reply = json.loads(row["choices"])[row["choice"]][0]
    verdict = "accepted" if row["reason"] is None else f"{row['gate']}: {row['reason']}"
    detail = f'<p class="note">{_cut(row["detail"])}</p>' if row["detail"] else ""
    return (
        f'<div class="card {kind}"><h3>{_e(row["task_id"])} · {_e(verdict)}</h3>'
        f'<p class="note">{_cut(_question(row["input"]))}</p>{detail}<pre>{_cut(reply)}</pre></div>'
    )


def _examples(ledger: sqlite3.Connection) -> str:
    taken: Sequence[sqlite3.Row] = ledger.execute(_TAKEN, (EXAMPLES,)).fetchall()
    refused: Sequence[sqlite3.Row] = ledger.execute(_REFUSED, (EXAMPLES,)).fetchall()
    none = '<p class="note">none</p>'
    left = "".join(_card(row, "") for row in taken) or none
    right = "".join(_card(row, "fault" if row["outcome"] == "error" else "bad") for row in refused) or none
    return f'<div class="pair"><div>{left}</div><div>{right}</div></div>'


def render(
    ledger: sqlite3.Connection, quality: Mapping[str, Any], timing: Mapping[str, Any], scenario: str
) -> str:
    """The page's text."""
    css = files("fastdistill.run").joinpath("page.css").read_text(encoding="utf-8")
    counts, series = quality["counts"], timing["series"]
    reasons = quality["reject_reason_counts"]
    faults = {**quality["error_reason_counts"], **quality["failed_reason_counts"]}
    each = series["seconds_each"]
    charts = (
        columns(series["answers"], "answers", each)
        + columns(series["accepted"], "accepted tasks", each)
        + columns(series["mean_latency"], "mean latency, seconds", each)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Fast Distill: {_e(quality['run_id'])}</title><style>{css}</style></head><body><main>"
        f"<h1>{_e(scenario)}</h1>"
        f'<p class="note">run {_e(quality["run_id"])} · {_number(timing["elapsed"], 1)} s · '
        f"{counts['duplicates']} duplicates · {counts['unsettled']} not yet settled</p>"
        f"{_tiles(quality, timing)}"
        f"<h2>Funnel, in tasks</h2>{bars(quality['funnel'], '', last='good')}"
        f"<h2>Why answers were rejected</h2>{bars(reasons, 'bad')}"
        + (f"<h2>What failed by fault</h2>{bars(faults, 'fault')}" if faults else "")
        + f"<h2>Rates, with their counts</h2>{_rates(quality)}<h2>Gates</h2>{_gates(quality)}"
        f'<h2>Over time</h2><div class="charts">{charts}</div>'
        f"<h2>Where the time went, seconds</h2>{_stages(timing)}"
        f"<h2>Accepted and rejected, side by side</h2>{_examples(ledger)}"
        "</main></body></html>\n"
    )
