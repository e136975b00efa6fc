"""Looks a task source over before a teacher is asked: what is bad and why, and what was likely meant."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

import attrs
from attrs import define, field, frozen

from fastdistill.errors import UsageError, boundary
from fastdistill.model.task import BadTask, Task
from fastdistill.protocols import Row, Scenario
from fastdistill.run.mapping import likely_columns
from fastdistill.run.tasks import JsonLines

EXAMPLES = 3
LOOKED_OVER = 20_000
"""Rows of which a run sees first that they are not mostly bad; `fd tasks check` sees them all."""
_VALUES = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\d+")


def kind_of(detail: str) -> str:
    """Return what messages on bad rows have in common: their values are left out."""
    return _VALUES.sub("…", detail)[:160]


@frozen(kw_only=True)
class Complaint:
    """Bad rows with one reason in common."""

    reason: str
    kind: str
    """The message without its values."""
    count: int
    examples: tuple[tuple[int, str], ...]
    """Lines, each with the whole message."""


@define
class Watched:
    """A task file that remembers which fields were wanted of it and which columns it has."""

    source: JsonLines
    into: type[Any] | None = None
    columns: Counter[str] = field(factory=Counter)
    """How many rows have each column."""
    tags: tuple[int, frozenset[str]] = (0, frozenset())
    """The last row's line, and the tags that it has of itself."""

    @property
    def base(self) -> Any:
        """See `Source.base`."""
        return self.source.base

    @property
    def path(self) -> Any:
        """See `Source.path`."""
        return self.source.path

    def rows(self, into: type[Any], /, *, optional: Iterable[str] = ()) -> Iterator[Row | BadTask]:
        """See `Source.rows`."""
        self.into = into
        for row in self.source.rows(into, optional=optional):
            raw = self.source.raw(row.line)
            self.columns.update(raw.keys())
            self.tags = row.line, frozenset(map(str, raw.get("tags") or ()))
            yield row

    @property
    def fields(self) -> list[str]:
        """Return the scenario's fields, in its order."""
        return [one.name for one in attrs.fields(self.into)] if self.into is not None else []


@define(kw_only=True)
class Checked:
    """What was found."""

    rows: int = 0
    tasks: int = 0
    bad: int = 0
    duplicates: int = 0
    """Tasks with the input of an earlier one: they are skipped."""
    names_twice: int = 0
    """Tasks with the id of an earlier one: they are bad."""
    with_gold: int = 0
    groups: int = 0
    complaints: list[Complaint] = field(factory=list)
    mapping: dict[str, str] = field(factory=dict)
    """Our fields that rows lack, each with the column that was likely meant."""
    unknown: list[str] = field(factory=list)
    """Columns that the scenario does not know: they go into `meta`."""
    marked: Counter[str] = field(factory=Counter)
    """Tags that the scenario itself gave, such as `text-gold`: how many tasks have each."""
    first: list[Task[Any]] = field(factory=list)

    @property
    def mostly_bad(self) -> bool:
        """Whether more than half of the rows are no tasks."""
        return 2 * self.bad > self.rows

    def flags(self) -> str:
        """Return the likely mapping as options of the command line."""
        return " ".join(f"--map {ours}={theirs}" for ours, theirs in self.mapping.items())


def check(
    scenario: Scenario[Any], owner: str, source: JsonLines, *, most: int | None = None, keep: int = 3
) -> Checked:
    """Read the first `most` rows as `scenario` does, all unless given; `keep` tasks are kept.

    Raises `UsageError` for a file that cannot be read.
    """
    found, watched = Checked(), Watched(source)
    counts, examples = Counter[tuple[str, str]](), dict[tuple[str, str], list[tuple[int, str]]]()
    inputs, names, groups = set[bytes](), set[bytes](), set[str]()
    with boundary(owner, "tasks"):
        for item in scenario.tasks(watched):
            if most is not None and found.rows >= most:
                break
            found.rows += 1
            if isinstance(item, BadTask):
                key = (item.reason, kind_of(item.detail))
                counts[key] += 1
                if len(said := examples.setdefault(key, [])) < EXAMPLES:
                    said.append((item.line, item.detail))
                found.bad += 1
                continue
            name, asked = _digest(item.task_id), _digest(item.canonical_input)
            found.tasks += 1
            found.names_twice += name in names
            found.duplicates += asked in inputs and name not in names
            found.with_gold += item.has_gold
            if item.tags and watched.tags[0] == item.line:
                found.marked.update(set(item.tags) - watched.tags[1])
            names.add(name)
            inputs.add(asked)
            groups.add(item.group or item.sample_id)
            if len(found.first) < keep:
                found.first.append(item)
    found.groups = len(groups)
    found.complaints = [
        Complaint(reason=reason, kind=kind, count=count, examples=tuple(examples[reason, kind]))
        for (reason, kind), count in counts.most_common()
    ]
    fields = watched.fields
    found.unknown = sorted(watched.columns.keys() - set(fields))
    lacking = [name for name in fields if watched.columns[name] * 2 < found.rows]
    found.mapping = likely_columns(lacking, found.unknown)
    return found


def _digest(text: str) -> bytes:
    return sha256(text.encode(errors="replace")).digest()[:12]


def see_rows(scenario: Scenario[Any], owner: str, source: JsonLines, *, limit: int | None) -> list[str]:
    """Return what is to be told of the first rows before anything is asked: tasks that the scenario marks.

    Raises `UsageError` where more than half of them are no tasks.
    """
    most = LOOKED_OVER if limit is None else min(limit, LOOKED_OVER)
    found = check(scenario, owner, source, most=most, keep=0)
    if found.mostly_bad:
        raise UsageError(refusal(found))
    return list(marks(found))


def marks(found: Checked) -> Iterator[str]:
    """Yield how many tasks the scenario marks, by tag."""
    for tag, count in sorted(found.marked.items()):
        yield f"{count} of {found.tasks} tasks are marked {tag}"


def refusal(found: Checked) -> str:
    """Return why a source is refused, with examples and what was likely meant."""
    lines = [f"{found.bad} of {found.rows} rows are no tasks, more than half: nobody was asked"]
    shown = [example for one in found.complaints for example in one.examples[:1]]
    shown += [example for one in found.complaints for example in one.examples[1:]]
    lines += [f"  line {number}: {detail}" for number, detail in sorted(shown[:EXAMPLES])]
    if found.mapping:
        lines.append(f"  likely: {found.flags()}")
    lines.append("  `fd tasks check FILE --scenario NAME` says all of it")
    return "\n".join(lines)


def as_data(found: Checked) -> Mapping[str, Any]:
    """Return what was found as plain data."""
    return {
        "rows": found.rows,
        "tasks": found.tasks,
        "bad": found.bad,
        "duplicates": found.duplicates,
        "names_twice": found.names_twice,
        "with_gold": found.with_gold,
        "groups": found.groups,
        "marked": dict(found.marked),
        "reasons": [
            {
                "reason": one.reason,
                "kind": one.kind,
                "count": one.count,
                "examples": [{"line": line, "detail": detail} for line, detail in one.examples],
            }
            for one in found.complaints
        ],
        "likely_map": found.mapping,
        "meta_columns": found.unknown,
    }
