"""What holds of reporters, exporters and sources."""

import contextlib
import inspect
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastdistill.errors import SetupError, UsageError
from fastdistill.run.jsonl import dumps
from fastdistill.specs import ExporterSpec, ReporterSpec, SourceRow, SourceSpec
from fastdistill.testing.conformance.check import (
    Nonconforming,
    NotApplicable,
    Subject,
    cpu_limit,
    made,
    want,
)
from fastdistill.testing.conformance.material import events, settled_tasks
from fastdistill.testing.conformance.opened import services_for


async def every_event_is_heard(subject: Subject) -> None:
    """A reporter receives every kind of event, in the order of a run, and raises nothing."""
    spec = subject.offer.spec
    assert isinstance(spec, ReporterSpec)  # noqa: S101  the host has checked it
    with TemporaryDirectory(prefix="fastdistill-") as tmp, contextlib.chdir(tmp):
        for _ in range(2):  # a resumed run opens it again
            async with services_for(subject) as services:
                try:
                    manager = spec.open(subject.built_options(), services)
                    reporter = await manager.__aenter__()
                except SetupError as error:
                    raise NotApplicable(f"it cannot be opened here: {error}") from None
                for event in events(Path(tmp)):
                    heard: Any = reporter(event)
                    want(inspect.isawaitable(heard), "a reporter is async: write async def, not def")
                    await heard
                await manager.__aexit__(None, None, None)


def rows_are_plain_and_repeat(subject: Subject) -> None:
    """Rows are JSON data, the same each time, made of what the tasks hold."""
    spec = subject.offer.spec
    assert isinstance(spec, ExporterSpec)  # noqa: S101  as above
    options = subject.built_options()
    found = list[list[Mapping[str, Any]]]()
    for _ in range(2):
        try:
            with cpu_limit("making the rows of five tasks"):
                found.append(list(spec.rows(options, iter(settled_tasks()))))
        except UsageError as error:
            raise NotApplicable(f"it cannot write these tasks: {error}") from None
    for row in found[0]:
        want(isinstance(row, Mapping), f"a row is {row!r:.80}, no mapping")
        try:
            dumps(dict(row))
        except (TypeError, ValueError) as error:
            raise Nonconforming(f"a row is no JSON data: {error}") from None
    want(found[0] == found[1], "the same tasks give other rows each time")


def no_task_is_no_row(subject: Subject) -> None:
    """Of no task there is no row, and no error."""
    spec = subject.offer.spec
    assert isinstance(spec, ExporterSpec)  # noqa: S101  as above
    want(not list(spec.rows(subject.built_options(), iter(()))), "rows come of no task")


def locations_are_claimed(subject: Subject) -> None:
    """A source serves endings such as `.csv`, lower case, or schemes such as `hf://`."""
    spec = subject.offer.spec
    assert isinstance(spec, SourceSpec)  # noqa: S101  as above
    want(spec.endings or spec.schemes, "it serves no location: give it endings or schemes")
    for one in spec.endings:
        want(one.startswith(".") and one == one.lower(), f"the ending {one!r} is not like '.csv'")
    for one in spec.schemes:
        want(one.endswith("://"), f"the scheme {one!r} is not like 'hf://'")
    taken = [
        (other.origin, one)
        for other in subject.host.offers("sources")
        for one in (*spec.endings, *spec.schemes)
        if other.spec.name != spec.name
        and one in (*getattr(other.spec, "endings", ()), *getattr(other.spec, "schemes", ()))
    ]
    want(not taken, f"{taken and taken[0][1]!r} is served by {taken and taken[0][0]} already")


def what_cannot_be_read_is_told(subject: Subject) -> None:
    """A file that is not there or of another kind is a `UsageError`, or rows with their problem."""
    spec = subject.offer.spec
    assert isinstance(spec, SourceSpec)  # noqa: S101  as above
    if not spec.endings:
        raise NotApplicable("it reads no files")
    with TemporaryDirectory(prefix="fastdistill-") as tmp:
        path = Path(tmp, f"tasks{spec.endings[0]}")
        for name, content in (
            ("no file", None),
            ("an empty file", b""),
            ("bytes that are no text", b"\xff\xfe\0\x80" * 500),
            ("NULs", b"\0" * 5000),
            ("one long line", b"x" * 2_000_000),
        ):
            if content is not None:
                path.write_bytes(content)
            try:
                with cpu_limit(f"on {name}"):
                    rows = list(spec.open(subject.built_options(), str(path)))
            except (UsageError, SetupError):
                continue
            want(name != "no file", "a file that is not there gives no error")
            _check_rows(rows, name)


def _check_rows(rows: list[SourceRow], name: str) -> None:
    for row in rows:
        want(isinstance(row, SourceRow), f"on {name}: it yields {row!r:.80}, no SourceRow")
        want(row.fields is not None or row.problem, f"on {name}: a row has neither fields nor a problem")
    positions = [row.position for row in rows]
    want(positions == sorted(set(positions)), f"on {name}: positions do not rise")
    want(not positions or positions[0] >= 1, f"on {name}: positions are counted from 1")


def a_good_file_is_read_alike(subject: Subject) -> None:
    """Its author's sample is read without a problem, the same way each time."""
    spec = subject.offer.spec
    assert isinstance(spec, SourceSpec)  # noqa: S101  as above
    if subject.sample is None:
        raise NotApplicable("its author gives no sample")
    one, two = (list(spec.open(subject.built_options(), str(subject.sample))) for _ in range(2))
    want(one and all(row.fields is not None for row in one), f"{subject.sample.name}: {one[:1]!r:.160}")
    want(one == two, "the same file gives other rows each time")
    _check_rows(one, subject.sample.name)


REPORTER_CHECKS = made(every_event_is_heard)
EXPORTER_CHECKS = made(rows_are_plain_and_repeat, no_task_is_no_row)
SOURCE_CHECKS = made(locations_are_claimed, what_cannot_be_read_is_told, a_good_file_is_read_alike)
