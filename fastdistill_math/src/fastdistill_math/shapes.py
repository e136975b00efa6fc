"""What kind of answer a tree is, and how two answers in different forms are brought side by side."""

from collections.abc import Iterator

from fastdistill_math.matrices import folded
from fastdistill_math.naming import is_name
from fastdistill_math.tree import Node, num

LISTS = frozenset(["list", "set", "or", "pm"])
SETS = frozenset(["union", "inter", "minus", "set"])
INEQUALITIES = frozenset(["lt", "le", "gt", "ge", "ne", "in"])
_STATES = frozenset(["eq", "approx"])


def bare(node: Node) -> Node:
    r"""`x = 5` as 5, `a = b = c` as c, `x \in S` as S, where the left side only names."""
    if node.kind != "rel":
        return node
    if node.value == ("in",) and is_name(node.args[0]):
        return node.args[1]
    if set(node.value) <= _STATES and (is_name(node.args[0]) or len(node.args) > 2):
        return node.args[0] if is_name(node.args[-1]) and not is_name(node.args[0]) else node.args[-1]
    return node


def computed(node: Node) -> Node:
    """`node` with its matrices folded and unit vectors as coordinates."""
    return folded(node) if node.has("matrix", "sym") else node


def _inequality(node: Node) -> bool:
    return node.kind == "rel" and bool(set(node.value) & (INEQUALITIES - {"in"}))


def conditions(*nodes: Node) -> bool:
    """Whether a condition on a variable is among these, alone or in a list."""
    for node in nodes:
        parts = node.args if node.kind in ("list", "or") else (node,)
        if any(_inequality(part) for part in parts):
            return True
    return False


def aligned(gold: Node, answer: Node) -> tuple[Node, Node]:
    """Vectors as tuples, nested brackets as matrices, sets of one as their element, ± as two values."""
    gold, answer = _without_signs(gold), _without_signs(answer)
    gold, answer = _matrix_like(gold, answer), _matrix_like(answer, gold)
    return _alone(gold, answer), _alone(answer, gold)


def _alone(node: Node, other: Node) -> Node:
    if node.kind == "rel" and node.value == ("in",) and is_name(node.args[0]):
        node = node.args[1] if other.kind in (*LISTS, "seq") else node
    if node.kind in ("set", "list") and len(node.args) == 1 and other.kind not in LISTS | SETS | {"seq"}:
        return node.args[0]
    return node


def _matrix_like(node: Node, other: Node) -> Node:
    if node.kind == "matrix" and other.kind == "seq" and all(arg.kind != "seq" for arg in other.args):
        entries = flat(node)
        if len(node.args) == 1 or all(len(row.args) == 1 for row in node.args):
            return Node("seq", tuple(entries), other.value)
    if node.kind == "seq" and other.kind == "matrix" and all(arg.kind == "seq" for arg in node.args):
        return Node("matrix", tuple(Node("row", arg.args) for arg in node.args))
    return node


def _without_signs(node: Node) -> Node:
    if not node.has("pm"):
        return node
    if node.kind in ("list", "set", "or"):
        return Node(node.kind, tuple(value for arg in node.args for value in both_signs(arg)))
    if node.kind == "seq":
        return node
    return Node("list", tuple(both_signs(node)))


def both_signs(node: Node) -> list[Node]:
    """The two values of an expression with ±: all upper signs, then all lower ones."""
    return [_signed(node, True), _signed(node, False)] if node.has("pm") else [node]


def _signed(node: Node, upper: bool) -> Node:
    args = tuple(_signed(arg, upper) for arg in node.args)
    if node.kind != "pm":
        return Node(node.kind, args, node.value)
    right = args[1] if (node.value == "pm") == upper else Node("neg", (args[1],))
    return right if args[0] == num(0) else Node("add", (args[0], right))


def values(node: Node) -> list[Node]:
    """The values that a list, set or tuple holds, without the names in front of them."""
    return list(_values(node)) if node.kind in (*LISTS, "seq") else [bare(node)]


def _values(node: Node) -> Iterator[Node]:
    for arg in node.args:
        if arg.kind in ("list", "or"):
            yield from _values(arg)
        else:
            yield from both_signs(bare(arg))


def assignments(node: Node) -> dict[str, Node]:
    """`x = 1, y = 2` by name; nothing where a name stands twice or an item is no assignment."""
    if node.kind != "list":
        return {}
    found: dict[str, Node] = {}
    for arg in node.args:
        if arg.kind != "rel" or set(arg.value) != {"eq"} or arg.args[0].kind != "sym":
            return {}
        if arg.args[0].value in found:
            return {}
        found[arg.args[0].value] = arg.args[-1]
    return found


def flat(node: Node) -> list[Node]:
    """All entries of a matrix, row by row; the items of anything else."""
    if node.kind in ("matrix", "row") or (
        node.kind == "seq" and any(arg.kind == "seq" for arg in node.args)
    ):
        return [entry for row in node.args for entry in (row.args or (row,))]
    return values(node)


def infinity(node: Node) -> int:
    """1 for infinity, -1 for minus infinity, else 0."""
    if node.kind == "const" and node.value == "inf":
        return 1
    if node.kind == "neg":
        return -infinity(node.args[0])
    return 0


def line(node: Node) -> bool:
    """Whether `node` is the sign for all real numbers."""
    return node.kind == "sym" and node.value == "R"
