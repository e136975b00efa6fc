"""Values re-spelled at random are the same value, and near misses are others: a generator of answers."""

from fractions import Fraction

from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastdistill_math.judging import decide
from fastdistill_math.policy import Policy
from fastdistill_math.reading import read

patient = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
WRAPPED = ("\\boxed{{{0}}}", "The answer is ${0}$.", "So we get\n\\[\\boxed{{{0}}}\\]", "#### ${0}$")


@frozen
class Answer:
    """One value: how a gold writes it, ways to write it again, and ways to write another one."""

    gold: str
    same: tuple[str, ...]
    other: tuple[str, ...]


def fraction(value: Fraction) -> str:
    """A number as a gold has it."""
    sign, size = "-" if value < 0 else "", abs(value)
    return (
        f"{sign}{size}"
        if size.denominator == 1
        else f"{sign}\\frac{{{size.numerator}}}{{{size.denominator}}}"
    )


@st.composite
def numbers(draw: st.DrawFn) -> Answer:
    """Fractions, as LaTeX, in one line, unreduced, as decimals where these end."""
    value = Fraction(draw(st.integers(-60, 60)), draw(st.integers(1, 24)))
    times = draw(st.integers(2, 5))
    same = [fraction(value).replace("frac", "dfrac"), f"{value.numerator}/{value.denominator}",
            f"\\frac{{{value.numerator * times}}}{{{value.denominator * times}}}"]  # fmt: skip
    if (
        not set(str(Fraction(1, value.denominator).denominator)) - set("124850")
        and 10**6 % value.denominator == 0
    ):
        same.append(f"{float(value):.6f}".rstrip("0").rstrip("."))
    near = [value + 1, value - Fraction(1, 7), Fraction(value.numerator, value.denominator + 1)]
    other = [fraction(one) for one in (*near, -value) if one != value]
    return Answer(fraction(value), tuple(same), tuple(other))


def polynomial(terms: list[tuple[int, int]], product: str = "") -> str:
    """Terms of x, each a factor and a power, as people write them."""
    text = ""
    for factor, power in terms:
        letter = "" if power == 0 else "x" if power == 1 else f"x^{{{power}}}" if power > 1 else ""
        size = str(abs(factor)) if abs(factor) != 1 or power == 0 else ""
        text += (
            ("-" if factor < 0 else "+" if text else "")
            + size
            + (product if size and letter else "")
            + letter
        )
    return text or "0"


@st.composite
def polynomials(draw: st.DrawFn) -> Answer:
    """Polynomials with their terms in another order, with dots between factors, shifted by a bracket."""
    powers = draw(st.lists(st.integers(0, 4), min_size=2, max_size=4, unique=True))
    terms = [(draw(st.integers(-9, 9).filter(bool)), power) for power in sorted(powers, reverse=True)]
    turned = draw(st.permutations(terms))
    (factor, power), *rest = terms
    same = (polynomial(turned), polynomial(terms, "\\cdot "), polynomial(turned, " "),
            f"({polynomial(terms)}+x)-x", f"\\frac{{2({polynomial(terms)})}}{{2}}")  # fmt: skip
    other = (polynomial([(factor + 1 or 2, power), *rest]), polynomial([(-factor, power), *rest]),
             polynomial([(factor, power + 1), *rest]), f"{polynomial(terms)}+1")  # fmt: skip
    return Answer(polynomial(terms), same, other)


@st.composite
def intervals(draw: st.DrawFn) -> Answer:
    """Intervals between whole numbers, as brackets and as inequalities."""
    low = draw(st.integers(-20, 20))
    high = low + draw(st.integers(1, 15))
    closed = draw(st.booleans()), draw(st.booleans())
    left, right = "[" if closed[0] else "(", "]" if closed[1] else ")"
    below, above = "\\le" if closed[0] else "<", "\\leq" if closed[1] else "<"
    gold = f"{left}{low},{high}{right}"
    same = (f"{left} {low}, \\; {high} {right}", f"{low} {below} x {above} {high}",
            f"x \\in {left}{low},{high}{right}", f"\\left{left}{low},{high}\\right{right}")  # fmt: skip
    flipped = "(" if closed[0] else "["
    other = (
        f"{left}{low},{high + 1}{right}",
        f"{flipped}{low},{high}{right}",
        f"{left}{low - 1},{high}{right}",
    )
    return Answer(gold, same, other)


@st.composite
def sets(draw: st.DrawFn) -> Answer:
    """Sets of whole numbers in any order."""
    found = draw(st.lists(st.integers(-30, 30), min_size=2, max_size=5, unique=True))
    turned = draw(st.permutations(found))
    listed = ", ".join(map(str, turned))
    rest = found[:-1]
    other = (f"\\{{{', '.join(map(str, rest))}\\}}", f"\\{{{listed}, 31\\}}")
    return Answer(
        f"\\{{{','.join(map(str, found))}\\}}",
        (f"\\{{{listed}\\}}", f"\\left\\{{ {listed} \\right\\}}"),
        other,
    )


@st.composite
def surds(draw: st.DrawFn) -> Answer:
    """A rational number and a root, the root reduced or not."""
    plain, factor = draw(st.integers(-9, 9).filter(bool)), draw(st.integers(1, 5))
    inner = draw(st.sampled_from([2, 3, 5, 6, 7, 10]))
    size = "" if factor == 1 else str(factor)
    same = (f"{size}\\sqrt{{{inner}}}{plain:+d}", f"{plain}+\\sqrt{{{inner * factor**2}}}",
            f"\\frac{{{2 * plain}+{2 * factor}\\sqrt{{{inner}}}}}{{2}}")  # fmt: skip
    other = (f"{plain}-{size}\\sqrt{{{inner}}}", f"{plain + 1}+{size}\\sqrt{{{inner}}}",
             f"{plain}+{factor + 1}\\sqrt{{{inner}}}")  # fmt: skip
    return Answer(f"{plain}+{size}\\sqrt{{{inner}}}", same, other)


ANSWERS = st.one_of(numbers(), polynomials(), intervals(), sets(), surds())


def told(gold: str, text: str, wrap: str) -> bool | None:
    """What the gate says of a reply that gives `text` to a task of `gold`."""
    reply = wrap.format(text)
    found = read(reply)
    assert found.answer is not None, reply
    return decide(gold, found.answer, reply, (), Policy()).equal


@given(answer=ANSWERS, wrap=st.sampled_from(WRAPPED))
@patient
def test_a_value_written_again_is_the_same(answer: Answer, wrap: str) -> None:
    assert [text for text in answer.same if told(answer.gold, text, wrap) is not True] == []


@given(answer=ANSWERS, wrap=st.sampled_from(WRAPPED))
@patient
def test_a_near_miss_is_another(answer: Answer, wrap: str) -> None:
    assert [text for text in answer.other if told(answer.gold, text, wrap) is not False] == []
