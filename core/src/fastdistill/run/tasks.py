"""Task sources: JSON Lines files, and labelled cases of an audit as tasks of the same scenario."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import attrs
from attrs import define, field, frozen

from fastdistill.model.task import BadTask
from fastdistill.protocols import Row
from fastdistill.run.lines import LINE_LIMIT, json_fault, read_lines
from fastdistill.run.mapping import fitted
from fastdistill.serde import StructureError, shown, structure

PROBLEM = "$problem"
"""The only key of a line that stands for a row which a table could not give."""


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return found


def lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | BadTask]]:
    """Each line of a task file with its number, as an object or what is wrong with it.

    Raises `UsageError` as `read_lines` does.
    """
    for number, raw in read_lines(path):
        yield number, _parse(number, raw)


def _parse(number: int, raw: bytes | None) -> dict[str, Any] | BadTask:
    if raw is None:
        return BadTask(line=number, detail=f"the line is longer than {LINE_LIMIT} bytes")
    try:
        row = json.loads(raw.decode(), parse_constant=_no_constant, object_pairs_hook=_object)
        if b"\\u" in raw:
            json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return BadTask(line=number, detail="holds a lone surrogate: half a character, as \\ud800 is")
    except (ValueError, RecursionError) as error:
        return BadTask(line=number, detail=f"is not JSON: {json_fault(error)}")
    if not isinstance(row, dict):
        return BadTask(line=number, detail=f"is not a JSON object in braces but {shown(row)}")
    if row.keys() == {PROBLEM}:
        return BadTask(line=number, detail=str(row[PROBLEM]))
    return row


def _fitted(number: int, row: Mapping[str, Any], into: type[Any]) -> Row | BadTask:
    try:
        return _structured(number, fitted(row, into), into)
    except ValueError as error:
        task_id = row.get("task_id")
        return BadTask(
            line=number, detail=str(error), task_id=task_id if isinstance(task_id, str) else None
        )


def _structured(number: int, row: Mapping[str, Any], into: type[Any]) -> Row | BadTask:
    try:
        return Row(value=structure(row, into), line=number)
    except StructureError as error:
        task_id = row.get("task_id")
        detail = str(error) + _columns(error, row, into)
        return BadTask(line=number, detail=detail, task_id=task_id if isinstance(task_id, str) else None)


def _columns(error: StructureError, row: Mapping[str, Any], into: type[Any]) -> str:
    """Where a field is missing and the row has columns of other names, how to name them."""
    missing = [one.partition(":")[0] for one in error.problems if one.endswith(": is missing")]
    known = {one.name for one in attrs.fields(into)}
    others = [key for key in row if key not in known] or list(row.get("meta") or ())
    if not missing or not others:
        return ""
    there = ", ".join(map(str, others[:12]))
    return f"; the row has: {there} (--map {missing[0]}=COLUMN renames; fd tasks import reads releases)"


@define(kw_only=True)
class JsonLines:
    """A task file."""

    path: Path
    base: Path = field()
    """Where paths inside rows start: the folder that it lies in unless given."""
    _held: deque[tuple[int, dict[str, Any]]] = field(factory=deque, init=False)

    @base.default
    def _its_folder(self) -> Path:
        return self.path.parent

    def rows(self, into: type[Any], /, *, optional: Iterable[str] = ()) -> Iterator[Row | BadTask]:
        """See `Source.rows`. Columns that `into` lacks go into its `meta`; numbers become text."""
        for number, row in lines(self.path):
            if isinstance(row, BadTask):
                yield row
            else:
                self._held.append((number, row))
                yield _fitted(number, row, into)

    def raw(self, line: int, /) -> Mapping[str, Any]:
        """See `KeepsRows`."""
        while self._held and self._held[0][0] < line:
            self._held.popleft()
        return self._held.popleft()[1] if self._held and self._held[0][0] == line else {}


def json_lines(path: Path, base: Path | None) -> JsonLines:
    """Return the task file at `path`, whose rows' paths start at `base`, or beside it for None."""
    return JsonLines(path=path) if base is None else JsonLines(path=path, base=base)


@frozen(kw_only=True)
class Label:
    """What a labelled case says beside its task."""

    reply: str
    expect: Literal["accept", "reject"]
    task_id: str | None
    labels: Mapping[str, Any]


@define(kw_only=True)
class Cases:
    """Labelled cases as a source. `labels` fills, by line, as `rows` is read."""

    path: Path
    where: Mapping[str, str] = field(factory=dict)
    base: Path = field()
    """Where paths inside tasks start: the folder that the file lies in unless given."""
    labels: dict[int, Label] = field(factory=dict, init=False)

    @base.default
    def _its_folder(self) -> Path:
        return self.path.parent

    def rows(self, into: type[Any], /, *, optional: Iterable[str] = ()) -> Iterator[Row | BadTask]:
        """Each case's task; a missing `task_id` or `optional` field is filled, other keys are labels."""
        known = {f.name for f in attrs.fields(into)}
        for number, row in lines(self.path):
            if isinstance(row, BadTask):
                yield row
                continue
            others = {key: value for key, value in row.items() if key not in known}
            reply, expect = others.pop("reply", None), others.pop("expect", None)
            if not all(_says(row.get(key), value) for key, value in self.where.items()):
                continue
            if not isinstance(reply, str):
                yield BadTask(line=number, detail=f"reply: {reply!r:.80} is not a string")
                continue
            if expect not in ("accept", "reject"):
                yield BadTask(
                    line=number, detail=f"expect: {expect!r:.80} is neither 'accept' nor 'reject'"
                )
                continue
            task_id = row.get("task_id")
            self.labels[number] = Label(
                reply=reply,
                expect=expect,
                task_id=task_id if isinstance(task_id, str) else None,
                labels=others,
            )
            task = {key: value for key, value in row.items() if key in known}
            # A case is its line: an id of its own keeps a loader from seeing duplicates.
            task["task_id"] = f"case-{number}"
            filled = dict.fromkeys(optional, "") | task
            yield _structured(number, filled, into)


def _says(value: Any, wanted: str) -> bool:
    return value == wanted or json.dumps(value) == wanted
