"""`fd tasks import NAME SOURCE OUT`: released files as rows of this scenario."""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio

from fastdistill import ImportOptions, ImportReport, UsageError
from fastdistill_code.importers.contests import apps, code_contests, livecodebench
from fastdistill_code.importers.golds import checked_all, plain
from fastdistill_code.importers.layouts import evalplus, humaneval, mbpp

_LAYOUTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "humaneval": humaneval,
    "mbpp": mbpp,
    "evalplus": evalplus,
    "livecodebench": livecodebench,
    "apps": apps,
    "taco": apps,
    "code-contests": code_contests,
}


def run(name: str, source: Path, out: Path, options: ImportOptions) -> ImportReport:
    """Write `tasks.jsonl` (and `eval.jsonl`) into `out`, and `left_out.jsonl` with what cannot be used:
    tests that say nothing, golds that fail them. `UsageError` names the line of a file of another layout.
    """
    rng = random.Random(options.seed)  # noqa: S311  has to repeat, not to be secret
    drafts = list(_drafts(source, _LAYOUTS[name], name))
    if not drafts:
        raise UsageError(f"{str(source)!r} holds no problem; give the released JSON Lines file")
    if options.samples is not None and options.samples < len(drafts):
        drafts = [drafts[i] for i in sorted(rng.sample(range(len(drafts)), options.samples))]
    usable = [draft for _, draft in drafts if "unusable" not in draft]
    checked = anyio.run(checked_all, usable)
    told = iter(checked if checked is not None else [(_first(draft), "", "") for draft in usable])
    rows: list[dict[str, Any]] = []
    left: list[dict[str, Any]] = []
    for line, draft in drafts:
        unusable = draft.get("unusable")
        row, reason, detail = (None, "unusable", unusable) if unusable else next(told)
        if row is not None:
            rows.append(row)
        else:
            task_id = draft.get("task_id")
            left.append({"line": line, "task_id": task_id, "reason": reason, "detail": detail})
    if not rows:
        raise UsageError(f"{source}, line {left[0]['line']}: {left[0]['detail']}")
    aside = set(rng.sample(range(len(rows)), round(options.eval_share * len(rows))))
    parts = {
        "tasks.jsonl": [row for i, row in enumerate(rows) if i not in aside],
        "eval.jsonl": [row for i, row in enumerate(rows) if i in aside],
        "left_out.jsonl": left,
    }
    files = []
    for file, part in parts.items():
        if part or file == "tasks.jsonl":
            text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in part)
            (out / file).write_text(text, encoding="utf-8")
            files.append(out / file)
    counts = {"tasks": len(parts["tasks.jsonl"])} | ({"eval": len(aside)} if aside else {})
    for reason in sorted({one["reason"] for one in left}):
        counts[f"left-out: {reason}"] = sum(one["reason"] == reason for one in left)
    if checked is None:
        counts["golds not tried, for want of a sandbox"] = sum(bool(draft.get("golds")) for draft in usable)
    return ImportReport(files=tuple(files), counts=counts)


def _first(draft: dict[str, Any]) -> dict[str, Any]:
    """The row of a draft whose golds cannot be tried."""
    row = plain(draft, next(iter(draft.get("golds") or ()), ""))
    row.pop("margin", None)
    return row


def _drafts(
    source: Path, layout: Callable[[dict[str, Any]], dict[str, Any]], name: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, raw in _objects(source):
        try:
            yield line, layout(raw)
        except KeyError as error:
            raise UsageError(
                f"{source}, line {line}: no {error.args[0]!r}; this is not {name}'s layout, there are: "
                f"{', '.join(sorted(raw))}"
            ) from None
        except (ValueError, TypeError) as error:
            task_id = (
                raw.get("task_id") or raw.get("question_id") or raw.get("problem_id") or raw.get("name")
            )
            yield line, {"task_id": task_id, "unusable": str(error)}


def _objects(source: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The problems of a JSON Lines file, gzipped or not, or of a file that is one JSON array."""
    try:
        data = source.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8")
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise UsageError(f"cannot read {str(source)!r}: {error}") from None
    if text.lstrip().startswith("["):
        pieces = [(i, item) for i, item in enumerate(_json(text, source, 1), start=1)]
    else:
        lines = [(i, line) for i, line in enumerate(text.split("\n"), start=1) if line.strip()]
        pieces = [(i, _json(line, source, i)) for i, line in lines]
    for line_number, item in pieces:
        if not isinstance(item, dict):
            raise UsageError(f"{source}, line {line_number}: is not a JSON object: {item!r:.60}")
        yield line_number, item


def _json(text: str, source: Path, line: int) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{source}, line {line}: is not JSON: {error}") from None
