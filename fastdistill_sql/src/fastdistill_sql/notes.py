"""What columns mean, in a database owner's words: a JSON file beside the database, shown in the prompt."""

import json
from functools import lru_cache
from pathlib import Path

from attrs import field, frozen

from fastdistill import TaskError


@frozen
class Notes:
    """Descriptions by table and column, whatever their case."""

    texts: tuple[tuple[str, str, str], ...] = ()
    _found: dict[tuple[str, str], str] = field(init=False, eq=False, repr=False)

    @_found.default
    def _by_name(self) -> dict[tuple[str, str], str]:
        return {(table.lower(), column.lower()): text for table, column, text in self.texts}

    def text(self, table: str, column: str, most: int) -> str:
        """What `column` means, on one line of at most `most` characters."""
        line = self._found.get((table.lower(), column.lower()), "") if most else ""
        return line if len(line) <= most else line[:most].rstrip() + "..."


def read_notes(path: Path | None) -> Notes:
    """The descriptions in `path`; none where there is no path. Raises `TaskError` `broken-descriptions`."""
    if path is None:
        return Notes()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, AttributeError) as error:
        detail = f"{path} is no JSON of the form {{table: {{column: text}}}}: {error}"
        raise TaskError("broken-descriptions", detail) from error


@lru_cache(maxsize=256)
def _read(path: Path, changed: int) -> Notes:
    data = json.loads(path.read_text(encoding="utf-8"))
    return Notes(
        tuple(
            (str(table), str(column), " ".join(str(text).split()))
            for table, columns in data.items()
            for column, text in columns.items()
        )
    )
