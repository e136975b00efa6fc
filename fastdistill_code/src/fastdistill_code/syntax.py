"""Python text as a tree, without running it: parsing hostile text, and who binds and who uses names."""

import ast
import builtins
import re
import warnings
from collections.abc import Iterator

MOST_CHARACTERS = 200_000
SOLUTION = "Solution"
"""The class whose methods are what LeetCode's tests call."""
_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__builtins__"}

IMPORTS: dict[str, str] = {
    **{
        name: f"import {name}"
        for name in (
            "math", "re", "collections", "itertools", "functools", "heapq", "bisect", "string", "random",
            "datetime", "json", "copy", "operator", "statistics", "hashlib", "decimal", "fractions", "sys",
            "typing", "time", "calendar", "textwrap", "cmath", "struct", "unicodedata", "dataclasses",
            "enum",
        )
    },
    **{
        name: f"from typing import {name}"
        for name in (
            "List", "Dict", "Set", "FrozenSet", "Tuple", "Optional", "Union", "Any", "Callable", "Iterable",
            "Iterator", "Sequence", "Mapping", "Generator", "DefaultDict", "Deque", "TypeVar", "Literal",
        )
    },
    **{
        name: f"from collections import {name}"
        for name in ("Counter", "defaultdict", "deque", "OrderedDict", "namedtuple", "ChainMap")
    },
    **{
        name: f"from {module} import {name}"
        for module, names in {
            "math": ("sqrt", "gcd", "factorial", "ceil", "floor", "comb", "isqrt", "prod", "lcm"),
            "itertools": ("combinations", "permutations", "product", "accumulate", "chain", "groupby",
                          "zip_longest", "combinations_with_replacement"),
            "functools": ("reduce", "lru_cache", "cache", "cmp_to_key", "partial"),
            "heapq": ("heappush", "heappop", "heapify", "nlargest", "nsmallest"),
            "bisect": ("bisect_left", "bisect_right", "insort"),
            "datetime": ("timedelta",),
            "decimal": ("Decimal",),
            "fractions": ("Fraction",),
            "hashlib": ("md5",),
            "dataclasses": ("dataclass",),
        }.items()
        for name in names
    },
}  # fmt: skip
"""What a reply may leave out: a name and the import that is added for it."""


_TYPED = re.compile(
    r"^([ \t]*(?:async[ \t]+def|def|class)[ \t]+\w+)\[[^\n]*?\](?=[ \t]*[(:])", re.MULTILINE
)
_ALIAS = re.compile(r"^([ \t]*)type[ \t]+(\w+)(?:\[[^\n]*?\])?[ \t]*=", re.MULTILINE)
_BARE = re.compile(r"^([ \t]*except\*?[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)[ \t]*:", re.MULTILINE)
_QUOTED = re.compile(r"\b(?:[fF][rR]?|[rR][fF]|[tT][rR]?|[rR][tT])(?=[\"'])")


def newer(text: str) -> str | None:
    """What of the text is syntax of a Python newer than ours: None unless it would parse without that.

    Type parameters and `type` statements (3.12), nested quotes in f-strings (3.12), `except A, B:` and
    t-strings (3.14).
    """
    if len(text) > MOST_CHARACTERS or parse(text) is not None:
        return None
    found: list[str] = []
    for name, form, instead in (
        ("type parameters (3.12)", _TYPED, r"\1"),
        ("a type statement (3.12)", _ALIAS, r"\1\2 ="),
        ("except without parentheses (3.14)", _BARE, r"\1(\2):"),
    ):
        text, times = form.subn(instead, text)
        found += [name] * bool(times)
    if found and parse(text) is not None:
        return ", ".join(found)
    if (plain := _without_fields(text)) != text and parse(plain) is not None:
        return ", ".join(
            [*found, "quotes or signs within an f-string's fields (3.12), or a t-string (3.14)"]
        )
    return None


def _without_fields(text: str) -> str:
    """The text with every f- or t-string on one line made a plain string that holds nothing."""
    parts: list[str] = []
    at = 0
    for opening in _QUOTED.finditer(text):
        if opening.start() < at:
            continue
        end = _string_end(text, opening.end())
        if end is None:
            continue
        parts += [text[at : opening.start()], '""']
        at = end
    return "".join([*parts, text[at:]])


def _string_end(text: str, start: int) -> int | None:
    """Where a string that begins at `start` ends, with whole strings allowed in its fields."""
    quote, depth, at = text[start], 0, start + 1
    if text[start : start + 3] == quote * 3:
        return None
    while at < len(text) and text[at] != "\n":
        sign = text[at]
        if sign == "\\" or (text[at : at + 2] in ("{{", "}}") and depth == 0):
            at += 1
        elif sign in "{}":
            depth = max(0, depth + (1 if sign == "{" else -1))
        elif sign == quote and depth == 0:
            return at + 1
        at += 1
    return None


