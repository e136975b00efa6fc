"""Golds are checked when they are loaded, and may be several."""

from pathlib import Path

import pytest
from support.mathing import asking, tasks_of

from fastdistill import Outcome
from fastdistill_math.scenario import TEXT_GOLD

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("gold", "text"),
    [
        ("12", False),
        ("\\frac{1}{2}", False),
        ("\\text{Evelyn}", False),
        ("x \\ge 3", False),
        ("(C)", False),
        ("[2, \\infty)", False),
        ("\\infty", False),
        ("Assume that n is even. Then n squared is even, too.", True),
        ("The two curves meet because f(0) < g(0) and f(1) > g(1).", True),
        ("\\frac{1}{0}", True),
    ],
)
async def test_a_gold_that_is_no_mathematics_is_tagged(tmp_path: Path, gold: str, *, text: bool) -> None:
    (task,) = tasks_of(tmp_path / "t.jsonl", {"task_id": "1", "problem": "p", "answer": gold})
    assert (TEXT_GOLD in task.tags) is text


async def test_an_undecided_text_gold_says_so(tmp_path: Path) -> None:
    row = {
        "task_id": "1",
        "problem": "p",
        "answer": "The sum telescopes, hence the series converges to one.",
    }
    (task,) = tasks_of(tmp_path / "t.jsonl", row)
    async with asking() as ask:
        found = await ask(task, "\\boxed{\\text{It converges since the terms cancel in pairs}}")
    assert (found.outcome, found.reason) == (Outcome.ERROR, "text-gold")


@pytest.mark.parametrize(
    ("row", "right", "wrong"),
    [
        ({"answers": ["3", "5"]}, "(a) \\boxed{3} and (b) \\boxed{5}", "\\boxed{3}"),
        ({"answers": ["3", "5"]}, "\\boxed{(3, 5)}", "(a) \\boxed{5} and (b) \\boxed{3}"),
        ({"answers_any": ["3", "x^2"]}, "\\boxed{x \\cdot x}", "\\boxed{x}"),
        ({"answers_any": ["\\frac{1}{2}", "2"]}, "\\boxed{2}", "\\boxed{\\frac{1}{3}}"),
        ({"answer": "9.81", "tolerance": 0.01}, "\\boxed{9.8}", "\\boxed{9.6}"),
        ({"answer": "\\pi", "significant": 3}, "\\boxed{3.14}", "\\boxed{3.15}"),
        ({"answer": "0.000123", "significant": 2}, "\\boxed{0.00012}", "\\boxed{0.00013}"),
    ],
)
async def test_several_golds_and_how_exact_they_are(
    tmp_path: Path, row: dict[str, object], right: str, wrong: str
) -> None:
    (task,) = tasks_of(tmp_path / "t.jsonl", {"task_id": "1", "problem": "p", **row})
    async with asking() as ask:
        assert (await ask(task, right)).outcome is Outcome.PASS
        assert (await ask(task, wrong)).outcome is Outcome.REJECT
