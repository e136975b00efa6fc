"""Text-to-SQL as a kind of task: how rows become tasks, what is asked, how replies are read."""

from collections.abc import Iterable, Iterator

from attrs import field, frozen

from fastdistill import BadTask, Completion, Mutant, Prompt, Reading, Source, Task, TaskError
from fastdistill_sql.databases import described, resolve
from fastdistill_sql.dialects import DIALECTS, Reader, known
from fastdistill_sql.payload import SqlPayload
from fastdistill_sql.prompt import SqlOptions, make_prompt
from fastdistill_sql.reading import read_reply
from fastdistill_sql.rows import SqlRow


@frozen
class SqlScenario:
    """Questions over databases, in SQLite or another dialect that is installed."""

    options: SqlOptions = field(factory=SqlOptions)

    @property
    def payload(self) -> type[SqlPayload]:
        """Database and gold."""
        return SqlPayload

    def tasks(self, source: Source, /) -> Iterator[Task[SqlPayload] | BadTask]:
        """The tasks of a file of `SqlRow`s; a row without its database is a `BadTask` naming the path."""
        for row in source.rows(SqlRow, optional=("question",)):
            yield row if isinstance(row, BadTask) else _task(source, row.value, row.line)

    def prompt(self, task: Task[SqlPayload], attempt: int, /) -> Prompt:
        """Schema and question; the same at every attempt."""
        return make_prompt(self.options, task)

    def read(self, task: Task[SqlPayload], completion: Completion, /) -> Reading:
        """The query in the reply."""
        from fastdistill_sql.rules import prepares  # SQLite waits for the first reply

        if task.payload.dialect != "sqlite":
            return read_reply(completion.text, completion.finish, None, Reader(task.payload.dialect))
        database = task.payload.database
        return read_reply(completion.text, completion.finish, lambda query: prepares(database, query))

    def mutants(self, task: Task[SqlPayload], /) -> Iterable[Mutant]:
        """Wrong neighbours and equivalent rewrites of the gold; none in another dialect than SQLite's."""
        if task.payload.dialect != "sqlite":
            return ()
        from fastdistill_sql.mutants import mutants  # sqlglot waits until an audit

        return mutants(task)


def _task(source: Source, row: SqlRow, line: int) -> Task[SqlPayload] | BadTask:
    dialect = row.dialect.lower()
    if dialect not in DIALECTS:
        detail = f"dialect {row.dialect!r} cannot be run here; there are: {known()}"
        return BadTask(line=line, detail=detail, reason="unsupported-dialect", task_id=row.task_id)
    if row.acceptable_sql and not row.gold_sql.strip():
        detail = "acceptable_sql without gold_sql; name the first right query in gold_sql"
        return BadTask(line=line, detail=detail, task_id=row.task_id)
    try:
        if dialect != "sqlite":
            from fastdistill_sql.engines import engine_of  # engines wait for the first task of theirs

            engine_of(dialect)
        database = resolve(source.base, row.database, dialect)
        gold = tuple(dict.fromkeys(q for q in (row.gold_sql, *row.acceptable_sql) if q.strip()))
        return Task(
            task_id=row.task_id,
            input={"question": row.question, "database": row.database, "dialect": row.dialect},
            payload=SqlPayload(
                database=database,
                gold=gold,
                dialect=dialect,
                descriptions=described(source.base, row.descriptions),
            ),
            has_gold=bool(gold),
            tags=row.tags,
            meta=row.meta,
            line=line,
            group=row.database,
        )
    except TaskError as error:
        return BadTask(line=line, detail=error.detail, reason=error.reason, task_id=row.task_id)
    except ValueError as error:
        return BadTask(line=line, detail=str(error), task_id=row.task_id)
