"""What changed between two runs: configuration, plugins, tasks, decisions and rates."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastdistill.config import leaves
from fastdistill.run.audit.confusion import wilson
from fastdistill.run.ledger import metrics
from fastdistill.run.ledger.comparison import changed_outcomes
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ops.verify import read_manifest


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    before, after = leaves(old), leaves(new)
    return [
        {"path": path, "old": before.get(path), "new": after.get(path)}
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def _rates(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the quality report's rates with their intervals."""
    with reading(folder) as ledger:
        found = metrics.rates(ledger)
    return {
        name: {**found[name], "interval": wilson(found[name]["count"], found[name]["of"])}
        for name in ("p_keep", "exec_pass", "gold_match")
    }


def diff(old: Path, new: Path) -> dict[str, Any]:
    """Return every change between two run folders, as plain data."""
    (before, _), (after, _) = read_manifest(old), read_manifest(new)
    flips, gone, added = list[dict[str, Any]](), list[str](), list[str]()
    for one, two in changed_outcomes(old, new):
        if two is None and one is not None:
            gone.append(one[0])
        elif one is None and two is not None:
            added.append(two[0])
        elif one is not None and two is not None:
            flips.append({"task_id": one[0], "old": list(one[1:]), "new": list(two[1:])})
    rates_old, rates_new = _rates(old), _rates(new)
    return {
        "runs": [before.get("run_id"), after.get("run_id")],
        "configuration": _changes(
            before.get("configuration", {}).get("resolved", {}),
            after.get("configuration", {}).get("resolved", {}),
        ),
        "plugins": _changes(_plugins(before), _plugins(after)),
        "gates": _changes(_gates(before), _gates(after)),
        "tasks_gone": sorted(gone),
        "tasks_added": sorted(added),
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
