"""Near misses and rewritings of gold, whose verdicts are known by construction: for `fd audit`."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from fastdistill import Mutant
from fastdistill_math.choices import LETTERS, labelled, letter
from fastdistill_math.exact import exact
from fastdistill_math.golds import gold_text
from fastdistill_math.parse import readings
from fastdistill_math.pieces import Pieces, pieces
from fastdistill_math.rows import MathGold
from fastdistill_math.shapes import infinity
from fastdistill_math.tree import Node, TooLarge
from fastdistill_math.units import measure

_OTHER_UNITS = {"length": "kg", "mass": "cm", "time": "cm"}
_FAR = 987_654_321
_STRUCTURED = ("pm", "unit", "seq", "set", "rel")
_SCALARS = frozenset(
    ["num", "dec", "sym", "sub", "const", "add", "mul", "neg", "div", "pow", "root", "call"]
)


def mutants(gold: MathGold) -> Iterator[Mutant]:
    """All mutants of a gold, near misses first; nothing without gold."""
    if gold.answer is None:
        return
    text = gold_text(gold.answer).strip().strip("$").strip()
    yield from _as_written(text)
    if gold.choices or labelled(text) or letter(text):
        yield from _choices(text, gold)
        return
    try:
        tree = readings(text)[0]
    except TooLarge:
        return
    if tree.kind == "text":
        yield _reject("none of these", "other-words")
    elif (parts := pieces(text, tree)) is not None:
        yield from _collection(parts)
    elif tree.kind == "rel":
        yield from _relation(text, tree)
    elif tree.kind in ("unit", "percent"):
        yield from _quantity(text, tree)
    elif (value := exact(tree)) is not None and tree.kind != "base":
        yield from _number(value, gold)
    elif tree.kind in _SCALARS and not infinity(tree) and not tree.has(*_STRUCTURED):
        yield from _expression(text, gold)


def _reject(answer: str, kind: str) -> Mutant:
    return Mutant(text=f"So the result is \\boxed{{{answer}}}.", expect="reject", kind=kind)


def _accept(answer: str, kind: str) -> Mutant:
    return Mutant(text=f"So the result is \\boxed{{{answer}}}.", expect="accept", kind=kind)


def _as_written(text: str) -> Iterator[Mutant]:
    yield _accept(text, "boxed")
    yield _accept(f" {text} ", "spaces")
    if "$" not in text:
        yield Mutant(text=f"We are done.\n\nFinal answer: ${text}$", expect="accept", kind="phrase")
    yield Mutant(
        text=f"<think>Maybe \\boxed{{{_FAR}}}?</think>\n\\boxed{{{text}}}",
        expect="accept",
        kind="reasoning",
    )
    yield Mutant(
        text=f"Either \\boxed{{{text}}} holds, or else it is \\boxed{{{_FAR}}}.",
        expect="reject",
        kind="hedge",
    )


def _choices(text: str, gold: MathGold) -> Iterator[Mutant]:
    right = letter(text) or (labelled(text) or ("",))[0]
    if not right and text in gold.choices and len(gold.choices) <= len(LETTERS):
        right = LETTERS[gold.choices.index(text)]
    if right:
        other = LETTERS[(LETTERS.index(right) + 1) % max(2, len(gold.choices) or len(LETTERS))]
        yield _reject(other, "other-letter")
        yield _accept(f"\\textbf{{({right})}}", "letter-form")


def _number(value: Fraction, gold: MathGold) -> Iterator[Mutant]:
    step = Fraction(1) if gold.digits is None else Fraction(3, 10**gold.digits)
    suffix = f"\\text{{ {gold.unit}}}" if gold.unit else ""
    yield _reject(_latex(value + step) + suffix, "off-by-one")
    yield _reject(_latex(value - step) + suffix, "off-by-one")
    yield _reject(_latex(10 * value or Fraction(10)) + suffix, "power-of-ten")
    if value:
        yield _reject(_latex(-value) + suffix, "sign")
    if value not in (0, 1, -1) and value.denominator > 1:
        yield _reject(_latex(1 / value) + suffix, "inverted")
    if gold.digits is None:
        yield _reject(f"{_latex(value)} + 10^{{-30}}" if not suffix else "none", "tiny-difference")
    yield _accept(f"{_latex(value - 7)} + 7" if not suffix else _latex(value) + suffix, "sum")
    yield _accept(f"\\frac{{{2 * value.numerator}}}{{{2 * value.denominator}}}{suffix}", "fraction")
    if value.denominator == 1 and abs(value) >= 1000:
        yield _accept(f"{int(value):,}{suffix}", "thousands")
    if value.denominator == 1:
        yield _accept(f"{int(value)}.0{suffix}", "decimal")


def _latex(value: Fraction) -> str:
    sign = "-" if value < 0 else ""
    top, bottom = abs(value.numerator), value.denominator
    return f"{sign}{top}" if bottom == 1 else f"{sign}\\frac{{{top}}}{{{bottom}}}"


def _expression(text: str, gold: MathGold) -> Iterator[Mutant]:
    yield _reject(f"({text}) + 1", "off-by-one")
    yield _reject(f"({text}) - 1", "off-by-one")
    if gold.digits is None:
        yield _reject(f"({text}) + 10^{{-30}}", "tiny-difference")
    yield _accept(f"({text}) + 3 - 3", "sum")
    yield _accept(f"\\frac{{2({text})}}{{2}}", "fraction")
    yield _accept(f"\\left({text}\\right)", "brackets")


def _relation(text: str, tree: Node) -> Iterator[Mutant]:
    sides = [side.strip() for side in text.split("=")]
    if tree.value == ("eq",) and len(sides) == 2 and all(sides):
        yield _reject(f"{sides[0]} = {sides[1]} + 1", "off-by-one")
        yield _accept(f"{sides[0]} = ({sides[1]}) + 2 - 2", "sum")
        if tree.args[0].kind not in ("sym", "call", "sub"):
            yield _accept(f"2({sides[0]}) = 2({sides[1]})", "multiple")
        return
    for sign, other, kind in (
        ("\\le", "<", "closed-open"), ("\\ge", ">", "closed-open"),
        ("<", ">", "direction"), (">", "<", "direction"),
    ):  # fmt: skip
        if len(tree.value) == 1 and text.count(sign) == 1:
            yield _reject(text.replace(sign, other), kind)
            return


def _quantity(text: str, tree: Node) -> Iterator[Mutant]:
    value = exact(tree.args[0])
    if value is None:
        return
    rest = "\\%" if tree.kind == "percent" else f"\\text{{ {tree.value}}}"
    yield _reject(_latex(value + 1) + rest, "off-by-one")
    if tree.kind == "percent":
        yield _reject(_latex(value / 100) + rest, "percent")
        yield _accept(_latex(value / 100), "decimal")
        return
    found = measure(str(tree.value))
    if found is not None and not found.nouns and len(found.powers) == 1:
        kind = next(iter(found.powers)).strip("[]")
        yield _reject(f"{_latex(value)}\\text{{ {_OTHER_UNITS.get(kind, 'cm')}}}", "wrong-unit")
    yield _accept(f"{_latex(2 * value)}/2{rest}" if value.denominator == 1 else text, "fraction")


def _collection(parts: Pieces) -> Iterator[Mutant]:
    yield _reject(parts.written([*parts.items, str(_FAR)]), "extra-item")
    if len(parts.items) > 1 and (len(parts.items) > 2 or parts.flipped is None):  # [2) is no answer
        yield _reject(parts.written(parts.items[:-1]), "missing-item")
    yield _reject(parts.written([f"({parts.items[0]}) + {_FAR}", *parts.items[1:]]), "other-item")
    turned = parts.written(parts.items[::-1])
    order: Literal["accept", "reject"] = "reject" if parts.ordered else "accept"
    if len(set(parts.items)) > 1:
        yield Mutant(text=f"\\boxed{{{turned}}}", expect=order, kind="order")
    if parts.flipped is not None:
        yield _reject(parts.flipped, "open-closed")
    if "infty" not in "".join(parts.items):
        yield _accept(parts.written([f"{item} + 0" for item in parts.items]), "sum")
