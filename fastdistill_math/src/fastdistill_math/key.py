"""`class_key`: one string for equal answers, as far as that is cheap; the ground of self-consistency."""

from hashlib import blake2b

from fastdistill_math import shapes
from fastdistill_math.clean import squeeze, words
from fastdistill_math.fast import number_key
from fastdistill_math.quantity import normal, real_value
from fastdistill_math.regions import Piece, region
from fastdistill_math.relations import canonical_multiple
from fastdistill_math.residue import Residues
from fastdistill_math.tree import Node, NotMath, TooLarge, num
from fastdistill_math.units import measure


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
        return _quantity_key(node)
    if node.kind in ("prose", "time", "date", "given", "cong", "compound", "ratio"):
        raise NotMath("compared by what it says")
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


def _quantity_key(node: Node) -> str:
    found = measure(str(node.value))
    if found is None or found.offset:
        raise NotMath("an unknown unit")
    kinds = [f"{kind}^{power}" for kind, power in sorted(found.powers.items())] + sorted(found.nouns)
    return f"{_key(Node('mul', (node.args[0], num(found.factor))))} {'*'.join(kinds)}"


def _parts(node: Node) -> list[Node]:
    return shapes.values(shapes.aligned(node, node)[0])


def _piece(piece: Piece) -> str:
    low, high = piece.low, piece.high
    ends = ("[" if piece.closed_low else "(") + ("]" if piece.closed_high else ")")
    return f"{ends}{_key(low)};{_key(high)}"
