"""Takes tasks over from sources that are no JSON Lines, or whose columns have other names.

They are written once as JSON Lines into the run's folder, and the run reads that file: what came in is
frozen there, whatever becomes of a table or a hub, and a resume or a replay needs neither.
"""

import datetime
import decimal
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fastdistill.errors import UsageError, boundary
from fastdistill.model.task import BadTask
from fastdistill.run.folder import atomic
from fastdistill.run.jsonl import dumps
from fastdistill.run.mapping import ColumnMap, checked_map
from fastdistill.run.plan import Chosen, Plan
from fastdistill.run.tasks import PROBLEM, lines
from fastdistill.specs import SourceRow, SourceSpec

ROWS = (".jsonl", ".json", ".ndjson", ".gz", ".zst")
"""Endings of files that a folder of task files may hold beside those that a plugin reads."""


def location_of(tasks: Path) -> str:
    """Return where tasks are: a path folds the slashes of `hf://`, which are needed again."""
    return re.sub(r"^([a-z][a-z0-9+.-]+):/(?!/)", r"\1://", str(tasks))


def is_foreign(plan: Plan, location: str) -> bool:
    """Return whether tasks at `location` must be taken over before a run can read them."""
    return bool(plan.config.map) or Path(location).is_dir() or _reader(plan, location) is not None


def take_over(plan: Plan, location: str, into: Path) -> int:
    """Write the rows at `location` as JSON Lines to `into`; return their number.

    A row that is none is kept as a line that says so. Raises `UsageError` for what cannot be read.
    """
    columns = checked_map(plan.config.map)
    count = 0
    with atomic(into) as file:
        for fields in _fields(rows_at(plan, location), columns):
            file.write(dumps(fields) + "\n")
            count += 1
    return count


def take_over_rows(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, Any], into: Path) -> int:
    """Write rows that a caller holds; see `take_over`."""
    numbered = (SourceRow(position=at, fields=row) for at, row in enumerate(rows, start=1))
    count = 0
    with atomic(into) as file:
        for fields in _fields(numbered, checked_map(columns)):
            file.write(dumps(fields) + "\n")
            count += 1
    return count


def _fields(rows: Iterable[SourceRow], columns: ColumnMap) -> Iterator[Mapping[str, Any]]:
    for row in rows:
        if row.fields is None:
            yield {PROBLEM: row.problem}
            continue
        try:
            yield {str(key): _plain(value) for key, value in columns(row.fields).items()}
        except ValueError as error:
            yield {PROBLEM: str(error)}


def _plain(value: Any) -> Any:
    """Return JSON data for what tables hold. Raises ValueError naming what JSON cannot hold."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return None if value != value else value
        case decimal.Decimal():
            return str(value)
        case datetime.date() | datetime.time():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    if hasattr(value, "tolist"):  # numpy's scalars and arrays
        return _plain(value.tolist())
    raise ValueError(f"holds a {type(value).__name__}, which JSON cannot: {value!r:.60}")


def _reader(plan: Plan, location: str) -> Chosen | None:
    """Return the source plugin that serves a location. Raises `UsageError` where two claim it."""
    found = [chosen for chosen in plan.sources if _serves(chosen.offer.spec, location)]
    if len(found) > 1:
        names = " and ".join(str(one.offer.origin) for one in found)
        raise UsageError(f"{location!r} is claimed by {names}: uninstall one of them")
    return found[0] if found else None


def _serves(spec: Any, location: str) -> bool:
    assert isinstance(spec, SourceSpec)  # noqa: S101  the host has checked it
    return location.lower().endswith(spec.endings) or location.startswith(spec.schemes)


def rows_at(plan: Plan, location: str) -> Iterator[SourceRow]:
    """Yield the rows of any kind of source. Raises `UsageError` for what cannot be read."""
    chosen, path = _reader(plan, location), Path(location)
    if chosen is not None:
        spec = chosen.offer.spec
        assert isinstance(spec, SourceSpec)  # noqa: S101  as above
        with boundary(str(chosen.offer.origin), f"open of {spec.name}"):
            yield from spec.open(chosen.options, location)
    elif path.is_dir():
        yield from _folder(plan, path)
    else:
        for number, row in lines(path):
            if isinstance(row, BadTask):
                yield SourceRow(position=number, problem=row.detail)
            else:
                yield SourceRow(position=number, fields=row)


def _folder(plan: Plan, folder: Path) -> Iterator[SourceRow]:
    """Yield the rows of every file in a folder, by name."""
    files = sorted(one for one in folder.rglob("*") if one.is_file() and _readable(plan, one))
    if not files:
        raise UsageError(f"the folder {str(folder)!r} holds no task file that a plugin here reads")
    position = 0
    for file in files:
        for row in rows_at(plan, str(file)):
            position += 1
            yield SourceRow(position=position, fields=row.fields, problem=row.problem)


def _readable(plan: Plan, file: Path) -> bool:
    return file.name.lower().endswith(ROWS) or _reader(plan, str(file)) is not None
