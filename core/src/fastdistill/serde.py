"""The one converter: strict, so that every mistake in a table is reported at once, each with its path.

Unlike cattrs' own defaults nothing is coerced: `"2"` is no number and `"false"` is no boolean.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
from cattrs import BaseValidationError, Converter, transform_error
from cattrs.cols import homogenous_tuple_structure_factory, is_mapping, mapping_structure_factory
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError
from cattrs.gen import make_dict_structure_fn
from cattrs.strategies import configure_union_passthrough

T = TypeVar("T")


class StructureError(ValueError):
    """Plain data does not have the shape of a record; `problems` holds one `path: what` each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


def _exactly(*types: type) -> Any:
    def check(value: Any, wanted: Any) -> Any:
        if type(value) not in types:
            raise TypeError(f"{shown(value)} is not {_a(types[0].__name__)}{_in_quotes(value, types)}")
        return wanted(value) if wanted is float else value

    return check


def shown(value: Any) -> str:
    """A value as a run file would write it, cut to what a line holds."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Mapping():
            return f"a table ({', '.join(map(str, value)) or 'empty'})"[:80]
        case list() | tuple():
            return (
                f"a list ({', '.join(shown(one) for one in value[:3])})"[:80] if value else "an empty list"
            )
    return f"{value!r:.80}"


def _in_quotes(value: Any, types: tuple[type, ...]) -> str:
    """What to write for a number or truth value that stands in quotes, or text that does not."""
    if isinstance(value, str) and str not in types:
        text = value.strip().lower() if bool in types else value.strip()
        if (bool in types and text in ("true", "false")) or (int in types and re.fullmatch(r"-?\d+", text)):
            return f": write {text} without quotes"
    if str in types and type(value) in (int, float, bool):
        return f': write it in quotes, "{shown(value)}"'
    return ""


def _a(name: str) -> str:
    plain = {
        "str": "a string",
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
    }
    return plain.get(name, f"a {name}")


def _path(value: Any, _: Any) -> Path:
    if isinstance(value, Path):
        return value
    if isinstance(value, str):
        return Path(value)
    raise TypeError(f"{shown(value)} is not a path")


def _converter() -> Converter:
    made = Converter(forbid_extra_keys=True, detailed_validation=True, prefer_attrib_converters=True)
    made.register_structure_hook(str, _exactly(str))
    made.register_structure_hook(int, _exactly(int))
    made.register_structure_hook(bool, _exactly(bool))
    made.register_structure_hook(float, _exactly(float, int))
    made.register_structure_hook(Path, _path)
    # Nearer than that of its base, str: what is read as a StrEnum is one, not the text alone.
    made.register_structure_hook(StrEnum, lambda value, into: into(value))
    made.register_unstructure_hook(Path, str)
    configure_union_passthrough(str | bool | int | float | None, made)
    made.register_structure_hook_factory(_is_list, _listed)
    made.register_structure_hook_factory(is_mapping, _table)
    made.register_structure_hook_factory(attrs.has, _record)
    made.register_structure_hook_factory(_is_literal, _one_of)
    return made


def _is_literal(wanted: Any) -> bool:
    origin: Any = get_origin(wanted)
    return origin is Literal


def _table(wanted: Any, made: Any) -> Callable[[Any, Any], Any]:
    return _only_tables(mapping_structure_factory(wanted, made))


def _record(wanted: Any, made: Any) -> Callable[[Any, Any], Any]:
    structured = make_dict_structure_fn(
        wanted,
        made,
        _cattrs_forbid_extra_keys=True,
        _cattrs_detailed_validation=True,
        _cattrs_prefer_attrib_converters=True,
    )
    return _only_tables(structured)


def _only_tables(structured: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def check(value: Any, wanted: Any) -> Any:
        if not isinstance(value, Mapping):
            raise TypeError(f"{shown(value)} is not a table")
        return structured(value, wanted)

    return check


def _one_of(wanted: Any, _: Any) -> Callable[[Any, Any], Any]:
    """One of a few words: another is told the nearest and all that there are."""
    allowed = get_args(wanted)

    def check(value: Any, _: Any) -> Any:
        for one in allowed:
            if type(one) is type(value) and one == value:
                return one
        near = nearest(value, [str(one) for one in allowed]) if isinstance(value, str) else ""
        there = ", ".join(repr(one) for one in allowed)
        raise ValueError(f"{shown(value)} is none of {there}{near}")

    return check


def _is_list(wanted: Any) -> bool:
    return get_origin(wanted) is tuple and get_args(wanted)[-1:] == (...,)


def _listed(wanted: Any, made: Any) -> Callable[[Any, Any], Any]:
    """A list becomes a tuple; a text does not become one of its letters, nor a table one of its keys."""
    structured = homogenous_tuple_structure_factory(wanted, made)

    def check(value: Any, _: Any) -> Any:
        if not isinstance(value, list | tuple):
            only = (
                f': write it in brackets, ["{value}"]' if isinstance(value, str) and len(value) < 40 else ""
            )
            raise TypeError(f"{shown(value)} is not a list{only}")
        return structured(value, wanted)

    return check


converter = _converter()
"""Shared by the whole product; plugins' records need no hooks of their own."""


