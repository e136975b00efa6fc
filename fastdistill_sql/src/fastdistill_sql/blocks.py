"""The places of a reply where a query stands: fences, JSON, tags, inline code, bare statements.

One pass from left to right: at each mark the construct that begins there is recognised as a whole.
"""

import re
from collections.abc import Callable
from contextlib import suppress

from fastdistill_sql.bare import bare
from fastdistill_sql.fences import fence
from fastdistill_sql.grammar import stop
from fastdistill_sql.objects import json_object
from fastdistill_sql.scan import Block, Grammar, Scan, Spent
from fastdistill_sql.shapes import looks_like_sql, plausible

_ASIDES = "analysis|scratchpad|reflection|plan|explanation|thoughts|rationale"
_MARK = re.compile(
    rf"""
      (?P<unthink></(?:think|thinking|reasoning|thought)>|<\|channel\|>final[^<\n]{{0,40}}<\|message\|>)
    | (?P<think><(?:think|thinking|reasoning|thought)>)
    | (?P<aside><(?:{_ASIDES})>)
    | (?P<resume></(?:{_ASIDES})>)
    | (?P<fence>(?<![^\s:>])(?:`{{3,}}|~{{3,}}))
    | (?P<json>\{{(?=\s*"))
    | (?P<tag><(?:sql|query|answer)>)
    | (?P<inline>(?<!`)`(?=(?:select|with)\s))
    | (?P<bare>(?:^[ \t>]*(?:(?:\d{{1,3}}[.)]|[-*+\u2022])[ \t]+)?|(?<=[:>*])[ \t]*)
        (?=(?:select|with|values)\b[\s(*'"`\[]))
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)


def find_blocks(text: str, grammar: Grammar = stop) -> list[Block]:
    """The blocks of `text` outside of thinking, in order; linear in its length, whatever it holds."""
    found: list[Block] = []
    with suppress(Spent):
        _collect(Scan(text, grammar), found)
    return [block for block in found if block.content]


def _collect(scan: Scan, found: list[Block]) -> None:
    at, thinking = 0, False
    before_aside: int | None = None
    while mark := _MARK.search(scan.text, at):
        kind = str(mark.lastgroup)
        at = max(mark.end(), at + 1)
        if kind == "unthink":
            found.clear()
            thinking = False
        elif kind == "think":
            thinking = thinking or not scan.text[: mark.start()].strip()
        elif kind == "aside":
            before_aside = len(found) if before_aside is None else before_aside
        elif kind == "resume":
            if before_aside is not None:
                del found[before_aside:]
            before_aside = None
        else:
            scan.spend(20)
            block = _RECOGNISE[kind](scan, mark)
            if block is not None and not (thinking and kind in ("bare", "inline")):
                found.append(block)
            at = max(block.end if block is not None else at, at)


def _tag(scan: Scan, mark: re.Match[str]) -> Block | None:
    text = scan.text
    closing = "</" + mark.group("tag")[1:].lower()
    for token in scan.tokens(mark.end()):
        if token.text == "<" and text[token.start : token.start + len(closing)].lower() == closing:
            content = text[mark.end() : token.start].strip()
            inner = find_blocks(content, scan.grammar)
            if inner and inner[-1].kind in ("fence", "json"):
                content = inner[-1].content
            return Block("tag", content, token.start + len(closing)) if looks_like_sql(content) else None
    return None


def _inline(scan: Scan, mark: re.Match[str]) -> Block | None:
    text = scan.text
    end = text.find("`", mark.end(), mark.end() + 4000)
    line = text.find("\n", mark.end(), mark.end() + 4000)
    if end < 0 or 0 <= line < end:
        return None
    content = text[mark.end() : end]
    if not plausible(content) and scan.stop(content) is not None:
        return None
    return Block("inline", content, end + 1)


_RECOGNISE: dict[str, Callable[[Scan, re.Match[str]], Block | None]] = {
    "fence": fence,
    "json": json_object,
    "tag": _tag,
    "inline": _inline,
    "bare": bare,
}
