"""Python text as a tree, without running it: parsing hostile text, and who binds and who uses names."""

import ast
import builtins
import re
import warnings

MOST_CHARACTERS = 200_000
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
    """The names that a top-level statement binds in the module."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names):
            return {alias.asname or alias.name.partition(".")[0] for alias in names}
        case ast.ImportFrom(names=names):
            return {alias.asname or alias.name for alias in names}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


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
    """Whether a function, class or assignment of this name stands at the top level."""
    return any(name in bound_by(node) for node in tree.body if not isinstance(node, (ast.Expr, ast.Import)))


def preamble(prompt: str, entry_point: str) -> str:
    """The statements of a prompt that is Python, up to the entry point; else an empty string."""
    tree = parse(prompt) or parse(f"{prompt.rstrip()}\n    pass\n")
    if tree is None:
        return ""
    before: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == entry_point:
            return "".join(f"{ast.unparse(kept)}\n" for kept in before)
        before.append(node)
    return ""


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
