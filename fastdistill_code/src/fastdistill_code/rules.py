"""Checks of a program's text: they parse it and never run it."""

import ast
import platform
from typing import Any

from attrs import field, frozen
from attrs.validators import ge

from fastdistill import Candidate, Finding, Task, passed, rejected, undecided
from fastdistill_code.syntax import defines, imported, newer, parse, top_names

ALLOWED = (
    "__future__", "__main__", "abc", "argparse", "array", "ast", "asyncio", "atexit", "base64", "binascii",
    "bisect",
    "builtins", "bz2", "calendar", "cmath", "codecs", "collections", "colorsys", "concurrent.futures",
    "configparser", "contextlib", "contextvars", "copy", "copyreg", "csv", "dataclasses", "datetime",
    "decimal", "difflib", "dis", "doctest", "email", "enum", "errno", "faulthandler", "fileinput",
    "fnmatch", "fractions", "functools", "gc", "getopt", "glob", "graphlib", "gzip", "hashlib", "heapq",
    "hmac", "html", "importlib", "inspect", "io", "ipaddress", "itertools", "json", "keyword", "linecache",
    "locale", "logging", "lzma", "marshal", "math", "mimetypes", "numbers", "numpy", "operator", "optparse",
    "os", "pathlib", "pickle", "pkgutil", "platform", "plistlib", "pprint", "queue", "quopri", "random",
    "re", "reprlib", "resource", "sched", "secrets", "shelve", "shlex", "shutil", "signal", "sqlite3",
    "stat", "statistics", "string", "stringprep", "struct", "symtable", "sys", "sysconfig", "tempfile",
    "textwrap", "threading", "time", "timeit", "token", "tokenize", "tomllib", "traceback", "tracemalloc",
    "types", "typing", "typing_extensions", "unicodedata", "unittest", "urllib.parse", "uuid", "warnings",
    "weakref", "xml", "zipfile", "zlib", "zoneinfo",
)  # fmt: skip
"""Modules that compute. Those that only make sense for reaching other processes, other machines or foreign
code (subprocess, socket, ctypes, multiprocessing …) are left out; the sandbox stops them in any case."""

_IO = ("print", "input", "open", "exec", "eval", "compile", "__import__", "breakpoint", "exit", "quit")


def _told(reason: str, detail: str) -> Finding:
    """A rejection that a teacher may be told as it is: rules see no gold."""
    return rejected(reason, detail, tell=detail)


@frozen(kw_only=True)
class ImportOptions:
    """`[rules.code-imports]`."""

    allowed: tuple[str, ...] = ALLOWED
    """Modules that an answer may import, each with all below it; `urllib.parse` allows not all of
    `urllib`."""
    also: tuple[str, ...] = ()
    """Further ones, such as the gate's `packages`."""


@frozen(kw_only=True)
class SizeOptions:
    """`[rules.code-size]`."""

    max_characters: int = field(default=20_000, validator=ge(1))
    max_nodes: int = field(default=5_000, validator=ge(1))
    """Nodes of the syntax tree."""


def parses(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Rejects what is not Python; syntax of a newer Python than ours says nothing about the answer."""
    if parse(candidate.answer) is not None:
        return passed()
    if (found := newer(candidate.answer)) is not None:
        ours = platform.python_version()
        return undecided("newer-syntax", f"the answer is written for a newer Python than {ours}: {found}")
    return _told("syntax-error", "the answer is not Python")


def entry_point(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Rejects an answer without the task's function at its top level; whole programs pass."""
    name = task.payload.entry_point
    tree = parse(candidate.answer)
    if name is None or (tree is not None and defines(tree, name)):
        return passed()
    return _told("missing-entry-point", f"the answer does not define {name!r}")


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
                if node.module and not node.level:
                    names = [f"{node.module}.{alias.name}" for alias in node.names]
            for name in names:
                if not self._allows(name):
                    return _told("forbidden-import", f"imports {name[:80]!r}")
        return passed()

    def _allows(self, name: str) -> bool:
        parts = name.split(".")
        allowed = {*self.options.allowed, *self.options.also}
        return any(".".join(parts[:end]) in allowed for end in range(1, len(parts) + 1))


@frozen
class Size:
    """Rejects programs that are too large."""

    options: SizeOptions

    def __call__(self, task: Task[Any], candidate: Candidate, /) -> Finding:
        """Counts characters, then nodes."""
        if len(candidate.answer) > self.options.max_characters:
            return _told("too-large", f"{len(candidate.answer)} characters")
        count = sum(1 for _ in ast.walk(parse(candidate.answer) or ast.Module(body=[], type_ignores=[])))
        if count > self.options.max_nodes:
            return _told("too-large", f"a syntax tree of {count} nodes")
        return passed()


def no_io(task: Task[Any], candidate: Candidate, /) -> Finding:
    """Rejects functions' modules that read, print or run text when they are imported; programs pass.

    What only a call runs does not count, nor does what stands under a main guard or in a handler, nor a
    name that the module itself binds (`from re import compile`).
    """
    tree = parse(candidate.answer)
    if task.payload.entry_point is None or tree is None:
        return passed()
    own = top_names(tree)
    for node in tree.body:
        for inner in imported(node):
            match inner:
                case ast.Call(func=ast.Name(id=name)) if name in _IO and name not in own:
                    return _told("io-at-import", f"calls {name} when it is imported")
    return passed()
