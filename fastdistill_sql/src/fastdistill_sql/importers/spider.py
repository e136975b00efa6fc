"""Spider as released: three files of questions over `database/ID/ID.sqlite`, one over `test_database/`."""

from collections.abc import Iterator
from pathlib import Path

from fastdistill import ImportOptions
from fastdistill_sql.importers.drawn import Found
from fastdistill_sql.importers.files import copy_of, database_in, parts_of, read_rows

_PARTS = (
    ("train_spider", "train_spider.json", "database"),
    ("train_others", "train_others.json", "database"),
    ("dev", "dev.json", "database"),
    ("test", "test.json", "test_database"),
)


def found(source: Path, options: ImportOptions) -> Iterator[Found]:
    """The questions of every part that is there."""
    for part in parts_of((source, source / "spider_data", source / "spider"), _PARTS, options):
        side = "test-" if part.databases.name == "test_database" else ""
        for number, row in enumerate(read_rows(part.questions)):
            name = str(row["db_id"])
            yield Found(
                task_id=f"spider-{part.name}-{number:05d}",
                question=str(row["question"]),
                gold_sql=str(row["query"]).strip().rstrip(";").strip(),
                group=name,
                database=f"{side}{Path(name).name}.sqlite",
                place=copy_of(database_in(part.databases, name)),
                tags=(part.name,),
            )
