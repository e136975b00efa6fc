"""What a teacher is shown: rules, schema, then the question, so that prompts share their beginning."""

from hashlib import sha256

from attrs import field, frozen
from attrs.validators import ge, le

from fastdistill import Message, Prompt, Task
from fastdistill_sql.ddl import describe
from fastdistill_sql.payload import SqlPayload

TEMPLATE = "sql-fenced"
VERSION = "1"

_SYSTEM = (
    "You write SQLite queries. Answer with exactly one query that reads the database, in a ```sql block, "
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
    few_shot: int = field(default=0, validator=[ge(0), le(len(_SHOTS))])
    """Worked examples, over a schema of their own, shown before the question."""


def make_prompt(options: SqlOptions, task: Task[SqlPayload]) -> Prompt:
    """The prompt of `task`. Raises `TaskError` when its database cannot be read."""
    schema = describe(task.payload.database, options.value_hints, options.sample_rows)
    shots = _SHOTS[: options.few_shot]
    messages = [Message(role="system", content=_SYSTEM)]
    for ddl, question, sql in shots:
        messages.append(Message(role="user", content=_ask(ddl, question, "")))
        messages.append(Message(role="assistant", content=f"```sql\n{sql}\n```"))
    hint = task.meta.get("hint")
    asked = _ask(schema, str(task.input["question"]), hint if isinstance(hint, str) else "")
    messages.append(Message(role="user", content=asked))
    digest = sha256(f"{TEMPLATE}\0{VERSION}\0{len(shots)}\0{schema}".encode()).hexdigest()
    return Prompt(messages=tuple(messages), template=TEMPLATE, version=VERSION, prefix_key=digest)


def _ask(schema: str, question: str, hint: str) -> str:
    note = f"\nHint: {hint}" if hint else ""
    return f"Database schema (SQLite):\n{schema}\n\nQuestion: {question}{note}"
