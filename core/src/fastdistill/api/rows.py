"""Rows that a caller holds in memory, as a task source."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill.model.task import BadTask
from fastdistill.protocols import Row
from fastdistill.run.mapping import fitted
from fastdistill.serde import StructureError, structure


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
