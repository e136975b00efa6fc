"""A gold that holds several items, taken apart as text: tuples, sets, intervals, bare lists."""

import re

from attrs import frozen

from fastdistill_math.shapes import infinity
from fastdistill_math.tree import Node

_PLAIN = frozenset(["num", "dec", "neg", "div", "sym", "const", "mul", "add", "root", "pow"])


@frozen
class Pieces:
    """Items between brackets, as they are written."""

    items: tuple[str, ...]
    opener: str
    closer: str
    ordered: bool
    flipped: str | None = None
    """The same interval with one end open instead of closed, or the other way."""

    def written(self, items: "list[str] | tuple[str, ...]") -> str:
        """Other items in these brackets."""
        return f"{self.opener}{', '.join(items)}{self.closer}"


def pieces(text: str, tree: Node) -> Pieces | None:
    """The parts of `text`, or None where it is no plain collection of numbers and expressions."""
    if tree.kind not in ("seq", "set", "list") or len(tree.args) < (1 if tree.kind == "set" else 2):
        return None
    if any(arg.kind not in _PLAIN for arg in tree.args):
        return None
    body = text.replace("\\left", "").replace("\\right", "").strip()
    fences = {"seq": 1, "set": 2, "list": 0}[tree.kind]
    opener, closer = body[:fences], body[len(body) - fences :]
    items = _split(body[fences : len(body) - fences])
    if any(re.search(r"\b(?:and|or)\b", item) for item in items):
        return None
    if len(items) != len(tree.args) or (tree.kind == "set" and opener != "\\{"):
        return None
    flipped = None
    if tree.kind == "seq" and len(items) == 2:
        sides = [infinity(arg) for arg in tree.args]
        if sides[1] == 0 and (tree.value != "()" or sides[0]):
            flipped = f"{opener}{', '.join(items)}{']' if closer == ')' else ')'}"
        elif sides[0] == 0 and (tree.value != "()" or sides[1]):
            flipped = f"{'[' if opener == '(' else '('}{', '.join(items)}{closer}"
    if any(infinity(arg) for arg in tree.args):
        return Pieces(tuple(items), opener, closer, True, flipped) if flipped else None
    return Pieces(tuple(items), opener, closer, tree.kind == "seq", flipped)


def _split(body: str) -> list[str]:
    items, depth, current = [], 0, ""
    for char in body:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            items.append(current.strip())
            current = ""
        else:
            current += char
    return [item for item in [*items, current.strip()] if item]
