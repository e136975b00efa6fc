"""Reading run folders that may be damaged, or made by someone else: what goes wrong is one sentence."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastdistill.errors import FastDistillError, RunFolderError

DAMAGE = (
    sqlite3.Error, OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    RecursionError,
)  # fmt: skip


@contextmanager
def reading(*folders: Path) -> Iterator[None]:
    """Turn what the contents of `folders` make go wrong into `RunFolderError`, which names them.

    Refuses what no run writes and reading could hang on: pipes and devices.
    """
    try:
        for folder in folders:
            _refuse_strange(folder)
        yield
    except FastDistillError:
        raise
    except (*DAMAGE, ExceptionGroup) as error:
        first = _first(error)
        if isinstance(first, FastDistillError):
            raise first from None
        if not isinstance(first, DAMAGE):
            raise
        names = " or ".join(repr(str(folder)) for folder in folders)
        what = f"{type(first).__name__}: {first}"
        raise RunFolderError(
            f"cannot read the run in {names}: {what[:300]}. Its files are damaged or of another version; "
            "fd verify names those that were changed"
        ) from error


def _first(error: BaseException) -> BaseException:
    """The first error of a group that is none."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _refuse_strange(folder: Path) -> None:
    if not folder.is_dir():
        return  # whoever reads it says what is missing
    for path in folder.iterdir():
        mode = path.stat().st_mode if path.exists() else 0
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise RunFolderError(f"{str(path)!r} is neither a file nor a folder: no run leaves that")
