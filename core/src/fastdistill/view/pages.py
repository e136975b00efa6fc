"""The viewer's pages as HTML."""

import shlex

from fastdistill.run.ledger.filters import Filters
from fastdistill.run.ledger.task_view import SeenAnswer, SeenTask
from fastdistill.run.report.html.markup import escape, long
from fastdistill.run.report.html.task import Drawn, draw_task, pill, title_of
from fastdistill.view.addresses import query_of
from fastdistill.view.labels import Labels
from fastdistill.view.runs import Viewed

KEYS = (
    ("j", "next task, or the next row of the list"),
    ("k", "the one before"),
    ("Enter", "open the row"),
    ("n / p", "next and earlier page"),
    ("/", "search"),
    ("u", "back to the list"),
    ("?", "this help"),
)


def shell(viewed: Viewed, title: str, body: str) -> str:
    """Return a whole page around `body`."""
    keys = "".join(f"<dt><kbd>{key}</kbd></dt><dd>{said}</dd>" for key, said in KEYS)
    against = f" against {escape(viewed.against.name)}" if viewed.against else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{long(title, 100)} · Fast Distill</title>"
        '<link rel="stylesheet" href="/style.css"><script src="/view.js" defer></script></head><body>'
        '<a class="skip" href="#main">to the content</a>'
        '<header class="bar"><div><a class="home" href="/"><b>Fast Distill</b> '
        f"{escape(viewed.kind.scenario)}</a>"
        f'<span class="quiet">{escape(viewed.run_id)}{against}</span>{_standing(viewed)}'
        '<button type="button" class="noprint" id="keys-button" aria-haspopup="dialog">keys '
        f'<kbd>?</kbd></button></div></header><main id="main">{body}</main>'
        f'<dialog id="keys" aria-label="Keys"><h2>Keys</h2><dl class="facts">{keys}</dl>'
        '<form method="dialog"><button>Close</button></form></dialog></body></html>\n'
    )


def _standing(viewed: Viewed) -> str:
    """How far the list is, and whether the run goes on."""
    catalog, state = viewed.catalog, viewed.state
    if catalog.listed < catalog.total:
        said = f"listing {catalog.listed:,} of {catalog.total:,}"
    elif state.get("live"):
        said = "running"
    else:
        said = str(state.get("outcome") or "not finished")
    return f'<span class="quiet" id="standing" role="status">{escape(said)}</span>'


def task_page(
    viewed: Viewed,
    pair: tuple[SeenTask, SeenTask | None],
    filters: Filters,
    labels: Labels,
    neighbours: tuple[int | None, int | None],
) -> str:
    """Return the page of one task; `neighbours` are the positions before and after it in the list."""
    task, other = pair
    query = query_of(filters)
    before, after = neighbours
    links = [f'<a id="up" href="/{escape(query)}">list</a>']
    if before is not None:
        links.append(f'<a rel="prev" href="/task/{before}{escape(query)}">← earlier</a>')
    if after is not None:
        links.append(f'<a rel="next" href="/task/{after}{escape(query)}">next →</a>')

    def below(seen: SeenTask, answer: SeenAnswer) -> str:
        return _verdict_form(seen, answer, labels, query)

    drawn = Drawn(kind=viewed.kind, below=below)
    body = (
        f'<nav class="pager top noprint" aria-label="Tasks">{"".join(links)}</nav>'
        f'<header class="head"><h1>{long(task.task_id, 200)}</h1>{pill(task.status, task.reason)}</header>'
        f"{draw_task(task, drawn, other)}{_loop(viewed, labels)}"
    )
    return shell(viewed, f"{task.task_id}: {title_of(task.input, viewed.kind.title)}", body)


def _verdict_form(task: SeenTask, answer: SeenAnswer, labels: Labels, query: str) -> str:
    address = f"/reply/{task.position}/{answer.attempt}/{answer.choice}"
    whole = f'<a class="quiet" href="{address}">the whole reply as text</a>'
    if answer.rule is None:
        return ""
    known = labels.of(task, answer)
    if known is not None:
        return f'<p class="labelled" role="status">You said: this should be <b>{known}ed</b>.</p>{whole}'
    wanted = {"pass": ("reject",), "reject": ("accept",)}.get(answer.outcome, ("accept", "reject"))
    buttons = "".join(
        f'<button name="expect" value="{one}">'
        f"{'This verdict is wrong' if len(wanted) == 1 else 'It'}: {one}</button>"
        for one in wanted
    )
    return (
        f'<form class="wrong noprint" method="post" action="/wrong{escape(query)}">'
        f'<input type="hidden" name="position" value="{task.position}">'
        f'<input type="hidden" name="attempt" value="{answer.attempt}">'
        f'<input type="hidden" name="choice" value="{answer.choice}">'
        f'<label>why (optional)<input name="note" maxlength="2000"></label>{buttons}</form>{whole}'
    )


def _loop(viewed: Viewed, labels: Labels) -> str:
    if not labels.count:
        return ""
    command = shlex.join(["fd", "audit", str(viewed.folder), "--cases", str(labels.path)])
    return (
        f'<section class="panel" aria-label="Your labels"><p>{labels.count} answers are labelled in'
        f" <code>{escape(labels.path)}</code>. What they say of the gates:</p>"
        f"<pre>{escape(command)}</pre></section>"
    )
