"""The one converter: strict, so that every mistake in a table is reported at once, each with its path.

Unlike cattrs' own defaults nothing is coerced: `"2"` is no number and `"false"` is no boolean.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import attrs
from cattrs import BaseValidationError, Converter, transform_error
from cattrs.cols import homogenous_tuple_structure_factory
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError
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
            raise TypeError(f"{value!r:.80} is not {_a(types[0].__name__)}")
        return wanted(value) if wanted is float else value

    return check


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
    raise TypeError(f"{value!r:.80} is not a path")


def _converter() -> Converter:
    made = Converter(forbid_extra_keys=True, detailed_validation=True, prefer_attrib_converters=True)
    made.register_structure_hook(str, _exactly(str))
    made.register_structure_hook(int, _exactly(int))
    made.register_structure_hook(bool, _exactly(bool))
    made.register_structure_hook(float, _exactly(float, int))
    made.register_structure_hook(Path, _path)
    made.register_unstructure_hook(Path, str)
    configure_union_passthrough(str | bool | int | float | None, made)
    made.register_structure_hook_factory(_is_list, _listed)
    return made


def _is_list(wanted: Any) -> bool:
    return get_origin(wanted) is tuple and get_args(wanted)[-1:] == (...,)


def _listed(wanted: Any, made: Any) -> Callable[[Any, Any], Any]:
    """A list becomes a tuple; a text does not become one of its letters, nor a table one of its keys."""
    structured = homogenous_tuple_structure_factory(wanted, made)

    def check(value: Any, _: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise TypeError(f"{value!r:.80} is not a list")
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


def _problems(error: BaseException, path: str) -> Iterator[str]:
    if isinstance(error, ClassValidationError):
        noted, bare = error.group_exceptions()
        for inner, note in noted:
            yield from _problems(inner, join_path(path, note.name))
        for inner in bare:
            yield from _problems(inner, path)
    elif isinstance(error, IterableValidationError):
        noted_items, bare_items = error.group_exceptions()
        for inner, item in noted_items:
            yield from _problems(inner, join_path(path, item.index))
        for inner in bare_items:
            yield from _problems(inner, path)
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [a.name for a in attrs.fields(error.cl) if a.init]
        for key in sorted(error.extra_fields):
            there = ", ".join(known) or "none"
            hint = nearest(key, known) or f"; there are: {there}"
            yield f"{join_path(path, key)}: unknown key{hint}"
    elif isinstance(error, KeyError):
        yield f"{path}: is missing"
    elif isinstance(error, BaseValidationError):
        yield from (f"{path}: {line}" for line in transform_error(error))
    elif told := re.fullmatch(r"'(\w+)' (must .+)", str(error)):
        yield f"{join_path(path, told[1])}: {told[2]}"
    else:
        yield f"{path or 'value'}: {error}"


def structure(data: Any, into: type[T], *, path: str = "") -> T:
    """`data` as an `into`. Raises `StructureError` with every problem, each with its path."""
    if attrs.has(into) and not isinstance(data, Mapping):
        raise StructureError([f"{path or 'value'}: {data!r:.80} is not a table"])
    try:
        return converter.structure(data, into)
    except (BaseValidationError, TypeError, ValueError, KeyError) as error:
        raise StructureError(list(_problems(error, path))) from None


def unstructure(value: Any) -> Any:
    """`value` as plain data."""
    return converter.unstructure(value)
