"""Mathematics inside prose: formulas between delimiters, and runs of numbers and signs between words."""

import re
from collections.abc import Iterator

from attrs import frozen

from fastdistill_math.clean import clean
from fastdistill_math.parse import readings
from fastdistill_math.tree import TooLarge
from fastdistill_math.units import is_unit


@frozen
class Span:
    """A piece of a text that may be an answer."""

    text: str
    start: int
    end: int


_FORMULA = re.compile(
    r"\$\$(.{1,3000}?)\$\$|(?<!\\)\$([^$\n]{1,1500}?(?:\n[^$\n]{1,500}?)?)(?<!\\)\$"
    r"|\\\((.{1,3000}?)\\\)|\\\[(.{1,3000}?)\\\]|(\\begin\{([a-z]{1,12}\*?)\}.{1,3000}?\\end\{\6\})",
    re.DOTALL,
)
_WORDY = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}\s+[A-Za-z]{2,}\s|[?]")
_TOKEN = re.compile(
    r"""
  (?P<clock>(?<![\w:.])\d{1,2}:\d{2}(?!\d|:|\.\d)(?:\s*[apAP]\.?[mM]\b\.?)?)
 |(?P<num>(?<![A-Za-z_])(?:\\?\$\s?)?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?)
 |(?P<cmd>(?<![A-Za-z])(?:sqrt|cbrt|sin|cos|tan|log|ln|pi|minus|negative)(?![A-Za-z])
     |\\(?:frac|dfrac|tfrac|sqrt|binom)(?:\[[^\]]{1,5}\])?(?:\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|\d){1,2}
     |\\(?:pi|infty|cdot|times|pm|circ|degree|left|right|cup|cap|le|ge|leq|geq|ne|neq|in|theta|alpha)(?![A-Za-z])|\\[%{}])
 |(?P<sign>[-+*/^=×÷·−<>≤≥%°π√∞²³½¼¾_!]+)
 |(?P<bracket>[()\[\]{}|,])
 |(?P<letter>(?<![^\W\d_])[A-Za-z](?![^\W\d_]))
 |(?P<space>[ \t]+|\\[,!;])
 |(?P<word>[A-Za-z][A-Za-z0-9]*|[^\W_]|\\[A-Za-z]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_JOIN = re.compile(r"\s*(?:,?\s*(?:and|or|et|und|oder|y|ou)\s|,)\s*(?:[A-Za-z]\s*=\s*)?", re.IGNORECASE)
_AFTER = re.compile(r"\s*(\\?%|[A-Za-z]+(?:\^?[23²³])?)")
_EDGE = " \t,;:.*_=+<>^/×·"


def formulas(text: str) -> list[Span]:
    r"""What stands between `$`, `\(`, `\[` or in an environment, without what is prose after all."""
    found = []
    for match in _FORMULA.finditer(text):
        body = next(group for group in match.groups() if group is not None)
        if body.strip() and not _WORDY.search(body):
            found.append(Span(body.strip(), match.start(), match.end()))
    return found


def runs(text: str) -> Iterator[Span]:
    """Runs of numbers, signs, commands and letters beside signs; each holds a digit or a command."""
    start, last = 0, ""
    parts: list[str] = []
    matches = list(_TOKEN.finditer(text[-6000:]))
    for at, match in enumerate(matches):
        kind = match.lastgroup
        joined = kind in ("clock", "num", "cmd", "sign", "bracket") or (kind == "space" and parts)
        if kind == "letter":
            neighbours = (last, matches[at + 1].lastgroup if at + 1 < len(matches) else "")
            joined = "sign" in neighbours or (last == "num" and not _spaced(matches, at))
        if kind == "word" and last == "num":
            joined = is_unit(match[0], spaced=True)
        if joined:
            start = start if parts else match.start()
            parts.append(match[0])
        else:
            yield from _run(parts, start)
            parts = []
        last = last if kind == "space" and parts else (kind or "")
        if kind == "space" and parts and _ends_number(matches, at):
            yield from _run(parts, start)
            parts, last = [], ""
    yield from _run(parts, start)


def _spaced(matches: list[re.Match[str]], at: int) -> bool:
    return matches[at - 1].lastgroup == "space"


def _ends_number(matches: list[re.Match[str]], at: int) -> bool:
    """Two numbers with only a space between them are two runs, but for a mixed number."""
    before, after = matches[at - 1], matches[at + 1] if at + 1 < len(matches) else None
    if after is None or before.lastgroup != "num" or after.lastgroup != "num":
        return False
    return not (at + 2 < len(matches) and matches[at + 2][0] == "/")


def _run(parts: list[str], start: int) -> Iterator[Span]:
    body = "".join(parts)
    if not re.search(r"\d|\\(?:frac|pi|infty|sqrt)|[π√∞½¼¾]|\bpi\b", body):
        return
    kept = _balanced(body.strip(_EDGE)).strip(_EDGE)
    if kept:
        yield Span(kept, start, start + len(body))


def _balanced(body: str) -> str:
    """`body` without brackets at its ends that have no partner."""
    for opener, closer in ("()", "[]", "{}"):
        gap = body.count(opener) - body.count(closer)
        mixed = opener != "{" and body.count("(") + body.count("[") == body.count(")") + body.count("]")
        if mixed:
            continue
        while gap < 0 and body.endswith(closer):
            body, gap = body[:-1].rstrip(_EDGE), gap + 1
        while gap > 0 and body.startswith(opener):
            body, gap = body[1:].lstrip(_EDGE), gap - 1
        if gap > 0:
            body = body[body.rindex(opener) + 1 :] if body.rindex(opener) > len(body) // 2 else body
        elif gap < 0:
            body = body[body.index(closer) + 1 :]
    return body


def is_math(text: str) -> bool:
    """Whether the whole of a short text parses as mathematics."""
    if len(text) > 600:
        return False
    try:
        return readings(text)[0].kind not in ("text", "prose", "given")
    except TooLarge:
        return True


def joined(text: str, found: list[Span], at: int, step: int) -> Span:
    """The formula at index `at`, with those in direction `step` that "and", "or" or a comma join to it."""
    group = [found[at]]
    while 0 <= at + step < len(found):
        other = found[at + step]
        left, right = (group[-1], other) if step > 0 else (other, group[0])
        if not _JOIN.fullmatch(text[left.end : right.start]):
            break
        group.insert(len(group) if step > 0 else 0, other)
        at += step
    return Span(", ".join(span.text for span in group), group[0].start, group[-1].end)


def with_unit(text: str, span: Span) -> str:
    """The span's text, with the percent sign or unit that stands right behind it."""
    match = _AFTER.match(text, span.end)
    if match is None or "\n" in match[0]:
        return span.text
    word = match[1]
    if word.endswith("%") or word.lower() in ("percent", "pct", "percentage"):
        return span.text if "%" in clean(span.text) else f"{span.text}\\%"
    name = word.rstrip("^23²³")
    if len(name) >= 2 and name not in ("in", "min", "day", "cup") and is_unit(name, spaced=True):
        return f"{span.text} \\text{{{name}}}{_power(word)}"
    return span.text


def _power(word: str) -> str:
    last = word[-1]
    return f"^{'2' if last in '2²' else '3'}" if last in "23²³" else ""
