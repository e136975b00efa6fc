"""`fd tasks import humaneval|mbpp|evalplus SOURCE OUT`: released files as rows of this scenario."""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fastdistill import ImportOptions, ImportReport, UsageError
from fastdistill_code.importers.layouts import evalplus, humaneval, mbpp
from fastdistill_code.serial import structured_row

_LAYOUTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "humaneval": humaneval,
    "mbpp": mbpp,
    "evalplus": evalplus,
}


def run(name: str, source: Path, out: Path, options: ImportOptions) -> ImportReport:
    """Write `tasks.jsonl` (and `eval.jsonl`) into `out`. `UsageError` names the line that cannot be
    read.
    """
    rows = list(_rows(source, _LAYOUTS[name], name))
    if not rows:
        raise UsageError(f"{str(source)!r} holds no problem; give the released JSON Lines file")
    rng = random.Random(options.seed)  # noqa: S311  has to repeat, not to be secret
    if options.samples is not None and options.samples < len(rows):
        picked = sorted(rng.sample(range(len(rows)), options.samples))
        rows = [rows[i] for i in picked]
    aside = set(rng.sample(range(len(rows)), round(options.eval_share * len(rows))))
    parts = {
        "tasks.jsonl": [row for i, row in enumerate(rows) if i not in aside],
        "eval.jsonl": [row for i, row in enumerate(rows) if i in aside],
    }
    files = []
    for file, part in parts.items():
        if part or file == "tasks.jsonl":
            text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in part)
            (out / file).write_text(text, encoding="utf-8")
            files.append(out / file)
    counts = {"tasks": len(parts["tasks.jsonl"])} | ({"eval": len(aside)} if aside else {})
    return ImportReport(files=tuple(files), counts=counts)


def _rows(
    source: Path, layout: Callable[[dict[str, Any]], dict[str, Any]], name: str
) -> Iterator[dict[str, Any]]:
    for line, raw in _objects(source):
        try:
            row = layout(raw)
            structured_row(row)
        except KeyError as error:
            raise UsageError(
                f"{source}, line {line}: no {error.args[0]!r}; this is not {name}'s layout, there are: "
                f"{', '.join(sorted(raw))}"
            ) from None
        except ValueError as error:
            raise UsageError(f"{source}, line {line}: {error}") from None
        yield row


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
