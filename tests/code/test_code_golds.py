"""Golds: several right ones, some that raise, and checkers where many answers are right."""

from typing import Any

import pytest

from fastdistill import Candidate, Finding, Outcome, Reading, Task, TaskError
from fastdistill.testing import lend
from fastdistill_code.gate import open_gate
from fastdistill_code.options import PythonOptions
from fastdistill_code.rows import CodeRow
from fastdistill_code.scenario import make_task

pytestmark = pytest.mark.anyio
OPTIONS = PythonOptions(allow_weak_sandbox=True, parallel=1, cpu_seconds=0.5)
FIRST = "def longest(words):\n    return max(words, key=len)\n"
LAST = "def longest(words):\n    return max(reversed(words), key=len)\n"


def task(**fields: Any) -> Task[Any]:
    tests = 'assert longest(["a", "bb"]) == "bb"\nassert longest(["ccc", "a"]) == "ccc"'
    given: dict[str, Any] = {
        "task_id": "t",
        "prompt": "The longest word of a list.",
        "entry_point": "longest",
        "tests": {"kind": "asserts", "source": tests},
        "gold": FIRST,
    }
    return make_task(CodeRow(**(given | fields)))


async def ask(of: Task[Any], source: str) -> Finding:
    async with lend() as services, open_gate(OPTIONS, services) as gate:
        return await gate(of, Candidate(answer=source, text=source, reading=Reading(answer=source)))


async def test_what_any_gold_answers_is_right() -> None:
    said = "The first of the longest words."
    assert (await ask(task(prompt=said), LAST)).outcome is Outcome.REJECT
    both = task(prompt=said, golds=(LAST,))
    assert (await ask(both, LAST)).outcome is Outcome.PASS
    assert (await ask(both, FIRST)).outcome is Outcome.PASS
    short = "def longest(words):\n    return words[len(words[0]) < 2]\n"
    assert (await ask(both, short)).outcome is Outcome.REJECT


async def test_every_gold_has_to_pass_the_tests() -> None:
    with pytest.raises(TaskError, match="gold"):
        await ask(task(golds=("def longest(words):\n    return words[0]\n",)), FIRST)


async def test_a_gold_that_raises_on_made_inputs_is_told_apart() -> None:
    short = FIRST.replace("    return", "    if len(words) > 2:\n        raise ValueError\n    return")
    found = await ask(task(gold=short), FIRST)
    assert found.outcome is Outcome.PASS
    assert found.evidence["gold"]["raised"] > 0


async def test_a_checker_judges_each_answer() -> None:
    source = "def checker(args, answer):\n    return answer > 1 and args[0] % answer == 0\n"
    tests = {"kind": "checker", "source": source, "cases": [{"args": [12]}, {"args": [35]}]}
    of = task(tests=tests, gold="", entry_point="divisor")
    large = "def divisor(n):\n    return n\n"
    assert (await ask(of, large)).outcome is Outcome.PASS
    assert (await ask(of, large.replace("return n", "return 2"))).reason == "wrong-value"


async def test_a_checker_without_its_function_is_refused_when_it_is_loaded() -> None:
    with pytest.raises(ValueError, match="checker"):
        task(tests={"kind": "checker", "source": "x = 1", "cases": [{"args": [1]}]})


async def test_a_tie_is_no_difference_and_an_order_that_is_asked_for_is_one() -> None:
    by_size = "def longest(words):\n    return max(words, key=lambda w: (len(w), w))\n"
    assert (await ask(task(gold=by_size), FIRST)).outcome is Outcome.PASS
    assert (await ask(task(gold=by_size, prompt="The longest; the last by the alphabet."), FIRST)).reason
    at_end = "def longest(words):\n    return words[-1] if len(words[-1]) > 1 else words[0]\n"
    assert (await ask(task(gold=by_size), at_end)).outcome is Outcome.REJECT
