"""What the simulated teacher says: a function of the request, or a table from a file."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastdistill_simulator.asked import Asked, dice

Answer = Callable[[Asked, int], str]
"""Given the request and the choice's index (from 0), the reply's text."""

_KEYS = ("question", "prompt", "problem")
_VALUES = ("reply", "answer", "completion")


def plain_answer(asked: Asked, index: int) -> str:
    """A short text that differs by prompt, request seed and choice, and repeats with them."""
    rng = dice(int(asked.body.get("seed") or 0), asked.text, index)
    return f"Answer {rng.randrange(16**8):08x}."


def from_table(table: Mapping[str, str | Sequence[str]], *, fallback: Answer = plain_answer) -> Answer:
    """Replies by question: the longest key that stands in the last message wins.

    A list holds the replies to the 1st, 2nd, ... request (and choice), the last one repeating.
    """
    keys = sorted(table, key=len, reverse=True)
    found: dict[str, str | None] = {}

    def key_of(prompt: str) -> str | None:
        lines = [prompt, *prompt.splitlines()]
        for line in lines + [line.partition(": ")[2] for line in lines]:
            if line.strip() in table:
                return line.strip()
        return next((key for key in keys if key in prompt), None)

    def answer(asked: Asked, index: int) -> str:
        prompt = asked.prompt
        if prompt not in found:
            found[prompt] = key_of(prompt)
        key = found[prompt]
        if key is None:
            return fallback(asked, index)
        reply = table[key]
        if isinstance(reply, str):
            return reply
        return reply[min(asked.ordinal - 1 + index, len(reply) - 1)]

    return answer


def read_table(path: Path) -> dict[str, str | list[str]]:
    """A table from JSON (`{question: reply}`) or JSON Lines (`question` and `reply`, or their like).

    Raises ValueError naming the line that does not fit.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".jsonl":
        table = json.loads(text)
        if not isinstance(table, dict):
            raise ValueError(f"{path}: an answer table is an object of question and reply")
        return table
    rows = (json.loads(line) for line in text.split("\n") if line.strip())
    return dict(_row(row, f"{path}, row {number}") for number, row in enumerate(rows, 1))


def _row(row: Any, where: str) -> tuple[str, str | list[str]]:
    key = next((row[name] for name in _KEYS if name in row), None)
    value = next((row[name] for name in _VALUES if name in row), None)
    if not isinstance(key, str) or not isinstance(value, (str, list)):
        raise ValueError(f"{where}: has none of {_KEYS} with one of {_VALUES}")
    return key, value
