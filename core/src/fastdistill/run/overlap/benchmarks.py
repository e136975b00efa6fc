"""Reads the benchmarks that nothing of a run may repeat: questions, and solutions."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import define

from fastdistill.errors import UsageError
from fastdistill.run.hashing import file_digest
from fastdistill.run.overlap.index import Index
from fastdistill.run.plan import Plan
from fastdistill.run.sources import rows_at

QUESTIONS = ("question", "problem", "prompt", "instruction", "utterance", "input", "text", "query")
SOLUTIONS = (
    "solution", "canonical_solution", "answer", "gold_sql", "sql", "gold", "code", "completion", "response",
    "output", "reference",
)  # fmt: skip


@define(kw_only=True)
class Benchmarks:
    """Indexes of both kinds, and what they were made of."""

    questions: Index
    solutions: Index
    sources: list[dict[str, Any]]


def read_benchmarks(plan: Plan) -> Benchmarks:
    """Read every source of `[decontaminate] against`. Raises `UsageError` for one without questions."""
    settings = plan.config.decontaminate
    made = Benchmarks(questions=Index(settings), solutions=Index(settings), sources=[])
    for location in settings.against:
        name, count, rows = location.rpartition("/")[2], 0, 0
        for row in rows_at(plan, location):
            rows += 1
            if row.fields is None:
                continue
            asked = list(_texts(row.fields, settings.columns or QUESTIONS))
            for text in asked if settings.columns else asked[:1]:
                made.questions.add(name, row.position, text)
                count += 1
            for text in _texts(row.fields, SOLUTIONS):
                made.solutions.add(name, row.position, text, short=False)
        if not count:
            raise UsageError(
                f"decontaminate.against: {location!r} has no question in its {rows} rows: name its columns "
                f"with columns = [...]; looked for: {', '.join(settings.columns or QUESTIONS)}"
            )
        path = Path(location)
        digest = file_digest(path) if path.is_file() else None
        made.sources.append({"name": location, "sha256": digest, "rows": rows, "questions": count})
    return made


def _texts(row: Mapping[str, Any], columns: tuple[str, ...]) -> Iterator[str]:
    for name in columns:
        if isinstance(value := row.get(name), str) and value.strip():
            yield value
