"""BIRD as released: `dev.json` or `train.json`, with `dev_databases/ID/ID.sqlite` beside it."""

from collections.abc import Iterator
from pathlib import Path

from fastdistill import UsageError
from fastdistill_sql.importers.drawn import Found, copy_of, read_json

_PARTS = ("train", "dev")


def found(source: Path) -> Iterator[Found]:
    """The questions of every part that is there; their evidence becomes the prompt's hint."""
    parts = [name for name in _PARTS if (source / f"{name}.json").is_file()]
    if not parts:
        raise UsageError(f"{str(source)!r} holds neither train.json nor dev.json")
    for part in parts:
        for number, row in enumerate(read_json(source / f"{part}.json")):
            name = str(row["db_id"])
            evidence = str(row.get("evidence") or "").strip()
            yield Found(
                task_id=f"bird-{part}-{row.get('question_id', number):05d}",
                question=str(row["question"]),
                gold_sql=str(row["SQL"]).strip().rstrip(";").strip(),
                group=name,
                database=f"{name}.sqlite",
                place=copy_of(source / f"{part}_databases" / name / f"{name}.sqlite"),
                tags=(part, *([str(row["difficulty"])] if row.get("difficulty") else [])),
                meta={"hint": evidence} if evidence else {},
            )
