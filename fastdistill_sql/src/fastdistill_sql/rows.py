"""A line of a task file."""

from typing import Any

from attrs import field, frozen
from attrs.validators import min_len


@frozen(kw_only=True)
class SqlRow:
    """One question over one database."""

    task_id: str = field(validator=min_len(1))
    question: str
    database: str = field(validator=min_len(1))
    """A database file, or a `.sql` script that makes one; relative to the task file."""
    gold_sql: str = ""
    """The right query; without it no gate can say `gold_match`."""
    acceptable_sql: tuple[str, ...] = ()
    """Further right queries."""
    descriptions: str = ""
    """A JSON file of what columns mean, `{table: {column: text}}`; relative to the task file."""
    dialect: str = "sqlite"
    tags: tuple[str, ...] = ()
    meta: dict[str, Any] = field(factory=dict)
    """Free, but for `hint`: a sentence that the prompt shows beside the question."""
