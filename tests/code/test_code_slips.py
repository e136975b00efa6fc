"""Slips in golds: what hangs on one that no test tells from what was meant refuses nobody."""

import ast

import pytest

from fastdistill import Candidate, Outcome, Reading
from fastdistill.testing import lend
from fastdistill_code.gate import open_gate
from fastdistill_code.options import PythonOptions
from fastdistill_code.oracle.slips import other_readings
from fastdistill_code.rows import CodeRow
from fastdistill_code.scenario import make_task

OPTIONS = PythonOptions(allow_weak_sandbox=True, parallel=1, cpu_seconds=1.0, max_mutants=1)

READINGS = {
    "a precedence": (
        "def f(a, b, c):\n    return a and b or c",
        "",
        ["def f(a, b, c):\n    return a and (b or c) or (a and (b or c))"],
    ),
    "parentheses say what is meant": ("def f(a, b, c):\n    return (a and b) or c", "", []),
    "a list that its loop changes": (
        "def f(xs):\n    for x in xs:\n        xs.remove(x)\n    return xs",
        "",
        ["def f(xs):\n    for x in list(xs):\n        xs.remove(x)\n    return xs"],
    ),
    "a loop that ends in its first turn": (
        "def f(xs):\n    for x in xs:\n        if x:\n            return 1\n        else:\n"
        "            return 2",
        "",
        ["def f(xs):\n    for x in xs:\n        if x:\n            return 1\n    return 2"],
    ),
    "zero as positive": (
        "def f(x):\n    return x >= 0",
        "Is it positive?",
        ["def f(x):\n    return x > 0"],
    ),
    "not negative": ("def f(x):\n    return x >= 0", "Is it non-negative or positive?", []),
    "the greatest for the longest": (
        "def f(xs):\n    return max(xs)",
        "the longest list",
        ["def f(xs):\n    return max(xs, key=len)"],
    ),
    "signs for a beginning": (
        "def f(s):\n    return s.lstrip('www.')",
        "",
        ["def f(s):\n    return s.removeprefix('www.')"],
    ),
    "identity": ("def f(x):\n    return x is 3", "", ["def f(x):\n    return x == 3"]),
    "a sign as a digit": (
        "def f(x):\n    return len(str(x))",
        "how many digits",
        ["def f(x):\n    return len(str(abs(x)))"],
    ),
    "one as a prime": (
        "def is_prime(n):\n    for d in range(2, n):\n        if n % d == 0:\n            return False\n"
        "    return True\n\ndef f(n):\n    return is_prime(n)",
        "",
        [
            "def is_prime(n):\n    if n < 2:\n        return False\n    for d in range(2, n):\n"
            "        if n % d == 0:\n            return False\n    return True\n\n"
            "def f(n):\n    return is_prime(n)"
        ],
    ),
}


@pytest.mark.filterwarnings("ignore:.is. with")
@pytest.mark.parametrize("name", READINGS)
def test_a_slip_has_another_reading(name: str) -> None:
    gold, prompt, expected = READINGS[name]
    assert other_readings(gold, prompt, "f") == [ast.unparse(ast.parse(text)) for text in expected]


def test_what_is_no_program_has_none() -> None:
    assert other_readings("def f(:", "", "f") == []


SHORT_GONE = """
def without_short(words):
    for word in words:
        if len(word) <= 3:
            words.remove(word)
    return words
"""
TOLD = [(["apple", "fig", "banana"], ["apple", "banana"]), (["oak", "birch"], ["birch"])]
SHOWN = [*TOLD, (["oak", "elm", "birch"], ["elm", "birch"])]
RIGHT = "def without_short(words):\n    return [word for word in words if len(word) > 3]\n"
WRONG = "def without_short(words):\n    return [word for word in words if len(word) > 4]\n"


def row(cases: list[tuple[list[str], list[str]]]) -> CodeRow:
    told = [{"args": [words], "value": value} for words, value in cases]
    return CodeRow(
        task_id="t",
        prompt="The words of more than three letters.",
        entry_point="without_short",
        tests={"kind": "calls", "cases": told},
        gold=SHORT_GONE,
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("cases", "source", "outcome"),
    [(TOLD, RIGHT, Outcome.PASS), (TOLD, WRONG, Outcome.REJECT), (SHOWN, RIGHT, Outcome.REJECT)],
)
async def test_what_hangs_on_a_slip_refuses_nobody_unless_a_test_shows_it(
    cases: list[tuple[list[str], list[str]]], source: str, outcome: Outcome
) -> None:
    candidate = Candidate(answer=source, text=source, reading=Reading(answer=source))
    async with lend() as services, open_gate(OPTIONS, services) as gate:
        found = await gate(make_task(row(cases)), candidate)
    assert found.outcome is outcome
    assert ("doubtful" in found.evidence.get("gold", {})) == (cases is TOLD)
