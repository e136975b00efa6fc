"""Neighbour databases: small, seeded variants of a real one that obey its laws and part its queries.

A variant's rows are real ones, real ones changed where a query looks, and rows that meet or just miss the
query's
conditions; with doubles, NULLs, ties and empty tables where the laws allow them. The same file, queries
and seed
give the same variant.
"""

import random
from pathlib import Path

from attrs import field, frozen

from fastdistill_sql.anatomy import Anatomy
from fastdistill_sql.bank import Bank, fill
from fastdistill_sql.building import Blueprint, Rows, blueprint, needed
from fastdistill_sql.laws import Assume, Laws
from fastdistill_sql.names import Place
from fastdistill_sql.pools import Pool, pools
from fastdistill_sql.rowmaking import Maker, Mode, Plan
from fastdistill_sql.sampling import Link, Sample, holding, links, sample
from fastdistill_sql.schema import Schema, Table

VERSION = 2
"""Of the generator: another one makes other variants for a seed."""
_MODES: tuple[Mode, ...] = ("hits", "hits", "mixed", "mixed", "ties", "real", "patterns")
_SIZES = (2, 3, 4, 5, 6, 8, 10, 12)
_BESIDE = 4
"""Rows of a table that no query names."""


@frozen(kw_only=True)
class Material:
    """What variants of one database for some queries are made of."""

    schema: Schema
    anatomy: Anatomy
    sound: Anatomy
    """Of the golds alone."""
    plan: Blueprint
    tables: tuple[Table, ...]
    """In the order in which they are filled."""
    laws: dict[str, Laws] = field(repr=False)
    links: dict[str, list[Link]] = field(repr=False)
    """By the table that holds the columns."""
    pools: dict[Place, Pool] = field(repr=False)
    banks: dict[str, Bank] = field(repr=False)
    greatest: float = 0.0
    """The largest number in the real tables, by size."""

    def columns(self, table: str) -> list[str]:
        """The columns of `table`, lower case."""
        return [c.name.lower() for t in self.tables if t.name.lower() == table for c in t.columns]


def gather(
    path: Path,
    schema: Schema,
    anatomy: Anatomy,
    queries: tuple[str, ...],
    sound: Anatomy | None = None,
    assume: Assume = "data",
) -> Material:
    """Learn what variants for `queries`, of that `anatomy`, must be like.

    `sound` is the anatomy of the golds alone: only their joins are taken to say what belongs together.
    """
    plan = blueprint(schema, needed(schema, queries))
    samples = {t.name.lower(): sample(path, t.name, assume) for t in plan.tables}
    real = {t.name.lower(): _real(path, t, anatomy, samples[t.name.lower()]) for t in plan.tables}
    laws = {name: found.laws for name, found in samples.items()}
    made = pools(schema, plan.tables, anatomy, real, {name: law.forms for name, law in laws.items()})
    rng = random.Random(VERSION)  # noqa: S311  variety, not secrecy
    banks = {}
    for table in plan.tables:
        name = table.name.lower()
        own = [made[name, c.name.lower()] for c in table.columns]
        banks[name] = fill(table, list(real[name]), laws[name], own, anatomy, rng)
    meant = sound or anatomy
    mined = assume == "data"
    joins, hinted = (meant.joins, anatomy.joins) if mined else ((), ())
    joined = links(path, schema, plan.tables, joins, hinted, orphans=meant.orphans and mined)
    by_table: dict[str, list[Link]] = {}
    for link in joined:
        by_table.setdefault(link.table, []).append(link)
    return Material(
        schema=schema,
        anatomy=anatomy,
        sound=sound or anatomy,
        plan=plan,
        tables=_ordered(plan.tables, by_table),
        laws=laws,
        links=by_table,
        pools=made,
        banks=banks,
        greatest=max((s.greatest for s in samples.values()), default=0.0),
    )


def _real(path: Path, table: Table, anatomy: Anatomy, known: Sample) -> Rows:
    constants = [c for c in anatomy.constants if c[0][0] == table.name.lower()]
    first = holding(path, table, constants) if constants else []
    return list(dict.fromkeys((*first, *known.rows)))


