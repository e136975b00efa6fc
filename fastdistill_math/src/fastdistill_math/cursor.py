"""Where a parse stands: tokens, depth limit and the small moves that every rule makes."""

from fastdistill_math.lexer import Token, tokens
from fastdistill_math.tree import NotMath, TooLarge

MAX_DEPTH = 80


class Cursor:
    """A position in the tokens of a cleaned text."""

    def __init__(self, text: str) -> None:
        self.list = tokens(text)
        self.at = 0
        self.depth = 0
        self.bars = 0
        """Open `|`: inside, the next one closes."""
        self.nested = 0
        """Groups in braces around this place: the arguments of roots, fractions and exponents."""
        self.builder = False
        """Whether a colon parts a set's variable from its condition."""

    @property
    def now(self) -> Token:
        """The next token."""
        return self.list[self.at]

    def peek(self, ahead: int) -> Token:
        """A token further on, or behind for a negative count."""
        return self.list[max(0, min(self.at + ahead, len(self.list) - 1))]

    def take(self) -> Token:
        """Move over the next token."""
        token = self.list[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def expect(self, text: str) -> Token:
        """Move over a token that must be `text`."""
        if self.now.text != text:
            raise NotMath(f"{text!r} is missing before {self.now.text!r}")
        return self.take()

    def deeper(self) -> "Cursor":
        """One level of nesting, as a context. Raises `TooLarge` beyond the limit."""
        if self.depth >= MAX_DEPTH:
            raise TooLarge(f"brackets nest deeper than {MAX_DEPTH} levels")
        return self

    def __enter__(self) -> "Cursor":
        self.depth += 1
        return self

    def __exit__(self, *_: object) -> None:
        self.depth -= 1

    def single(self) -> Token:
        """One character's worth of a token, as LaTeX takes an argument without braces."""
        token = self.list[self.at]
        if token.kind == "num" and len(token.text) > 1:
            self.list[self.at] = Token("num", token.text[1:])
            return Token("num", token.text[0])
        if token.kind == "word" and len(token.text) > 1:
            self.list[self.at] = Token("word", token.text[1:])
            return Token("word", token.text[0])
        return self.take()
