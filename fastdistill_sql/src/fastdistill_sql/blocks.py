"""The places of a reply where a query stands: fences, JSON, tags, inline code, bare statements."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from attrs import frozen

from fastdistill_sql.lexer import Token, statements, tokens
from fastdistill_sql.shapes import another_statement, looks_like_sql, plausible

_TAGS_TEXT = """
    sql sqlite sqlite3 sqlite-sql postgres postgresql pgsql psql mysql mariadb tsql t-sql mssql plsql
    oracle bigquery snowflake duckdb ansi ansi-sql hive spark sparksql presto trino redshift query
    """
SQL_TAGS = frozenset(_TAGS_TEXT.split())
_KEYS = ("sql", "sql_query", "sqlquery", "query", "final_sql", "answer")
_MARK = re.compile(
    r"""
      (?P<unthink></(?:think|thinking|reasoning|thought)>)
    | (?P<think><(?:think|thinking|reasoning|thought)>)
    | (?P<fence>(?<![^\s:>])(?:`{3,}|~{3,}))
    | (?P<json>\{(?=\s*"))
    | (?P<tag><(?:sql|query|answer)>)
    | (?P<inline>(?<!`)`(?=(?:select|with)\s))
    | (?P<bare>(?:^|(?<=[:>]))[ \t]*(?=(?:select|with|values)\b[\s(*'"`\[]))
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_GOES_ON = re.compile(
    r"\s*(?:from|where|group\s+by|having|order\s+by|limit|offset|union|intersect|except|(?:left|right|full|inner|cross"
    r"|natural)\b.*?\bjoin|join|on|and|or|window|values|select|[,)(])(?:\b|(?<=[,)(]))",
    re.IGNORECASE,
)
_FENCE_TAG = re.compile(r"[ \t]*([A-Za-z][\w+#.-]*)?")
_WORK = 6
"""How often, on average, a character may be looked at; the rest of a hostile reply is left alone."""


@frozen
class Block:
    """A place where a query may stand."""

    kind: str
    """`fence`, `json`, `tag`, `inline` or `bare`."""
    content: str
    end: int
    complete: bool = True
    """Whether its end was seen."""

    @property
    def rule(self) -> str:
        """Its kind, for the reading."""
        return self.kind if self.complete or self.kind == "bare" else f"open-{self.kind}"


class _Spent(Exception):
    """The reply costs more than its length justifies."""