def nearest(name: str, known: list[str], *, cutoff: float = 0.6) -> str:
    """` (did you mean 'x'?)` for the known name closest to `name`, or nothing.

    `cutoff` is how alike they must be at least, from 0 to 1.
    """
    close = difflib.get_close_matches(name, known, n=1, cutoff=cutoff)
    return f" (did you mean {close[0]!r}?)" if close else ""


def join_path(path: str, key: object) -> str:
    """`path.key`, or `path[3]` for an index."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


Hint = Callable[[str, list[str]], str]
"""Given an unknown key and the known ones: what a message says on it."""


def _near(key: str, known: list[str]) -> str:
    return nearest(key, known) or f"; there are: {', '.join(known) or 'none'}"


def _problems(error: BaseException, path: str, hint: Hint) -> Iterator[str]:
    if isinstance(error, ClassValidationError):
        noted, bare = error.group_exceptions()
        for inner, note in noted:
            yield from _problems(inner, join_path(path, note.name), hint)
        for inner in bare:
            yield from _problems(inner, path, hint)
    elif isinstance(error, IterableValidationError):
        noted_items, bare_items = error.group_exceptions()
        for inner, item in noted_items:
            yield from _problems(inner, join_path(path, item.index), hint)
        for inner in bare_items:
            yield from _problems(inner, path, hint)
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [a.name for a in attrs.fields(error.cl) if a.init]
        for key in sorted(error.extra_fields, key=str):
            yield f"{join_path(path, str(key))}: unknown key{hint(str(key), known)}"
    elif isinstance(error, KeyError):
        yield f"{path}: is missing"
    elif isinstance(error, BaseValidationError):
        yield from (f"{path}: {line}" for line in transform_error(error))
    else:
        # attrs' own validators put the field, the rule and the value behind their sentence
        said = str(error.args[0]) if error.args else type(error).__name__
        if sized := re.fullmatch(r"Length of '(\w+)' (must .+)", said):
            yield f"{_once(path, sized[1])}: {_plainly(said)}"
        elif told := re.fullmatch(r"'(\w+)' (must .+)", said, re.DOTALL):
            yield f"{_once(path, told[1])}: {_plainly(told[2])}"
        else:
            yield f"{path or 'value'}: {said}"


def _once(path: str, name: str) -> str:
    """The path of a field whose name its validator says, where it does not end in it already."""
    return path if re.fullmatch(rf"(.*\.)?{name}(\[\d+\])*", path) else join_path(path, name)


_RULES = (
    (r"must be (>=|<=|>|<) (\S+): (.*)", r"must be \1 \2, not \3"),
    (r"must be in (.*) \(got (.*)\)", r"must be one of \1, not \2"),
    (r"must be <class '(\w+)'> \(got (.*) that is a .*", r"must be of the type \1, not \2"),
    (r"must match regex (.*) \((.*) doesn't\)", r"must match \1, not \2"),
    (r"Length of '\w+' must be >= (\d+): (\d+)", r"must have at least \1, not \2"),
    (r"Length of '\w+' must be <= (\d+): (\d+)", r"must have at most \1, not \2"),
)


def _plainly(said: str) -> str:
    """What a validator of attrs says, as a person would."""
    for found, instead in _RULES:
        if told := re.fullmatch(found, said, re.DOTALL):
            return told.expand(instead)
    return said


def structure(data: Any, into: type[T], *, path: str = "", hint: Hint = _near) -> T:
    """`data` as an `into`. Raises `StructureError` with every problem, each with its path.

    `hint` says what to do of an unknown key; unless given, the nearest known one.
    """
    if attrs.has(into) and not isinstance(data, Mapping):
        raise StructureError([f"{path or 'value'}: {shown(data)} is not a table"])
    try:
        return converter.structure(data, into)
    except (BaseValidationError, TypeError, ValueError, KeyError, RecursionError) as error:
        raise StructureError(list(_problems(error, path, hint))) from None


def unstructure(value: Any) -> Any:
    """`value` as plain data."""
    return converter.unstructure(value)
