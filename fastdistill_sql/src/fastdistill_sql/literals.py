"""A query written as a string of a program: the strings are read as text, nothing of the program runs."""

import re

from fastdistill_sql.scan import Scan
from fastdistill_sql.shapes import looks_like_sql

_STRING = re.compile(
    r'''\#[^\n]*
      | """(?P<long>(?:[^\\"]|\\.|"(?!""))*)"""
      | \'\'\'(?P<other>(?:[^\\']|\\.|'(?!\'\'))*)\'\'\'
      | "(?P<double>(?:[^\\"\n]|\\.)*)"
      | '(?P<single>(?:[^\\'\n]|\\.)*)\'''',
    re.VERBOSE | re.DOTALL,
)
_JOINS = re.compile(r"[\s+\\]*(?:[rRfFbBuU]{1,2})?")
_ESCAPE = re.compile(r"\\(\r?\n|.)", re.DOTALL)
_MEANS = {"n": "\n", "t": "\t", "r": "\r", "\n": "", "\r\n": "", "\\": "\\", "'": "'", '"': '"'}


def query_in_code(scan: Scan, code: str) -> str | None:
    """The last string of `code` that is a query; strings that only follow one another are one."""
    scan.spend(len(code))
    found: str | None = None
    for text in _strings(code):
        if looks_like_sql(text) and scan.stop(text.strip().rstrip("; \n")) is None:
            found = text.strip()
    return found


def _strings(code: str) -> list[str]:
    found: list[list[str]] = []
    end = -1
    for match in _STRING.finditer(code):
        follows = end >= 0 and _JOINS.fullmatch(code, end, match.start())
        if match.lastgroup is None:
            end = match.end() if follows else end  # a comment between two strings parts them not
            continue
        text = _ESCAPE.sub(lambda m: _MEANS.get(m[1], m[0]), match[match.lastgroup])
        if follows:
            found[-1].append(text)
        else:
            found.append([text])
        end = match.end()
    return ["".join(parts) for parts in found]
