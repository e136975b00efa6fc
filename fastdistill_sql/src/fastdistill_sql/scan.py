"""A reply while it is read, and what is left of the work that its length justifies."""

from collections.abc import Callable, Iterator

from attrs import define, field, frozen

from fastdistill_sql.grammar import Stop
from fastdistill_sql.lexer import Token, tokens

_WORK = 6
"""How often, on average, a character may be looked at; the rest of a hostile reply is left alone."""
Grammar = Callable[[str], Stop | None]
"""Where a dialect stops taking a text as one query; None if it takes all of it."""


@frozen
class Block:
    """A place where a query may stand."""

    kind: str
    """`fence`, `json`, `tag`, `code`, `inline`, `bare` or `whole`."""
    content: str
    end: int
    complete: bool = True
    """Whether its end was seen."""

    @property
    def rule(self) -> str:
        """Its kind, for the reading."""
        return self.kind if self.complete or self.kind == "bare" else f"open-{self.kind}"


class Spent(Exception):
    """The reply costs more than its length justifies."""


@define
class Scan:
    """A reply, and how much reading of it is left."""

    text: str
    grammar: Grammar
    left: int = field(init=False)

    @left.default
    def _all(self) -> int:
        return _WORK * len(self.text) + 20_000

    def spend(self, work: int) -> None:
        """Take `work` characters from what is left; raises `Spent`."""
        self.left -= work
        if self.left < 0:
            raise Spent

    def tokens(self, start: int) -> Iterator[Token]:
        """The tokens from `start`, as long as reading is left; raises `Spent`."""
        for token in tokens(self.text, start):
            self.spend(token.end - token.start)
            yield token

    def stop(self, content: str) -> Stop | None:
        """Where the grammar stops in `content`; raises `Spent`."""
        self.spend(len(content))
        return self.grammar(content)
