"""The lower half of the grammar: numbers, names, functions, brackets, matrices."""

from fractions import Fraction

from fastdistill_math.commands import COMMANDS
from fastdistill_math.environments import environment
from fastdistill_math.functions import function
from fastdistill_math.lexer import Token
from fastdistill_math.names import (
    APPLIED,
    BIG,
    CONSTANT_WORDS,
    CONSTANTS,
    ENGLISH,
    FUNCTIONS,
    GREEK,
)
from fastdistill_math.spoken import meaning
from fastdistill_math.tree import Node, NotMath, TooLarge, num
from fastdistill_math.upper import Upper

MAX_EXPONENT = 400
ARITHMETIC = frozenset(["phi", "sigma", "tau", "mu", "Phi", "psi", "zeta", "Gamma", "Omega", "omega"])
"""Greek letters that name a function where a bracket with one letter or number follows."""
_CLOSERS = {"(": (")", "]"), "[": ("]", ")")}


class Atoms(Upper):
    """Rules for what can be multiplied; the layers above are in `Grammar`."""

    def factor(self) -> Node:
        """An atom with what hangs on it."""
        node = self.postfix(self.atom())
        if self.now.text in ("^", "**") and self.now.kind == "op":
            self.take()
            node = self.postfix(_chosen(node, self.exponent()))
        return node

    def postfix(self, node: Node) -> Node:
        """Factorials, primes, percent signs, degrees, indices."""
        while True:
            text = self.now.text
            if text == "!" and self.now.kind == "op":
                self.take()
                double = self.now.text == "!" and not self.now.spaced
                if double:
                    self.take()
                node = Node("call", (node,), "factorial2" if double else "factorial")
            elif text == "%":
                self.take()
                node = Node("percent", (node,))
            elif text == r"\degree":
                self.take()
                word = (
                    self.now.text
                    if self.now.kind in ("word", "text") and self.now.text in ("C", "F")
                    else ""
                )
                if word:
                    self.take()
                node = Node("unit", (node,), "deg" + word)
            elif text == "'" and node.kind in ("sym", "call"):
                self.take()
                node = Node(node.kind, node.args, f"{node.value}'")
            elif text == "_":
                self.take()
                node = self.indexed(node)
            else:
                return node

    def indexed(self, node: Node) -> Node:
        """A name with an index, or a number written in a base."""
        index = self.group()
        if node.kind == "num":
            if index.kind == "sym" and (base := meaning(str(index.value).lower())) is not None:
                index = base
            if index.kind != "num" or index.value.denominator != 1:
                raise NotMath("a number's index must be its base")
            return Node("base", (), (str(node.value), int(index.value)))
        name = node.value if node.kind in ("sym", "const", "call") else None
        if not isinstance(name, str):
            raise NotMath("an index stands behind something that has no name")
        if index.kind == "num":
            return Node("sym", (), f"{name}_{index.value}")
        return Node("sub", (index,), name)

    def exponent(self) -> Node:
        """What stands after `^`: a group, or one token with a sign."""
        if self.now.text in ("-", "+"):
            negative = self.take().text == "-"
            with self.deeper():
                inner = self.exponent()
            return Node("neg", (inner,)) if negative else inner
        if self.now.text == "{":
            return self.group()
        with self.deeper():
            node = self.postfix(self.atom())
            if self.now.text in ("^", "**"):
                self.take()
                node = Node("pow", (node, self.exponent()))
            return node

    def exponent_text(self) -> str:
        """The exponent of a unit."""
        node = self.group()
        sign = "-" if node.kind == "neg" else ""
        inner = node.args[0] if node.kind == "neg" else node
        if inner.kind != "num" or inner.value > 9:
            raise NotMath("a unit's exponent must be a small number")
        return f"{sign}{inner.value}"

    def group(self) -> Node:
        """`{...}`, or one character as LaTeX takes it."""
        if self.now.text != "{":
            if self.now.kind == "cmd":
                with self.deeper():
                    return self.atom()
            if self.now.text in ("-", "*"):
                return Node("sym", (), self.take().text)
            token = self.single()
            if token.kind == "num":
                return num(int(token.text))
            if token.kind == "word":
                return self.name(token.text)
            if token.kind == "text":
                return Node("sym", (), token.text)
            raise NotMath(f"{token.text!r} cannot be an argument")
        self.take()
        if self.now.kind == "text" and self.peek(1).text == "}":
            node = Node("sym", (), self.take().text)
        else:
            bars, self.bars = self.bars, 0
            self.nested += 1
            node = self.items()
            self.nested -= 1
            self.bars = bars
        self.expect("}")
        return node

    def atom(self) -> Node:
        """A number, a name, a bracket or a command with its arguments."""
        with self.deeper():
            token = self.take()
            if token.kind == "num":
                return self.number(token.text)
            if token.kind == "word":
                return self.word(token.text)
            if token.kind == "cmd":
                return self.command(token.text[1:])
            if token.text in ("(", "["):
                return self.bracket(token.text)
            if token.text == "{":
                self.at -= 1
                return self.group()
            if token.text == "|":
                self.bars += 1
                inner = self.sum()
                self.expect("|")
                self.bars -= 1
                return Node("call", (inner,), "abs")
            if token.kind == "text" and self.now.text == "=" and len(token.text.split()) <= 4:
                return Node("sym", (), token.text.lower())  # "Area = 12" names its value
            if token.text == "_":
                return self.led()
            raise NotMath(f"{token.text or 'the end'!r} is not expected here")

    def led(self) -> Node:
        """`_{10}C_3`: an index in front of its name."""
        top = self.group()
        name = self.take().text
        if name not in ("C", "P", "A") or self.now.text != "_":
            raise NotMath("an index stands in front of nothing")
        self.take()
        return _counted(name, top, self.group())

    def number(self, text: str) -> Node:
        r"""A numeral; a decimal remembers how many digits it shows; `0.\overline{3}` repeats."""
        if text.isdigit() and self.now.text != r"\overline":
            return num(int(text))
        mantissa, _, power = text.replace("E", "e").partition("e")
        if abs(int(power or 0)) > MAX_EXPONENT:
            raise TooLarge(f"the exponent {power} is beyond {MAX_EXPONENT}")
        whole, dot, decimals = mantissa.partition(".")
        value = Fraction(int((whole + decimals) or "0"), 10 ** len(decimals)) * Fraction(10) ** int(
            power or 0
        )
        if dot and self.now.text == r"\overline":
            self.take()
            period = self.group()
            if period.kind != "num":
                raise NotMath("only digits can repeat")
            shown = str(period.value)
            return num(value + Fraction(int(shown), (10 ** len(shown) - 1) * 10 ** len(decimals)))
        if not decimals and not power:
            return num(value)
        digits = len((whole + decimals).lstrip("0"))
        return Node("dec", (), (value, digits, len(decimals) - int(power or 0)))

    def word(self, text: str) -> Node:
        """Letters: a function, a constant, or single letters side by side."""
        if text in FUNCTIONS or text in ("sqrt", "cbrt", "binom", "cis"):
            return self.command(text)
        if text in CONSTANT_WORDS:
            return Node("const", (), CONSTANTS[text])
        if len(text) == 1:
            return self.name(text)
        if text in ENGLISH or (len(text) > 3 and not text.isupper()):
            raise NotMath(f"{text!r} is a word")
        self.at -= 1  # `yx^2` is y times x^2
        self.list[self.at] = Token("word", text[1:])
        return self.name(text[0])

    def name(self, text: str) -> Node:
        """One letter: a constant, an applied function, or a variable."""
        if text in ("e", "i"):
            return Node("const", (), text)
        if text in APPLIED and self.now.text == "(":
            return self.applied(text)
        return Node("sym", (), text)

    def applied(self, name: str) -> Node:
        """A function with its bracket; what is listed in it are the arguments."""
        self.take()
        inner = self.items()
        self.expect(")")
        args = inner.args if inner.kind == "list" else (inner,)
        return Node("call", args, name)

    def bracket(self, opener: str) -> Node:
        """`(x)` groups; `(a, b)`, `[a, b)` hold items in order."""
        bars, self.bars = self.bars, 0
        inner = self.items()
        self.bars = bars
        closer = self.now.text
        if closer not in _CLOSERS[opener]:
            raise NotMath(f"{opener!r} is not closed")
        self.take()
        if inner.kind == "list":
            return Node("seq", inner.args, opener + closer)
        if opener + closer not in ("()", "[]"):
            raise NotMath("brackets of two kinds hold one item")
        return inner if opener == "(" or inner.kind != "seq" else Node("seq", (inner,), "[]")

    def command(self, name: str) -> Node:
        """A LaTeX command; `Commands` knows those with arguments."""
        if name in COMMANDS:
            return COMMANDS[name](self)
        if name in CONSTANTS:
            return Node("const", (), CONSTANTS[name])
        if name in FUNCTIONS:
            return function(self, name)
        if name in BIG:
            return self.big(name)
        if name == "begin":
            return environment(self)
        if name in ARITHMETIC and self.now.text == "(" and self._one_letter_inside():
            return self.applied(name)
        if name in GREEK or len(name) == 3 or name in ("iunit", "junit", "kunit"):
            return Node("sym", (), name)
        raise NotMath(f"\\{name} is not known")

    def _one_letter_inside(self) -> bool:
        return self.peek(1).kind in ("word", "num") and self.peek(2).text == ")"

    def big(self, name: str) -> Node:
        """Sums, products, integrals, limits: bounds and the term that follows."""
        lower = upper = Node("sym", (), "")
        while self.now.text in ("_", "^"):
            mark = self.take().text
            if mark == "_":
                lower = self.bound()
            else:
                upper = self.group()
        body = self.term()
        return Node("call", (body, lower, upper), name)

    def bound(self) -> Node:
        """The lower bound, which may be `k=0`."""
        return self.group()


def _chosen(base: Node, exponent: Node) -> Node:
    """A power, or `C_{10}^{3}` and `A_5^2` as the number of choices that they are."""
    if base.kind == "sym" and exponent.kind == "num":
        name, _, index = base.value.partition("_")
        if name in ("C", "A", "P") and index.isdigit() and exponent.value.denominator == 1:
            below, above = int(index), int(exponent.value)
            if min(below, above) >= 0 and (name == "C" or below >= above):
                return _counted(name, num(max(below, above)), num(min(below, above)))
    return Node("pow", (base, exponent))


def _counted(name: str, top: Node, below: Node) -> Node:
    chosen = Node("call", (top, below), "binom")
    if name == "C":
        return chosen
    return Node("mul", (chosen, Node("call", (below,), "factorial")))
