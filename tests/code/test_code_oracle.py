"""Generated inputs: near the seen ones, chosen against faults, harmless to right programs."""

import ast
import random
import re
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdistill import Candidate, Reading
from fastdistill.testing import lend
from fastdistill_code.gate import open_gate
from fastdistill_code.jobs import CallInput
from fastdistill_code.options import PythonOptions
from fastdistill_code.oracle.batch import Answer
from fastdistill_code.oracle.choose import spread
from fastdistill_code.oracle.inputs import contracts, make_inputs
from fastdistill_code.oracle.operators import faults
from fastdistill_code.oracle.refactors import rewritings
from fastdistill_code.oracle.reseeded import reseeded
from fastdistill_code.oracle.ways import Ways
from fastdistill_code.oracle.wording import Wording, examples, wording
from fastdistill_code.rows import CodeRow
from fastdistill_code.scenario import make_task

GOLD = """
def grade(points: int) -> str:
    \"\"\"A from 90, B from 50, else C.\"\"\"
    if points >= 90:
        return "A"
    if points >= 50:
        return "B"
    return "C"
"""
TESTS = {
    "kind": "calls",
    "cases": [{"args": [95], "value": "A"}, {"args": [70], "value": "B"}, {"args": [10], "value": "C"}],
}
OPTIONS = PythonOptions(allow_weak_sandbox=True, parallel=1, cpu_seconds=0.5)

NOTHING_SAID = Wording()


def inputs(
    *rows: tuple[Any, ...], count: int = 100, hints: tuple[Any, ...] = (), said: Wording = NOTHING_SAID
) -> list[tuple[Any, ...]]:
    found = contracts([CallInput(args=row) for row in rows], said, hints)
    return [call.args for call in make_inputs(found, random.Random(7), count)]


def test_what_holds_of_all_seen_inputs_holds_of_the_new_ones() -> None:
    for (items,) in inputs(([1, 2, 5],), ([3, 9],), ([2, 4, 6, 8],)):
        assert items == sorted(items)
        assert all(type(item) is int and item >= 1 for item in items)
    for text, place in inputs(("abc", 0), ("defg", 3), ("hi", 1)):
        assert 0 <= place < len(text)
        assert text.islower()
    for (text,) in inputs(("()",), ("(())()",), ("((()))",)):
        depth = [text[:i].count("(") - text[:i].count(")") for i in range(len(text) + 1)]
        assert min(depth) == 0
        assert depth[-1] == 0
    for (number,) in inputs((1,), (4,), (10,)):
        assert number >= 1


def test_the_same_seed_makes_the_same_inputs_and_none_is_a_seen_one() -> None:
    assert inputs(([1, 2],), ([3],)) == inputs(([1, 2],), ([3],))
    assert ([1, 2],) not in inputs(([1, 2],), ([3],))


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers() | st.text(max_size=3), max_size=4), st.text(max_size=5), st.floats()
        ),
        min_size=1,
        max_size=4,
    )
)
def test_odd_seen_inputs_never_break_the_generator(rows: list[tuple[Any, ...]]) -> None:
    inputs(*rows, count=10)


def test_a_number_that_counts_another_argument_counts_the_new_one() -> None:
    made = inputs(([4, 1, 7, 7], 4, 3), ([2, 9], 2, 2), ([5, 5, 1], 3, 1))
    assert made
    assert all(count == len(items) for items, count, _ in made)


def test_faults_are_programs_and_leave_words_alone() -> None:
    found = faults(GOLD)
    assert len(found) >= 8
    for one in found:
        ast.parse(one.source)
        assert "A from 90, B from 50" in one.source
    assert {"boundary", "off-by-one", "negate-comparison", "return-none"} <= {one.kind for one in found}
    assert len(spread(found, 5, "s")) == 5
    assert spread(found, 5, "s") == spread(found, 5, "s")


def test_what_may_be_chance_is_no_law() -> None:
    assert any(items != sorted(items) for (items,) in inputs(([1, 2],), ([3, 9],), ([5],)))
    assert any(len(set(items)) < len(items) for (items,) in inputs(([1, 2, 5],), ([3, 9],), ([2, 4, 6],)))


def test_what_the_prompt_says_loosens_what_was_seen() -> None:
    assert any(k == 0 for _, k in inputs(([3, 1], 1), ([5], 3), said=wording("k from 0")))
    assert not any(k == 0 for _, k in inputs(([3, 1], 1), ([5], 3)))
    assert any("\t" in text for (text,) in inputs(("a b",), ("cd",), said=wording("tabs stay as they are")))
    assert all(base < 10 for _, base in inputs((8, 3), (9, 8), said=wording("bases are less than 10")))
    said = wording("Integers are non-negative; there are no negatives. Return them in any order.")
    assert (said.negative, said.from_zero, said.any_order) == (False, True, True)


