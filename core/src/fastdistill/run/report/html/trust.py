"""How far the gates can be believed: their own errors, the strength of their oracles, the judge."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastdistill.run.report.html.markup import cut, escape, number, percent, table


def gate_error(found: Mapping[str, Any]) -> str:
    """The gates' own errors with their intervals, by kind of mutant, and what got past them."""
    counts = found["counts"]
    wrong = counts["accepted_wrong"] + counts["rejected_right"] + counts["undecided_reject"]
    right = counts["accepted_right"] + counts["rejected_wrong"] + counts["undecided_accept"]
    undecided = counts["undecided_accept"] + counts["undecided_reject"]
    rates = (
        ("wrong answers accepted", "false_accept", counts["accepted_wrong"], wrong),
        ("right answers rejected", "false_reject", counts["rejected_wrong"], right),
        ("undecided", "undecided", undecided, found["total"]),
    )
    rows = [
        (said, percent(found[f"{key}_rate"], 2), f"{count} of {of}", interval(found[f"{key}_interval"]))
        for said, key, count, of in rates
    ]
    said = (
        f"{number(found['total'])} answers made from the gold of {found['tasks']} tasks, wrong on purpose "
        f"or equivalent, went through the gates. Wrong ones rejected: {percent(found['kill_rate'])}."
    )
    head = (("", ""), ("rate", "n"), ("counts", "n"), ("95 % interval", "n"))
    survivors = "".join(
        f'<div class="panel example"><h3>{escape(one["task_id"])} <span class="quiet">{escape(one["kind"])}'
        f": expected {escape(one['expect'])}, {escape(one['said'])}</span></h3>"
        f"<pre>{cut(one['reply'])}</pre></div>"
        for one in found["survivors"]
    )
    return f"<p>{said}</p>{table(head, rows)}{_kinds(found['kinds'])}{survivors}"


def interval(ends: Sequence[float] | None) -> str:
    """Both ends of an interval."""
    return "unknown" if ends is None else f"{ends[0]:.2%} to {ends[1]:.2%}"


def _kinds(kinds: Mapping[str, Any]) -> str:
    rows = []
    for kind, one in kinds.items():
        counts = one["counts"]
        right = counts["accepted_right"] + counts["rejected_right"]
        undecided = counts["undecided_accept"] + counts["undecided_reject"]
        expect, _, name = kind.partition(":")
        rows.append((name, expect, one["total"], right, one["total"] - right - undecided, undecided))
    head = (("kind", ""), ("expected", ""), *((x, "n") for x in ("tried", "right", "wrong", "undecided")))
    return f"<details><summary>by kind of answer</summary>{table(head, rows)}</details>"


def oracles(quality: Mapping[str, Any]) -> str:
    """Tasks whose own gold or data decide little, and tasks that a benchmark holds."""
    found, skipped = quality["oracles"], quality["skipped_reason_counts"]
    strength = found["oracle_strength"]
    killed, total = strength.get("killed"), strength.get("total")
    refused = quality["reject_reason_counts"].get("contaminated-reply", 0)
    rows = [
        (
            "near-misses that the oracles catch",
            f"{number(killed)} of {number(total)}",
            _share(killed, total),
        ),
        ("tasks with a weak oracle", number(found["weak_oracle"]), "their tests or data tell little apart"),
        (
            "tasks with a degenerate result",
            number(found["degenerate"]),
            "empty, or one that anything gives",
        ),
        ("contested inputs", number(found["contested_inputs"]), "two teachers agree against the gold"),
        ("contaminated tasks, skipped", number(skipped.get("contaminated", 0)), "a benchmark holds them"),
        ("contaminated replies, rejected", number(refused), "they repeat a benchmark"),
    ]
    return table((("", ""), ("", "n"), ("", "note")), rows)


def _share(killed: int | None, total: int | None) -> str:
    return "not measured in this run" if not total else percent((killed or 0) / total)


def calibration(found: Mapping[str, Any]) -> str:
    """The judge against gold."""
    rows = [
        (name.replace("_", " "), f"{value:.4g}" if isinstance(value, float) else str(value))
        for name, value in found.items()
    ]
    return table((("", ""), ("", "n")), rows)
