r"""`\begin{...}`: matrices, cases, aligned lines."""

from typing import Protocol

from fastdistill_math.lexer import Token
from fastdistill_math.names import MATRICES
from fastdistill_math.tree import Node

_LEADS = ("if", "for", "when", "where")
_REST = ("otherwise", "else", "if otherwise", "elsewhere")


class Cells(Protocol):
    """What an environment needs of the grammar."""

    @property
    def now(self) -> Token:
        """The next token."""
        ...

    def take(self) -> Token:
        """Move over it."""
        ...

    def expect(self, text: str) -> Token:
        """Move over a token that must be `text`."""
        ...

    def relation(self) -> Node:
        """One cell."""
        ...


def _says(at: Cells, words: tuple[str, ...]) -> bool:
    return at.now.kind in ("text", "word") and at.now.text.strip(" ,.").lower() in words


def environment(at: Cells) -> Node:
    """A matrix, cases, or aligned lines."""
    at.expect("{")
    name = at.take().text
    while at.now.text != "}" and at.now.kind != "end":
        at.take()
    at.expect("}")
    if name == "array" and at.now.text == "{":
        while at.take().text != "}" and at.now.kind != "end":
            pass
    rows: list[list[Node]] = [[]]
    while at.now.kind != "end" and at.now.text != r"\end":
        if at.now.text == r"\\":
            at.take()
            rows.append([])
        elif at.now.text in ("&", ",") or _says(at, _LEADS):
            at.take()
        elif _says(at, _REST):
            at.take()
            rows[-1].append(Node("sym", (), "otherwise"))
        else:
            rows[-1].append(at.relation())
    at.expect(r"\end")
    while at.now.kind != "end" and at.take().text != "}":
        pass
    kept = [Node("row", tuple(row)) for row in rows if row]
    if name == "cases":
        return Node("cases", tuple(kept))
    if name in MATRICES:
        matrix = Node("matrix", tuple(kept))
        return Node("call", (matrix,), "det") if name == "vmatrix" else matrix
    if len(kept) == 1 and len(kept[0].args) == 1:
        return kept[0].args[0]
    return Node("list", tuple(item for row in kept for item in row.args))
