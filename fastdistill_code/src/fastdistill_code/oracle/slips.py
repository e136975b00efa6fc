"""Slips in golds: constructs that linters call doubtful, each with what was likely meant instead.

Published golds are wrong now and then, and a right program is then refused. Where another reading of a
doubtful construct passes all that was seen too, the tests do not tell which was meant: what the two answer
differently is no evidence. Readings are a fixed list of well-known slips, never any change that passes.
"""

import ast
import copy
import re
from collections.abc import Callable, Iterator

from fastdistill_code.oracle.operators import reached

_MOST = 8
Change = Callable[[], None]
"""Puts another reading into the tree."""
Kind = Callable[[ast.AST, str, str], Iterator[Change]]
"""Given a node, the gold's text and the prompt in lower case, the changes that a slip there asks for."""


def other_readings(gold: str, prompt: str, entry_point: str | None = None) -> list[str]:
    """The gold with its slips of one kind read otherwise, all of them, then each alone; at most eight."""
    try:
        tree = ast.parse(gold)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: dict[str, None] = {}
    for kind in _KINDS:
        count = len(_changes(tree, kind, gold, prompt, entry_point))
        for chosen in [None, *(range(count) if count > 1 else ())] if count else []:
            changed = copy.deepcopy(tree)
            changes = _changes(changed, kind, gold, prompt, entry_point)
            for change in changes if chosen is None else changes[chosen : chosen + 1]:
                change()
            found[ast.unparse(ast.fix_missing_locations(changed))] = None
    return list(found)[:_MOST]


def _changes(tree: ast.Module, kind: Kind, gold: str, prompt: str, entry_point: str | None) -> list[Change]:
    nodes = [node for top in reached(tree, entry_point) for node in ast.walk(top)]
    return [change for node in nodes for change in kind(node, gold, prompt.lower())]


def _precedence(node: ast.AST, source: str, prompt: str) -> Iterator[Change]:
    """`a and b or c` without parentheses, meant as `a and (b or c)`."""
    if not isinstance(node, ast.BoolOp) or not isinstance(node.op, ast.Or):
        return
    for place, part in enumerate(node.values):
        if not isinstance(part, ast.BoolOp) or _parenthesised(part, source):
            continue
        before, after = node.values[:place], node.values[place + 1 :]
        if after:
            last = ast.BoolOp(ast.Or(), [part.values[-1], *after])
            whole: list[ast.expr] = [*before, ast.BoolOp(ast.And(), [*part.values[:-1], last])]
        else:
            first = ast.BoolOp(ast.Or(), [*before, part.values[0]])
            whole = [ast.BoolOp(ast.And(), [first, *part.values[1:]])]
        yield lambda node=node, whole=whole: setattr(node, "values", [*whole, *whole[:1]])  # type: ignore[misc]
        return


def _parenthesised(node: ast.expr, source: str) -> bool:
    lines = source.encode().split(b"\n")
    if node.end_lineno is None or node.end_col_offset is None:
        return True
    before = [*lines[: node.lineno - 1], lines[node.lineno - 1][: node.col_offset]]
    after = [lines[node.end_lineno - 1][node.end_col_offset :], *lines[node.end_lineno :]]
    return b"\n".join(before).rstrip().endswith(b"(") and b"\n".join(after).lstrip().startswith(b")")


_CHANGING = {"remove", "pop", "append", "insert", "clear", "extend", "discard", "add"}


def _changed_while_read(node: ast.AST, source: str, prompt: str) -> Iterator[Change]:
    """A loop over a list that its body changes, meant to go over the items as they were."""
    if not isinstance(node, ast.For) or not isinstance(node.iter, ast.Name):
        return
    name = node.iter.id
    copied = ast.Call(ast.Name("list", ast.Load()), [ast.Name(name, ast.Load())], [])
    if any(_changes_it(inner, name) for statement in node.body for inner in ast.walk(statement)):
        yield lambda: setattr(node, "iter", copied)


