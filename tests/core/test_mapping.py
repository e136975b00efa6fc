"""Foreign rows made ours: other names, types, columns too many; and what is told rather than guessed."""

from typing import Any

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from fastdistill import UsageError
from fastdistill.run.mapping import ColumnMap, checked_map, fitted, map_of
from fastdistill.serde import structure


@frozen(kw_only=True)
class Wanted:
    task_id: str
    problem: str
    answer: str | None = None
    digits: int | None = None
    tags: tuple[str, ...] = ()
    meta: dict[str, Any] = field(factory=dict)


def test_numbers_become_text_where_text_is_wanted() -> None:
    row = {"task_id": 7, "problem": "x", "answer": 3.5, "digits": 2, "level": 5}
    made = structure(fitted(row, Wanted), Wanted)
    assert (made.task_id, made.answer, made.digits, made.meta) == ("7", "3.5", 2, {"level": 5})
    assert fitted({"answer": 3.0}, Wanted)["answer"] == "3"
    assert fitted({"answer": True}, Wanted)["answer"] is True


def test_null_is_absent_and_strays_join_meta() -> None:
    row = {"task_id": "a", "problem": "x", "answer": None, "meta": {"k": 1}, "k": 2, "empty": None}
    assert fitted(row, Wanted) == {"task_id": "a", "problem": "x", "meta": {"k": 1}}


def test_a_misspelt_field_is_told() -> None:
    with pytest.raises(ValueError, match=r"awnser: unknown key .*'answer'"):
        fitted({"task_id": "a", "problem": "x", "awnser": "5"}, Wanted)
    assert fitted({"answer": "1", "awnser": "5"}, Wanted)["answer"] == "1"


def test_renames_templates_and_constants() -> None:
    mapped = checked_map({"problem": "{title}\n{body}", "answer": "target", "digits": {"value": 2}})
    row = {"title": "T", "body": "B", "target": 5, "other": 1}
    assert mapped(row) == {"problem": "T\nB", "answer": 5, "digits": 2, "other": 1}
    assert ColumnMap()({"a": 1}) == {"a": 1}


def test_a_column_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"answer: the column 'targt' is not there .*'target'"):
        checked_map({"answer": "targt"})({"target": 5})


@pytest.mark.parametrize(
    ("value", "says"),
    [(3, "no column"), ("", "no column"), ("{a", "no template"), ("{a.b}", "alone"), ("{a!r}", "alone"),
     ("{a:>9}", "alone"), ("{}", "alone"), ({"value": 1, "x": 2}, "no column")],
)  # fmt: skip
def test_values_that_are_none(value: object, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        checked_map({"answer": value})


def test_options_of_the_command_line() -> None:
    assert map_of(["question=prompt", "a={b}={c}"]) == {"question": "prompt", "a": "{b}={c}"}
    with pytest.raises(UsageError, match="OURS=THEIRS"):
        map_of(["question"])


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4))
def test_a_template_never_looks_into_a_value(row: dict[str, str]) -> None:
    made = checked_map({"problem": "<{a}>"})
    value = "{b} {a.__class__} " + "".join(row.values())
    assert made({**row, "a": value})["problem"] == f"<{value}>"
