"""Every convention of `docs/math.md` is what the gate does: the table is read from the page."""

import re
from pathlib import Path

import pytest

from fastdistill_math.gate import payload
from fastdistill_math.judging import judge
from fastdistill_math.reading import read
from fastdistill_math.rows import MathGold

PAGE = Path(__file__).parents[2] / "docs" / "math.md"
_ROW = re.compile(r"\| (.+?) \| `(.+?)` \| `(.+?)` \| (accept|reject|error) \|")
ROWS = [
    match.groups()
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if (match := _ROW.fullmatch(line))
]


def verdict(gold: str, reply: str, *, problem: str = "") -> str:
    """What the gate says, without a worker."""
    found = read(reply)
    assert found.answer is not None, found
    percent = "percent" in problem
    said = judge(payload(MathGold(answer=gold, problem=problem, percent=percent), found.answer, reply))
    return {True: "accept", False: "reject", None: "error"}[said["equal"]]


@pytest.mark.parametrize(("question", "gold", "reply", "said"), ROWS, ids=[row[0][:50] for row in ROWS])
def test_the_page_says_what_the_gate_does(question: str, gold: str, reply: str, said: str) -> None:
    assert verdict(gold, reply) == said, question


def test_the_table_is_there() -> None:
    assert len(ROWS) > 30


def test_the_problem_settles_what_the_table_leaves_to_it() -> None:
    assert verdict("50\\%", "\\boxed{50}", problem="What percent of them is left?") == "accept"
    assert verdict("1", "\\boxed{1^\\circ}", problem="By how many degrees does it turn?") == "accept"
    assert verdict("12", "\\boxed{xy = 12}", problem="Find $xy$ if $x = 3$ and $y = 4$.") == "accept"
    assert (
        verdict("18", "\\boxed{18 \\text{ eggs}}", problem="How many eggs are left in the basket?")
        == "accept"
    )
    assert (
        verdict("18", "\\boxed{18 \\text{ ducks}}", problem="How many eggs are left in the basket?")
        == "error"
    )
