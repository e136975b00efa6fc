"""Answers in words that mean mathematics: numbers, the empty set, all real numbers, infinity."""

from fastdistill_math.tree import Node, num

_NUMBERS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
]  # fmt: skip
_EMPTY = (
    "no solution",
    "no solutions",
    "no real solution",
    "no real solutions",
    "empty set",
    "the empty set",
)
_LINE = (
    "all real numbers",
    "all reals",
    "the set of all real numbers",
    "all real x",
    "x is any real number",
)

WORDS: dict[str, Node] = {
    **{word: num(value) for value, word in enumerate(_NUMBERS)},
    **dict.fromkeys(_EMPTY, Node("set")),
    **dict.fromkeys(_LINE, Node("sym", (), "R")),
    "infinite": Node("const", (), "inf"),
    "infinitely many": Node("const", (), "inf"),
    "negative infinity": Node("neg", (Node("const", (), "inf"),)),
}
"""Whole answers, in lower case, and their trees."""
