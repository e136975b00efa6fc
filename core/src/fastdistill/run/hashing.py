"""sha256 of files and of rows: what a manifest proves with."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_MODULUS = 1 << 256


def file_digest(path: Path) -> str:
    """Return the sha256 of a file's bytes in lower-case hex. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows_digest(rows: Iterable[Iterable[Any]]) -> str:
    """Return a digest of rows as a multiset: their sha256 added up, so that order does not matter."""
    total = count = 0
    for row in rows:
        text = json.dumps(
            [value.hex() if isinstance(value, bytes) else value for value in row],
            ensure_ascii=True,
            separators=(",", ":"),
        )
        total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
        count += 1
    return hashlib.sha256(f"{count}:{total % _MODULUS:064x}".encode()).hexdigest()
