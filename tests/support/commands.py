"""`fd` called in this process: as a shell would, without the seconds that a new interpreter takes."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from fastdistill.cli.main import main


@frozen
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


@contextlib.contextmanager
def _as_if(words: tuple[str, ...], cwd: Path) -> Iterator[None]:
    argv, cache = sys.argv, os.environ.get("FD_CACHE")
    sys.argv, os.environ["FD_CACHE"] = ["fd", *words], str(cwd / "cache")
    try:
        with contextlib.chdir(cwd):
            yield
    finally:
        sys.argv = argv
        if cache is None:
            del os.environ["FD_CACHE"]
        else:
            os.environ["FD_CACHE"] = cache


def command(*words: str, cwd: Path) -> Done:
    """Call `fd WORDS` in the folder `cwd`."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with _as_if(words, cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Done(code, out.getvalue(), err.getvalue())
