"""WikiSQL as released: `train|dev|test.jsonl` with logical forms, and `*.tables.jsonl` with the tables.

Each table becomes a database with its real headings. Text is lower-cased in cells and conditions, as in
the release's own databases, whose questions are not cased alike; the prompt says so through the hint.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from fastdistill import ImportOptions, UsageError
from fastdistill_sql.importers.drawn import Found

_PARTS = ("train", "dev", "test")
_AGGREGATES = ("", "MAX", "MIN", "COUNT", "SUM", "AVG")
_OPERATORS = ("=", ">", "<")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")
HINT = "All text in this database is in lower case."


def found(source: Path, options: ImportOptions) -> Iterator[Found]:
    """The questions of every part that is there, in `source` or its folder `data`."""
    if options.questions is not None or options.databases is not None:
        raise UsageError("WikiSQL keeps its tables beside its questions: name the folder, not --questions")
    folder = source / "data" if (source / "data").is_dir() else source
    parts = [part for part in _PARTS if (folder / f"{part}.jsonl").is_file()]
    if not parts:
        raise UsageError(f"{str(source)!r} holds none of train.jsonl, dev.jsonl, test.jsonl")
    for part in parts:
        tables = {str(table["id"]): table for table in _rows(folder / f"{part}.tables.jsonl")}
        for number, row in enumerate(_rows(folder / f"{part}.jsonl")):
            table = tables[str(row["table_id"])]
            yield Found(
                task_id=f"wikisql-{part}-{number:05d}",
                question=str(row["question"]),
                gold_sql=render(row["sql"], table),
                group=str(table["id"]),
                database=f"{_name(table)}.sqlite",
                place=partial(_build, table),
                tags=(part,),
                meta={"hint": HINT},
            )


def render(form: dict[str, Any], table: dict[str, Any]) -> str:
    """A logical form as SQL with its values written out; conditions on one column stay apart."""
    headings = _headings(table)
    chosen = headings[form["sel"]]
    aggregate = _AGGREGATES[form["agg"]]
    sql = f"SELECT {aggregate}({chosen})" if aggregate else f"SELECT {chosen}"
    sql += f" FROM {_name(table)}"
    tests = [
        f"{headings[column]} {_OPERATORS[operator]} {_written(value, table['types'][column])}"
        for column, operator, value in form["conds"]
    ]
    return sql + (f" WHERE {' AND '.join(tests)}" if tests else "")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.strip():
                    yield json.loads(line)
    except OSError as error:
        raise UsageError(f"cannot read {str(path)!r}: {error}") from error


def _name(table: dict[str, Any]) -> str:
    return "table_" + re.sub(r"\W", "_", str(table["id"]))


def _headings(table: dict[str, Any]) -> list[str]:
    """The headings as quoted names; empty and repeated ones are told apart by a number."""
    names: list[str] = []
    seen: set[str] = set()
    for number, heading in enumerate(table["header"], 1):
        plain = " ".join(str(heading).split()) or f"column {number}"
        name = plain
        while name.lower() in seen:
            name = f"{plain} {number}"
            number += 1
        seen.add(name.lower())
        names.append('"' + name.replace('"', '""') + '"')
    return names


def _value(value: Any, kind: str) -> Any:
    """A cell or condition as it is stored: numbers of a `real` column with their commas read."""
    if isinstance(value, bool) or value is None:
        return None if value is None else int(value)
    if isinstance(value, int | float):
        return value if kind == "real" else str(value).lower()
    text = str(value).strip()
    if kind == "real":
        plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
        if _NUMBER.fullmatch(plain):
            return _whole(float(plain))
    return text.lower()


def _written(value: Any, kind: str) -> str:
    """A condition's value as a literal; a number inside of other text counts in a `real` column."""
    stored = _value(value, kind)
    if kind == "real" and isinstance(stored, str):
        inside = _NUMBER.search(stored.replace(",", ""))
        stored = _whole(float(inside.group())) if inside else stored
    if isinstance(stored, str):
        return "'" + stored.replace("'", "''") + "'"
    return "NULL" if stored is None else repr(_whole(stored))


def _whole(number: float) -> float | int:
    return int(number) if float(number).is_integer() and abs(number) < 2**53 else number


def _build(table: dict[str, Any], into: Path) -> None:
    kinds = table["types"]
    columns = ", ".join(
        f"{heading} {'REAL' if kind == 'real' else 'TEXT'}"
        for heading, kind in zip(_headings(table), kinds, strict=True)
    )
    marks = ", ".join("?" * len(kinds))
    with closing(sqlite3.connect(into)) as made, made:
        made.execute(f"CREATE TABLE {_name(table)} ({columns})")
        made.executemany(
            f"INSERT INTO {_name(table)} VALUES ({marks})",  # noqa: S608  a made name and question marks
            [[_value(v, kind) for v, kind in zip(row, kinds, strict=True)] for row in table["rows"]],
        )
