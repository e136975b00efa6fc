"""Task files as they come: plain, gzip or zstd; lines by LF, CR LF or CR; or one JSON array. UTF-8 only.

How a file is packed is seen from its first bytes, never from its name. Memory holds one line, or an array.
"""

import gzip
import importlib
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from fastdistill.errors import UsageError

LINE_LIMIT = 16 * 1024 * 1024
"""Bytes of one line: beyond it a file is not JSON Lines."""
ARRAY_LIMIT = 64 * 1024 * 1024
"""Bytes of a file that is one JSON array: it is read as a whole."""
_LOOKED_AT = 20
"""Lines that tell whether a file holds objects at all."""
_PROBE, _CHUNK = 64 * 1024, 1024 * 1024
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_UTF8_MARK = b"\xef\xbb\xbf"
_FORMATS = (
    (b"PAR1", "a Parquet file: let its name end in .parquet"),
    (b"SQLite format 3\0", "an SQLite database: it is named in tasks' `database`, not with --tasks"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet: unpack it, or save the sheet as .csv"),
    (b"ARROW1", "an Arrow file: write it as .parquet or .jsonl"),
    (b"BZh", "packed with bzip2: unpack it first"),
    (b"\xfd7zXZ", "packed with xz: unpack it first"),
    (b"%PDF", "a PDF: write one JSON object a line"),
)
"""How other files begin, and what to do with them."""
_JSON = {
    "Expecting value": "a value is missing; text stands in double quotes, nothing is null",
    "Extra data": "something stands behind the object; write each on a line of its own",
    "Expecting property name enclosed in double quotes": "a key in double quotes is missing",
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Unterminated string starting at": "a text without its closing quote",
    "Invalid control character at": "a control character, which is written \\n or \\t",
    "Invalid \\escape": "a backslash stands alone; write two",
    "Invalid \\uXXXX escape": "\\u wants four hexadecimal digits",
    "Illegal trailing comma before end of object": "a comma too many",
    "Illegal trailing comma before end of array": "a comma too many",
}
"""The json module's words for a fault, and ours."""
_MARKS = (  # the longer first: the mark of UTF-32 begins with that of UTF-16
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


def read_lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Each line of a task file with its number, from 1; None for one of more than `LINE_LIMIT` bytes.

    Empty lines are passed over. Of a JSON array each element is a line. Raises `UsageError` for a file that
    cannot be read, is not UTF-8 by its beginning, or holds nothing.
    """
    with _opened(path) as file:
        start = file.read(_PROBE)
    _check_encoding(path, start)
    _check_json(path, start)
    mark = _UTF8_MARK if start.startswith(_UTF8_MARK) else b""
    start = start[len(mark) :]
    empty = True
    with _opened(path) as file:
        file.read(len(mark))
        for number, line in _array(path, file) if _is_array(start) else _split(file, _line_end(start)):
            if line is None or line.strip():
                empty = False
                yield number, line
    if empty:
        raise UsageError(f"the task file {str(path)!r} is empty: write one JSON object a line")


def count_lines(path: Path) -> int:
    """How many lines of a task file are not empty. Raises `UsageError` as `read_lines` does."""
    return sum(1 for _ in read_lines(path))


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked."""
    try:
        with path.open("rb") as packed:
            start = packed.read(4)
            packed.seek(0)
            if start.startswith(_GZIP):
                with gzip.GzipFile(fileobj=packed) as unpacked:
                    yield cast(IO[bytes], unpacked)
            elif start.startswith(_ZSTD):
                with _zstd(path, packed) as raw:
                    yield raw
            else:
                yield packed
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot read the tasks {str(path)!r}: {reason}") from None


@contextmanager
def _zstd(path: Path, packed: IO[bytes]) -> Iterator[IO[bytes]]:
    module = _zstd_module(path)
    try:
        with module.ZstdFile(packed) as unpacked:
            yield unpacked
    except module.ZstdError:
        raise UsageError(f"the task file {str(path)!r} is packed with zstd and damaged") from None


def _zstd_module(path: Path) -> Any:
    """The standard library's (Python 3.14), or the extra's, which is the same for older ones."""
    for name in ("compression.zstd", "backports.zstd"):
        with suppress(ImportError):
            return importlib.import_module(name)
    raise UsageError(
        f"{str(path)!r} is packed with zstd: pip install 'fastdistill[zstd]', or unpack it first"
    )


def _check_encoding(path: Path, start: bytes) -> None:
    told = next((told for mark, told in _FORMATS if start.startswith(mark)), None)
    if told is not None:
        raise UsageError(f"the task file {str(path)!r} is {told}")
    named = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if named is None and b"\0" in start[:4]:
        named = "UTF-16 or UTF-32 without its mark, or not text"
    if named is not None:
        raise UsageError(
            f"the task file {str(path)!r} is {named}: convert it to UTF-8, as iconv -f UTF-16 -t UTF-8 does"
        )


def _check_json(path: Path, start: bytes) -> None:
    """Refuse a file of which no line that is looked at begins as JSON: its tasks would fail one by one."""
    rows = [
        row.strip()
        for row in start.removeprefix(_UTF8_MARK).replace(b"\r", b"\n").split(b"\n")
        if row.strip()
    ][:_LOOKED_AT]
    if not rows or any(row[:1] in b'{["' for row in rows):
        return
    first = rows[0][:60].decode(errors="replace")
    comma = [row.count(b",") for row in rows]
    hint = "write one JSON object a line"
    if len(rows) > 1 and comma[0] and comma[0] == comma[1]:
        hint = "it looks like CSV: let its name end in .csv"
    elif len(rows) > 1 and rows[0].count(b"\t") and rows[0].count(b"\t") == rows[1].count(b"\t"):
        hint = "it looks like a table parted by tabs: let its name end in .tsv"
    elif rows[0].startswith((b"- ", b"---")):
        hint = "it looks like YAML: write one JSON object a line"
    raise UsageError(f"the task file {str(path)!r} is not JSON Lines, its first line is {first!r}: {hint}")


def json_fault(error: Exception) -> str:
    """Why a text is no JSON, in a sentence: where, and what stands there."""
    if isinstance(error, json.JSONDecodeError):
        rest = error.doc[error.pos : error.pos + 30]
        what = _JSON.get(error.msg, error.msg[:1].lower() + error.msg[1:])
        where = f"at character {error.pos + 1}, {rest!r}" if rest else "at its end"
        return f"{where}: {what}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is not UTF-8"
    if isinstance(error, RecursionError):
        return "its lists and objects stand too deep in one another"
    return str(error)


def _line_end(start: bytes) -> bytes:
    """LF, unless a file has only the CR of old systems; within JSON neither stands as it is."""
    return b"\r" if b"\r" in start and b"\n" not in start else b"\n"


def _split(file: IO[bytes], end: bytes) -> Iterator[tuple[int, bytes | None]]:
    """Lines of any length, of which no more than a chunk beyond the limit is held."""
    number, held, skipping = 1, b"", False
    while chunk := file.read(_CHUNK):
        pieces = (held + chunk).split(end)
        held = pieces.pop()
        for piece in pieces:
            yield number, None if skipping or len(piece) > LINE_LIMIT else piece
            number, skipping = number + 1, False
        if len(held) > LINE_LIMIT:
            held, skipping = b"", True
    if held or skipping:
        yield number, None if skipping else held


def _is_array(start: bytes) -> bool:
    """Whether the file is one array: a first line that is a whole one stands among other lines."""
    text = start.lstrip()
    if text[:1] != b"[":
        return False
    first, end, rest = text.partition(b"\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return True
    return not (end and rest.strip())


def _array(path: Path, file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """The elements of an array, each as its own text."""
    data = file.read(ARRAY_LIMIT + 1)
    if len(data) > ARRAY_LIMIT:
        raise UsageError(
            f"the task file {str(path)!r} is one JSON array of more than {ARRAY_LIMIT >> 20} MiB: write "
            "one object a line, as jq -c '.[]' does"
        )
    try:
        text = data.decode()
        spans = list(_elements(text))
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"the task file {str(path)!r} begins like a JSON array and is none: {json_fault(error)}"
        ) from None
    for number, (begin, end) in enumerate(spans, start=1):
        line = text[begin:end].encode()
        yield number, None if len(line) > LINE_LIMIT else line


def _elements(text: str) -> Iterator[tuple[int, int]]:
    """Where each element of the array `text` begins and ends. Raises ValueError for what is no array."""
    decoder = json.JSONDecoder()
    at = _blank(text, _blank(text, 0) + 1)
    if text[at : at + 1] != "]":
        while True:
            _, end = decoder.raw_decode(text, at)
            yield at, end
            at = _blank(text, end)
            if text[at : at + 1] == "]":
                break
            if text[at : at + 1] != ",":
                raise ValueError(f"a comma or ']' is missing after character {end}")
            at = _blank(text, at + 1)
    if text[at + 1 :].strip():
        raise ValueError(f"something stands after its end, character {at + 1}")


def _blank(text: str, at: int) -> int:
    """The next place that is no white space."""
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
