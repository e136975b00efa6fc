"""Rows of the files that hold recorded replies: JSON Lines, arrays, tables, logs of inspect_ai, folders."""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastdistill.builtin.sources import CsvOptions, read_csv, read_parquet
from fastdistill.errors import UsageError
from fastdistill.model.task import BadTask
from fastdistill.run.hashing import file_digest
from fastdistill.run.lines import ARRAY_LIMIT, LINE_LIMIT
from fastdistill.run.tasks import lines
from fastdistill.specs import SourceRow

TABLES = (".csv", ".tsv", ".tab", ".parquet")
KNOWN = (".jsonl", ".json", ".ndjson", ".gz", ".zst", ".eval", *TABLES)

Rows = Iterator[Mapping[str, Any] | None]


def files_at(path: Path) -> list[Path]:
    """Return the files of a path in order. Raises `UsageError` where there is none."""
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.is_file() and _is_known(one))
        if found:
            return found
        raise UsageError(f"the folder {str(path)!r} holds no file of replies: {', '.join(KNOWN)}")
    if not path.is_file():
        raise UsageError(f"there are no recorded replies at {str(path)!r}: name a file or a folder")
    return [path]


def _is_known(file: Path) -> bool:
    return file.name.lower().endswith(KNOWN)


def digest_of(files: Iterable[Path]) -> str:
    """Return the digest of all the files' bytes, in order."""
    try:
        return sha256("\n".join(file_digest(file) for file in files).encode()).hexdigest()
    except OSError as error:
        raise UsageError(f"cannot read the recorded replies: {error}") from None


def rows_of(file: Path) -> Rows:
    """Yield each row of a file; None for one that cannot be read. Raises `UsageError` for no such file."""
    name = file.name.lower()
    if name.endswith(".eval"):
        yield from _archive(file)
    elif name.endswith(TABLES):
        yield from _table(file, name)
    elif (log := _whole(file) if name.endswith(".json") else None) is not None:
        samples = log.get("samples")
        yield from _mappings(samples if isinstance(samples, list) else [log])
    else:
        for _, row in lines(file):
            yield None if isinstance(row, BadTask) else row


def _table(file: Path, name: str) -> Rows:
    found: Iterable[SourceRow] = (
        read_parquet(None, str(file)) if name.endswith(".parquet") else read_csv(CsvOptions(), str(file))
    )
    for row in found:
        yield row.fields


def _mappings(values: Iterable[Any]) -> Rows:
    for one in values:
        yield one if isinstance(one, Mapping) else None


def _whole(file: Path) -> dict[str, Any] | None:
    """Return a file that is one JSON object over many lines, such as a log; None for another."""
    if file.stat().st_size > ARRAY_LIMIT:
        return None
    try:
        found = json.loads(file.read_bytes())
    except (ValueError, RecursionError, OSError):
        return None
    return found if isinstance(found, dict) else None


def _archive(file: Path) -> Rows:
    """Yield the samples of an inspect_ai log, of which each is a file in an archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = [one for one in archive.infolist() if one.filename.startswith("samples/")]
            for one in sorted(names, key=lambda one: one.filename):
                if one.file_size > LINE_LIMIT:
                    yield None
                    continue
                with archive.open(one) as member:
                    yield from _mappings([_parsed(member.read(LINE_LIMIT + 1))])
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise UsageError(f"cannot read the log {str(file)!r}: {error}") from None


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
