"""Fits rows of a foreign source to a scenario's: other column names, other types, columns too many.

What is done is what a person would do by hand and nothing more: ids and answers that are numbers become
text, null is absent, a column that the scenario does not know goes into `meta`. A column that looks like a
misspelt field which the row lacks is told, since it would be ignored in silence.
"""

import difflib
import string
import types
import typing
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import attrs
from attrs import frozen

from fastdistill.errors import UsageError
from fastdistill.serde import nearest

LIKELY = 0.75
"""How alike a stray key and an absent field are, from 0 to 1, before it is taken for a misspelling."""


@frozen
class ColumnMap:
    """Our fields made of a source's columns: `[map]` of a run file.

    A value names a column (`question = "prompt"`), is a template (`problem = "{title}: {body}"`), or holds
    a constant (`dialect = { value = "sqlite" }`).
    """

    fields: Mapping[str, Any] = attrs.field(factory=dict)

    def __call__(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return `row` with our fields; columns that went into one are gone. Raises ValueError."""
        if not self.fields:
            return dict(row)
        made = {ours: self._value(ours, theirs, row) for ours, theirs in self.fields.items()}
        used = {name for theirs in self.fields.values() for name in _columns(theirs)}
        return {key: value for key, value in row.items() if key not in used} | made

    def _value(self, ours: str, theirs: Any, row: Mapping[str, Any]) -> Any:
        if isinstance(theirs, Mapping):
            return theirs["value"]
        absent = [name for name in _columns(theirs) if name not in row]
        if absent:
            there = ", ".join(map(str, row)) or "none"
            hint = nearest(absent[0], [str(key) for key in row]) or f"; there are: {there}"
            raise ValueError(f"{ours}: the column {absent[0]!r} is not there{hint}")
        if not _is_template(theirs):
            return row[theirs]
        return string.Formatter().vformat(theirs, (), {name: row[name] for name in _columns(theirs)})


def checked_map(fields: Mapping[str, Any]) -> ColumnMap:
    """Make a map. Raises `UsageError` for a value that is no column, template or constant."""
    for ours, theirs in fields.items():
        if isinstance(theirs, Mapping) and set(theirs) == {"value"}:
            continue
        if not isinstance(theirs, str) or not theirs:
            raise UsageError(
                f"map.{ours}: {theirs!r} is no column, template or constant; write "
                f'{ours} = "column", "{{title}} {{body}}" or {{ value = "constant" }}'
            )
        try:
            names = _columns(theirs)
        except ValueError as error:
            raise UsageError(f"map.{ours}: {theirs!r} is no template: {error}") from None
        if _is_template(theirs) and not all(name.replace("_", "a").isalnum() for name in names):
            raise UsageError(f"map.{ours}: {theirs!r}: a template holds {{column}} alone, no formats")
    return ColumnMap(dict(fields))


def map_of(pairs: Iterable[str]) -> dict[str, str]:
    """Return what `--map OURS=THEIRS` options say. Raises `UsageError`."""
    found = {}
    for text in pairs:
        ours, sign, theirs = text.partition("=")
        if not sign or not ours or not theirs:
            raise UsageError(f"--map {text!r}: write OURS=THEIRS, such as --map question=prompt")
        found[ours] = theirs
    return found


MEANT: Mapping[str, tuple[str, ...]] = {
    "task_id": ("id", "uid", "qid", "question_id", "problem_id", "example_id", "idx", "index", "name"),
    "question": ("prompt", "instruction", "input", "text", "utterance", "problem", "query"),
    "problem": ("question", "prompt", "instruction", "input", "text", "query"),
    "prompt": ("question", "instruction", "problem", "description", "text", "input"),
    "answer": (
        "final_answer",
        "expected_answer",
        "ground_truth",
        "solution",
        "target",
        "label",
        "gold",
        "output",
    ),
    "gold_sql": ("sql", "query", "gold", "gold_query", "target", "answer", "output"),
    "database": ("db", "db_id", "db_path", "database_path", "db_file", "schema"),
    "tests": ("test", "test_list", "test_cases", "unit_tests", "asserts"),
    "gold": ("canonical_solution", "solution", "code", "answer", "reference"),
}
"""What the field's datasets call our fields, likeliest first."""


def likely_columns(lacking: Iterable[str], columns: Iterable[str]) -> dict[str, str]:
    """Return which of `columns` each of our `lacking` fields was likely meant to come from."""
    there = {str(one).lower(): str(one) for one in columns}
    found = dict[str, str]()
    for name in lacking:
        names = MEANT.get(name, ())
        theirs = next(
            (there[one] for one in names if one in there and there[one] not in found.values()), None
        )
        if theirs is None:
            close = difflib.get_close_matches(name, list(there), n=1, cutoff=LIKELY)
            theirs = there[close[0]] if close else None
        if theirs is not None:
            found[name] = theirs
    return found


def _is_template(theirs: str) -> bool:
    return "{" in theirs


def _columns(theirs: Any) -> list[str]:
    """Return the columns that a map's value takes. Raises ValueError for a broken template."""
    if not isinstance(theirs, str):
        return []
    if not _is_template(theirs):
        return [theirs]
    parts = string.Formatter().parse(theirs)
    return [
        name + (f":{spec}" if spec else "") + (f"!{how}" if how else "")
        for _, name, spec, how in parts
        if name is not None
    ]


def fitted(row: Mapping[str, Any], into: type[Any], optional: Iterable[str] = ()) -> dict[str, Any]:
    """Return `row` as the class `into` wants it; `optional` fields that it lacks are empty.

    Raises ValueError for a key that looks like a misspelling.
    """
    known = _fields(into)  # type: ignore[arg-type]
    data = {key: _fit(row[key], known[key]) for key in row if key in known and row[key] is not None}
    if not row.keys() <= known.keys():
        strays = {key: value for key, value in row.items() if key not in known and value is not None}
        absent = sorted(known.keys() - data.keys())
        for key in strays:
            hint = nearest(str(key), absent, cutoff=LIKELY)
            if hint:
                raise ValueError(f"{key}: unknown key{hint}")
        if strays and "meta" in known:
            data["meta"] = {**strays, **data.get("meta", {})}
    return dict.fromkeys(optional, "") | data


def _fit(value: Any, text: bool) -> Any:
    """Return a number as text where text is wanted; a truth value is no number."""
    if text and isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return value


@cache
def _fields(into: type[Any]) -> dict[str, bool]:
    """Return each field's name and whether it holds text and nothing else."""
    hints = typing.get_type_hints(into)
    return {f.name: _is_text(hints.get(f.name)) for f in attrs.fields(into) if f.init}


def _is_text(hint: Any) -> bool:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return all(one is str or one is type(None) for one in typing.get_args(hint))
    return hint is str
