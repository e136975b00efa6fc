"""The gate over the real sandbox: what is accepted, what is rejected and why, what is the task's fault."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from fastdistill import Candidate, Finding, Outcome, Reading, Task, TaskError
from fastdistill.testing import lend
from fastdistill_code.gate import PythonGate, open_gate
from fastdistill_code.options import PythonOptions
from fastdistill_code.rows import CodeRow
from fastdistill_code.scenario import make_task

OPTIONS = PythonOptions(allow_weak_sandbox=True, parallel=1, cpu_seconds=0.5)
CALLS = {"kind": "calls", "cases": [{"args": [[3, 1, 2]], "value": 3}, {"args": [[5]], "value": 5}]}
CHECK = """
import random

def check(candidate):
    for _ in range(20):
        items = [random.randint(0, 9) for _ in range(5)]
        assert candidate(items) == max(items)
"""


def task(tests: dict[str, Any] | None = None, **fields: Any) -> Task[Any]:
    given = {"task_id": "t", "prompt": "The largest number.", "entry_point": "largest"} | fields
    return make_task(CodeRow(**given, tests=tests or CALLS))


def answer(source: str) -> Candidate:
    return Candidate(answer=source, text=source, reading=Reading(answer=source))


@asynccontextmanager
async def opened(options: PythonOptions = OPTIONS) -> AsyncIterator[PythonGate]:
    async with lend() as services, open_gate(options, services) as gate:
        yield gate


async def ask(source: str, of: Task[Any], options: PythonOptions = OPTIONS) -> Finding:
    async with opened(options) as gate:
        return await gate(of, answer(source))


@pytest.mark.anyio
async def test_verdicts_and_reasons() -> None:
    async with opened() as gate:
        for source, reason in [
            ("def largest(x): return max(x)", None),
            ("def largest(x): return x[0]", None),
            ("def largest(x): return min(x)", "wrong-value"),
            ("def largest(x): return True", "wrong-value"),
            ("def largest(x): return None", "wrong-value"),
            ("def largest(x): raise ValueError('no')", "raised"),
            ("def largest(x):\n    while True: pass", "too-expensive"),
            ("def largest(x): return [0] * 10 ** 10", "too-expensive"),
            ("def other(x): return max(x)", "missing-entry-point"),
            ("import nothing_of_this_name", "load-failed"),
            ("raise SystemExit(0)", "load-failed"),
            ("import os\ndef largest(x): os._exit(0)", "died"),
            (
                "class L(int):\n    def __eq__(self, o): return True\ndef largest(x): return L(0)",
                "unencodable",
            ),
        ]:
            found = await gate(task(), answer(source))
            assert found.reason == reason, source
            assert found.gold_match is (reason is None)
        assert found.evidence["first_failure"]["call"] == 0


@pytest.mark.anyio
async def test_programs_that_do_the_same_share_a_class() -> None:
    async with opened() as gate:
        one = await gate(task(), answer("def largest(x): return max(x)"))
        two = await gate(task(), answer("def largest(x): return sorted(x)[-1]"))
        other = await gate(task(), answer("def largest(x): return 7"))
    assert one.class_key == two.class_key != other.class_key


@pytest.mark.anyio
async def test_tests_that_cannot_be_lifted_run_beside_the_candidate() -> None:
    of = task({"kind": "source", "source": CHECK}, gold="def largest(x): return max(x)")
    async with opened() as gate:
        assert (await gate(of, answer("def largest(x): return sorted(x)[-1]"))).gold_match
        assert (await gate(of, answer("def largest(x): return x[0]"))).reason == "wrong-value"
        liar = "class A(int):\n    __eq__ = lambda s, o: True\ndef largest(x): return A(1)"
        assert (await gate(of, answer(liar))).outcome is Outcome.REJECT
        assert (await gate(of, answer("def largest(x): raise SystemExit(0)"))).outcome is Outcome.REJECT
        assert (await gate(of, answer("import os; os._exit(0)"))).outcome is Outcome.REJECT


@pytest.mark.anyio
async def test_programs_read_and_print() -> None:
    tests = {
        "kind": "io",
        "cases": [{"stdin": "1 2\n", "stdout": "3\n"}, {"stdin": "5 6\n", "stdout": "11"}],
    }
    of = task(tests, entry_point="")
    async with opened() as gate:
        assert (await gate(of, answer("print(sum(map(int, input().split())))"))).outcome is Outcome.PASS
        assert (await gate(of, answer("print(3)"))).reason == "wrong-value"


@pytest.mark.anyio
async def test_expected_errors_tolerance_and_order() -> None:
    cases = [
        {"args": [[]], "raises": "ValueError"},
        {"args": [[0.1, 0.2]], "value": 0.3, "tolerance": 1e-9},
        {"args": [[1, 2]], "value": [2, 1], "unordered": True},
    ]
    of = task({"kind": "calls", "cases": cases})
    good = (
        "def largest(x):\n    if not x: raise ValueError\n    return sum(x) if type(x[0]) is float else x"
    )
    async with opened() as gate:
        assert (await gate(of, answer(good))).reason is None
        assert (await gate(of, answer(good.replace("ValueError", "KeyError")))).reason == "raised"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("gold", "reason"),
    [
        ("def largest(x): return min(x)", "gold-failed"),
        ("import time\ndef largest(x): return max(x) + 0 * time.time() if len(x) > 1 else x[0]", None),
    ],
)
async def test_a_broken_gold_is_the_tasks_fault(gold: str, reason: str | None) -> None:
    async with opened() as gate:
        for _ in range(2):
            if reason is None:
                assert (await gate(task(gold=gold), answer("def largest(x): return max(x)"))).gold_match
                continue
            with pytest.raises(TaskError) as caught:
                await gate(task(gold=gold), answer("def largest(x): return max(x)"))
            assert caught.value.reason == reason


@pytest.mark.anyio
async def test_a_gold_that_returns_something_else_each_time_is_refused() -> None:
    tests = {"kind": "calls", "cases": [{"args": [1], "value": True, "comparer": "truth"}]}
    gold = "import time\ndef largest(x): return time.perf_counter_ns()"
    with pytest.raises(TaskError) as caught:
        await ask("def largest(x): return 1", task(tests, gold=gold))
    assert caught.value.reason == "nondeterministic-gold"


@pytest.mark.anyio
async def test_tests_that_a_stub_passes_are_flagged() -> None:
    tests = {"kind": "calls", "cases": [{"args": [1], "value": None}]}
    assert (await ask("def largest(x): return None", task(tests))).evidence["weak_oracle"] is True
    assert (await ask("def largest(x): return max(x)", task())).evidence["weak_oracle"] is False


@pytest.mark.anyio
async def test_sandbox_and_interpreter_stand_in_the_fingerprint() -> None:
    async with opened() as gate:
        assert '"level"' in gate.depends_on


@pytest.mark.anyio
async def test_what_is_told_of_a_refusal_holds_nothing_of_the_gold() -> None:
    prompt = "The largest number, as in largest([3, 1, 2])."
    async with opened() as gate:

        async def told(source: str, of: Task[Any]) -> str:
            return str((await gate(of, answer(source))).tell)

        of = task(prompt=prompt)
        assert await told("def largest(x): return 4", of) == "for largest([3, 1, 2]) its answer is wrong: 4"
        assert "for largest([3, 1, 2]) it raises ZeroDivisionError" in await told(
            "def largest(x): return 1 / 0", of
        )
        hidden = await told("def largest(x): return x[0] if len(x) > 1 else -9", of)
        assert hidden == "on an input that the problem does not show its answer is wrong"
        assert await told("import nothing_of_this_name", of) == (
            "it fails when it is loaded: ModuleNotFoundError: No module named 'nothing_of_this_name'"
        )
        made = task(prompt=prompt, gold="def largest(x): return max(x)")
        invented = await told("def largest(x): return max(x) if max(x) < 6 else -77", made)
        assert invented == "on an input that the problem does not show its answer is wrong"
        tests = {"kind": "source", "source": CHECK}
        assert await told("def largest(x): return -1", task(tests=tests)) == "None"


@pytest.mark.anyio
async def test_a_program_is_told_its_input_only_where_the_problem_shows_it() -> None:
    cases = [{"stdin": "3 4\n", "stdout": "7\n"}, {"stdin": "5 5\n", "stdout": "10\n"}]
    tests = {"kind": "io", "cases": cases}
    of = task(tests, prompt="Print the sum: for 5 5 it is 10.", entry_point="")
    async with opened() as gate:
        first = await gate(of, answer("print(1)"))
        second = await gate(of, answer("a, b = map(int, input().split())\nprint(7)"))
    assert first.tell == "on an input that the problem does not show its answer is wrong"
    assert second.tell == "on the input '5 5' its answer is wrong: '7\\n'"
