"""Released datasets as task rows: WikiSQL, Spider, BIRD."""

from pathlib import Path

from fastdistill import ImportOptions, ImportReport, UsageError
from fastdistill_sql.importers import bird, spider, wikisql
from fastdistill_sql.importers.drawn import write

_READERS = {"wikisql": wikisql.found, "spider": spider.found, "bird": bird.found}


def run(name: str, source: Path, out: Path, options: ImportOptions) -> ImportReport:
    """Draw tasks of the release `name` in `source` into `out`.

    Raises `UsageError` when `source` does not look like the release or a file of it cannot be read.
    """
    if not source.is_dir() and options.questions is None:
        raise UsageError(f"there is no folder {str(source)!r}; unpack the release of {name} first")
    try:
        return write(_READERS[name](source, options), out, options)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UsageError(f"{str(source)!r} is not laid out like {name}: {error!r}") from error
