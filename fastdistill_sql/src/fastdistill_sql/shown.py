"""What a prompt shows of a database, whatever its engine: how much, and tables as text."""

from attrs import frozen

_WIDEST = 40
"""Characters of one value; longer ones are cut."""


@frozen(kw_only=True)
class Shown:
    """What is shown of each table."""

    value_hints: int = 3
    """Values of each text column."""
    sample_rows: int = 0
    note_characters: int = 0
    """Characters of each column's description."""


@frozen
class Described:
    """One table or view as text."""

    name: str
    text: str
    parents: tuple[str, ...] = ()
    """The tables that its foreign keys point at, in lower case."""


def remark(*parts: str) -> str:
    """`  -- a; b`: what is said behind a column."""
    said = "; ".join(part for part in parts if part)
    return f"  -- {said}" if said else ""


def literal(value: object) -> str:
    """A value as SQL writes it, on one line and cut to a bounded length."""
    match value:
        case None:
            return "NULL"
        case bytes():
            return "x'...'"
        case str():
            line = " ".join(value.split())
            cut = line if len(line) <= _WIDEST else line[:_WIDEST] + "..."
            return "'" + cut.replace("'", "''") + "'"
    return str(value)