def test_the_calls_that_a_prompt_shows_are_read_as_syntax() -> None:
    prompt = "def f(a, b):\n    f([1, 2], b='x(') == 3, and f(1 + 1, -2); f(other) and g.f(1) are none."
    assert examples(prompt, "f") == [
        CallInput(args=([1, 2],), kwargs={"b": "x("}),
        CallInput(args=(2, -2)),
    ]


def test_lists_within_lists_grow_deeper_and_codes_keep_their_grammar() -> None:
    def depth(value: Any) -> int:
        return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0

    assert max(depth(items) for (items,) in inputs(([1, [2, [3]]],), ([],), ([[1], [2]],))) > 3
    for (code,) in inputs(("1h30m",), ("45s",), ("2h5s",)):
        assert re.fullmatch(r"(\d+h)?(\d+m)?(\d+s)?", code)
        assert code


def test_rewritings_do_the_same() -> None:
    source = """
def f(items: list[int], limit: int = 3) -> list[int]:
    \"\"\"Keep the small ones.\"\"\"
    total: int = 0
    for i in range(len(items)):
        if items[i] > limit:
            continue
        else:
            total += items[i]
    return [x + total for x in items if x <= limit]
"""

    def run(text: str) -> list[Any]:
        space: dict[str, Any] = {}
        exec(text, space)
        return [space["f"](items, limit=2) for items in ([], [1, 2, 3], [5, 1, 1])]

    found = list(rewritings(source, "f"))
    assert {one.kind for one in found} == {
        "reformat", "strip-docstrings", "strip-hints", "rename-locals", "dead-code",
        "comprehension-to-loop", "for-to-while", "swap-branches",
    }  # fmt: skip
    assert all(run(one.source) == run(source) for one in found)


@pytest.mark.anyio
async def test_generated_inputs_reject_what_the_tests_let_pass() -> None:
    task = make_task(CodeRow(task_id="g", prompt="Grade.", entry_point="grade", tests=TESTS, gold=GOLD))

    def candidate(source: str) -> Candidate:
        return Candidate(answer=source, text=source, reading=Reading(answer=source))

    late = GOLD.replace(">= 50", "> 50")
    async with lend() as services, open_gate(OPTIONS, services) as gate:
        right = await gate(task, candidate(GOLD.replace("points", "p")))
        wrong = await gate(task, candidate(late))
        assert right.gold_match
        assert wrong.reason == "wrong-value"
        assert wrong.evidence["first_failure"]["generated"] is True
        strength = right.evidence["oracle_strength"]
        assert strength["killed"] >= 0.8 * strength["total"]
        again = await gate(task, candidate(late))
        assert again == wrong
    bare = PythonOptions(allow_weak_sandbox=True, parallel=1, generated=False)
    async with lend() as services, open_gate(bare, services) as gate:
        assert (await gate(task, candidate(late))).gold_match


def found_by(source: str) -> Candidate:
    return Candidate(answer=source, text=source, reading=Reading(answer=source))


SQUARE = {
    "kind": "asserts",
    "source": "assert square(2) == 4\nassert square(1) == 1\nassert square(3) == 9",
}


@pytest.mark.anyio
async def test_inputs_are_made_around_the_constants_of_the_candidate() -> None:
    gold = "def square(n):\n    return n * n\n"
    task = make_task(CodeRow(task_id="s", prompt="n * n", entry_point="square", tests=SQUARE, gold=gold))
    trap = "def square(n):\n    return n * n if n != 11 else 0\n"
    async with lend() as services, open_gate(OPTIONS, services) as gate:
        assert (await gate(task, found_by("def square(n):\n    return n ** 2\n"))).gold_match
        wrong = await gate(task, found_by(trap))
        assert wrong.evidence["first_failure"]["generated"] is True
        assert wrong.differences
        assert {one.grade for one in wrong.differences} == {"near"}


@pytest.mark.anyio
async def test_only_what_the_option_names_refuses() -> None:
    gold = "def square(n):\n    return n * n\n"
    task = make_task(CodeRow(task_id="s", prompt="n * n", entry_point="square", tests=SQUARE, gold=gold))
    seen = evolve(OPTIONS, reject_on="seen")
    async with lend() as services, open_gate(seen, services) as gate:
        kept = await gate(task, found_by("def square(n):\n    return {1: 1, 2: 4, 3: 9}[n]\n"))
        assert kept.gold_match
        assert kept.evidence["generated"]["differ"] > 0


