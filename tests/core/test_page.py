"""The page: what a person reads of a run, whatever a model said in it."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.toy import solve, toy_run, write_tasks

from fastdistill import Call

pytestmark = pytest.mark.anyio

HOSTILE = "</pre></style><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x00 & \"'"


class Read(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names.update(name for name, _ in attrs)
        self.links.update(value or "" for name, value in attrs if name == "href")

    def handle_data(self, data: str) -> None:
        self.text += data


def read(folder: Path) -> Read:
    page = Read()
    page.feed((folder / "report.html").read_text(encoding="utf-8"))
    return page


async def test_what_a_model_says_stays_text(tmp_path: Path) -> None:
    tasks = tmp_path / "tasks.jsonl"
    lines = [
        {"task_id": f"{HOSTILE} {number}", "left": number, "right": 1, "total": number + 1}
        for number in range(6)
    ]
    tasks.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    def answer(call: Call) -> str:
        return HOSTILE if call.prompt.messages[-1].content.startswith("2") else solve(call)

    await toy_run(tmp_path / "out", answer, "audit=2", tasks=tasks)
    page = read(tmp_path / "out")
    assert not page.tags & {"script", "img", "iframe", "link", "object"}
    assert not {name for name in page.names if name.startswith("on") or name == "src"}
    assert all(link.startswith("#") for link in page.links), "the page leads nowhere but to itself"
    assert "<script>alert(1)</script>" in page.text


async def test_the_page_shows_the_funnel_and_the_gates_own_errors(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "tasks.jsonl", 12)
    await toy_run(tmp_path / "out", solve, "audit=5", tasks=tasks)
    text = read(tmp_path / "out").text
    assert "12" in text
    assert "The gates' own errors" in text
    assert "10 answers made from the gold of 5 tasks" in text
    assert "off-by-one" in text
    assert "Wrong ones rejected: 100.0%" in text


async def test_a_run_without_audit_has_no_such_section(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "tasks.jsonl", 3)
    await toy_run(tmp_path / "out", tasks=tasks)
    assert "own errors" not in read(tmp_path / "out").text


async def test_a_run_that_was_stopped_says_so_first(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "tasks.jsonl", 30)
    await toy_run(tmp_path / "out", solve, "budget.tokens=60", "teacher.0.max_in_flight=1", tasks=tasks)
    text = read(tmp_path / "out").text
    assert "stopped when its budget was spent" in text
    assert "have no decision" in text
    assert text.index("stopped when its budget") < text.index("How far tasks came")


async def test_the_page_says_who_taught_and_shows_one_answer_of_each_reason(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "tasks.jsonl", 6)

    def answer(call: Call) -> str:
        said = {"1": "sorry", "2": "words", "3": "9"}
        return (
            said.get(call.prompt.messages[-1].content[0], solve(call)) if call.attempt == 1 else solve(call)
        )

    await toy_run(tmp_path / "out", answer, "teacher.0.attempts=2", tasks=tasks)
    page = read(tmp_path / "out")
    for said in ("Who taught", "scripted", "What each attempt bought", "refusal", "no-number", "not 4"):
        assert said in page.text
    assert {"main", "header", "nav", "section"} <= page.tags
