"""What this package offers: the `sql` scenario, its rules, and the gate that runs queries."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill import (
    ExecEvalSpec,
    ImportOptions,
    ImportReport,
    ImportSpec,
    NoOptions,
    Rule,
    RuleSpec,
    ScenarioSpec,
    hookimpl,
)
from fastdistill_sql import rules
from fastdistill_sql.prompt import SqlOptions
from fastdistill_sql.scenario import SqlScenario

GATES = (
    "not-empty",
    "max-length",
    "sql-one-statement",
    "sql-read-only",
    "sql-parses",
    "sql-known-names",
    "sqlite",
)


@frozen
class _Importer:
    """An importer that is loaded when it is used."""

    name: str

    def __call__(self, source: Path, out: Path, options: ImportOptions) -> ImportReport:
        from fastdistill_sql.importers import run

        return run(self.name, source, out, options)


def _build(rule: Rule, _: NoOptions) -> Rule:
    return rule


@hookimpl
def fastdistill_scenarios() -> Iterable[ScenarioSpec[Any]]:
    """Text-to-SQL."""
    yield ScenarioSpec(
        name="sql",
        summary="questions over SQLite databases, answered by one query",
        config=SqlOptions,
        title="question",
        build=SqlScenario,
        gates=GATES,
        gold="gold_sql",
        form=lambda answer: f"```sql\n{answer}\n```",
        pack_limit=24,
        pack=lambda: Path(__file__).parent / "pack" / "tasks.jsonl",
        importers=tuple(
            ImportSpec(
                name=name,
                summary=f"{title}, as released",
                run=_Importer(name),
                questions=name != "wikisql",
            )
            for name, title in (("wikisql", "WikiSQL"), ("spider", "Spider"), ("bird", "BIRD"))
        ),
    )


@hookimpl
def fastdistill_rules() -> Iterable[RuleSpec[Any]]:
    """Checks that need no run of the query."""
    for name, summary, rule in (
        ("sql-one-statement", "rejects an answer that is not exactly one statement", rules.one_statement),
        ("sql-read-only", "rejects a statement that does not only read", rules.read_only),
        ("sql-parses", "rejects what is not SQLite's syntax", rules.parses),
        (
            "sql-known-names",
            "rejects tables and columns that the database does not have",
            rules.known_names,
        ),
    ):
        yield RuleSpec(name=name, summary=summary, config=NoOptions, build=partial(_build, rule))


@hookimpl
def fastdistill_exec_evals() -> Iterable[ExecEvalSpec[Any]]:
    """The gate that runs queries."""
    from fastdistill_sql.gate import SqliteOptions, open_gate

    yield ExecEvalSpec(
        name="sqlite",
        summary="runs the query beside its gold, on the real database and on neighbours of it",
        config=SqliteOptions,
        open=open_gate,
    )
