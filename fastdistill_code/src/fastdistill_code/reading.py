"""Reading the program out of a reply; what is chosen, mended and completed is said in the reading's
evidence.
"""

import ast
import textwrap
from collections.abc import Iterable

from fastdistill import Reading
from fastdistill_code.blocks import Block, fenced, spans, visible
from fastdistill_code.mending import bodies, mended
from fastdistill_code.syntax import (
    SOLUTION,
    bound_by,
    complete,
    defines,
    is_main,
    lines_of,
    missing,
    newer,
    parse,
    preamble,
    top_names,
)
from fastdistill_code.wrapped import unwrapped

MOST_REPLY = 1_000_000


def read_reply(text: str, finish: str | None, prompt: str, entry_point: str | None) -> Reading:
    """The last fenced block that defines the entry point, or the next best thing; never raises."""
    if not text.strip():
        return Reading(answer=None, reason="empty", detail="the reply is empty")
    if len(text) > MOST_REPLY:
        return Reading(answer=None, reason="too-long", detail=f"the reply has {len(text)} characters")
    shown = visible(text)
    if (inner := unwrapped(shown)) is not None:
        shown = visible(inner)
    blocks = [one for block in fenced(shown) if block.text.strip() or block.first for one in _opened(block)]
    found = _choose(shown, blocks, prompt, entry_point)
    if found is None:
        return _nothing(shown, blocks, finish)
    rule, source = found
    evidence: dict[str, object] = {}
    if entry_point is not None:
        source, cut = _without_demo(_in_class(source, entry_point), entry_point)
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
    texts = [block.text for block in blocks if block.python] or [shown]
    if (later := next((text for text in reversed(texts) if newer(text)), None)) is not None:
        return Reading(answer=later.strip("\n") + "\n", rule="newer-syntax")
    if blocks:
        return Reading(answer=None, reason="syntax-error", detail="no block of the reply is Python")
    return Reading(answer=None, reason="no-code", detail=f"no program in {shown.strip()[:80]!r}")


def _choose(
    shown: str, blocks: list[Block], prompt: str, entry_point: str | None
) -> tuple[str, str] | None:
    """The rule that chose, and the program."""
    chosen = [block for block in blocks if block.python] or blocks
    python = [_text(block) for block in chosen]
    if entry_point is None:
        return _longest(python) or _longest([shown]) or (None if blocks else _longest(spans(shown)))
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


def _opened(block: Block) -> list[Block]:
    """The block, or what a JSON object in it holds."""
    if (inner := unwrapped(block.text)) is None:
        return [block]
    return fenced(visible(inner)) or [Block(text=visible(inner), language="", closed=True)]


def _text(block: Block) -> str:
    """The program in a block: all of it, or with what begins on its opening line."""
    if block.first and (parse(block.text) is None or not block.text.strip()):
        whole = f"{block.first}\n{block.text}"
        if parse(whole) is not None:
            return whole
    return block.text


def _defining(texts: Iterable[str], entry_point: str) -> str | None:
    for text in texts:
        for form in mended(text):
            tree = parse(form)
            if tree is not None and defines(tree, entry_point):
                return form
    return None


def _continued(prompt: str, text: str, entry_point: str) -> str | None:
    """The prompt with `text` as the rest of its last function; None unless that makes a program of both."""
    bare = _bare(prompt)
    last = _last_function(bare, entry_point)
    if last is None:
        return None
    for body in bodies(text):
        whole = f"{prompt.rstrip()}\n{body}\n"
        end = _last_function(parse(whole), entry_point)
        if end and len(end.body) > len(last.body) - (1 if isinstance(last.body[-1], ast.Pass) else 0):
            return whole
    return None


def _bare(prompt: str) -> ast.Module | None:
    """The prompt as a program; its last function may lack its body."""
    head = prompt.rstrip()
    forms = (prompt, f"{head}\n    pass\n", f"{head}\n        pass\n")
    return next((tree for form in forms if (tree := parse(form)) is not None), None)


def _last_function(tree: ast.Module | None, entry_point: str) -> ast.FunctionDef | None:
    """The function of this name at the end of a module, or at the end of a class `Solution` there."""
    match tree:
        case ast.Module(body=[*_, ast.ClassDef(name=name, body=[*_, ast.FunctionDef() as last])]):
            return last if name == SOLUTION and last.name == entry_point else None
        case ast.Module(body=[*_, ast.FunctionDef() as last]):
            return last if last.name == entry_point else None
    return None


def _in_class(source: str, entry_point: str) -> str:
    """A method that was given without its class, put into a class `Solution`."""
    tree = parse(source)
    if tree is None or any(isinstance(node, ast.ClassDef) and node.name == SOLUTION for node in tree.body):
        return source
    places = [
        i for i, node in enumerate(tree.body)
        if isinstance(node, ast.FunctionDef) and node.args.args and node.args.args[0].arg == "self"
    ]  # fmt: skip
    if not any(tree.body[i].name == entry_point for i in places):  # type: ignore[attr-defined]
        return source
    lines = lines_of(source)
    first, last = tree.body[places[0]], tree.body[places[-1]]
    if places != list(range(places[0], places[-1] + 1)) or first.end_lineno is None:
        return source
    start = min([first.lineno, *(d.lineno for d in first.decorator_list)]) - 1  # type: ignore[attr-defined]
    method = textwrap.indent("\n".join(lines[start : last.end_lineno]), "    ")
    whole = "\n".join([*lines[:start], f"class {SOLUTION}:", method, *lines[last.end_lineno :]])
    return whole if parse(whole) is not None else source


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


def _without_demo(source: str, entry_point: str) -> tuple[str, int]:
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
    if not cut or not defines(ast.Module(body=kept, type_ignores=[]), entry_point):
        return source, 0
    return "\n".join(lines_of(source)[: kept[-1].end_lineno]) + "\n", cut


def _shows(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))) | ast.Assert():
            return True
        case ast.If(test=test) if is_main(test):
            return True
        case ast.For(body=body, orelse=[]) | ast.With(body=body):
            return any(_shows(inner) for inner in body) and all(
                _shows(inner) or isinstance(inner, (ast.Assign, ast.Pass)) for inner in body
            )
    return False
