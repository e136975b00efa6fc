"""The list of tasks: filters, counts, a table, and the way to the pages beside it."""

import attrs

from fastdistill.run.jsonl import loads
from fastdistill.run.ledger.filters import FACETS, SORTS, Filters
from fastdistill.run.ledger.searching import Found
from fastdistill.run.report.html.markup import escape, long
from fastdistill.run.report.html.task import pill, title_of
from fastdistill.view.addresses import query_of
from fastdistill.view.runs import Viewed

STATUSES = ("accepted", "rejected", "failed", "skipped", "unfinished")
ORDERS = {
    "source": "source order",
    "task": "task id",
    "attempts": "most attempts",
    "recent": "last decided",
}
NAMES = {"group": ("database or group", "any"), "flip": ("against the other run", "all tasks")}
"""What a filter is called where not by its own name, and what stands for no choice."""


def draw_list(viewed: Viewed, filters: Filters, found: Found) -> str:
    """Return the body of the page."""
    return (
        f'<h1 class="hidden">Tasks of run {escape(viewed.run_id)}</h1>'
        f"{_statuses(viewed, filters)}{_form(viewed, filters)}{_table(viewed, filters, found)}"
        f"{_pager(filters, found)}"
    )


def _statuses(viewed: Viewed, filters: Filters) -> str:
    counts = viewed.catalog.facets.get("status", {})
    tabs = [("", "all", viewed.catalog.total)] + [
        (name, name, counts.get(name, 0)) for name in STATUSES if counts.get(name) or name == filters.status
    ]
    current = ' aria-current="page"'
    made = "".join(
        f'<a class="tab {escape(name)}" href="/{escape(query_of(attrs.evolve(filters, status=name)))}"'
        f"{current if filters.status == name else ''}>{escape(said)} <b>{count:,}</b></a>"
        for name, said, count in tabs
    )
    return f'<nav class="tabs" aria-label="Status">{made}</nav>'


def _form(viewed: Viewed, filters: Filters) -> str:
    fields = "".join(
        _select(name, getattr(filters, name), viewed.catalog.facets.get(name, {}))
        for name in FACETS
        if name != "status" and (viewed.catalog.facets.get(name) or getattr(filters, name))
    )
    orders = "".join(
        f'<option value="{one}"{" selected" if filters.sort == one else ""}>{ORDERS[one]}</option>'
        for one in SORTS
    )
    chosen = attrs.evolve(filters, sort="source") != Filters()
    clear = '<a href="/">clear</a>' if chosen else ""
    return (
        '<form class="filters noprint" action="/" method="get" role="search">'
        f'<input type="hidden" name="status" value="{escape(filters.status)}">'
        '<label class="wide">search<input type="search" name="text" id="search"'
        f' value="{escape(filters.text)}" placeholder="question, task id, answer" maxlength="500"></label>'
        f'{fields}<label>order<select name="sort">{orders}</select></label>'
        f'<span class="go"><button>Show</button>{clear}</span></form>'
    )


def _select(name: str, chosen: str, values: dict[str, int]) -> str:
    label, nothing = NAMES.get(name, (name, "any"))
    known = dict(values)
    if chosen and chosen not in known and chosen != "any":
        known[chosen] = 0
    offered = [_option("", nothing, chosen)]
    if name == "flip":
        offered.append(_option("any", "any change", chosen))
    offered += [_option(value, f"{long(value, 60)} ({count:,})", chosen) for value, count in known.items()]
    return f'<label>{label}<select name="{name}">{"".join(offered)}</select></label>'


def _option(value: str, said: str, chosen: str) -> str:
    """One choice; `said` is HTML."""
    selected = " selected" if value == chosen else ""
    return f'<option value="{escape(value)}"{selected}>{said}</option>'


def _table(viewed: Viewed, filters: Filters, found: Found) -> str:
    if not found.rows:
        return f'<p class="empty">{_nothing(viewed, found)}</p>'
    grouped = bool(viewed.catalog.facets.get("group"))
    head = "".join(
        f'<th scope="col"{" class=n" if name == "attempts" else ""}>{name}</th>'
        for name in ("task", "what became of it", "attempts", "teachers", *(["group"] if grouped else []))
    )
    rows = "".join(_row(viewed, filters, row, grouped=grouped) for row in found.rows)
    return (
        f'<div class="scroll"><table class="tasks"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(viewed: Viewed, filters: Filters, row: dict[str, object], *, grouped: bool) -> str:
    address = f"/task/{row['position']}{query_of(filters)}"
    title = title_of(loads(str(row["input"])), viewed.kind.title)
    detail = f'<br><span class="quiet">{long(str(row["detail"]), 110)}</span>' if row["detail"] else ""
    flip = f'<br><span class="quiet">{escape(row["flip"])}</span>' if row["flip"] else ""
    group = f"<td>{long(str(row['grp']), 40)}</td>" if grouped else ""
    reason = None if row["reason"] is None else str(row["reason"])
    teachers = str(row["teachers"] or "").replace(",", ", ")
    return (
        f'<tr><td><a href="{escape(address)}"><b>{long(str(row["task_id"]), 80)}</b>'
        f'<span class="question">{long(" ".join(title.split()), 160)}</span></a></td>'
        f"<td>{pill(str(row['status']), reason)}{detail}{flip}</td>"
        f'<td class="n">{row["attempts"] or ""}</td><td>{escape(teachers)}</td>{group}</tr>'
    )


def _nothing(viewed: Viewed, found: Found) -> str:
    if found.searched is not None:
        return "Nothing found so far."
    if viewed.catalog.listed < viewed.catalog.total:
        return f"Nothing among the first {viewed.catalog.listed:,} tasks; the list is still being made."
    return "No task is like that." if viewed.catalog.total else "The run has taken up no task yet."


def _pager(filters: Filters, found: Found) -> str:
    links = []
    if found.before is not None:
        links.append(
            f'<a rel="prev" href="/{escape(query_of(filters, before=found.before))}">← earlier</a>'
        )
        links.append(f'<a href="/{escape(query_of(filters))}">first</a>')
    if found.after is not None:
        said = "search on →" if found.searched is not None else "next →"
        links.append(f'<a rel="next" href="/{escape(query_of(filters, after=found.after))}">{said}</a>')
    return f'<nav class="pager noprint" aria-label="Pages">{"".join(links)}</nav>' if links else ""
