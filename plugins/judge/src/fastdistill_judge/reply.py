"""Reads a judge's reply: exactly one JSON object of the right form, or nothing."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastdistill_judge.rubric import Rubric

MOST = 20_000
"""Characters of a reply that are looked at."""
_DECODER = json.JSONDecoder()


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """Every outermost JSON object in `text`."""
    at = text.find("{")
    while at >= 0:
        try:
            found, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        if isinstance(found, dict):
            yield found
        at = text.find("{", end)


def _only(text: str, keys: set[str]) -> Mapping[str, Any] | None:
    """The one object that has all of `keys`; None for none, or for two that differ in them."""
    tail = text.rpartition("</think>")[2][:MOST]
    found = [one for one in _objects(tail) if keys <= set(one)]
    if not found or any({k: one[k] for k in keys} != {k: found[0][k] for k in keys} for one in found):
        return None
    return found[0]


def scores(text: str, rubric: Rubric) -> dict[str, int] | None:
    """The whole number given to each criterion; None for a reply that does not give them all."""
    names = {one.name for one in rubric.criteria}
    found = _only(text, names)
    if found is None:
        return None
    given = {name: found[name] for name in sorted(names)}
    fits = all(type(value) is int and 0 <= value <= rubric.scale for value in given.values())
    return given if fits else None


def better(text: str) -> str | None:
    """`A`, `B` or `tie`; None for a reply that does not say."""
    found = _only(text, {"better"})
    said = found["better"] if found else None
    return said if said in ("A", "B", "tie") else None


def weighted(given: Mapping[str, int], rubric: Rubric) -> float:
    """The score of one vote, from 0 to 1."""
    total = sum(one.weight for one in rubric.criteria)
    return sum(one.weight * given[one.name] for one in rubric.criteria) / (rubric.scale * total)
