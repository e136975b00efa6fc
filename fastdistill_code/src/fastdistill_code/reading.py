"""Reading the program out of a reply; what is chosen, mended and completed is said in the reading's
evidence.
"""

import ast
from collections.abc import Iterable

from fastdistill import Reading
from fastdistill_code.blocks import Block, bodies, fenced, mended, spans, visible
from fastdistill_code.syntax import (
    bound_by,
    complete,
    defines,
    lines_of,
    missing,
    parse,
    preamble,
    top_names,
)

MOST_REPLY = 1_000_000


def read_reply(text: str, finish: str | None, prompt: str, entry_point: str | None) -> Reading:
    """The last fenced block that defines the entry point, or the next best thing; never raises."""
    if not text.strip():
        return Reading(answer=None, reason="empty", detail="the reply is empty")
    if len(text) > MOST_REPLY:
        return Reading(answer=None, reason="too-long", detail=f"the reply has {len(text)} characters")
    shown = visible(text)
    blocks = [block for block in fenced(shown) if block.text.strip()]
    found = _choose(shown, blocks, prompt, entry_point)
    if found is None:
        return _nothing(shown, blocks, finish)
    rule, source = found
    evidence: dict[str, object] = {}
    if entry_point is not None:
        source, cut = _without_demo(source)
        if cut:
            evidence["cut"] = cut
    source, added = complete(source, preamble(prompt, entry_point) if entry_point else "")
    if added:
        evidence["added"] = [line[:200] for line in added[:20]]
    return Reading(answer=source.strip("\n") + "\n", rule=rule, evidence=evidence)


def _nothing(shown: str, blocks: list[Block], finish: str | None) -> Reading:
    if finish == "length":
        return Reading(
            answer=None, reason="truncated", detail="the reply ends in the middle of the program"
        )
    if blocks:
        return Reading(answer=None, reason="syntax-error", detail="no block of the reply is Python")
    return Reading(answer=None, reason="no-code", detail=f"no program in {shown.strip()[:80]!r}")


def _choose(
    shown: str, blocks: list[Block], prompt: str, entry_point: str | None
) -> tuple[str, str] | None:
    """The rule that chose, and the program."""
    python = [block.text for block in blocks if block.python] or [block.text for block in blocks]
    if entry_point is None:
        return _longest(python) or _longest([shown])
    for place in range(len(python) - 1, -1, -1):
        source = _defining([python[place]], entry_point)
        if source is not None:
            return "fenced", _with_helpers(source, python[:place])
    for body in reversed(python):
        source = _continued(prompt, body, entry_point)
        if source is not None:
            return "fenced-body", source
    if not blocks:
        source = _defining([shown], entry_point) or _defining(spans(shown), entry_point)
        if source is not None:
            return "plain", source
        source = _continued(prompt, shown, entry_point)
        if source is not None:
            return "body", source
    return _longest(python) or (None if blocks else _longest(spans(shown)))


def _defining(texts: Iterable[str], entry_point: str) -> str | None:
    for text in texts:
        for form in mended(text):
            tree = parse(form)
            if tree is not None and defines(tree, entry_point):
                return form
    return None


def _continued(prompt: str, text: str, entry_point: str) -> str | None:
    """The prompt with `text` as the rest of its last function; None unless that makes a program of both."""
    bare = parse(prompt) or parse(f"{prompt.rstrip()}\n    pass\n")
    if bare is None or not bare.body or not defines(bare, entry_point):
        return None
    last = bare.body[-1]
    if not (isinstance(last, ast.FunctionDef) and last.name == entry_point):
        return None
    for body in bodies(text):
        tree = parse(f"{prompt.rstrip()}\n{body}\n")
        if tree is None:
            continue
        ends = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == entry_point]
        if ends and len(ends[-1].body) > len(last.body) - (1 if isinstance(last.body[-1], ast.Pass) else 0):
            return f"{prompt.rstrip()}\n{body}\n"
    return None


def _with_helpers(source: str, earlier: list[str]) -> str:
    """`source`, after those earlier blocks that define names which it lacks."""
    tree = parse(source)
    lacks = missing(tree) if tree is not None else set()
    used: list[str] = []
    for block in earlier:
        other = parse(block)
        if other is not None and lacks & top_names(other) and not _acts(other):
            used.append(block)
    return "\n\n".join([*used, source])


def _acts(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) for node in tree.body)


def _longest(texts: Iterable[str]) -> tuple[str, str] | None:
    whole = [form for text in texts for form in mended(text) if _program(form)]
    return ("longest", max(whole, key=len)) if whole else None


def _program(text: str) -> bool:
    """Python with at least one statement that does something; a word of prose is no program."""
    tree = parse(text)
    return tree is not None and any(
        bound_by(node) or not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call)
        for node in tree.body
    )


def _without_demo(source: str) -> tuple[str, int]:
    """`source` without the prints, asserts and main guards at its end that only show it off; how many
    went.
    """
    tree = parse(source)
    if tree is None:
        return source, 0
    kept = list(tree.body)
    while kept and _shows(kept[-1]):
        kept.pop()
    cut = len(tree.body) - len(kept)
    if not cut or not kept:
        return source, 0
    return "\n".join(lines_of(source)[: kept[-1].end_lineno]) + "\n", cut


def _shows(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))) | ast.Assert():
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
    return False
