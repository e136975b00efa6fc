"""`class_key`: one string for equal answers, as far as that is cheap; the ground of self-consistency."""

from hashlib import blake2b

from fastdistill_math import shapes
from fastdistill_math.clean import squeeze, words
from fastdistill_math.fast import number_key
from fastdistill_math.quantity import normal, real_value
from fastdistill_math.regions import Piece, region
from fastdistill_math.relations import canonical_multiple
from fastdistill_math.residue import Residues
from fastdistill_math.tree import Node, NotMath, TooLarge


def class_key(answer: str, tree: Node) -> str:
    """The key of an answer's first reading; text where its mathematics has no cheap normal form."""
    try:
        return _key(shapes.bare(tree))
    except (NotMath, TooLarge):
        spelled = words(answer) if tree.kind == "text" else squeeze(answer)
        return "t:" + blake2b(spelled.encode(), digest_size=12).hexdigest()


def _key(node: Node) -> str:
    node = normal(node)
    if node.kind == "text":
        raise NotMath("words have no value")
    if node.kind == "unit":
        return _key(node.args[0])
    if sign := shapes.infinity(node):
        return f"inf:{sign}"
    if node.kind in ("list", "set", "or", "pm") and not shapes.conditions(node):
        keys = {_key(value) for part in _parts(node) for value in [part]}
        return "{" + ",".join(sorted(keys)) + "}"
    if shapes.conditions(node) or node.kind in ("union", "minus", "inter"):
        found = region(node)
        if found is None:
            raise NotMath("no region")
        return "[" + ",".join(sorted(_piece(p) for p in found.pieces)) + "]"
    if node.kind == "seq" and len(node.args) == 2:
        found = region(node)
        return "[" + _piece(found.pieces[0]) + "]" if found else ""
    if node.kind in ("seq", "matrix", "row"):
        return "(" + ",".join(_key(arg) for arg in node.args) + ")"
    if node.kind == "rel" and node.value == ("eq",):
        return "eq:" + canonical_multiple(node)
    value = real_value(node)
    if value is not None:
        return number_key(value)
    return f"r:{Residues().of(node):x}"


def _parts(node: Node) -> list[Node]:
    return shapes.values(shapes.aligned(node, node)[0])


def _piece(piece: Piece) -> str:
    low, high = piece.low, piece.high
    ends = ("[" if piece.closed_low else "(") + ("]" if piece.closed_high else ")")
    return f"{ends}{_key(low)};{_key(high)}"
