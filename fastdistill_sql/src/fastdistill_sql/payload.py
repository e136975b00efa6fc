"""What the SQL gates need to know of a task, and teachers never see."""

from pathlib import Path

from attrs import frozen


@frozen(kw_only=True)
class SqlPayload:
    """A question's database and right queries."""

    database: Path
    """The database file itself, in its engine's format."""
    gold: tuple[str, ...] = ()
    """Every right query, the first one first; empty where there is no gold."""
    dialect: str = "sqlite"
    descriptions: Path | None = None
    """What its columns mean, for the prompt."""
