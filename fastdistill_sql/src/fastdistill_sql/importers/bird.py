"""BIRD as released: `train.json`, `dev.json` and the mini-dev, with `dev_databases/ID/ID.sqlite` beside."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from fastdistill import ImportOptions
from fastdistill_sql.importers.descriptions import read_descriptions
from fastdistill_sql.importers.drawn import Found
from fastdistill_sql.importers.files import copy_of, database_in, parts_of, read_rows

_PARTS = (
    ("train", "train.json", "train_databases"),
    ("dev", "dev.json", "dev_databases"),
    ("mini-dev", "mini_dev_sqlite.json", "dev_databases"),
)


def found(source: Path, options: ImportOptions) -> Iterator[Found]:
    """The questions of every part that is there, with evidence as hint, and descriptions for the prompt."""
    sources = (source, source / "MINIDEV", source / "minidev" / "MINIDEV")
    for part in parts_of(sources, _PARTS, options):
        for number, row in enumerate(read_rows(part.questions)):
            name = str(row["db_id"])
            evidence = str(row.get("evidence") or "").strip()
            database = database_in(part.databases, name)
            yield Found(
                task_id=f"bird-{part.name}-{row.get('question_id', number):05d}",
                question=str(row["question"]),
                gold_sql=str(row["SQL"]).strip().rstrip(";").strip(),
                group=name,
                database=f"{Path(name).name}.sqlite",
                place=copy_of(database),
                describe=partial(read_descriptions, database.parent / "database_description"),
                tags=(part.name, *([str(row["difficulty"])] if row.get("difficulty") else [])),
                meta={"hint": evidence} if evidence else {},
            )
