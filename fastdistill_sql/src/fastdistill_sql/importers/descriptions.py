"""BIRD's descriptions of columns: `database_description/TABLE.csv` beside a database."""

import codecs
import csv
from pathlib import Path

_LARGEST = 4 * 2**20
Notes = dict[str, dict[str, str]]
"""Descriptions by table and column, names as the files have them."""


def read_descriptions(folder: Path) -> tuple[Notes, list[str]]:
    """The descriptions in `folder`, and the names of the files that cannot be read."""
    notes: Notes = {}
    unreadable: list[str] = []
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else ():
        try:
            found = _table(path)
        except (OSError, csv.Error, ValueError):
            unreadable.append(path.name)
            continue
        if found:
            notes[path.stem.strip()] = found
    return notes, unreadable


def _table(path: Path) -> dict[str, str]:
    if path.stat().st_size > _LARGEST:
        raise ValueError("too large for descriptions")
    raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # many of the released files were saved by a spreadsheet
    rows = csv.DictReader(text.splitlines(keepends=True), skipinitialspace=True)
    rows.fieldnames = [str(name).strip().lower() for name in rows.fieldnames or ()]
    found: dict[str, str] = {}
    for row in rows:
        name = _cell(row, "original_column_name")
        parts = [
            _cell(row, "column_description") or _cell(row, "column_name"),
            _cell(row, "value_description"),
        ]
        text_of = "; ".join(part for part in parts if part)
        if name and text_of and text_of.lower() != name.lower():
            found[name] = text_of
    return found


def _cell(row: dict[str, str | None], key: str) -> str:
    value = row.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""
