"""Which tasks of a list are asked for, and the conditions of a query that finds them."""

import re
from typing import Any, Literal, get_args

from attrs import frozen

Sort = Literal["source", "task", "attempts", "recent"]
SORTS: tuple[Sort, ...] = get_args(Sort)
FACETS = ("status", "reason", "gate", "teacher", "attempt", "tag", "group", "flip")


@frozen(kw_only=True)
class Filters:
    """Which tasks, in which order; an empty value asks for nothing."""

    status: str = ""
    reason: str = ""
    """Of the decision, or of any verdict on an answer."""
    gate: str = ""
    """That did not pass an answer; with `reason`, `teacher` and `attempt` it is the same answer."""
    teacher: str = ""
    attempt: str = ""
    tag: str = ""
    group: str = ""
    flip: str = ""
    """Such as `accepted to rejected`, against another run; `any` for every one."""
    text: str = ""
    """Stands in the task's id, its input or an answer, in either case."""
    sort: Sort = "source"


def like(text: str) -> str:
    """Return the pattern of a text that stands anywhere."""
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    return f"%{text}%"


def conditions(filters: Filters, common: bool) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions of a query on the list, and its values.

    Of `common` values answers are looked up task by task, of rare ones by their own index.
    """
    values: dict[str, Any] = {
        "status": filters.status, "reason": filters.reason, "gate": filters.gate,
        "teacher": filters.teacher, "tag": filters.tag,
        "attempt": int(filters.attempt) if re.fullmatch("[0-9]{1,9}", filters.attempt) else -1,
        "grp": filters.group, "flip": filters.flip, "like": like(filters.text),
    }  # fmt: skip
    where = []
    if filters.status:
        where.append("listed.status = :status")
    if filters.group:
        where.append("listed.grp = :grp")
    if filters.flip:
        where.append("listed.flip IS NOT NULL" if filters.flip == "any" else "listed.flip = :flip")
    if filters.tag:
        where.append(
            "EXISTS (SELECT 1 FROM temp.tagged g WHERE g.tag = :tag AND g.position = listed.position)"
        )
    named = [name for name in ("reason", "gate", "teacher", "attempt") if getattr(filters, name)]
    if named:
        same = " AND ".join(f"a.{name} = :{name}" for name in named)
        also = (
            " UNION ALL SELECT position FROM temp.listed WHERE reason = :reason"
            if named == ["reason"]
            else ""
        )
        if common:
            here = f"EXISTS (SELECT 1 FROM temp.answered a WHERE a.position = listed.position AND {same})"  # noqa: S608
            where.append(f"(listed.reason = :reason OR {here})" if also else here)
        else:
            where.append(f"listed.position IN (SELECT a.position FROM temp.answered a WHERE {same}{also})")  # noqa: S608
    if filters.text:
        where.append(
            "(t.task_id LIKE :like ESCAPE '!' OR t.input LIKE :like ESCAPE '!' OR EXISTS (SELECT 1 FROM"
            " main.candidates k WHERE k.sample_id = t.sample_id AND k.answer LIKE :like ESCAPE '!'))"
        )
    return where, values
