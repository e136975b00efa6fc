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


DIVISOR = (
    "def checker(text, output):\n    n, d = int(text), int(output)\n    return 1 < d < n and n % d == 0\n"
)
PROGRAMS = {
    "least": ("n = int(input())\nprint(next(d for d in range(2, n) if n % d == 0))", "pass"),
    "greatest": ("n = int(input())\nprint(next(d for d in range(n - 1, 1, -1) if n % d == 0))", "pass"),
    "two": ("input()\nprint(2)", "reject"),
    "prose": ("print('two')", "reject"),
    "nothing": ("pass", "reject"),
    "crash": ("print(2); 1 / 0", "reject"),
    "reads the checker": ("import sys\nprint(sys.modules['__main__'].checker)", "reject"),
}


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_checker_judges_what_programs_print(name: str) -> None:
    source, outcome = PROGRAMS[name]
    tests = {"kind": "checker", "source": DIVISOR, "cases": [{"stdin": "12\n"}, {"stdin": "35\n"}]}
    of = task(tests=tests, entry_point="", gold=PROGRAMS["least"][0])
    assert (await ask(of, source)).outcome.value == outcome


async def test_a_checker_is_given_a_known_output_and_its_own_faults_refuse_nobody() -> None:
    source = (
        "def checker(text, output, known):\n    return sorted(output.split()) == sorted(known.split())\n"
    )
    cases = [{"stdin": "3\n", "stdout": "1 2 3"}]
    of = task(tests={"kind": "checker", "source": source, "cases": cases}, entry_point="", gold="")
    endless = "def checker(text, output, known):\n    while True: pass\n"
    bad = task(tests={"kind": "checker", "source": endless, "cases": cases}, entry_point="", gold="")
    assert (await ask(of, "print('3 1 2')")).outcome is Outcome.PASS
    assert (await ask(of, "print('3 1')")).outcome is Outcome.REJECT
    assert (await ask(bad, "print('3 1')")).reason == "checker-failed"


async def test_a_checker_is_of_calls_or_of_programs() -> None:
    cases = [{"stdin": "3"}, {"args": [3]}]
    with pytest.raises(ValueError, match="either 'args' or 'stdin'"):
        task(tests={"kind": "checker", "source": DIVISOR, "cases": cases})
