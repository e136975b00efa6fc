"""Texts for standard input as rows of values, so that the contract of a program's input can be read.

Each line is a number, a list of numbers, or a text. A number that says how many lines or numbers follow is
left out of the row and counted again when a row becomes a text.
"""

import re
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from fastdistill_code.jobs import CallInput

_WHOLE = re.compile(r"-?\d{1,18}")
_REAL = re.compile(r"-?\d{1,15}\.\d{1,12}")


@frozen(kw_only=True)
class Layout:
    """How the seen texts are laid out."""

    counted: str | None
    """What the first number counts: `lines`, `tokens`, or nothing (None)."""
    kinds: tuple[str, ...]
    """Of each line, or of what is counted: `whole`, `real` (one number), `wholes`, `reals`, `text`."""
    varied: bool
    """The texts have different numbers of lines, all of the one kind."""
    widths: tuple[int, ...] = ()
    """Of lines with always as many numbers: how many. 0: it varies, or a text."""
    ends: bool
    """The last line has an end."""
    wide: bool = True
    """Counted tokens stand on one line, not each on its own."""

    def call(self, text: str) -> CallInput:
        """The row of a text."""
        lines = _lines(text)
        if self.counted == "tokens":
            return CallInput(args=([_number(token) for token in text.split()[1:]],))
        body = lines[1:] if self.counted else lines
        if self.counted or self.varied:
            return CallInput(args=([_value(line, self.kinds[0]) for line in body],))
        args: list[Any] = []
        for line, kind, width in zip(body, self.kinds, self.widths, strict=True):
            value = _value(line, kind)
            args += value if width else [value]
        return CallInput(args=tuple(args))

    def text(self, call: CallInput) -> str:
        """The text of a row."""
        if self.counted == "tokens":
            items = [_shown(x) for x in call.args[0]]
            lines = [str(len(items)), *([" ".join(items)] if self.wide else items)]
        elif self.counted:
            lines = [str(len(call.args[0])), *map(_shown, call.args[0])]
        elif self.varied:
            lines = [_shown(x) for x in call.args[0]]
        else:
            left = list(call.args)
            lines = [_shown([left.pop(0) for _ in range(max(1, width))]) for width in self.widths]
        return "\n".join(lines) + ("\n" if self.ends else "")


def layout(texts: Sequence[str]) -> Layout | None:
    """The layout that all texts share; None where there is none that we know."""
    if not texts or any("\r" in text or "\x00" in text for text in texts):
        return None
    rows = [_lines(text) for text in texts]
    ends = sum(text.endswith("\n") for text in texts) * 2 >= len(texts)
    tokens = [text.split() for text in texts]
    if all(row and _WHOLE.fullmatch(row[0]) and int(row[0]) == len(row) - 1 for row in rows) and any(
        len(row) != 2 for row in rows
    ):
        kind = _kind([line for row in rows for line in row[1:]])
        return Layout(counted="lines", kinds=(kind,), varied=True, ends=ends)
    if any(len(row) > 2 for row in tokens) and all(
        row and all(map(_WHOLE.fullmatch, row)) and int(row[0]) == len(row) - 1 for row in tokens
    ):
        wide = any(len(line.split()) > 1 for row in rows for line in row)
        return Layout(counted="tokens", kinds=("wholes",), varied=True, ends=ends, wide=wide)
    if len({len(row) for row in rows}) > 1:
        if all(_WHOLE.fullmatch(row[0]) for row in rows) and any(
            " " in line for row in rows for line in row
        ):
            return None  # a number of cases, of several lines each
        kind = _kind([line for row in rows for line in row])
        return Layout(counted=None, kinds=(kind,), varied=True, ends=ends)
    kinds = tuple(_kind(column) for column in zip(*rows, strict=True))
    if not kinds or (len(kinds) > 1 and len(rows) < 2):
        return None
    widths = tuple(
        _width(column, kind) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)
    )
    return Layout(counted=None, kinds=kinds, varied=False, ends=ends, widths=widths)


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _kind(lines: Sequence[str]) -> str:
    split = [line.split(" ") for line in lines]
    several = any(len(tokens) != 1 for tokens in split)
    if all(_WHOLE.fullmatch(token) for tokens in split for token in tokens):
        return "wholes" if several else "whole"
    if all(_WHOLE.fullmatch(token) or _REAL.fullmatch(token) for tokens in split for token in tokens):
        return "reals" if several else "real"
    return "text"


def _width(lines: Sequence[str], kind: str) -> int:
    counts = {len(line.split(" ")) for line in lines}
    return counts.pop() if kind in ("wholes", "reals") and len(counts) == 1 and len(set(lines)) > 1 else 0


def _number(token: str) -> int | float:
    return int(token) if _WHOLE.fullmatch(token) else float(token)


def _value(line: str, kind: str) -> Any:
    if kind == "text":
        return line
    numbers = [float(x) if kind in ("real", "reals") else int(x) for x in line.split(" ")]
    return numbers if kind in ("wholes", "reals") else numbers[0]


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return " ".join(map(_shown, value))
    return str(value)
