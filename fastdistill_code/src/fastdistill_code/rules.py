"""Checks of a program's text: they parse it and never run it."""

import ast
from typing import Any

from attrs import field, frozen
from attrs.validators import ge

from fastdistill import Candidate, Finding, Task, passed, rejected
from fastdistill_code.syntax import defines, parse

ALLOWED = (
    "__future__", "abc", "array", "base64", "binascii", "bisect", "calendar", "cmath", "collections",
    "contextlib", "copy", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools",
    "hashlib", "heapq", "html", "io", "itertools", "json", "keyword", "math", "numbers", "numpy",
    "operator",
    "queue", "random", "re", "secrets", "statistics", "string", "struct", "sys", "textwrap", "time",
    "types",
    "typing", "typing_extensions", "unicodedata", "uuid", "warnings", "zlib", "zoneinfo",
)  # fmt: skip
_IO = ("print", "input", "open", "exec", "eval", "compile", "__import__", "breakpoint", "exit", "quit")


@frozen(kw_only=True)
class ImportOptions:
    """`[rules.code-imports]`."""

    allowed: tuple[str, ...] = ALLOWED
    """Top-level modules that an answer may import."""


@frozen(kw_only=True)
class SizeOptions:
    """`[rules.code-size]`."""

    max_characters: int = field(default=20_000, validator=ge(1))
    max_nodes: int = field(default=5_000, validator=ge(1))
    """Nodes of the syntax tree."""


def parses(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Rejects what is not Python."""
    if parse(candidate.answer) is None:
        return rejected("syntax-error", "the answer is not Python")
    return passed()


def entry_point(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Rejects an answer without the task's function at its top level; whole programs pass."""
    name = task.payload.entry_point
    tree = parse(candidate.answer)
    if name is None or (tree is not None and defines(tree, name)):
        return passed()
    return rejected("missing-entry-point", f"the answer does not define {name!r}")


@frozen
class AllowedImports:
    """Rejects imports of modules that are not allowed."""

    options: ImportOptions

    def __call__(self, task: Task[Any], candidate: Candidate, /) -> Finding:
        """Looks at every import statement, nested ones too."""
        for node in ast.walk(parse(candidate.answer) or ast.Module(body=[], type_ignores=[])):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = ["." * node.level + (node.module or "")]
            for name in names:
                if name.partition(".")[0] not in self.options.allowed:
                    return rejected("forbidden-import", f"imports {name[:80]!r}")
        return passed()


@frozen
class Size:
    """Rejects programs that are too large."""

    options: SizeOptions

    def __call__(self, task: Task[Any], candidate: Candidate, /) -> Finding:
        """Counts characters, then nodes."""
        if len(candidate.answer) > self.options.max_characters:
            return rejected("too-large", f"{len(candidate.answer)} characters")
        count = sum(1 for _ in ast.walk(parse(candidate.answer) or ast.Module(body=[], type_ignores=[])))
        if count > self.options.max_nodes:
            return rejected("too-large", f"a syntax tree of {count} nodes")
        return passed()


def no_io(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Rejects functions' modules that read, print or run text when they are imported; programs pass."""
    tree = parse(candidate.answer)
    if task.payload.entry_point is None or tree is None:
        return passed()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in _IO:
                return rejected("io-at-import", f"calls {inner.func.id} when it is imported")
    return passed()
