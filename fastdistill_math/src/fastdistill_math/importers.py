"""`fd tasks import gsm8k|math`: released datasets as task rows."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fastdistill import ImportOptions, ImportReport, UsageError
from fastdistill_math.golds import gold_text

_Row = dict[str, Any]


def run(name: str, source: Path, out: Path, options: ImportOptions) -> ImportReport:
    """Write `tasks.jsonl`, and `eval.jsonl` for a share put aside. Raises `UsageError` for a bad source."""
    if not source.exists():
        raise UsageError(f"there is no {str(source)!r} to import")
    rows = [
        made
        for at, row in enumerate(_objects(source), start=1)
        if (made := _READERS[name](row, at, source))
    ]
    if not rows:
        raise UsageError(f"{str(source)!r} holds no {name} row: expected {_SHAPES[name]}")
    kept = _drawn(rows, options)
    chance = random.Random(options.seed)  # noqa: S311  a draw, not a secret
    aside = set(chance.sample(range(len(kept)), round(len(kept) * options.eval_share)))
    parts = {
        "tasks.jsonl": [row for at, row in enumerate(kept) if at not in aside],
        "eval.jsonl": [row for at, row in enumerate(kept) if at in aside],
    }
    files = []
    for file, part in parts.items():
        if part or file == "tasks.jsonl":
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
            (out / file).write_text(text, encoding="utf-8")
            files.append(out / file)
    return ImportReport(
        files=tuple(files), counts={"read": len(rows), "written": len(kept), "eval": len(aside)}
    )


def _drawn(rows: list[_Row], options: ImportOptions) -> list[_Row]:
    if options.samples is None or options.samples >= len(rows):
        return rows
    chosen = sorted(random.Random(options.seed).sample(range(len(rows)), options.samples))  # noqa: S311
    return [rows[at] for at in chosen]


def _objects(source: Path) -> Iterator[_Row]:
    if source.is_dir():
        for path in sorted(source.rglob("*.json*")):
            if path.suffix in (".json", ".jsonl"):
                yield from _objects(path)
        return
    text = source.read_text(encoding="utf-8")
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        whole = None
    found = (
        whole if isinstance(whole, list) else [whole] if isinstance(whole, dict) else _lines(source, text)
    )
    for row in found:
        if isinstance(row, dict):
            yield {"_path": str(source), **row}


def _lines(source: Path, text: str) -> Iterator[Any]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise UsageError(f"{source}:{number} is not JSON: {error}") from None


def _gsm8k(row: _Row, at: int, source: Path) -> _Row | None:
    """GSM8K: `question`, and `answer` with the worked solution and `#### 42` at its end."""
    question, answer = row.get("question", row.get("problem")), row.get("answer")
    if not isinstance(question, str) or not isinstance(answer, str):
        return None
    _, marked, last = answer.rpartition("####")
    found: _Row = {
        "task_id": row.get("task_id") or f"gsm8k-{source.stem}-{at - 1}",
        "problem": question,
        "answer": (last if marked else answer).strip().replace(",", ""),
    }
    if marked:
        found["solution"] = answer
    return found


def _math(row: _Row, at: int, source: Path) -> _Row | None:
    """MATH: `problem`, `solution` with the answer in its last box (or `answer` apart), `level`, `type`."""
    problem, solution = row.get("problem"), row.get("solution")
    if not isinstance(problem, str):
        return None
    answer = row.get("answer")
    if not isinstance(answer, str):
        if not isinstance(solution, str) or ("\\boxed" not in solution and "\\fbox" not in solution):
            return None
        answer = gold_text(solution)
    path = Path(row["_path"])
    name = row.get("unique_id") or (
        f"{path.parent.name}-{path.stem}" if source.is_dir() else f"{source.stem}-{at - 1}"
    )
    tags = [str(row[key]) for key in ("type", "subject", "level") if row.get(key) not in (None, "")]
    found: _Row = {"task_id": f"math-{name}", "problem": problem, "answer": answer, "tags": tags}
    if isinstance(solution, str):
        found["solution"] = solution
    return found


_READERS: dict[str, Callable[[_Row, int, Path], _Row | None]] = {"gsm8k": _gsm8k, "math": _math}
_SHAPES = {
    "gsm8k": "JSON Lines with `question` and `answer`",
    "math": "objects with `problem` and `solution` (or `answer`)",
}
