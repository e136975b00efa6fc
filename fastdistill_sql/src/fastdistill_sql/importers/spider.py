"""Spider as released: `train_spider.json`, `train_others.json`, `dev.json`, `database/ID/ID.sqlite`."""

from collections.abc import Iterator
from pathlib import Path

from fastdistill import UsageError
from fastdistill_sql.importers.drawn import Found, copy_of, read_json

_PARTS = ("train_spider.json", "train_others.json", "dev.json")


def found(source: Path) -> Iterator[Found]:
    """The questions of every part that is there."""
    parts = [source / name for name in _PARTS if (source / name).is_file()]
    if not parts:
        raise UsageError(f"{str(source)!r} holds none of {', '.join(_PARTS)}")
    for part in parts:
        for number, row in enumerate(read_json(part)):
            name = str(row["db_id"])
            yield Found(
                task_id=f"spider-{part.stem}-{number:05d}",
                question=str(row["question"]),
                gold_sql=str(row["query"]).strip().rstrip(";").strip(),
                group=name,
                database=f"{name}.sqlite",
                place=copy_of(source / "database" / name / f"{name}.sqlite"),
                tags=(part.stem,),
            )
