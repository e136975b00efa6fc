"""Reads the text of a run file, and says what it is where it is not TOML."""

import re
import tomllib
from pathlib import Path
from typing import Any

from fastdistill.errors import RunFileError, UsageError
from fastdistill.serde import nearest

_AT = re.compile(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)$")
_YAML = re.compile(r"[\w.-]+:(?:\s|$)|---\s*$")
_BARE = re.compile(r"\s*[\w.-]+\s*=\s*[A-Za-z]")
_TWICE = ("Cannot overwrite a value", "Cannot declare", "Cannot mutate", "Cannot redefine")


def read_toml(path: Path) -> dict[str, Any]:
    """The run file at `path` as plain data. Raises `UsageError` for what cannot be read."""
    name = str(path)
    if path.is_dir():
        raise UsageError(f"{name!r} is a folder: name the run file in it")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"there is no run file {name!r}{near_file(path)}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the run file {name!r} is not UTF-8 text: save it as UTF-8") from None
    except OSError as error:
        raise UsageError(f"cannot read the run file {name!r}: {error.strerror or 'it fails'}") from None
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RunFileError(name, [_told(name, text, error)]) from None


def near_file(path: Path) -> str:
    """` (did you mean 'tasks.jsonl'?)` for the file beside `path` with the nearest name, or nothing."""
    try:
        found = sorted(one.name for one in path.parent.iterdir() if not one.name.startswith("."))
    except OSError:
        return f": there is no folder {str(path.parent)!r}"
    return nearest(path.name, found[:10_000])


def _told(name: str, text: str, error: Exception) -> str:
    """One sentence on why a text is no TOML: what it is instead, or which line is wrong and how."""
    rows = [row for row in text.split("\n") if row.strip() and not row.lstrip().startswith("#")]
    first = rows[0].strip() if rows else ""
    if first.startswith(("{", "[{")):
        return (
            'is JSON, and a run file is TOML: scenario = "math" rather than {"scenario": "math"}. '
            "A file of tasks is named with --tasks"
        )
    if name.lower().endswith((".yaml", ".yml")) or _YAML.match(first):
        return (
            'is YAML, and a run file is TOML: scenario = "math" rather than scenario: math, [budget] for a '
            "table, [[teacher]] for each teacher"
        )
    if isinstance(error, RecursionError):
        return "is not TOML: its lists or tables stand too deep in one another"
    return _at_line(str(error), text)


def _at_line(said: str, text: str) -> str:
    found = _AT.search(said)
    what = said[: found.start()] if found else said
    what = what[:1].lower() + what[1:120]
    if not found or not found[1]:
        return f"is not TOML: {what} at the end of the file"
    row = text.split("\n")[int(found[1]) - 1].strip()
    hint = ""
    if said.startswith(_TWICE):
        what, hint = "this stands twice", "; keep one"
    elif _BARE.match(row) and "value" in what:
        hint = '; text stands in quotes, as in scenario = "math", and true and false in small letters'
    return f"is not TOML: line {found[1]}, {row!r:.80}: {what}{hint}"
