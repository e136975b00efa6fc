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


@frozen(kw_only=True)
class Conditions:
    """What a query on the list asks of a task, part by part; empty where nothing is asked."""

    profiles: str
    """A query for the profiles asked for."""
    group: bool
    tag: bool
    text: bool
    values: dict[str, Any]

    def where(self, driver: str = "") -> list[str]:
        """Return the conditions. The one named `driver` may be looked up by its index, the others may not.

        SQLite knows no counts of single values, so it would take a common one for a rare one.
        """
        found = []
        if self.profiles:
            found.append(f"{'' if driver == 'profiles' else '+'}listed.profile IN ({self.profiles})")
        if self.group:
            found.append(f"{'' if driver == 'group' else '+'}listed.grp = :grp")
        if self.tag and driver == "tag":
            found.append("listed.position IN (SELECT position FROM list.tagged WHERE tag = :tag)")
        elif self.tag:
            found.append(
                "EXISTS (SELECT 1 FROM list.tagged g WHERE (g.position, g.tag) = (listed.position, :tag))"
            )
        if self.text:
            found.append(
                "(t.task_id LIKE :like ESCAPE '!' OR t.input LIKE :like ESCAPE '!' OR EXISTS (SELECT 1 FROM"
                " main.candidates k WHERE k.sample_id = t.sample_id AND k.answer LIKE :like ESCAPE '!'))"
            )
        return found


def conditions(filters: Filters) -> Conditions:
    """Return what `filters` ask of a task."""
    values: dict[str, Any] = {
        "status": filters.status, "reason": filters.reason, "gate": filters.gate,
        "teacher": filters.teacher, "tag": filters.tag,
        "attempt": int(filters.attempt) if re.fullmatch("[0-9]{1,9}", filters.attempt) else -1,
        "grp": filters.group, "flip": filters.flip, "like": like(filters.text),
    }  # fmt: skip
    asked = []
    if filters.status:
        asked.append("p.status = :status")
    if filters.flip:
        asked.append("p.flip IS NOT NULL" if filters.flip == "any" else "p.flip = :flip")
    named = [name for name in ("reason", "gate", "teacher", "attempt") if getattr(filters, name)]
    if named:
        same = " AND ".join(f"a.{name} = :{name}" for name in named)
        answered = f"EXISTS (SELECT 1 FROM list.answers a WHERE a.profile = p.id AND {same})"  # noqa: S608
        asked.append(f"(p.reason = :reason OR {answered})" if named == ["reason"] else answered)
    return Conditions(
        profiles=f"SELECT p.id FROM list.profiles p WHERE {' AND '.join(asked)}" if asked else "",  # noqa: S608
        group=bool(filters.group),
        tag=bool(filters.tag),
        text=bool(filters.text),
        values=values,
    )
