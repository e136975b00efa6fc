"""Who taught and what it cost: the report's tables of teachers, attempts, failed calls and waste."""

from collections.abc import Mapping
from typing import Any

from fastdistill.run.report.html.markup import escape, number, percent, table


def teachers(quality: Mapping[str, Any], timing: Mapping[str, Any]) -> str:
    """A line for each teacher and purpose, and one for each endpoint."""
    solved = {one["teacher"]: one for one in quality["by_teacher"]}
    rows = []
    for line in timing["spending"]:
        found = solved.get(line["teacher"]) if line["purpose"] == "teacher" else None
        tokens = (line["prompt_tokens"], line["completion_tokens"])
        rows.append(
            (
                line["teacher"],
                line["purpose"],
                number(line["answers"]),
                number(line["from_cache"]),
                "unknown" if line["unknown_usage"] else " + ".join(number(one or 0) for one in tokens),
                _usd(line["usd"]),
                number(found["accepted"]) if found else "",
                _usd(line["usd"] / found["accepted"])
                if found and found["accepted"] and line["usd"] is not None
                else "",
            )
        )
    head = (
        ("teacher", ""), ("asked to", ""), ("answers", "n"), ("cached", "n"), ("tokens in + out", "n"),
        ("US dollars", "n"), ("accepted", "n"), ("each", "n"),
    )  # fmt: skip
    return table(head, rows) + _endpoints(timing)


def _usd(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"${value:,.2f}" if value >= 1 or not value else f"${value:,.4f}"


def _endpoints(timing: Mapping[str, Any]) -> str:
    """What the last session found out about each endpoint."""
    told = (timing["sessions"][-1]["timing"] or {}).get("teachers", {}) if timing["sessions"] else {}
    rows = []
    for teacher, one in told.items():
        retries = ", ".join(f"{kind} {count}" for kind, count in (one.get("retries") or {}).items())
        for endpoint in one.get("endpoints", ()):
            steps = endpoint.get("limits") or [{}]
            rows.append(
                (
                    teacher,
                    endpoint["identity"],
                    number(endpoint["limit"]),
                    steps[-1].get("why", ""),
                    percent(one.get("occupancy")),
                    retries or "none",
                )
            )
    head = (
        ("teacher", ""), ("endpoint", ""), ("limit found", "n"), ("by", ""), ("slots busy", "n"),
        ("retries", "note"),
    )  # fmt: skip
    return table(head, rows) if rows else ""


def attempts(quality: Mapping[str, Any]) -> str:
    """What each further attempt brought."""
    rows, so_far, total = [], 0, quality["counts"]["accepted"]
    for one in quality["by_attempt"]:
        so_far += one["accepted"]
        rows.append(
            (
                one["attempt"],
                number(one["asked"]),
                number(one["accepted"]),
                percent(one["accepted"] / one["asked"] if one["asked"] else None),
                percent(so_far / total if total else None),
            )
        )
    head = (
        ("attempt", ""), ("answers", "n"), ("accepted", "n"), ("of those asked", "n"),
        ("of all accepted, so far", "n"),
    )  # fmt: skip
    return table(head, rows)


def waste(timing: Mapping[str, Any]) -> str:
    """What was paid for and became no row, and calls that failed."""
    rows = [(one["cause"], number(one["answers"]), number(one["tokens"])) for one in timing["waste"]]
    lost = table((("stopped by", ""), ("answers", "n"), ("tokens", "n")), rows) if rows else ""
    faults = "".join(
        f"<li>{escape(kind)}: {one['calls']:,} calls, {one['final']:,} for good</li>"
        for kind, one in timing["faults"].items()
    )
    return lost + (f'<p class="note">Calls that failed:</p><ul>{faults}</ul>' if faults else "")
