"""Writes a run, or several as one, in the form that an exporter makes rows of.

The core owns what every form needs alike: source order, splits, one row for tasks that several runs share,
atomic files, and `export.json` with the digests of what was written and of the runs it came from.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from hashlib import file_digest, sha256
from itertools import chain, islice
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill.errors import RunFolderError, SetupError, UsageError, boundary
from fastdistill.host import Offer, PluginHost
from fastdistill.model.settled import SPLITS, SettledTask, Split
from fastdistill.model.task import canonical_json
from fastdistill.run.folder import MANIFEST, atomic, pretty, write_atomic
from fastdistill.run.jsonl import dumps
from fastdistill.run.ledger.connection import reading
from fastdistill.run.ledger.settled import TaskKind, read_settled
from fastdistill.run.ops.card import CARD
from fastdistill.run.ops.card import card as made_card
from fastdistill.run.ops.replay import recorded_of
from fastdistill.serde import unstructure
from fastdistill.specs import ExporterSpec, ScenarioSpec

EXPORT = "export.json"
GROUP_OF_ROWS = 1000
"""Rows of one Parquet row group."""

Rows = Iterable[Mapping[str, Any]]


@frozen(kw_only=True)
class FinishedRun:
    """A run that is exported."""

    folder: Path
    kind: TaskKind


@frozen(kw_only=True)
class Exported:
    """What an export wrote."""

    files: Mapping[str, int]
    """Rows by file name."""
    duplicates: int
    """Tasks that an earlier run of the same export holds already."""
    too_long: int
    """Rows left out because they have more tokens than asked for."""


@frozen(kw_only=True)
class TokenBound:
    """The most tokens that a row may have, counted by a tokenizer."""

    most: int
    count: Callable[[str], int]

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Return whether the row's text is short enough."""
        return self.count("\n".join(_texts(row))) <= self.most


def _texts(value: Any) -> Iterator[str]:
    """Yield every text that a trainer would show the model; `meta` is not."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in ("meta", "role", "from"):
                yield from _texts(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _texts(item)


def finished_run(folder: Path, host: PluginHost) -> FinishedRun:
    """Look into a run's folder. Raises `RunFolderError` for none, `PluginError` for a missing scenario."""
    config = recorded_of(folder).config
    spec = host.get("scenarios", config.scenario).spec
    assert isinstance(spec, ScenarioSpec)  # noqa: S101  the host has checked it
    return FinishedRun(folder=folder, kind=TaskKind.of(spec))


def export(
    runs: Sequence[FinishedRun],
    offer: Offer,
    options: Any,
    out: Path,
    *,
    bound: TokenBound | None = None,
    card: bool = False,
    licence: str | None = None,
) -> Exported:
    """Write `runs` into the folder `out`, with a `card` where asked for.

    Raises `UsageError` where there is nothing to write.
    """
    spec = offer.spec
    assert isinstance(spec, ExporterSpec)  # noqa: S101  the host has checked it
    if out.exists() and any(out.iterdir()) and not (out / EXPORT).is_file():
        raise UsageError(f"{str(out)!r} holds files that are not an export: choose another --out")
    out.mkdir(parents=True, exist_ok=True)
    files, digests, splits = dict[str, int](), dict[str, str](), dict[Split, str]()
    state = _State(bound=bound)
    with ExitStack() as stack:
        opened = [(run, stack.enter_context(reading(run.folder))) for run in runs]
        for split in SPLITS:
            if split not in spec.layout.names:
                continue
            tasks = state.first_of_each(
                read_settled(ledger, run.kind, split=split) for run, ledger in opened
            )
            name = f"{spec.layout.names[split]}.{spec.layout.form}"
            with boundary(str(offer.origin), f"rows of {spec.name}"):
                written = _WRITERS[spec.layout.form](out / name, state.short(spec.rows(options, tasks)))
            if written:
                files[name], splits[split] = written, name
                digests[name] = _digest(out / name)
            else:
                (out / name).unlink(missing_ok=True)
    if not files:
        raise UsageError(f"there is nothing to export as {spec.name!r}: no task has what this form needs")
    for name, content in (spec.layout.beside(splits) if spec.layout.beside else {}).items():
        write_atomic(out / name, pretty(content))
        digests[name] = _digest(out / name)
    if card:
        folders = [run.folder for run in runs]
        text = made_card(folders, form=spec.name, files=splits, rows=files, licence=licence)
        write_atomic(out / CARD, text)
        digests[CARD] = _digest(out / CARD)
    found = Exported(files=files, duplicates=state.duplicates, too_long=state.too_long)
    write_atomic(out / EXPORT, pretty(_entry(runs, offer, options, found, digests)))
    return found


class _State:
    """What an export sees again, and what it leaves out."""

    def __init__(self, bound: TokenBound | None) -> None:
        self._bound = bound
        self._seen = set[bytes]()
        self.duplicates = self.too_long = 0

    def first_of_each(self, sources: Iterable[Iterable[SettledTask]]) -> Iterator[SettledTask]:
        """Yield each task of several runs once: the first with its input. One run is passed on as it is."""
        held = list(sources)
        if len(held) == 1:
            yield from held[0]
            return
        for task in chain.from_iterable(held):
            key = sha256(canonical_json([task.scenario, task.input]).encode()).digest()[:16]
            if key in self._seen:
                self.duplicates += 1
            else:
                self._seen.add(key)
                yield task

    def short(self, rows: Rows) -> Iterator[Mapping[str, Any]]:
        """Yield the rows that are short enough."""
        for row in rows:
            if self._bound is None or self._bound.fits(row):
                yield row
            else:
                self.too_long += 1


def _write_lines(path: Path, rows: Rows) -> int:
    count = 0
    with atomic(path) as file:
        for row in rows:
            file.write(dumps(row) + "\n")
            count += 1
    return count


def _write_array(path: Path, rows: Rows) -> int:
    count = 0
    with atomic(path) as file:
        for row in rows:
            file.write(("[\n" if not count else ",\n") + dumps(row))
            count += 1
        file.write("\n]\n" if count else "[]\n")
    return count


def _write_parquet(path: Path, rows: Rows) -> int:
    """Write row groups of a bounded size; the first group fixes the columns' types."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError:
        raise SetupError("this form needs pyarrow: pip install 'fastdistill-export[parquet]'") from None
    source, count, writer = iter(rows), 0, None
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        while group := list(islice(source, GROUP_OF_ROWS)):
            if writer is None:
                made = pa.Table.from_pylist(group)
                writer = pq.ParquetWriter(temporary, made.schema)
            else:
                made = pa.Table.from_pylist(group, schema=writer.schema)
            writer.write_table(made)
            count += len(group)
        if writer is not None:
            writer.close()
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
    except OSError as error:
        raise RunFolderError(f"cannot write {str(path)!r}: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return count


_WRITERS: dict[str, Callable[[Path, Rows], int]] = {
    "jsonl": _write_lines,
    "json": _write_array,
    "parquet": _write_parquet,
}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _entry(
    runs: Sequence[FinishedRun], offer: Offer, options: Any, found: Exported, digests: Mapping[str, str]
) -> dict[str, Any]:
    manifests = [json.loads((run.folder / MANIFEST).read_text(encoding="utf-8")) for run in runs]
    return {
        "form": offer.spec.name,
        "plugin": str(offer.origin),
        "options": unstructure(options),
        "runs": [{"run_id": one.get("run_id"), "digest": one.get("digest")} for one in manifests],
        "rows": dict(found.files),
        "duplicates": found.duplicates,
        "too_long": found.too_long,
        "files": dict(digests),
    }
