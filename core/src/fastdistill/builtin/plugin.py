"""What the core itself offers."""

from collections.abc import Iterable
from typing import Any

from fastdistill.builtin.recorded.provider import RecordedOptions, open_recorded
from fastdistill.builtin.rules import MaxLength, MaxLengthRule, not_empty
from fastdistill.builtin.sources import CsvOptions, read_csv, read_hub, read_parquet
from fastdistill.hookspecs import hookimpl
from fastdistill.specs import NoOptions, ProviderSpec, RuleSpec, SourceSpec


@hookimpl
def fastdistill_providers() -> Iterable[ProviderSpec[Any]]:
    """The teacher whose answers exist already."""
    yield ProviderSpec(
        name="recorded",
        summary="replies from a file or folder, instead of asking: recorded:PATH",
        config=RecordedOptions,
        open=open_recorded,
        recorded=True,
    )


@hookimpl
def fastdistill_rules() -> Iterable[RuleSpec[Any]]:
    """Rules that fit every scenario."""
    yield RuleSpec(
        name="not-empty",
        summary="rejects an answer of nothing but white space",
        config=NoOptions,
        build=lambda _: not_empty,
    )
    yield RuleSpec(
        name="max-length",
        summary="rejects an answer with too many characters",
        config=MaxLength,
        build=MaxLengthRule,
    )


@hookimpl
def fastdistill_sources() -> Iterable[SourceSpec[Any]]:
    """Tables of the common kinds."""
    yield SourceSpec(
        name="csv",
        summary="CSV and TSV, whose first line names the columns",
        config=CsvOptions,
        open=read_csv,
        endings=(".csv", ".tsv", ".tab"),
    )
    yield SourceSpec(
        name="parquet",
        summary="Parquet files (extra parquet)",
        config=NoOptions,
        open=read_parquet,
        endings=(".parquet",),
    )
    yield SourceSpec(
        name="hf",
        summary="datasets of a hub: hf://org/name@revision:split (extra hf)",
        config=NoOptions,
        open=read_hub,
        schemes=("hf://",),
    )