def _changes_it(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
            return owner == name and method in _CHANGING
        case ast.Delete(targets=[ast.Subscript(value=ast.Name(id=owner))]):
            return owner == name
    return False


def _first_turn(node: ast.AST, source: str, prompt: str) -> Iterator[Change]:
    """A loop that returns in its first turn whatever it finds, meant to return behind the loop."""
    for field in ("body", "orelse"):
        statements = getattr(node, field, None)
        if not isinstance(statements, list):
            continue
        for place, loop in enumerate(statements):
            if not isinstance(loop, (ast.For, ast.While)) or loop.orelse or not loop.body:
                continue
            match loop.body[-1]:
                case ast.If(body=[*_, ast.Return()], orelse=[ast.Return() as otherwise]) as last:

                    def hoist(
                        statements: list[ast.stmt] = statements,
                        place: int = place,
                        last: ast.If = last,
                        otherwise: ast.Return = otherwise,
                    ) -> None:
                        last.orelse = []
                        statements[place + 1 :] = [otherwise]

                    yield hoist


def _positive(node: ast.AST, source: str, prompt: str) -> Iterator[Change]:
    """`>= 0` where the problem says positive, `<= 0` where it says negative."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or re.search(r"non-? ?(?:pos|neg)", prompt):
        return
    match node.ops[0], node.comparators[0]:
        case ast.GtE(), ast.Constant(value=0) if re.search(r"\bpositives?\b", prompt):
            yield lambda: setattr(node, "ops", [ast.Gt()])
        case ast.LtE(), ast.Constant(value=0) if re.search(r"\bnegatives?\b", prompt):
            yield lambda: setattr(node, "ops", [ast.Lt()])


def _prime(node: ast.AST, source: str, prompt: str) -> Iterator[Change]:
    """A function named after primes that looks for divisors from 2 and takes 1 and 0 for primes."""
    if not isinstance(node, ast.FunctionDef) or "prime" not in node.name.lower():
        return
    if len(node.args.args) != 1 or not re.search(r"range\(\s*2\s*,", ast.unparse(node)):
        return
    name = node.args.args[0].arg
    guard = ast.parse(f"if {name} < 2:\n    return False").body
    if isinstance(node.body[-1], ast.Return) and getattr(node.body[-1].value, "value", None) is True:
        yield lambda: node.body.__setitem__(slice(0, 0), guard)


_BY_LENGTH = re.compile(r"\blength\b|\blongest\b|\bshortest\b|\bmost (?:elements|items)\b")


def _by_length(node: ast.AST, source: str, prompt: str) -> Iterator[Change]:
    """`max(x for x in lists)` where the problem speaks of length: the greatest is not the longest."""
    if not _BY_LENGTH.search(prompt):
        return
    match node:
        case ast.Call(func=ast.Name(id="max" | "min"), args=[argument], keywords=[]):
            plain = isinstance(argument, ast.Name) or (
                isinstance(argument, (ast.GeneratorExp, ast.ListComp))
                and isinstance(argument.elt, ast.Name)
                and ast.unparse(argument.elt) == ast.unparse(argument.generators[0].target)
            )
            if plain:
                key = ast.keyword("key", ast.Name("len", ast.Load()))
                yield lambda: node.keywords.append(key)


def _stripped_signs(node: ast.AST, source: str, prompt: str) -> Iterator[Change]:
    """`lstrip("www.")` takes signs, not a beginning."""
    match node:
        case ast.Call(
            func=ast.Attribute(attr="lstrip" | "rstrip" as method) as called,
            args=[ast.Constant(value=str(text))],
        ) if len(text) > 1 and any(map(str.isalnum, text)):
            other = "removeprefix" if method == "lstrip" else "removesuffix"
            yield lambda: setattr(called, "attr", other)


def _identity(node: ast.AST, source: str, prompt: str) -> Iterator[Change]:
    """`is` between values, meant as `==`."""
    match node:
        case ast.Compare(ops=[ast.Is()], comparators=[ast.Constant(value=int() | str() | float())]):
            yield lambda: setattr(node, "ops", [ast.Eq()])
        case ast.Compare(ops=[ast.IsNot()], comparators=[ast.Constant(value=int() | str() | float())]):
            yield lambda: setattr(node, "ops", [ast.NotEq()])


def _sign_as_digit(node: ast.AST, source: str, prompt: str) -> Iterator[Change]:
    """`len(str(n))` for the number of digits, which counts the sign of negative numbers too."""
    match node:
        case ast.Call(
            func=ast.Name(id="len"), args=[ast.Call(func=ast.Name(id="str"), args=[number]) as text]
        ):
            if "digit" in prompt:
                yield lambda: setattr(text, "args", [ast.Call(ast.Name("abs", ast.Load()), [number], [])])


_KINDS: tuple[Kind, ...] = (
    _precedence,
    _changed_while_read,
    _first_turn,
    _positive,
    _prime,
    _by_length,
    _stripped_signs,
    _identity,
    _sign_as_digit,
)
