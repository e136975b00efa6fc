"""The card of an exported dataset: what hubs read of it (YAML), and what people should know of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastdistill.model.settled import Split
from fastdistill.run.folder import MANIFEST, QUALITY, TIMING

CARD = "README.md"
_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)  # fmt: skip


def card(
    runs: Sequence[Path],
    *,
    form: str,
    files: Mapping[Split, str],
    rows: Mapping[str, int],
    licence: str | None,
) -> str:
    """Return the text of a card: nothing in it is guessed, and a licence only where one is stated."""
    found = [_reports(run) for run in runs]
    scenarios = sorted({str(one["manifest"].get("scenario")) for one in found})
    parts = [
        *_yaml(form, scenarios, files, sum(rows.values()), licence),
        "",
        f"# Verified answers: {', '.join(scenarios)}",
        "",
        f"Made by Fast Distill in the form `{form}`: answers that passed every gate of their run.",
        "",
        "| file | rows |",
        "|---|---|",
        *(f"| `{name}` | {count} |" for name, count in rows.items()),
        "",
    ]
    for one in found:
        parts += _run(one)
    return "\n".join(parts).rstrip() + "\n"


def _reports(run: Path) -> dict[str, Any]:
    names = {"manifest": MANIFEST, "quality": QUALITY, "timing": TIMING}
    return {key: json.loads((run / name).read_text(encoding="utf-8")) for key, name in names.items()}


def _yaml(
    form: str, scenarios: Sequence[str], files: Mapping[Split, str], rows: int, licence: str | None
) -> Iterator[str]:
    """Yield the front matter; strings are written as JSON, which is YAML."""
    yield "---"
    if licence:
        yield f"license: {json.dumps(licence)}"
    yield "size_categories:"
    yield f"- {json.dumps(next((name for most, name in _SIZES if rows < most), 'n>10M'))}"
    yield "tags:"
    yield from (
        f"- {json.dumps(tag)}" for tag in ("fast-distill", "synthetic", "distillation", form, *scenarios)
    )
    yield "configs:"
    yield "- config_name: default"
    yield "  data_files:"
    for split, name in files.items():
        yield f"  - split: {split}"
        yield f"    path: {json.dumps(name)}"
    yield "---"


def _run(one: Mapping[str, Any]) -> Iterator[str]:
    manifest, quality, timing = one["manifest"], one["quality"], one["timing"]
    yield f"## Run {manifest['run_id']}"
    yield ""
    teachers = [
        f"`{teacher.get('provider')}:{teacher.get('model')}`"
        for teacher in manifest.get("teachers", ())
        if teacher.get("model")
    ]
    yield f"- Teachers, in the order asked: {', '.join(teachers) or 'none'}"
    usd = timing.get("usd")
    yield f"- Cost: {'unknown' if usd is None else f'{usd:.2f} US dollars'}"
    yield f"- Manifest: `{manifest['digest']}`, schema {manifest['schema_version']}"
    yield f"- Gates, in order: {', '.join(gate['name'] for gate in manifest.get('gates', ()))}"
    yield ""
    yield "| how far tasks came | tasks |"
    yield "|---|---|"
    yield from (f"| {name} | {count} |" for name, count in quality["funnel"].items())
    yield from (
        f"| skipped: {name} | {count} |" for name, count in quality["skipped_reason_counts"].items()
    )
    yield ""
    yield from _errors(quality.get("gate_error"))
    if against := quality.get("decontamination"):
        names = ", ".join(f"`{Path(source['name']).name}`" for source in against["against"])
        yield f"Held against {names}: {against['tasks']} tasks repeated an item and were left out."
        yield ""


def _errors(found: Mapping[str, Any] | None) -> Iterator[str]:
    if not found:
        yield "The gates' own error rates were not measured in this run."
        yield ""
        return
    yield f"The gates' own errors, measured on {found.get('total')} answers whose verdict is known:"
    yield ""
    yield "| rate | value | 95 % interval |"
    yield "|---|---|---|"
    for name in ("false_accept", "false_reject", "undecided"):
        rate, interval = found.get(f"{name}_rate"), found.get(f"{name}_interval")
        shown = "unknown" if rate is None else f"{rate:.2%}"
        bounds = f"{interval[0]:.2%} to {interval[1]:.2%}" if interval else ""
        yield f"| {name.replace('_', ' ')} | {shown} | {bounds} |"
    yield ""
