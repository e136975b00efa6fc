"""What every command prints through: text from outside never steers the terminal and holds no secrets."""

import sys
import traceback
from typing import IO

import click

from fastdistill.redact import scrub


def echo(text: str, *, err: bool = False, file: IO[str] | None = None) -> None:
    """Print a line to stdout, or to stderr or `file`."""
    click.echo(scrub(text), err=err, file=file)


def explain(error: BaseException) -> None:
    """Print an unexpected error as Python does: it is ours, and whoever reports it needs where it arose."""
    echo("".join(traceback.format_exception(error)).rstrip(), file=sys.stderr)