def parse(text: str) -> ast.Module | None:
    """The tree, or None when the text is not Python, is too long or too deep."""
    if len(text) > MOST_CHARACTERS or "\0" in text:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def bound_by(node: ast.stmt) -> set[str]:
    """The names that a top-level statement binds in the module, by what stands inside it too (`if`,
    `try`, `with`, loops), but not by what only runs when something is called.
    """
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names):
            return {alias.asname or alias.name.partition(".")[0] for alias in names}
        case ast.ImportFrom(names=names):
            return {alias.asname or alias.name for alias in names}
    bound: set[str] = set()
    for inner in executed(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store()):
                bound.add(name)
            case (
                ast.FunctionDef()
                | ast.AsyncFunctionDef()
                | ast.ClassDef()
                | ast.Import()
                | ast.ImportFrom()
            ):
                bound |= bound_by(inner)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.MatchMapping(rest=str(name)):
                bound.add(name)
    return bound


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what runs with it: bodies of functions and lambdas run later, a class is a scope of
    its own.
    """
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _LATER):
            waiting.extend(ast.iter_child_nodes(node))


def imported(node: ast.stmt) -> Iterator[ast.AST]:
    """What runs of a top-level statement when a module is imported that nothing goes wrong in: no main
    guard, no handler.
    """
    waiting: list[ast.AST] = [node]
    while waiting:
        found = waiting.pop()
        yield found
        match found:
            case ast.If(test=test, orelse=orelse) if is_main(test):
                waiting.extend(orelse)
            case ast.ExceptHandler():
                continue
            case _ if not isinstance(found, _LATER):
                waiting.extend(ast.iter_child_nodes(found))


def is_main(test: ast.expr) -> bool:
    """Whether this is the test of a main guard, `__name__ == "__main__"`, either way round."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            sides = (left, right)
            return any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides) and any(
                isinstance(s, ast.Constant) and s.value == "__main__" for s in sides
            )
    return False


def top_names(tree: ast.Module) -> set[str]:
    """Every name that the module binds at its top level."""
    return set().union(*(bound_by(node) for node in tree.body))


def missing(tree: ast.Module) -> set[str]:
    """Names that are used somewhere and bound nowhere, neither by Python."""
    used, bound = set[str](), set[str]()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
            case ast.Name(id=name):
                bound.add(name)
            case ast.arg(arg=name):
                bound.add(name)
            case ast.ExceptHandler(name=str(name)):
                bound.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.MatchMapping(rest=str(name)):
                bound.add(name)
            case (
                ast.FunctionDef()
                | ast.AsyncFunctionDef()
                | ast.ClassDef()
                | ast.Import()
                | ast.ImportFrom()
            ):
                bound |= bound_by(node)
    return used - bound - _BUILTINS


def defines(tree: ast.Module, name: str) -> bool:
    """Whether a function, class or assignment of this name stands at the top level (inside `if` or
    `try` too), or a method of it in a class `Solution`.
    """
    return any(
        name in bound_by(node) for node in tree.body if not isinstance(node, (ast.Expr, ast.Import))
    ) or _method_of_solution(tree, name)


def _method_of_solution(tree: ast.Module, name: str) -> bool:
    return any(
        isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) and inner.name == name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == SOLUTION
        for inner in node.body
    )


def preamble(prompt: str, entry_point: str) -> str:
    """The statements of a prompt that is Python, up to the entry point; else an empty string."""
    head = prompt.rstrip()
    forms = (prompt, f"{head}\n    pass\n", f"{head}\n        pass\n")
    tree = next((tree for form in forms if (tree := parse(form)) is not None), None)
    if tree is None:
        return ""
    before: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) and defines(_module([node]), entry_point):
            return "".join(f"{ast.unparse(kept)}\n" for kept in before)
        before.append(node)
    return ""


def _module(body: list[ast.stmt]) -> ast.Module:
    return ast.Module(body=body, type_ignores=[])


def lines_of(source: str) -> list[str]:
    """Its lines as Python counts them: `str.splitlines` also ends them where Python does not."""
    return re.split(r"\r\n|\r|\n", source)


def complete(source: str, given: str) -> tuple[str, tuple[str, ...]]:
    """`source` with what it leaves out put before it: statements of the prompt, then allowed imports.

    Returns the text and the added lines; a source that lacks nothing, or does not parse, comes back as is.
    """
    tree = parse(source)
    if tree is None:
        return source, ()
    lacks = missing(tree)
    if not lacks:
        return source, ()
    added: list[str] = []
    helpers = parse(given)
    there = top_names(tree)
    if helpers is not None and any(bound_by(node) & lacks for node in helpers.body):
        for node in helpers.body:
            if not bound_by(node) & there:
                added.append(ast.unparse(node))
                lacks -= bound_by(node)
    added += sorted(IMPORTS[name] for name in lacks if name in IMPORTS)
    if not added:
        return source, ()
    # `from __future__` has to stay first: what is added goes behind it.
    lines = lines_of(source)
    future = [
        n.end_lineno or 0 for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"
    ]
    cut = max(future, default=0)
    return "\n".join([*lines[:cut], *added, "", *lines[cut:]]) + "\n", tuple(added)