def _ordered(tables: tuple[Table, ...], by_table: dict[str, list[Link]]) -> tuple[Table, ...]:
    """Parents first; those in a circle as they come."""
    done: list[Table] = []
    left = list(tables)
    while left:
        waiting = {t.name.lower() for t in left}
        free = [
            t
            for t in left
            if not {k.parent for k in by_table.get(t.name.lower(), ())} - {t.name.lower()} & waiting
        ]
        ready = free or left[:1]
        done += ready
        left = [t for t in left if t not in ready]
    return tuple(done)


def variant(material: Material, seed: int) -> dict[str, Rows]:
    """Rows by lower-case table for `seed`, in keeping with the laws of the real data."""
    rng = random.Random(f"{VERSION}:{seed}")  # noqa: S311  variety, not secrecy
    unlike: dict[int, list[object]] = {}
    for pool in material.pools.values():
        if id(pool) not in unlike:
            unlike[id(pool)] = pool.small(rng)  # type: ignore[assignment]
    plan = _plan(material, rng)
    made: dict[str, Rows] = {}
    makers: dict[str, Maker] = {}
    for table in material.tables:
        name = table.name.lower()
        maker = Maker(
            rng=random.Random(f"{VERSION}:{seed}:{name}"),  # noqa: S311  variety, not secrecy
            table=table,
            laws=material.laws[name],
            links=material.links.get(name, []),
            bank=material.banks[name],
            pools=[material.pools[name, c.name.lower()] for c in table.columns],
            small=unlike,  # type: ignore[arg-type]
            named=[
                i for i, c in enumerate(table.columns) if (name, c.name.lower()) in material.anatomy.columns
            ],
            grouped=[
                i for i, c in enumerate(table.columns) if (name, c.name.lower()) in material.anatomy.groups
            ],
            plan=plan,
            others=makers,
        )
        makers[name] = maker
        made[name] = maker.rows(_count(material, name, plan, rng))
    return made


def _plan(material: Material, rng: random.Random) -> Plan:
    anatomy = material.anatomy
    mode = rng.choice(_MODES)
    grown = ""
    large = max((anatomy.most, *anatomy.counts), default=0) > max(_SIZES)
    if (anatomy.counts or anatomy.most) and rng.random() < (0.75 if large else 0.45):
        grown = _grown(material, rng)
    few = 0.3 if anatomy.groups == material.sound.groups else 0.6
    target, many = _target(anatomy, rng) if grown else (0, 0)
    hollow = ""
    if rng.random() < 0.08:
        hollow = rng.choice(sorted(material.sound.tables & set(material.banks)) or [""])
    return Plan(
        mode=mode,
        size=rng.choice(_SIZES),
        nulls=rng.choice((0.0, 0.0, 0.08, 0.2, 0.5)),
        grown=grown,
        target=target,
        many=many,
        hollow=hollow,
        blank=_blank(material, rng),
        few=bool(anatomy.groups) and rng.random() < few,
        matched=rng.choice((1.0, 0.7, 0.5)),
    )


def _grown(material: Material, rng: random.Random) -> str:
    """The table that has one large group: rather one that points at another."""
    names = sorted(material.anatomy.tables & set(material.banks))
    pointing = [n for n in names if any(link.parent in names for link in material.links.get(n, ()))]
    return rng.choice(pointing if pointing and rng.random() < 0.75 else names or [""])


def _blank(material: Material, rng: random.Random) -> tuple[str, int]:
    """Now and then a named column that may be NULL."""
    open_ = [
        (name, i)
        for name, laws in sorted(material.laws.items())
        for i, column in enumerate(material.columns(name))
        if i not in laws.never_null and (name, column) in material.anatomy.columns
    ]
    return rng.choice(open_) if open_ and rng.random() < 0.12 else ("", 0)


def _target(anatomy: Anatomy, rng: random.Random) -> tuple[int, int]:
    """The size of one group, or of a whole table."""
    counts = [n + more for n in anatomy.counts for more in (0, 0, 1, 1, -1)]
    if anatomy.most and (not counts or rng.random() < 0.5):
        return 0, anatomy.most + rng.choice((1, 2, 5))
    return rng.choice(counts), 0


def _count(material: Material, name: str, plan: Plan, rng: random.Random) -> int:
    if name == plan.hollow:
        return 0
    if name not in material.anatomy.tables:
        return _BESIDE
    if rng.random() < 0.12:
        return rng.choice((1, 2, 3))
    return max(1, plan.size + rng.randrange(-1, 3))
