"""What a gate shows for its verdict, drawn by the shape of the evidence: results, failing calls, facts."""

import difflib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fastdistill.run.report.html.markup import escape, long

TEXT = 4000
"""Characters of one value."""
EXCERPT = 5
"""Rows from which on a result shown may be the first part of a longer one."""
_ROWS, _COLUMNS = 60, 24
_SHOWN_ELSEWHERE = {"question", "gold_sql", "labelled", "first_difference"}


def evidence(found: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """All of a verdict's evidence. `row` is the task's, for the input of a failing call."""
    rest = {key: value for key, value in found.items() if key not in _SHOWN_ELSEWHERE}
    made = []
    candidate, expected = rest.get("candidate"), rest.get("expected")
    if _is_rows(candidate) or _is_rows(expected):
        rest.pop("candidate", None), rest.pop("expected", None)
        made.append(_results(candidate, expected, found.get("first_difference")))
    elif found.get("first_difference"):
        made.append(f"<p>{long(str(found['first_difference']), TEXT)}</p>")
    if isinstance(rest.get("tables"), dict):
        made.append(_neighbour(rest.pop("tables"), rest.get("variant")))
    if isinstance(rest.get("first_failure"), dict):
        made.append(_failure(rest.pop("first_failure"), row))
    return "".join(made) + facts(rest)


def facts(found: Mapping[str, Any]) -> str:
    """Plain facts as a list of names and values."""
    cells = "".join(
        f"<dt>{escape(str(key).replace('_', ' '))}</dt><dd>{_value(value)}</dd>"
        for key, value in found.items()
    )
    return f'<dl class="facts">{cells}</dl>' if cells else ""


def _value(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case {"killed": int(killed), "total": int(total), **rest}:
            more = f", {rest['telling']} databases tell" if isinstance(rest.get("telling"), int) else ""
            return f"kills {killed} of {total} near-misses{more}"
        case [str(), *_] if all(isinstance(one, str) for one in value):
            return long(", ".join(map(str, value)), TEXT)
        case dict():
            plain = all(isinstance(one, str | int | float | None) for one in value.values())
            if plain and len(value) <= 12:
                return ", ".join(f"{escape(k)} {long(str(v), 300)}" for k, v in value.items())
        case str() | int() | float():
            return long(str(value), TEXT)
        case None:
            return "unknown"
    return f"<code>{long(json.dumps(value, ensure_ascii=False, default=str), TEXT)}</code>"


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, list) for row in value)


def _results(candidate: object, expected: object, sentence: object) -> str:
    """Both results; rows that only one of them has are marked."""
    own = candidate if isinstance(candidate, list) else []
    gold = expected if isinstance(expected, list) else []
    said = f"<p>{long(str(sentence), TEXT)}</p>" if sentence else ""
    if not (_is_rows(candidate) and _is_rows(expected)):
        name, shown = ("expected", gold) if gold else ("result", own)
        return said + _rows(f"{name}, first rows", shown, Counter(), "", "")
    extra, missing = _apart(own, gold, str(sentence or ""))
    note = (
        ""
        if extra or missing
        else '<p class="quiet">The rows shown do not part them: the difference stands further on, or is in '
        "their order.</p>"
    )
    return (
        f'{said}<div class="pair">{_rows("expected (gold), first rows", gold, missing, "gone", "-")}'
        f"{_rows('this answer, first rows', own, extra, 'come', '+')}</div>{note}"
    )


def _apart(own: Sequence[Any], gold: Sequence[Any], sentence: str) -> tuple[Counter[str], Counter[str]]:
    """The rows that only one result has.

    Of an excerpt only those that the sentence names: any other may stand further on in the other result.
    """
    left, right = Counter(map(_key, own)), Counter(map(_key, gold))
    extra, missing = left - right, right - left
    if max(len(own), len(gold)) >= EXCERPT:
        extra = Counter({row: n for row, n in extra.items() if row in sentence})
        missing = Counter({row: n for row, n in missing.items() if row in sentence})
    return extra, missing


