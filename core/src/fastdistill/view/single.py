"""A run as one file without a server: every task, or a sample of each status and reason."""

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TextIO

from fastdistill.run.folder import atomic
from fastdistill.run.ledger.task_view import SeenTask
from fastdistill.run.report.html.markup import escape, long, styles
from fastdistill.run.report.html.task import Drawn, draw_task, pill, title_of
from fastdistill.view.runs import Viewed, open_runs

TEXT = 3000
"""Characters of a text on the page."""


def write_page(folder: Path, page: Path, most: int) -> tuple[int, int]:
    """Write at most `most` tasks of a run; return how many, and how many there are."""
    with open_runs(folder, follow=False) as viewed, atomic(page) as file:
        positions = viewed.catalog.sample(most)
        _write(file, viewed, positions)
        return len(positions), viewed.catalog.total


def _write(file: TextIO, viewed: Viewed, positions: list[int]) -> None:
    look = styles("theme") + _text("view.css") + _text("single.css")
    script = _text("single.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(look)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    total = viewed.catalog.total
    sample = "" if len(positions) == total else f", a sample by status and reason of {total:,}"
    file.write(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(viewed.run_id)} · Fast Distill</title><style>{look}</style></head><body>"
        '<a class="skip" href="#main">to the content</a><main id="main">'
        f"<h1>{escape(viewed.kind.scenario)}, run {escape(viewed.run_id)}</h1>"
        f'<p class="quiet"><span id="shown">{len(positions):,}</span> tasks{sample}</p>{_form(viewed)}'
    )
    file.writelines(_one(viewed, task) for task in _tasks(viewed, positions))
    file.write(f"</main><script>{script}</script></body></html>\n")


def _tasks(viewed: Viewed, positions: list[int]) -> Iterator[SeenTask]:
    for position in positions:
        pair = viewed.task(position)
        if pair is not None:
            yield pair[0]


def _one(viewed: Viewed, task: SeenTask) -> str:
    title = " ".join(title_of(task.input, viewed.kind.title).split())
    reasons = {one.reason for answer in task.answers for one in answer.verdicts} | {task.reason}
    said = " ".join(sorted(reason for reason in reasons if reason))
    return (
        f'<details class="panel one" data-status="{escape(task.status)}" data-reason="{escape(said)}">'
        f"<summary><b>{long(task.task_id, 80)}</b> {pill(task.status, task.reason)}"
        f'<span class="question">{long(title, 200)}</span></summary>'
        f"{draw_task(task, Drawn(kind=viewed.kind, text=TEXT))}</details>\n"
    )


def _form(viewed: Viewed) -> str:
    def select(name: str) -> str:
        values = "".join(
            f'<option value="{escape(value)}">{long(value, 60)}</option>'
            for value in viewed.catalog.facets.get(name, {})
        )
        return f'<label>{name}<select id="{name}"><option value="">any</option>{values}</select></label>'

    return (
        '<div class="filters noprint" role="search"><label class="wide">search'
        f'<input type="search" id="search"></label>{select("status")}{select("reason")}</div>'
    )


def _text(name: str) -> str:
    return files("fastdistill.view").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
