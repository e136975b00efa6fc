"""Equal means equal: labelled pairs, near misses, and laws that hold for every answer."""

import json
from pathlib import Path

import pytest
import sympy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.mathing import asking, task_of

from fastdistill import Outcome
from fastdistill_math.judging import decide
from fastdistill_math.policy import Policy

CASES = sorted((Path(__file__).parent / "cases").glob("*.jsonl"))
patient = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def equal(gold: str, answer: str, **policy: object) -> bool | None:
    return decide(gold, answer, "", (), Policy(**policy)).equal  # type: ignore[arg-type]


@pytest.mark.anyio
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
async def test_our_own_labelled_pairs(path: Path) -> None:
    wrong = []
    async with asking() as ask:
        for line in path.read_text(encoding="utf-8").split("\n"):
            if not line:
                continue
            row = json.loads(line)
            more = {key: row[key] for key in ("digits", "unit") if key in row}
            percent = "%" in row.get("problem", "") or "percent" in row.get("problem", "").lower()
            choices = tuple(row.get("choices", ()))
            task = task_of(row["answer"], choices=choices, percent=percent, **more)
            found = await ask(task, row["reply"])
            said = {Outcome.PASS: "accept", Outcome.REJECT: "reject"}.get(found.outcome, "error")
            if said != row["expect"]:
                wrong.append((row["task_id"], row["answer"], row["reply"], said, found.detail))
    assert wrong == []


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("1/2004!", "1/2006!"),
        ("10^{-20}", "10^{-30}"),
        ("1-1/e", "1+1/e"),
        ("5 cm", "5 m"),
        ("0.5", r"50"),
        ("[0,1]", "[0,1)"),
        ("(1,2)", "(2,1)"),
        (r"\sqrt{2}", "1.4142"),
        ("10^{100}", "10^{100}+1"),
        ("2^{1000}", "2^{1000}-1"),
        (r"\pi", "3.14"),
        (r"\pi", r"\frac{22}{7}"),
        ("x>3", r"x\ge 3"),
        (r"\{1,2\}", r"\{1,2,3\}"),
        ("(x+1)^2", "x^2+1"),
        (r"\binom{50}{25}", r"\binom{50}{24}"),
        ("e^{-100}", "e^{-101}"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\begin{pmatrix}1&3\\2&4\end{pmatrix}"),
        ("3", "-3"),
        (r"\infty", r"-\infty"),
        ("1.0000000001", "1"),
        ("i", "-i"),
        (r"\log 2", r"\log 3"),
        ("12:30", "12:31"),
    ],
)
def test_near_misses_are_told_apart(gold: str, answer: str) -> None:
    assert equal(gold, answer) is False
    assert equal(answer, gold) is False


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("50%", "0.5"),
        ("1/3", r"\frac{2}{6}"),
        ("2\\frac{1}{2}", "2.5"),
        (r"\frac{1}{\sqrt2}", r"\frac{\sqrt2}{2}"),
        (r"\sin^2 x+\cos^2 x", "1"),
        ("1,234", "1234"),
        ("5 cm", "50 mm"),
        ("[1,2]", r"1\le x\le 2"),
        ("x=1 or x=2", r"\{1,2\}"),
        ("2x+4y=6", "x+2y=3"),
        (r"\pm 3", r"\{-3,3\}"),
        (r"\frac{\pi}{4}", r"45^\circ"),
        ("6!", "720"),
        (r"\binom{5}{2}", "10"),
        ("1e3", "1000"),
        (r"\sqrt[3]{8}", "2"),
        ("3+4i", "4i+3"),
    ],
)
def test_spellings_of_one_value(gold: str, answer: str) -> None:
    assert equal(gold, answer) is True
    assert equal(answer, gold) is True


_x = sympy.Symbol("x")


@st.composite
def expressions(draw: st.DrawFn) -> sympy.Expr:
    """Small expressions in x: polynomials, fractions, roots."""
    number = st.integers(-9, 9)
    terms = draw(st.lists(st.tuples(number, st.integers(0, 3)), min_size=1, max_size=4))
    found = sum((c * _x**p for c, p in terms), sympy.Integer(0))
    if draw(st.booleans()):
        found = found / (_x**2 + draw(st.integers(1, 5)))
    if draw(st.booleans()):
        found = found + sympy.sqrt(draw(st.integers(2, 12)))
    return found


@patient
@given(expressions(), st.sampled_from([sympy.expand, sympy.factor, sympy.together, sympy.simplify]))
def test_rewriting_keeps_an_answer(found: sympy.Expr, rewrite: object) -> None:
    text, other = sympy.latex(found), sympy.latex(rewrite(found))  # type: ignore[operator]
    assert equal(text, text) is True
    assert equal(text, other) is True
    assert equal(other, text) is True
    assert equal(text, str(found).replace("**", "^")) is True


@patient
@given(expressions(), st.integers(1, 9))
def test_another_value_is_another_answer(found: sympy.Expr, much: int) -> None:
    text, other = sympy.latex(found), sympy.latex(found + sympy.Rational(1, 10**much))
    assert equal(text, other) is False
    assert equal(other, text) is False


@patient
@given(st.fractions(max_denominator=10**6), st.fractions(max_denominator=10**6))
def test_fractions_are_equal_exactly_when_they_are(one: object, two: object) -> None:
    assert equal(str(one), str(two)) is (one == two)
    assert equal(f"\\boxed{{{one}}}", f"${one}$") is True


@patient
@given(st.integers(-(10**40), 10**40), st.integers(-40, 40))
def test_huge_and_tiny_numbers_are_compared_exactly(number: int, power: int) -> None:
    text = f"{number} \\cdot 10^{{{power}}}"
    assert equal(text, text) is True
    assert equal(text, f"{number + 1} \\cdot 10^{{{power}}}") is False


@patient
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_the_comparison(gold: str, answer: str) -> None:
    assert equal(gold, answer) in (True, False, None)
    assert decide(answer, gold, gold, (gold, answer), Policy()).equal in (True, False, None)
    one, other = equal(gold, answer), equal(answer, gold)
    if one is not None and other is not None:
        assert one == other


def test_conventions_are_the_tasks() -> None:
    assert equal(r"\pi", "3.14", digits=2) is True
    assert equal(r"\pi", "3.15", digits=2) is False
    assert equal("5", "5", unit="cm") is False
    assert equal("5", "50 mm", unit="cm") is True
    assert equal("28", "28%", percent=True) is True
    assert equal("28", "28%") is False
