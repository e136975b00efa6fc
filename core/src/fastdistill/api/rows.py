"""Rows that a caller holds in memory, as a task source."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from fastdistill.model.task import BadTask
from fastdistill.protocols import Row
from fastdistill.serde import StructureError, nearest, structure

LIKELY = 0.75
"""How alike a stray key and an absent field are, from 0 to 1, before it is taken for a misspelling."""


@frozen(kw_only=True)
class MemoryRows:
    """Implements `Source` over mappings; lines count from 1."""

    held: Sequence[Mapping[str, Any]]
    base: Path
    """The folder that paths inside rows are relative to."""

    @property
    def path(self) -> Path:
        """The base: there is no file."""
        return self.base

    def rows(self, into: type[Any], /, *, optional: Iterable[str] = ()) -> Iterator[Row | BadTask]:
        """See `Source.rows`."""
        names = tuple(optional)
        for line, held in enumerate(self.held, start=1):
            try:
                data = fitted(held, into, names)
                yield Row(value=structure(data, into), line=line)
            except (StructureError, ValueError) as error:
                yield BadTask(line=line, detail=str(error))


def fitted(row: Mapping[str, Any], into: type[Any], optional: Iterable[str] = ()) -> dict[str, Any]:
    """Return `row` as `into` wants it: `optional` fields filled, absent values left out, strays in `meta`.

    Trainers hand over rows with columns of their own, so a key that `into` lacks is kept in `meta`. A key
    that looks like a misspelt field which the row lacks raises ValueError: it would be ignored silently.
    """
    known = _fields(into)  # type: ignore[arg-type]
    data = {key: value for key, value in row.items() if key in known and value is not None}
    if not row.keys() <= known:
        strays = {key: value for key, value in row.items() if key not in known}
        absent = sorted(known - data.keys())
        for key in strays:
            hint = nearest(str(key), absent, cutoff=LIKELY)
            if hint:
                raise ValueError(f"{key}: unknown key{hint}")
        if "meta" in known:
            data["meta"] = {**strays, **data.get("meta", {})}
    return dict.fromkeys(optional, "") | data


@cache
def _fields(into: type[Any]) -> frozenset[str]:
    return frozenset(f.name for f in attrs.fields(into) if f.init)
