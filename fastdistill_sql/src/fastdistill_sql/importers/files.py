"""Files of a release: questions as JSON or JSON Lines, databases by name, copies."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill import ImportOptions, UsageError

_SUFFIXES = (".sqlite", ".db", ".sqlite3")


@frozen
class Part:
    """A file of questions and the folder of the databases that they are about."""

    name: str
    questions: Path
    databases: Path


def parts_of(
    sources: tuple[Path, ...], known: tuple[tuple[str, str, str], ...], options: ImportOptions
) -> list[Part]:
    """The parts that are there: (part, file, folder) of `known` in the first of `sources` that has any.

    `--questions` names one file instead, `--databases` the folder. Raises `UsageError` if there is none.
    """
    if options.questions is not None:
        if not options.questions.is_file():
            raise UsageError(f"there is no file {str(options.questions)!r} of questions")
        beside = [options.questions.parent / folder for _, _, folder in known]
        guess = next((folder for folder in beside if folder.is_dir()), beside[0])
        return [Part(options.questions.stem, options.questions, options.databases or guess)]
    for source in sources:
        found = [
            Part(name, source / file, options.databases or source / folder)
            for name, file, folder in known
            if (source / file).is_file()
        ]
        if found:
            return found
    names = ", ".join(file for _, file, _ in known)
    raise UsageError(f"{str(sources[0])!r} holds none of {names}; name the file with --questions")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON or JSON Lines. Raises `UsageError` naming the path."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if text.lstrip()[:1] == "{":
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            rows = json.loads(text)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {str(path)!r}: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{str(path)!r} is no list of objects")
    return rows


def database_in(folder: Path, name: str) -> Path:
    """Where the database `name` lies in `folder`, in a folder of its own or not; there or not."""
    plain = Path(name).name if name not in ("", ".", "..") else "unnamed"
    places = [folder / plain / f"{plain}{suffix}" for suffix in _SUFFIXES]
    places += [folder / f"{plain}{suffix}" for suffix in _SUFFIXES]
    return next((place for place in places if place.is_file()), places[0])


def copy_of(database: Path) -> Callable[[Path], None]:
    """Puts a copy of `database` where it is wanted; raises `OSError`."""

    def place(into: Path) -> None:
        shutil.copyfile(database, into)

    return place
