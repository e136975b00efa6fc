"""What changed between two runs: configuration, plugins, tasks, decisions and rates."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from fastdistill.config import leaves
from fastdistill.run.audit.confusion import wilson
from fastdistill.run.folder import LEDGER
from fastdistill.run.ledger.ledger import check, connect
from fastdistill.run.ops.verify import read_manifest


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    before, after = leaves(old), leaves(new)
    return [
        {"path": path, "old": before.get(path), "new": after.get(path)}
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def _decisions(folder: Path) -> dict[str, tuple[str, str, str | None]]:
    with closing(connect(folder / LEDGER, write=False)) as ledger:
        check(ledger, folder / LEDGER)
        rows = ledger.execute(
            "SELECT t.sample_id, t.task_id, COALESCE(d.status, 'unsettled'), d.reason FROM tasks t"
            " LEFT JOIN decisions d USING (sample_id) WHERE t.duplicate_of IS NULL"
        )
        return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _rates(folder: Path) -> dict[str, dict[str, Any]]:
    with closing(connect(folder / LEDGER, write=False)) as ledger:
        return {
            name: {
                "count": count,
                "of": of,
                "rate": count / of if of else None,
                "interval": wilson(count, of),
            }
            for name, (count, of) in _counts(ledger).items()
        }


def _counts(ledger: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    def one(sql: str) -> int:
        return int(ledger.execute(sql).fetchone()[0] or 0)

    answers = one("SELECT COUNT(*) FROM candidates")
    flagged = "SELECT COUNT(DISTINCT sample_id || attempt || '.' || choice) FROM verdicts WHERE"
    return {
        "p_keep": (
            one("SELECT COUNT(*) FROM decisions WHERE status = 'accepted'"),
            one("SELECT COUNT(*) FROM tasks WHERE duplicate_of IS NULL"),
        ),
        "exec_pass": (one(f"{flagged} exec_pass = 1"), answers),
        "gold_match": (one(f"{flagged} gold_match = 1"), answers),
    }


def diff(old: Path, new: Path) -> dict[str, Any]:
    """Every change between two run folders, as plain data."""
    (before, _), (after, _) = read_manifest(old), read_manifest(new)
    one, two = _decisions(old), _decisions(new)
    flips = [
        {"task_id": one[key][0], "old": list(one[key][1:]), "new": list(two[key][1:])}
        for key in one
        if key in two and one[key][1:] != two[key][1:]
    ]
    rates_old, rates_new = _rates(old), _rates(new)
    return {
        "runs": [before.get("run_id"), after.get("run_id")],
        "configuration": _changes(
            before.get("configuration", {}).get("resolved", {}),
            after.get("configuration", {}).get("resolved", {}),
        ),
        "plugins": _changes(_plugins(before), _plugins(after)),
        "gates": _changes(_gates(before), _gates(after)),
        "tasks_gone": sorted(one[key][0] for key in {*one} - {*two}),
        "tasks_added": sorted(two[key][0] for key in {*two} - {*one}),
        "flips": flips,
        "flip_counts": dict(
            Counter(f"{flip['old'][0]} to {flip['new'][0]}" for flip in flips).most_common()
        ),
        "rates": {name: {"old": rates_old[name], "new": rates_new[name]} for name in rates_old},
    }


def _plugins(manifest: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{p['kind']}/{p['name']}": f"{p['distribution']} {p['version']}"
        for p in manifest.get("plugins", [])
    }


def _gates(manifest: Mapping[str, Any]) -> dict[str, str]:
    return {gate["name"]: gate["fingerprint"] for gate in manifest.get("gates", [])}
