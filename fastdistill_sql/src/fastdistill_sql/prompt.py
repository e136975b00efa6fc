"""What a teacher is shown: rules, schema, then the question, so that prompts share their beginning."""

import random
from hashlib import sha256

from attrs import field, frozen
from attrs.validators import ge, le, matches_re

from fastdistill import Message, Prompt, Task, TaskError
from fastdistill_sql.ddl import describe
from fastdistill_sql.dialects import DIALECTS
from fastdistill_sql.payload import SqlPayload
from fastdistill_sql.shown import Described, Shown

TEMPLATE = "sql-fenced"
VERSION = "1"

_SYSTEM = (
    "You write {title} queries. Answer with exactly one query that reads the database, in a ```sql block, "
    "and nothing else. Return only the columns that are asked for, in the order they are asked for. "
    "Write text values as the database does."
)
_SHOTS = (
    (
        "CREATE TABLE team (\n  id INTEGER PRIMARY KEY,\n  name TEXT,\n  city TEXT\n);",
        "What are the names of the teams from Oslo?",
        "SELECT name FROM team WHERE city = 'Oslo'",
    ),
    (
        "CREATE TABLE team (\n  id INTEGER PRIMARY KEY,\n  name TEXT\n);\nCREATE TABLE player (\n"
        "  id INTEGER PRIMARY KEY,\n  team_id INTEGER,\n  goals INTEGER,\n"
        "  FOREIGN KEY (team_id) REFERENCES team (id)\n);",
        "For each team with more than two players, give its name and the number of its players.",
        "SELECT t.name, COUNT(*) FROM team AS t JOIN player AS p ON p.team_id = t.id\n"
        "GROUP BY t.id, t.name HAVING COUNT(*) > 2",
    ),
    (
        "CREATE TABLE player (\n  id INTEGER PRIMARY KEY,\n  name TEXT,\n  goals INTEGER\n);",
        "Which players have scored more goals than the average player? Give their names.",
        "SELECT name FROM player WHERE goals > (SELECT AVG(goals) FROM player)",
    ),
)


@frozen
class SqlOptions:
    """`[scenarios.sql]`."""

    value_hints: int = field(default=3, validator=[ge(0), le(50)])
    """Values shown of each text column: they say how text is written and cased."""
    sample_rows: int = field(default=0, validator=[ge(0), le(20)])
    """Rows shown of each table."""
    description_characters: int = field(default=160, validator=[ge(0), le(2000)])
    """Characters shown of each column's description, where the task has some."""
    schema: str = field(default="all", validator=matches_re(r"all|gold\+\d{1,4}"))
    """Which tables are shown: `all`, or `gold+N`, those that gold reads, their neighbours, and N others."""
    max_schema_characters: int = field(default=400_000, validator=ge(1))
    """A longer schema is the task's error, before anything is asked."""
    few_shot: int = field(default=0, validator=[ge(0), le(len(_SHOTS))])
    """Worked examples, over a schema of their own, shown before the question."""


def make_prompt(options: SqlOptions, task: Task[SqlPayload]) -> Prompt:
    """The prompt of `task`.

    Raises `TaskError`: when its database cannot be read, `schema-too-long`, `broken-descriptions`.
    """
    schema, title = _schema(options, task), DIALECTS[task.payload.dialect]
    shots = _SHOTS[: options.few_shot]
    messages = [Message(role="system", content=_SYSTEM.format(title=title))]
    for ddl, question, sql in shots:
        messages.append(Message(role="user", content=_ask(title, ddl, question, "")))
        messages.append(Message(role="assistant", content=f"```sql\n{sql}\n```"))
    hint = task.meta.get("hint")
    asked = _ask(title, schema, str(task.input["question"]), hint if isinstance(hint, str) else "")
    messages.append(Message(role="user", content=asked))
    digest = sha256(f"{TEMPLATE}\0{VERSION}\0{len(shots)}\0{title}\0{schema}".encode()).hexdigest()
    return Prompt(messages=tuple(messages), template=TEMPLATE, version=VERSION, prefix_key=digest)


def _schema(options: SqlOptions, task: Task[SqlPayload]) -> str:
    shown = Shown(
        value_hints=options.value_hints,
        sample_rows=options.sample_rows,
        note_characters=options.description_characters,
    )
    tables = describe(task.payload.database, shown, task.payload.descriptions, task.payload.dialect)
    if options.schema != "all" and task.payload.gold:
        tables = _around_gold(tables, task, int(options.schema.removeprefix("gold+")))
    schema = "\n".join(table.text for table in tables)
    if len(schema) > options.max_schema_characters:
        raise TaskError(
            "schema-too-long",
            f"the schema of {task.payload.database.name!r} has {len(schema)} characters, more than "
            f"max_schema_characters = {options.max_schema_characters}; show less, or schema = 'gold+5'",
        )
    return schema


def _around_gold(
    tables: tuple[Described, ...], task: Task[SqlPayload], others: int
) -> tuple[Described, ...]:
    """The tables that the golds read, those beside them by keys, and `others` drawn for the task."""
    read = _read_by_gold(task.payload)
    if not read:
        return tables
    near = {parent for t in tables if t.name.lower() in read for parent in t.parents}
    near |= {t.name.lower() for t in tables if not read.isdisjoint(t.parents)}
    far = [t.name.lower() for t in tables if t.name.lower() not in read | near]
    rng = random.Random(f"schema\0{task.task_id}")  # noqa: S311  a draw, not a secret
    drawn = set(rng.sample(far, min(others, len(far))))
    return tuple(t for t in tables if not t.name or t.name.lower() in read | near | drawn)


def _read_by_gold(payload: SqlPayload) -> set[str]:
    if payload.dialect != "sqlite":
        from fastdistill_sql.dialects import tables_named

        return {name for gold in payload.gold for name in tables_named(gold, payload.dialect)}
    from fastdistill_sql.rules import tables_read  # SQLite waits for the first prompt that needs it

    return {name for gold in payload.gold for name in tables_read(payload.database, gold)}


def _ask(title: str, schema: str, question: str, hint: str) -> str:
    note = f"\nHint: {hint}" if hint else ""
    return f"Database schema ({title}):\n{schema}\n\nQuestion: {question}{note}"
