"""Units in the grammar: which words behind a number are its unit, and quantities of several parts."""

from fastdistill_math.atoms import Atoms
from fastdistill_math.names import FUNCTIONS
from fastdistill_math.spoken import is_mathematics
from fastdistill_math.tree import Node, NotMath
from fastdistill_math.units import UNITS, is_unit

_WORDS = frozenset(["and", "or", "U", "sqrt", "cbrt", "binom", "pi", "inf", "infinity"])


class Measured(Atoms):
    """The rules for units, between atoms and the layers above."""

    def unit_begins(self, left: Node) -> bool:
        """Whether what follows `left` is its unit. Raises `NotMath` for words behind an expression."""
        now = self.now
        if now.kind == "text" and now.text.strip(" ,").lower() in ("and", "or"):
            return False
        plain = not left.has("sym", "sub", "rel")
        if now.kind == "text":
            if not plain and not all(word in UNITS for word in now.text.split()):
                raise NotMath("words stand behind an expression")
            return True
        if (
            now.kind == "word"
            and now.text == "min"
            and plain
            and self.peek(1).text not in ("(", "{", "_", r"\{")
        ):
            return True
        if now.kind == "word" and plain and now.text[0] >= "\u3000":
            return True
        if now.kind != "word" or not plain or now.text in FUNCTIONS or now.text in _WORDS:
            return False
        if len(now.text) == 1 and (self.nested or not self._ends_behind_units()):
            return False  # inside an expression it is a letter
        return is_unit(now.text, spaced=now.spaced) or (now.spaced and len(now.text) > 2)

    def _ends_behind_units(self) -> bool:
        before = ""
        for token in self.list[self.at :]:
            if token.kind == "end" or token.text in (",", ";"):
                return True
            exponent = (before in ("^", "{", "-") and token.text in ("{", "-", "}")) or len(token.text) == 1
            unit = token.kind in ("word", "text") or token.text in ("/", "^", "*", r"\cdot", "}")
            if not unit and not (exponent and before in ("^", "{", "-")):
                return False
            before = token.text
        return True

    def unit(self, left: Node) -> Node:
        """`left` with the unit behind it, or the compound quantity that it begins."""
        words: list[str] = []
        while True:
            now = self.now
            if now.kind in ("word", "text"):
                if words and now.text.strip(" ,").lower() in ("and", "or"):
                    break
                inches = now.text == "in" and self.peek(1).kind in ("end", "op") and left.kind != "unit"
                words_ = now.text.replace("square in", "").replace("sq in", "").replace("cubic in", "")
                if not inches and any(map(is_mathematics, words_.split())):
                    raise NotMath(f"{now.text!r} is no unit")
                words.append(now.text)
            elif words and now.text in ("/", "*", r"\cdot") and self.peek(1).kind in ("word", "text"):
                words.append("/" if now.text == "/" else "*")
            elif words and now.text == "^":
                self.take()
                words.append("^" + self.exponent_text())
                continue
            elif words and (
                (now.kind == "num" and (now.spaced or self.peek(-1).kind == "text"))
                or self._rest_is_words()
            ):
                words.append(now.text)
            else:
                break
            self.take()
        if words[-1] in ("/", "*"):
            raise NotMath("a unit ends in a sign")
        if sum(word[:1].isdigit() for word in words):
            return self._compound(left, words)
        return Node("unit", (left,), " ".join(words))

    def _compound(self, first: Node, words: list[str]) -> Node:
        """`3 h 30 min`: parts with numbers of their own, to be added."""
        parts: list[Node] = []
        number, names = first, list[str]()
        for word in words:
            if word[:1].isdigit():
                parts.append(Node("unit", (number,), " ".join(names)))
                number, names = self.number(word), []
            else:
                names.append(word)
        if not names:
            raise NotMath("a number stands behind a unit")
        return Node("compound", (*parts, Node("unit", (number,), " ".join(names))))

    def _rest_is_words(self) -> bool:
        rest = self.list[self.at : -1]
        if self.now.text not in ("-", "(", ")", "'", ":") or self.depth > 3:
            return False
        return any(t.kind in ("word", "text") for t in rest) and all(
            t.kind in ("word", "text") or t.text in ("-", "(", ")", "'", ":") for t in rest
        )
