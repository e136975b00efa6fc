"""Whether a query may be run at all: one statement that reads; no clock, no chance, no look at the machine.

DuckDB's own parser says what a statement is and its own tokenizer what a word is: no spelling hides one.
"""

from collections.abc import Iterator

import duckdb

from fastdistill_sql.engines.duck.opening import Guarded
from fastdistill_sql.execute import Failure

_BEGINS = ("select", "with", "values", "from", "table", "pivot", "unpivot", "(")
_CLOCK = {
    "now", "today", "get_current_time", "get_current_timestamp", "current_localtime",
    "current_localtimestamp", "transaction_timestamp", "txid_current", "statement_timestamp",
    "clock_timestamp",
}  # fmt: skip
_CLOCK_WORDS = {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
"""They need no parentheses."""
_MACHINE = {"current_setting", "getvariable", "getenv", "query", "json_execute_serialized_sql",
            "checkpoint", "force_checkpoint", "glob", "sniff_csv"}  # fmt: skip
_MACHINE_BEGINS = ("duckdb_", "pragma_", "read_", "parquet_", "enable_", "disable_", "copy_", "write_")
_SAMPLES = {"sample", "tablesample"}
_SILENT = (duckdb.token_type.string_const, duckdb.token_type.numeric_const, duckdb.token_type.comment)


def fault(database: Guarded, query: str) -> Failure | None:
    """Why `query` may not be run, or None."""
    if "\0" in query:
        return Failure("syntax-error", "a zero byte")
    try:
        statements = database.connection.extract_statements(query)
    except duckdb.Error as error:
        return Failure("syntax-error", _line(error))
    except (ValueError, UnicodeError, RuntimeError) as error:
        return Failure("not-read-only", f"no statement that reads: {_line(error)}")
    if not statements:
        return Failure("no-statement", "there is no query")
    if len(statements) > 1:
        return Failure("several-statements", "more than one statement")
    kind = statements[0].type.name.upper()
    words = list(_words(query))
    first = next((word for word, _ in words), "")
    if kind not in ("SELECT", "MULTI") or first not in _BEGINS:
        return Failure("not-read-only", f"not allowed: {first.upper()} ({kind.lower()})")
    if statements[0].named_parameters:
        return Failure("execution-error", "the query has parameters that nobody fills")
    return _unsteady(database, words)


def _unsteady(database: Guarded, words: list[tuple[str, bool]]) -> Failure | None:
    for place, (word, quoted) in enumerate(words):
        called = place + 1 < len(words) and words[place + 1] == ("(", False)
        if called and (word in _MACHINE or word.startswith(_MACHINE_BEGINS)):
            return Failure("not-read-only", f"not allowed: the function {word}()")
        clock = (called and word in _CLOCK) or (not quoted and word in _CLOCK_WORDS)
        chance = (called and word in database.volatile) or (not quoted and word in _SAMPLES)
        if clock or chance or (called and word == "age" and _arguments(words, place + 1) == 1):
            return Failure("nondeterministic", "the query depends on chance or on the time of day")
    return None


def _arguments(words: list[tuple[str, bool]], opened: int) -> int:
    """How many arguments stand in the parentheses opened at `opened`."""
    depth, commas = 0, 0
    for word, quoted in words[opened:]:
        if quoted:
            continue
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        if depth == 0:
            break
        commas += depth == 1 and word == ","
    return commas + 1


def _words(query: str) -> Iterator[tuple[str, bool]]:
    """Names, keywords and marks in lower case, and whether each was quoted; literals and comments left out.

    DuckDB's tokenizer gives places in bytes.
    """
    raw = query.encode()
    found = duckdb.tokenize(query)
    ends = [place for place, _ in found[1:]] + [len(raw)]
    for (begin, kind), end in zip(found, ends, strict=True):
        if kind in _SILENT:
            yield "", True
            continue
        text = raw[begin:end].decode("utf-8", "replace").strip()
        quoted = text[:1] == '"'
        yield (text.strip('"') if quoted else text).lower(), quoted


def _line(error: BaseException) -> str:
    return " ".join(str(error).split("\n\n")[0].split())[:300]
