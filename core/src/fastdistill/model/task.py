"""A task, and the identity that everything else is keyed by."""

import json
import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Generic, Literal, TypeVar, cast

from attrs import field, frozen

P = TypeVar("P")


def _json_writer(*, sort_keys: bool, allow_nan: bool) -> Callable[[Any], str]:
    """Return what writes compact JSON; json's C encoder is made once where there is one."""
    made = json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys, allow_nan=allow_nan
    )
    make, string = getattr(json.encoder, "c_make_encoder", None), json.encoder.encode_basestring
    if make is None:
        return made.encode
    write = make(None, made.default, string, None, ":", ",", sort_keys, False, allow_nan)

    def encode(value: Any) -> str:
        return string(value) if type(value) is str else "".join(write(value, 0))

    return encode


compact_json = _json_writer(sort_keys=False, allow_nan=False)
"""Compact JSON with keys as they come. Raises ValueError for NaN and Infinity."""
_sorted_json = _json_writer(sort_keys=True, allow_nan=True)
_PLAIN = frozenset({int, bool, type(None)})


def _canonical(value: object, path: str) -> object:
    """`value` with NFC strings and plain containers; ValueError names the path of what JSON cannot hold."""
    kind = type(value)
    if kind in _PLAIN or (kind is str and value.isascii()):  # type: ignore[attr-defined]
        return value
    if kind is dict:
        return _canonical_object(cast("dict[Any, object]", value), path)
    if kind is list or kind is tuple:
        return [_canonical(item, f"{path}[{i}]") for i, item in enumerate(cast("list[object]", value))]
    return _canonical_other(value, path)


def _canonical_other(value: object, path: str) -> object:
    match value:
        case None | bool() | int():
            return value
        case float():
            if not math.isfinite(value):
                raise ValueError(f"{path} is {value!r}: JSON has no NaN and no Infinity")
            return value
        case str():
            try:
                value.encode()
            except UnicodeEncodeError as error:
                raise ValueError(f"{path} holds a lone surrogate: {value[:40]!r}") from error
            return unicodedata.normalize("NFC", value)
        case Mapping():
            return _canonical_object(value, path)
        case Sequence() if not isinstance(value, (bytes, bytearray)):
            return [_canonical(item, f"{path}[{i}]") for i, item in enumerate(value)]
    raise ValueError(f"{path} is a {type(value).__name__}, which JSON cannot hold: {value!r:.60}")


def _canonical_object(value: Mapping[Any, object], path: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise ValueError(f"{path} has the key {key!r}: JSON keys are strings")
        name = key if key.isascii() else unicodedata.normalize("NFC", key)
        if name in found:
            raise ValueError(f"{path} has two keys that are both {name!r} in NFC")
        found[name] = _canonical(item, f"{path}.{key}")
    return found


def canonical_json(value: object, *, path: str = "input") -> str:
    """Compact JSON with sorted keys, NFC strings, no NaN or Infinity.

    Raises ValueError naming the path (`input.rows[3]`) of a value that JSON cannot hold.
    """
    return _sorted_json(_canonical(value, path))


def sample_id(task_id: str, canonical_input: str) -> str:
    """Lower-case hex `sha256(task_id + canonical_input)`, UTF-8, nothing between."""
    return sha256((unicodedata.normalize("NFC", task_id) + canonical_input).encode()).hexdigest()


@frozen(kw_only=True)
class Task(Generic[P]):
    """One question. `input` defines it and is what a teacher may see; `payload` never leaves us."""

    task_id: str
    input: Mapping[str, Any]
    """What defines the question; never the gold, never a resolved path."""
    payload: P
    """Gold, schema, tests: whatever the gates need."""
    has_gold: bool = False
    """Whether a gate can say `gold_match` of an answer to this task."""
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(factory=dict)
    line: int = 0
    """Where it stands in its source, counted from 1; 0 for unknown."""
    group: str = ""
    """What must not be parted by a split, such as its database; empty for the task itself."""
    canonical_input: str = field(init=False, repr=False)
    sample_id: str = field(init=False, repr=False)

    @canonical_input.default
    def _canonical_input(self) -> str:
        return canonical_json(self.input)

    @sample_id.default
    def _sample_id(self) -> str:
        return sample_id(self.task_id, self.canonical_input)


@frozen(kw_only=True)
class BadTask:
    """A line of a task source that is no task: it fails alone, and the others go on."""

    line: int
    detail: str
    reason: str = "malformed-task"
    task_id: str | None = None


@frozen(kw_only=True)
class Mutant:
    """An answer made from gold whose verdict is known: the material of `fd audit`."""

    text: str
    """A reply as a teacher might send it."""
    expect: Literal["accept", "reject"]
    kind: str
    """How it was made: `drop-condition`, `off-by-one`, ..."""
