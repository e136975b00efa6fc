"""Telling a query from a sentence that begins with the same word."""

import re

from fastdistill_sql.lexer import tokens

_STATEMENT = re.compile(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*\(?\s*(?:select|with|values|insert|update|delete|replace|create|drop"
    r"|alter|pragma|attach|detach|vacuum|explain|begin|commit|truncate|merge|reindex|analyze)\b",
    re.IGNORECASE | re.DOTALL,
)
_WRITES = re.compile(
    r"\s*(?:(?:drop|create|alter)\s+(?:temp\w*\s+)?(?:table|view|index|trigger)|insert\s+(?:or\s+\w+\s+)?into"
    r"|replace\s+into|delete\s+from|update\s+\S+\s+set|pragma|attach\s+['\"]|vacuum)\b",
    re.IGNORECASE,
)
_CTE = re.compile(
    r"with\s+(?:recursive\s+)?[\w\"`\[\]$]+\s*(?:\([^)]*\)\s*)?as\s+(?:not\s+)?(?:materialized\s*)?\(",
    re.IGNORECASE,
)
_WORDS_TEXT = """
    select distinct all from where and or not in is null like glob between exists case when then else end
    as on using join left right full inner outer cross natural group by having order asc desc limit offset
    union intersect except with recursive values over partition rows range preceding following unbounded
    current row filter window collate nocase cast materialized nulls first last escape regexp match isnull
    notnull indexed groups exclude ties no others"""
_WORDS = frozenset(_WORDS_TEXT.split())


def looks_like_sql(content: str) -> bool:
    """Whether `content` begins with a word that begins a statement."""
    return _STATEMENT.match(content) is not None


def plausible(content: str) -> bool:
    """Whether `content` is rather a query than a sentence: no three plain words in a row, no full stop."""
    if content[:4].lower() == "with" and not _CTE.match(content):
        return False
    run = 0
    for token in tokens(content):
        if token.kind == "space":
            continue
        if token.kind == "word" and token.text.lower() not in _WORDS:
            run += 1
            if run > 2:
                return False
        else:
            run = 0
        if token.text == "." and _full_stop(content, token.start):
            return False
        if token.kind == "word" and "'" in token.text:
            return False
    return True


def _full_stop(content: str, at: int) -> bool:
    """Whether the dot at `at` ends a sentence; one with space on both sides stands between two names."""
    before, after = content[at - 1 : at], content[at + 1 : at + 2]
    return not before.isspace() and (not after or after.isspace())


def another_statement(text: str) -> bool:
    """Whether a statement, rather than a sentence, follows a semicolon."""
    if _WRITES.match(text):
        return True
    return looks_like_sql(text) and plausible(text.lstrip().split(";")[0].split("\n\n")[0])