def _key(row: object) -> str:
    return json.dumps(row, ensure_ascii=False, default=str)


def _rows(
    name: str, rows: Sequence[Any], marked: Counter[str], kind: str, sign: str, head: Sequence[Any] = ()
) -> str:
    """A result as a table; the rows in `marked` carry a sign and a class."""
    left = Counter(marked)
    body = []
    for row in rows[:_ROWS]:
        cells = row if isinstance(row, list) else [row]
        key = _key(row)
        hit = left[key] > 0
        left[key] -= hit
        body.append(
            f'<tr{f" class={kind}" if hit else ""}><td class="sign">{sign if hit else ""}</td>'
            + "".join(f"<td>{_cell(cell)}</td>" for cell in cells[:_COLUMNS])
            + "</tr>"
        )
    titles = "".join(f"<th>{long(str(one), 80)}</th>" for one in head[:_COLUMNS])
    first = f'<tr><td class="sign"></td>{titles}</tr>' if titles else ""
    none = "" if body else '<tr><td class="sign"></td><td>no rows</td></tr>'
    return (
        f'<div class="scroll" tabindex="0"><table class="rows"><caption>{escape(name)}</caption>'
        f"{first}{''.join(body)}{none}</table></div>"
    )


def _cell(value: object) -> str:
    if value is None:
        return '<span class="quiet">NULL</span>'
    return long(value if isinstance(value, str) else json.dumps(value, default=str), 300)


def _neighbour(tables: Mapping[str, Any], variant: object) -> str:
    """The rows of a database made by the gate."""
    made = "".join(
        _rows(str(name), one["rows"], Counter(), "", "", one.get("columns") or ())
        for name, one in tables.items()
        if isinstance(one, dict) and _is_rows(one.get("rows"))
    )
    title = "rows of the neighbour database" + ("" if variant is None else f" {variant}")
    count = f"{len(tables)} table{'' if len(tables) == 1 else 's'}"
    return f"<details><summary>{escape(title)}: {count}</summary>{made}</details>"


def _failure(first: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """The first failing call: input where it is known, what was expected, what came."""
    call = first.get("call")
    where = f"generated input {call}" if first.get("generated") else f"call {call}"
    given = first.get("input", None if first.get("generated") else _given(row, call))
    lines = [] if given is None else [("input", escape_json(given))]
    expected, got = str(first.get("expected")), str(first.get("got"))
    left, right = _marked(expected, got)
    lines += [("expected", left), ("got", right)]
    cells = "".join(f"<dt>{name}</dt><dd><code>{value}</code></dd>" for name, value in lines)
    return f'<p><b>{escape(where)}</b></p><dl class="facts">{cells}</dl>'


def escape_json(value: object) -> str:
    """A value as JSON, or as it is where it is text."""
    return long(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str), TEXT
    )


def _given(row: Mapping[str, Any], call: object) -> object:
    """The input of a task's own test, where its tests are a list of cases."""
    match row:
        case {"tests": {"cases": [*cases]}} if isinstance(call, int) and 0 <= call < len(cases):
            one = cases[call]
            if isinstance(one, dict):
                return {
                    key: value
                    for key, value in one.items()
                    if key in {"args", "kwargs", "input", "stdin", "given"}
                } or None
    return None


def _marked(expected: str, got: str) -> tuple[str, str]:
    """Both texts with what differs marked; only cut texts are left unmarked."""
    if max(len(expected), len(got)) > 2000:
        return long(expected, TEXT), long(got, TEXT)
    left, right = [], []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, expected, got, autojunk=False).get_opcodes():
        one, two = escape(expected[a:b]), escape(got[c:d])
        left.append(one if kind == "equal" or not one else f"<mark>{one}</mark>")
        right.append(two if kind == "equal" or not two else f"<mark>{two}</mark>")
    return "".join(left), "".join(right)
