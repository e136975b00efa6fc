"""Hostile answers: nothing runs, nothing outlives its deadline, and the pool goes on."""

from pathlib import Path

import pytest
from support.mathing import asking, task_of

from fastdistill import DeadlineExceeded, Outcome, WorkerLost

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
CPU, DEADLINE = 2.0, 120.0
"""Seconds: load stretches the wall clock, never the processor time, so only that is a bound here."""

CODE = "__import__('os').system('touch {}')"
HOSTILE = (
    "9^{9^{9^{9}}}", "9**9**9**9", "2^{2^{2^{2^{2^{2}}}}}", "10^{8}!", "(10^8)!", "((99!)!)!",
    "10^{10^{10}}",
    "\\binom{10^9}{5\\cdot 10^8}", "1/0", "0^0", "\\frac{0}{0}", "\\log 0", "7" * 200_000,
    "1." + "3" * 200_000, "(" * 3_000 + "1" + ")" * 3_000, "\\frac{" * 2_000 + "1" + "}{2}" * 2_000,
    "\\sqrt{" * 2_000 + "2" + "}" * 2_000, "-" * 20_000 + "1", "+".join(["x"] * 20_000),
    "(x+1)^{100000}", "(a+b+c+d+e)^{200}", "\\prod_{i=1}^{10^9} i", "\\sum_{i=1}^{10^{12}} 1/i",
    "\\int_0^\\infty \\frac{\\sin(x^x)}{x} dx", "\\int e^{x^2}\\sin(\\log x)^{17} dx",
    "\\lim_{n\\to\\infty}(1+1/n)^n", "\\begin{pmatrix}" + "1&" * 5_000 + "1\\end{pmatrix}",
    "\\{" + ",".join(str(i) for i in range(20_000)) + "\\}", "\\cup".join(["[0,1]"] * 5_000),
    "10^{-10^{10}}", "\\sin(10^{10^{6}})", "e^{e^{e^{e^{10}}}}", "\\sqrt[10^{9}]{2}", "x" * 50_000,
    "\\text{" * 5_000, "\u0660" * 1000, "\ud800", "\x00" * 1000, "=".join(["1"] * 10_000),
    "S(lambda: 1)", "eval('1')", "exec('import os')", "().__class__.__bases__[0].__subclasses__()",
    "x" + "/x" * 600, "x" + "!" * 1_000,
    "sympify('1')", "open('/etc/passwd').read()", "Integer.__init__.__globals__",
)  # fmt: skip


async def test_forty_hostile_answers_cost_their_budget_at_most(tmp_path: Path) -> None:
    accepted, late = [], []
    async with asking(cpu=CPU, deadline=DEADLINE) as ask:
        await ask(task_of("x^2+1"), "\\boxed{1+x^2}")
        for number, text in enumerate((*HOSTILE, CODE.format(tmp_path / "made"))):
            try:
                outcome = (await ask(task_of("\\frac{x^2-1}{2}"), f"\\boxed{{{text}}}")).outcome
            except WorkerLost:
                outcome = Outcome.ERROR
            except DeadlineExceeded:
                late.append((number, text[:60]))
                continue
            if outcome is Outcome.PASS:
                accepted.append((number, text[:60]))
        again = await ask(task_of("x^2+1"), "\\boxed{1+x^2}")
    assert not (tmp_path / "made").exists()
    assert accepted == []
    assert late == []
    assert again.outcome is Outcome.PASS


@pytest.mark.parametrize("text", ["10^{10^{10}}", "2^{10^9}", "9^{9^{9^{9}}}", "(10^8)!"])
async def test_a_tower_against_itself_costs_its_budget_at_most(text: str) -> None:
    async with asking(cpu=CPU, deadline=DEADLINE) as ask:
        assert (await ask(task_of(text), f"\\boxed{{{text}}}")).outcome is Outcome.PASS
        found = await ask(task_of(text), f"\\boxed{{{text} + 1}}")
        assert found.outcome is not Outcome.PASS


async def test_a_hostile_gold_is_nobodys_fault() -> None:
    async with asking(cpu=CPU, deadline=DEADLINE) as ask:
        for text in ("9^{9^{9^{9}}}", "(10^8)!", "7" * 5_000):
            found = await ask(task_of(text), "\\boxed{3}")
            assert found.outcome is not Outcome.PASS
        assert (await ask(task_of("1/2"), "\\boxed{0.5}")).outcome is Outcome.PASS
