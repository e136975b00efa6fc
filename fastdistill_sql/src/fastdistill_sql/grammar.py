"""Whether SQLite's own grammar takes a text, and where it stops if not; no schema is looked at.

The text is prepared as the body of a view over an empty database and never run: names are not resolved in a
view that nobody reads, so that this costs about 2 microseconds and what is unknown is no fault here.
"""

from threading import Lock
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    import apsw  # it waits for the first reply

LONGEST = 100_000
"""Characters of a text that is asked about; a longer one is answered by no."""
_BEFORE = "EXPLAIN CREATE TEMP VIEW fastdistill AS "
_FAULTS = ("syntax error", "unrecognized token", "incomplete input", "recursion limit", "stack overflow")
_LOCK = Lock()
_OPEN: list["apsw.Connection"] = []


@frozen
class Stop:
    """Where the grammar stops taking a text."""

    at: int
    """The first character that does not fit; the text's length where it only ends too early."""


def stop(text: str) -> Stop | None:
    """Where SQLite's grammar stops in the one query `text`, or None if it takes all of it."""
    if len(text) > LONGEST or "\0" in text:
        return Stop(0)
    import apsw

    with _LOCK:
        if not _OPEN:
            _OPEN.append(apsw.Connection(":memory:"))
        try:
            _OPEN[0].execute(_BEFORE + text).close(True)
        except (apsw.Error, UnicodeError) as error:
            return _stop(text, error)
    return None


def _stop(text: str, error: Exception) -> Stop | None:
    said = str(error).lower()
    if isinstance(error, UnicodeError):
        return Stop(0)
    if not any(fault in said for fault in _FAULTS):
        return None  # the words are in order; what is wrong is their meaning
    place = getattr(error, "error_offset", -1)
    if place < 0:
        return Stop(len(text) if "incomplete" in said else 0)
    return Stop(max(0, len((_BEFORE + text).encode()[:place].decode("utf-8", "ignore")) - len(_BEFORE)))
