"""Fenced blocks: where one ends by SQL's own rules for literals, and the query in its SQL, code or JSON."""

import re

from fastdistill_sql.literals import query_in_code
from fastdistill_sql.objects import decode
from fastdistill_sql.scan import Block, Scan
from fastdistill_sql.shapes import looks_like_sql

_TAGS_TEXT = """
    sql sqlite sqlite3 sqlite-sql postgres postgresql pgsql psql mysql mariadb tsql t-sql mssql plsql
    oracle bigquery snowflake duckdb ansi ansi-sql hive spark sparksql presto trino redshift query
    """
SQL_TAGS = frozenset(_TAGS_TEXT.split())
_PLAIN_TAGS = ("", "text", "plaintext", "code")
_FENCE_TAG = re.compile(r"[ \t]*([A-Za-z][\w+#.-]*)?")


def fence(scan: Scan, mark: re.Match[str]) -> Block | None:
    """The fenced block at `mark`; one without a query in it is skipped as an empty block."""
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
        inner = decode(content)
        if inner is not None:
            return Block("json", inner[0], after, complete)
    if tag in SQL_TAGS or (tag in _PLAIN_TAGS and looks_like_sql(content)):
        return Block("fence", content, after, complete)
    code = query_in_code(scan, content) if complete else None
    if code is not None:
        return Block("code", code, after)
    return Block("fence", "", after) if complete else None


def _fence_end(scan: Scan, begin: int, sign: str, *, inline: bool) -> int | None:
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
