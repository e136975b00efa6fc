"""Pass rates against their definitions, and what counts as seen in training."""

import itertools
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdistill.run.audit.confusion import wilson
from fastdistill.run.ledger.tries import Said, TriedTask, Try
from fastdistill.students.contamination import TrainingText
from fastdistill.students.rates import interval, majority, pass_at, summary


def task(*said: Said, key: str | None = None, tags: tuple[str, ...] = (), name: str = "t") -> TriedTask:
    return TriedTask(
        sample_id=name, task_id=name, group=name, split="test", tags=tags, has_gold=True,
        tries=tuple(Try(said=one, reason=None if one == "solved" else "r", key=key) for one in said),
        prompt_tokens=10, completion_tokens=5, canonical_input="{}",
    )  # fmt: skip


@given(st.lists(st.booleans(), min_size=1, max_size=7), st.data())
def test_pass_at_k_is_the_share_of_draws_that_hold_a_right_answer(
    right: list[bool], data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, len(right)))
    draws = [any(draw) for draw in itertools.combinations(right, k)]
    assert pass_at(sum(right), len(right), k) == pytest.approx(sum(draws) / len(draws))


@pytest.mark.parametrize(("decided", "k"), [(3, 4), (0, 1), (3, 0)])
def test_pass_at_k_is_not_made_up_from_fewer_answers(decided: int, k: int) -> None:
    with pytest.raises(ValueError, match="cannot be told"):
        pass_at(0, decided, k)


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_interval_of_whole_tasks_is_wilson_s(count: int, of: int) -> None:
    count = min(count, of)
    found, exact = interval(count / of, of), wilson(count, of)
    assert found is not None
    assert exact is not None
    assert found == pytest.approx(list(exact), abs=1e-12)


def test_the_majority_is_over_classes_and_equals_share_it() -> None:
    right, wrong = Try(said="solved", key="a"), Try(said="wrong", key="b")
    other, lost = Try(said="wrong", key=None), Try(said="undecided", key="b")
    unread = Try(said="wrong", unread=True)
    assert majority([right, right, wrong]) == 1
    assert majority([right, wrong, wrong]) == 0
    assert majority([right, wrong]) == 0.5
    assert majority([right, right, other, other, other]) == 1, "answers without a class stand alone"
    assert majority([right, lost, lost]) == 1, "who could not be judged has no vote"
    assert majority([unread, unread, right]) == 1, "who said nothing has no vote"
    assert majority([unread]) == 0
    assert majority([lost]) is None


def test_undecided_answers_are_counted_apart_and_never_as_wrong() -> None:
    found = summary([task("solved", "undecided"), task("undecided", "undecided")], 2)
    assert found["answers"] == {"asked": 4, "solved": 1, "wrong": 0, "undecided": 3}
    assert (found["pass@1"]["rate"], found["pass@1"]["of"]) == (1.0, 1)
    assert (found["pass@2"]["rate"], found["pass@2"]["of"]) == (None, 0)
    assert found["undecided_tasks"] == 1
    assert found["by_reason"] == {}


def test_figures_by_tag_and_reason() -> None:
    tasks = [task("solved", "wrong", tags=("join",)), task("wrong", "wrong", tags=("join", "sum"))]
    found = summary(tasks, 2)
    assert found["by_tag"]["join"]["rate"] == 0.25
    assert found["by_tag"]["sum"]["rate"] == 0
    assert found["by_reason"] == {"r": 3}
    assert found["tokens"] == {"prompt": 20, "completion": 10, "per_task": 15, "per_solved": 30}


def test_tokens_that_nobody_counted_are_unknown() -> None:
    unknown = TriedTask(
        sample_id="a", task_id="a", group="a", split="test", tags=(), has_gold=True,
        tries=(Try(said="solved"),), prompt_tokens=None, completion_tokens=3, canonical_input="{}",
    )  # fmt: skip
    assert summary([unknown], 1)["tokens"]["per_task"] is None


def _input(question: str, database: str = "shop") -> str:
    return json.dumps({"question": question, "database": database})


LONG = "what is the name of every customer who has bought more than three bicycles in may"


@pytest.mark.parametrize(
    ("question", "database", "seen"),
    [
        (LONG, "shop", "same-input"),
        (LONG.title() + "?", "shop", "same-words"),
        ("Tell me, " + LONG, "other", "same-words"),
        (LONG.replace("three", "four"), "shop", None),
        ("How many users?", "shop", "same-words"),
        ("How many users?", "bank", None),
        ("", "shop", None),
    ],
)
def test_what_was_trained_on_is_known_by_input_and_by_words(
    question: str, database: str, seen: str | None
) -> None:
    text = TrainingText()
    text.add([_input(LONG), _input("how many users")])
    assert text.overlap(_input(question, database)) == seen


@given(st.text(), st.integers(0, 20))
def test_any_task_overlaps_with_itself(question: str, size: int) -> None:
    text = TrainingText(size=size)
    text.add([_input(question)])
    assert text.overlap(_input(question)) == "same-input"
    assert math.isfinite(size)
