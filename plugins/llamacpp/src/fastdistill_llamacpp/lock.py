"""One process at a time: a lock that its holder's death frees."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

PAUSE = 0.2
"""Seconds between two calls of who waits."""


@contextmanager
def alone(path: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file `path`. `wait` is called while another holds it; what it raises ends the wait."""
    lock = FileLock(path)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=PAUSE)
        except Timeout:
            wait()
    try:
        yield
    finally:
        lock.release()