@pytest.mark.anyio
async def test_far_inputs_refuse_only_where_the_option_says_so() -> None:
    gold = "def square(n):\n    return n * n\n"
    task = make_task(CodeRow(task_id="s", prompt="n * n", entry_point="square", tests=SQUARE, gold=gold))
    positive = found_by("def square(n):\n    return n * abs(n)\n")
    for option, kept in (("near", True), ("far", False)):
        options = evolve(OPTIONS, reject_on=option)
        async with lend() as services, open_gate(options, services) as gate:
            found = await gate(task, positive)
            assert found.gold_match is kept
    assert {one.grade for one in found.differences} == {"far"}


@pytest.mark.anyio
async def test_a_program_may_check_its_contract_but_not_hide_behind_that() -> None:
    gold = "def square(n):\n    return n * n\n"
    tests = {
        "kind": "asserts",
        "source": "\n".join(f"assert square({n}) == {n * n}" for n in (2, 40, 9, 1)),
    }
    task = make_task(CodeRow(task_id="s", prompt="n * n", entry_point="square", tests=tests, gold=gold))
    async with lend() as services, open_gate(OPTIONS, services) as gate:
        careful = "def square(n):\n    assert n <= 300, 'too large'\n    return n * n\n"
        found = await gate(task, found_by(careful))
        assert found.gold_match
        assert found.evidence["generated"]["declined"] > 0
        hiding = "def square(n):\n    assert n in (1, 2, 9, 40)\n    return n * n\n"
        assert (await gate(task, found_by(hiding))).reason == "raised"


@pytest.mark.anyio
async def test_a_program_that_keeps_state_is_judged_by_calls_of_their_own() -> None:
    gold = "def square(n):\n    return n * n\n"
    task = make_task(CodeRow(task_id="s", prompt="n * n", entry_point="square", tests=SQUARE, gold=gold))
    async with lend() as services, open_gate(OPTIONS, services) as gate:
        cached = "memo = {}\ndef square(n):\n    return memo.setdefault(n, n * n)\n"
        assert (await gate(task, found_by(cached))).gold_match
        class_ = "class Solution:\n    def square(self, n):\n        return n * n\n"
        assert (await gate(task, found_by(class_))).gold_match


def test_tests_that_draw_inputs_are_drawn_anew() -> None:
    drawing = "import random\ndef check(candidate):\n    assert candidate(random.Random(42).random())"
    again = reseeded(drawing)
    assert again
    assert all("Random(42)" not in tests and "random.seed(" in tests for tests in again)
    assert reseeded("def check(candidate):\n    assert candidate(1)") == []


def test_one_branch_may_go_otherwise_but_a_guard_may_not() -> None:
    seen = [Answer(0, b"", ways=bytes(ways)) for ways in ([0, 2, 3, 5], [0, 2, 3, 5, 6], [0, 2, 3, 5])]
    few, ways = Ways(seen), Ways([*seen, Answer(0, b"", ways=bytes([0, 2, 3, 5, 7]))])
    assert few.admit({1})  # three inputs say nothing of what is usual
    assert ways.admit({0, 2, 3, 5})
    assert ways.admit({0, 2, 3, 4})  # the other side of one condition, which no seen input took
    assert not ways.admit({0, 2, 5})  # one side of a condition that always goes both ways is missing
    assert not ways.admit({1})  # everything behind a guard is missing


def test_edges_of_texts_hold_as_many_blanks_as_were_seen_at_one() -> None:
    made = {text for (text,) in inputs(("a b",), ("   a b",), ("a  c d",), ("b c",))}
    runs = {len(text) - len(text.rstrip(" ")) for text in made}
    assert 3 in runs
    assert 2 not in runs


def test_a_form_that_was_seen_once_is_an_exception() -> None:
    dates = [("03-11-2000",), ("12-31-1999",), ("04-0-2040",), ("06-04-2020",), ("01-01-2007",)]
    assert not {text for (text,) in inputs(*dates) if len(text) != 10}


def test_lists_of_digits_hold_digits() -> None:
    said = wording("The digits of the number plus one.")
    for (digits,) in inputs(([1, 2, 3],), ([4, 3, 2, 1],), ([9, 9],), said=said):
        assert all(0 <= digit <= 9 for digit in digits)
        assert len(digits) < 2 or digits[0] != 0


def test_named_kinds_of_letters_say_nothing_about_blanks() -> None:
    said = wording("Every second word in capital letters.")
    for (text,) in inputs(("one two three",), ("a b c d",), ("hello",), said=said):
        assert text == text.strip()
