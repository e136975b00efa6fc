"""Task sources: JSON Lines files, and labelled cases of an audit as tasks of the same scenario."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import attrs
from attrs import define, field, frozen

from fastdistill.errors import UsageError
from fastdistill.model.task import BadTask
from fastdistill.protocols import Row
from fastdistill.serde import StructureError, structure

LINE_LIMIT = 16 * 1024 * 1024
"""Bytes of one line: beyond it a file is not JSON Lines."""


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise ValueError(f"the key {twice!r} stands twice")
    return found


def lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | BadTask]]:
    """Each line of a JSON Lines file with its number, as an object or what is wrong with it.

    Empty lines are passed over. Raises `UsageError` if the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(iter(lambda: file.readline(LINE_LIMIT + 1), b""), start=1):
                if raw.strip():
                    yield number, _parse(number, raw)
    except OSError as error:
        raise UsageError(f"cannot read the tasks {str(path)!r}: {error.strerror or error}") from None


def _parse(number: int, raw: bytes) -> dict[str, Any] | BadTask:
    if len(raw) > LINE_LIMIT:
        return BadTask(line=number, detail=f"the line is longer than {LINE_LIMIT} bytes")
    try:
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        row = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        return BadTask(line=number, detail=f"is not JSON: {error}")
    if not isinstance(row, dict):
        return BadTask(line=number, detail=f"is not a JSON object: {row!r:.80}")
    return row


def _structured(number: int, row: Mapping[str, Any], into: type[Any]) -> Row | BadTask:
    try:
        return Row(value=structure(row, into), line=number)
    except StructureError as error:
        task_id = row.get("task_id")
        return BadTask(
            line=number, detail=str(error), task_id=task_id if isinstance(task_id, str) else None
        )


@frozen(kw_only=True)
class JsonLines:
    """A task file."""

    path: Path

    @property
    def base(self) -> Path:
        """The folder that it lies in."""
        return self.path.parent

    def rows(self, into: type[Any], /, *, optional: Iterable[str] = ()) -> Iterator[Row | BadTask]:
        """See `Source.rows`."""
        for number, row in lines(self.path):
            yield row if isinstance(row, BadTask) else _structured(number, row, into)


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
    labels: dict[int, Label] = field(factory=dict, init=False)

    @property
    def base(self) -> Path:
        """The folder that the file lies in."""
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