class _Scan:
    """A reply, and how much reading of it is left."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.left = _WORK * len(text) + 20_000

    def tokens(self, start: int) -> Iterator[Token]:
        """The tokens from `start`, as long as reading is left; raises `_Spent`."""
        for token in tokens(self.text, start):
            self.left -= token.end - token.start
            if self.left < 0:
                raise _Spent
            yield token


def find_blocks(text: str) -> list[Block]:
    """The blocks of `text` outside of thinking, in order; linear in its length, whatever it holds."""
    found: list[Block] = []
    with suppress(_Spent):
        _collect(_Scan(text), found)
    return [block for block in found if block.content]


def _collect(scan: _Scan, found: list[Block]) -> None:
    at, thinking = 0, False
    while mark := _MARK.search(scan.text, at):
        kind = str(mark.lastgroup)
        at = max(mark.end(), at + 1)
        if kind == "unthink":
            found.clear()
            thinking = False
        elif kind == "think":
            thinking = thinking or not scan.text[: mark.start()].strip()
        else:
            scan.left -= 20
            block = _RECOGNISE[kind](scan, mark)
            if block is not None and not (thinking and kind in ("bare", "inline")):
                found.append(block)
            at = max(block.end if block is not None else at, at)


def _fence(scan: _Scan, mark: re.Match[str]) -> Block | None:
    text, sign = scan.text, mark.group("fence")
    match = _FENCE_TAG.match(text, mark.end())
    tag = (match.group(1) or "").lower() if match else ""
    begin = match.end() if match else mark.end()
    if tag and tag not in SQL_TAGS and looks_like_sql(tag):
        tag, begin = "", mark.end()
    inline = text[begin:].lstrip(" \t")[:1] not in ("\n", "\r", "")
    end = _fence_end(scan, begin, sign, inline=inline)
    content = text[begin : end if end is not None else len(text)].strip()
    after = len(text) if end is None else end + len(sign)
    complete = end is not None
    if content[:1] == "{":
        inner = _decode(content)
        if inner is not None:
            return Block("json", inner[0], after, complete)
    if tag in SQL_TAGS or (tag in ("", "text", "plaintext", "code") and looks_like_sql(content)):
        return Block("fence", content, after, complete)
    return Block("fence", "", after) if complete else None


def _fence_end(scan: _Scan, begin: int, sign: str, *, inline: bool) -> int | None:
    """Where the closing fence stands: outside of literals and comments, or else the first on a line."""
    text, at = scan.text, begin
    while at < len(text):
        for token in scan.tokens(at):
            if token.text == sign[0] or (token.kind in ("name", "open") and token.text[0] == sign[0]):
                if text.startswith(sign, token.start) and (inline or _alone(text, token.start, len(sign))):
                    return token.start
                if text.startswith(sign, token.start):
                    at = token.start + len(sign)
                    break
            if token.kind == "open":
                return _plain_end(text, begin, sign)
        else:
            break
    return _plain_end(text, begin, sign)


def _plain_end(text: str, begin: int, sign: str) -> int | None:
    found = re.compile(rf"^[ \t]*(?={re.escape(sign)}[ \t]*$)", re.MULTILINE).search(text, begin)
    if found:
        return found.end()
    place = text.find(sign, begin)
    return place if place >= 0 else None


def _alone(text: str, at: int, width: int) -> bool:
    """Whether a fence at `at` is the last thing on its line or the first."""
    line_end = text.find("\n", at)
    after = text[at + width : line_end if line_end >= 0 else len(text)]
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return not after.strip() or (not before.strip() and not re.match(r"[A-Za-z]", after))


_BRACKET, _DEEPEST = re.compile(r"[\[{\]}]"), 32


def _too_deep(text: str, at: int) -> bool:
    """Whether brackets open there without end: a decoder would go down at every one of them."""
    depth = 0
    for bracket in _BRACKET.finditer(text, at, at + 2000):
        depth += 1 if bracket[0] in "{[" else -1
        if depth > _DEEPEST:
            return True
    return False


def _decode(text: str, at: int = 0) -> tuple[str, int] | None:
    if _too_deep(text, at):
        return None
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    lower = {str(key).lower(): item for key, item in value.items()}
    for key in _KEYS:
        item = lower.get(key)
        if isinstance(item, str) and (key != "answer" or looks_like_sql(item)):
            return item.strip(), end
    return None


def _json(scan: _Scan, mark: re.Match[str]) -> Block | None:
    found = _decode(scan.text, mark.start())
    return Block("json", found[0], found[1]) if found else None


def _tag(scan: _Scan, mark: re.Match[str]) -> Block | None:
    text = scan.text
    closing = "</" + mark.group("tag")[1:].lower()
    for token in scan.tokens(mark.end()):
        if token.text == "<" and text[token.start : token.start + len(closing)].lower() == closing:
            content = text[mark.end() : token.start].strip()
            inner = find_blocks(content)
            if inner and inner[-1].kind in ("fence", "json"):
                content = inner[-1].content
            return Block("tag", content, token.start + len(closing)) if looks_like_sql(content) else None
    return None


def _inline(scan: _Scan, mark: re.Match[str]) -> Block | None:
    text = scan.text
    end = text.find("`", mark.end(), mark.end() + 4000)
    line = text.find("\n", mark.end(), mark.end() + 4000)
    if end < 0 or 0 <= line < end:
        return None
    content = text[mark.end() : end]
    return Block("inline", content, end + 1) if plausible(content) else None


def _bare(scan: _Scan, mark: re.Match[str]) -> Block | None:
    """A statement that stands by itself, up to its semicolons or to the paragraph after it."""
    begin = mark.end()
    end, closed = _bare_end(scan, begin)
    content = scan.text[begin:end].strip()
    first = next(iter(statements(content)), "")
    return Block("bare", content, end, closed) if plausible(first) else None


def _bare_end(scan: _Scan, begin: int) -> tuple[int, bool]:
    text, depth, closed = scan.text, 0, False
    for token in scan.tokens(begin):
        if token.kind == "semicolon":
            closed = True
            if not another_statement(text[token.end : token.end + 4000]):
                return token.end, True
        elif token.text in "()":
            depth += 1 if token.text == "(" else -1
        elif token.kind == "space" and token.text.count("\n") > 1 and depth <= 0:
            if not _GOES_ON.match(text, token.end):
                return token.start, closed
        elif text.startswith(("```", "~~~", "</"), token.start):
            return token.start, closed
    return len(text), closed


_RECOGNISE: dict[str, Callable[[_Scan, re.Match[str]], Block | None]] = {
    "fence": _fence,
    "json": _json,
    "tag": _tag,
    "inline": _inline,
    "bare": _bare,
}
