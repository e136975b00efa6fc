"""Sources beside JSON Lines: CSV and TSV, Parquet, a Hugging Face dataset, a folder of files."""

import csv
from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen
from attrs.validators import max_len

from fastdistill.errors import SetupError, UsageError
from fastdistill.specs import SourceRow

BATCH = 1024
"""Rows of a Parquet file that are held at once."""
CELL_LIMIT = 16 * 2**20
"""Characters of one cell of a CSV file."""


@frozen(kw_only=True)
class CsvOptions:
    """`[sources.csv]`."""

    delimiter: str = field(default="", validator=max_len(1))
    """One character; a tab for .tsv and else a comma unless given."""
    encoding: str = "utf-8-sig"


def read_csv(options: CsvOptions, location: str) -> Iterator[SourceRow]:
    """Yield a row for each record; its first one names the columns. Empty cells are absent."""
    delimiter = options.delimiter or ("\t" if location.lower().endswith((".tsv", ".tab")) else ",")
    before = csv.field_size_limit(CELL_LIMIT)  # the module's, so it is put back
    try:
        with Path(location).open(encoding=options.encoding, newline="") as file:
            records = csv.reader(file, delimiter=delimiter, strict=True)
            names = next(records, None)
            if not names:
                raise UsageError(f"{location!r} is empty: its first line names the columns")
            if len(set(names)) < len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise UsageError(f"{location!r}: the column {twice!r} stands twice")
            for number, record in enumerate(records, start=1):
                if record:
                    yield _record(number, names, record)
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{location!r} is not {options.encoding} from byte {error.start + 1}: name its encoding, "
            "such as --set sources.csv.encoding=latin-1"
        ) from None
    except LookupError:
        raise UsageError(f"sources.csv.encoding: there is no encoding {options.encoding!r}") from None
    except csv.Error as error:
        raise UsageError(f"{location!r} is no CSV: {error}") from None
    except OSError as error:
        raise UsageError(f"cannot read the tasks {location!r}: {error.strerror or error}") from None
    finally:
        csv.field_size_limit(before)


def _record(number: int, names: list[str], record: list[str]) -> SourceRow:
    if len(record) != len(names):
        return SourceRow(
            position=number, problem=f"has {len(record)} cells where there are {len(names)} columns"
        )
    fields = {name: cell for name, cell in zip(names, record, strict=True) if cell != ""}
    return SourceRow(position=number, fields=fields)


def read_parquet(_: object, location: str) -> Iterator[SourceRow]:
    """Yield a row for each record of a Parquet file, read in batches."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError:
        raise SetupError("Parquet needs pyarrow: pip install 'fastdistill[parquet]'") from None
    number = 0
    try:
        with pq.ParquetFile(location) as file:
            for batch in file.iter_batches(BATCH):
                for record in batch.to_pylist():
                    number += 1
                    yield SourceRow(position=number, fields=record)
    except (OSError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or "it is no Parquet file, or a damaged one"
        raise UsageError(f"cannot read the tasks {location!r}: {reason}") from None


def read_hub(_: object, location: str) -> Iterator[SourceRow]:
    """Yield a row for each record of `hf://org/name@revision:split`; revision and split may be left out."""
    name, revision, split = parse_hub(location)
    try:
        import datasets
    except ModuleNotFoundError:
        raise SetupError("hf:// needs datasets: pip install 'fastdistill[hf]'") from None
    try:
        where = Path(name)
        if where.is_dir():  # a folder as the hub holds it, for machines without a network
            found = datasets.load_dataset(str(where), split=split, streaming=True)
        else:
            found = datasets.load_dataset(name, revision=revision, split=split, streaming=True)
    except Exception as error:  # noqa: BLE001  the library raises many kinds, all about the location
        raise UsageError(f"cannot read {location!r}: {type(error).__name__}: {error}") from None
    for number, record in enumerate(found, start=1):
        yield SourceRow(position=number, fields=dict(record))


def parse_hub(location: str) -> tuple[str, str | None, str]:
    """Return name, revision and split of a location. Raises `UsageError`."""
    rest = location.removeprefix("hf://")
    head, _, split = rest.partition(":")
    name, _, revision = head.partition("@")
    if not name.strip("/"):
        raise UsageError(
            f"{location!r}: write hf://org/name@revision:split, such as hf://openai/gsm8k:train"
        )
    return name, revision or None, split or "train"
