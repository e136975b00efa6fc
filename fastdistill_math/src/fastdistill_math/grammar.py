"""A recursive-descent grammar for answers: tokens to a tree, without computing anything.

    list     := alternative ((',' | ';' | 'and') alternative)*
    relation := union (REL union)*
    union    := sum (SETOP sum)*
    sum      := ['+'|'-'|'±'] term (('+'|'-'|'±') term)*
    term     := factor (('*' | '/' | ':') factor | factor)*        juxtaposition multiplies
    factor   := '-' factor | postfix ['^' exponent]
    postfix  := atom ('!' | '%' | '°' | '_' index)*

Depth and tokens are limited, so that parsing is bounded. Atoms are in `atoms`, units in `measured`.
"""

from fractions import Fraction

from fastdistill_math.dotted import dotted
from fastdistill_math.measured import Measured
from fastdistill_math.names import RELATIONS, SETS
from fastdistill_math.tree import Node, NotMath, TooLarge, depth, num

MAX_TREE_DEPTH = 120
_BOUNDS = frozenset(["<", ">", "<=", ">=", r"\le", r"\ge", r"\ne", "!="])


class Grammar(Measured):
    """The layers above atoms."""

    def parse(self) -> Node:
        """The whole text as one tree. Raises `NotMath` where it does not fit the grammar."""
        found = self.items()
        if self.now.kind != "end":
            raise NotMath(f"{self.now.text!r} is not expected here")
        if depth(found) > MAX_TREE_DEPTH:
            raise TooLarge(f"the answer nests deeper than {MAX_TREE_DEPTH} levels")
        return found

    def items(self) -> Node:
        """A list without brackets; one item is itself."""
        with self.deeper():
            found = [self.alternative()]
            while self.now.text in (",", ";") or self._joins("and", r"\and", "&"):
                self.take()
                while self.now.text in (",", ";") or self._joins("and", r"\and", "&", r"\ldots"):
                    self.take()
                if self.now.kind == "end" or self.now.text in (")", "]", "}", r"\}"):
                    break
                found.append(self.alternative())
            return found[0] if len(found) == 1 else Node("list", tuple(found))

    def alternative(self) -> Node:
        """Relations joined by "or"."""
        found = [self.relation()]
        while self._joins("or", r"\or"):
            self.take()
            found.append(self.relation())
        return found[0] if len(found) == 1 else Node("or", tuple(found))

    def _joins(self, *names: str) -> bool:
        now = self.now
        text = now.text.strip(" ,").lower() if now.kind == "text" else now.text
        return now.kind in ("text", "word", "cmd") and text in names

    def relation(self) -> Node:
        """A chain of sides."""
        if self.now.text in _BOUNDS and self.now.kind in ("op", "cmd"):
            sides = [Node("sym", (), "")]  # "at least 3" bounds what has no name
        elif (head := self._function_head()) is not None:
            sides = [head]
        else:
            sides = [self.union()]
        names: list[str] = []
        while (name := RELATIONS.get(self.now.text)) is not None and self.now.kind in ("op", "cmd"):
            self.take()
            names.append(name)
            sides.append(self.union())
        if not names and sides[0].kind in ("num", "neg") and self._modulus_follows():
            return Node("cong", (sides[0], self._modulus()))
        if names[-1:] == ["equiv"] and self._modulus_follows():
            return Node("cong", (sides[-1], self._modulus()), sides[0].value if len(sides) == 2 else None)
        return Node("rel", tuple(sides), tuple(names)) if names else sides[0]

    def _function_head(self) -> Node | None:
        """`x(t) =`: one letter applied to letters, before an equals sign."""
        if self.now.kind != "word" or len(self.now.text) != 1 or self.peek(1).text != "(":
            return None
        arguments, ahead = [], 2
        while self.peek(ahead).kind in ("word", "num") and len(self.peek(ahead).text) == 1:
            token = self.peek(ahead)
            arguments.append(Node("sym", (), token.text) if token.kind == "word" else num(int(token.text)))
            ahead += 1
            if self.peek(ahead).text == ",":
                ahead += 1
                continue
            break
        if (
            not any(each.kind == "sym" for each in arguments)
            or self.peek(ahead).text != ")"
            or self.peek(ahead + 1).text != "="
        ):
            return None
        name = self.now.text
        for _ in range(ahead + 1):
            self.take()
        return Node("call", tuple(arguments), name)

    def _modulus_follows(self) -> bool:
        ahead = self.peek(1).text if self.now.text == "(" else self.now.text
        return ahead in (r"\pmod", r"\mod", r"\bmod", "mod")

    def _modulus(self) -> Node:
        bracket = self.now.text == "("
        if bracket:
            self.take()
        self.take()
        modulus = self.group() if self.now.text == "{" else self.term()
        if bracket:
            self.expect(")")
        return modulus

    def union(self) -> Node:
        """Sets joined by cup, cap, setminus."""
        left = self.sum()
        while (name := SETS.get(self.now.text)) or (self.now.text == "U" and left.kind in ("seq", "union")):
            self.take()
            left = Node(name or "union", (left, self.sum()))
        return left

    def sum(self) -> Node:
        """Terms with signs."""
        with self.deeper():
            left = self._signed()
            while self.now.text in ("+", "-", r"\pm", r"\mp") and self.now.kind in ("op", "cmd"):
                sign = self.take().text
                if self.now.text == r"\ldots":
                    left = self._dotted(left)
                    continue
                right = self.term()
                if sign in (r"\pm", r"\mp"):
                    left = Node("pm", (left, right), sign[1:])
                else:
                    right = Node("neg", (right,)) if sign == "-" else right
                    args = left.args if left.kind == "add" else (left,)
                    left = Node("add", (*args, right))
            return left

    def _dotted(self, left: Node) -> Node:
        r"""What `\ldots +` leaves out before the last term."""
        self.take()
        self.expect("+")
        return dotted(left.args if left.kind == "add" else (left,), self.term())

    def _signed(self) -> Node:
        with self.deeper():
            return self._signed_term()

    def _signed_term(self) -> Node:
        sign = self.now.text
        if sign in ("+", "-", r"\pm", r"\mp"):
            self.take()
            term = self._signed() if self.now.text in ("+", "-") else self.term()
            if sign in (r"\pm", r"\mp"):
                return Node("pm", (num(0), term), sign[1:])
            return Node("neg", (term,)) if sign == "-" else term
        return self.term()

    def term(self) -> Node:
        """Factors; a number in front of words carries them as its unit."""
        left = self.factor()
        while True:
            now = self.now
            if now.text in ("*", r"\times", r"\cdot"):
                self.take()
                left = self._times(left, self._signed_factor())
            elif now.text == "/" and now.kind == "op":
                self.take()
                left = Node("div", (left, self._signed_factor()))
            elif now.text == r"\choose":
                self.take()
                left = Node("call", (left, self.term()), "binom")
            elif now.text in (r"\bmod", r"\mod", "mod") and not self._closes_congruence():
                self.take()
                left = Node("call", (left, self._signed_factor()), "mod")
            elif now.text == ":" and now.kind == "op" and not self.builder:
                left = self._ratio(left)
            elif self.unit_begins(left):
                left = self.unit(left)
            elif self.starts_factor():
                left = self._beside(left)
            else:
                return left

    def _closes_congruence(self) -> bool:
        return any(token.text == r"\equiv" for token in self.list[: self.at])

    def _ratio(self, first: Node) -> Node:
        parts = [first]
        while self.now.text == ":":
            self.take()
            part = self.factor()
            while self.starts_factor() and self.now.kind != "word":
                part = self._beside(part)
            parts.append(part)
        return Node("ratio", tuple(parts))

    def _signed_factor(self) -> Node:
        if self.now.text in ("-", "+") and self.now.kind == "op":
            negative = self.take().text == "-"
            with self.deeper():
                inner = self._signed_factor()
            return Node("neg", (inner,)) if negative else inner
        return self.factor()

    def _times(self, left: Node, right: Node) -> Node:
        args = left.args if left.kind == "mul" else (left,)
        return Node("mul", (*args, right))

    def _beside(self, left: Node) -> Node:
        before = self.peek(-1)
        number = self.now.kind == "num"
        right = self.factor()
        if left.kind == "num" and _proper_fraction(right) and before.kind == "num":
            return Node("add", (left, right))  # a mixed number
        if (
            left.kind == "num"
            and right.kind == "percent"
            and _proper_fraction(right.args[0])
            and not number
        ):
            return Node("percent", (Node("add", (left, right.args[0])),))
        if number and before.kind == "num":
            if left.kind == "num" and self.now.text == "/" and self.peek(1).kind == "num":
                self.take()
                fraction = Node("div", (right, self.factor()))
                if _proper_fraction(fraction):
                    return Node("add", (left, fraction))
            raise NotMath("two numbers stand side by side")
        return self._times(left, right)

    def starts_factor(self) -> bool:
        """Whether the next token can be multiplied by what stands before it."""
        now = self.now
        if now.kind in ("num", "word"):
            return now.text not in ("and", "or", "U", "mod")
        if now.kind == "cmd":
            name = now.text
            return name not in RELATIONS and name not in SETS and name not in (
                r"\}", r"\pm", r"\mp", r"\end", r"\and", r"\or", r"\ldots", r"\rfloor", r"\rceil",
                r"\rangle", r"\vert", r"\|", r"\in", r"\choose", r"\bmod", r"\pmod", r"\mod", r"\quad",
            )  # fmt: skip
        if now.text == "|":
            return self.bars == 0
        return now.text in ("(", "[", "{")


def _proper_fraction(node: Node) -> bool:
    if node.kind != "div" or any(side.kind != "num" for side in node.args):
        return False
    top, bottom = node.args[0].value, node.args[1].value
    return bool(Fraction(0) < top < bottom and top.denominator == bottom.denominator == 1)
