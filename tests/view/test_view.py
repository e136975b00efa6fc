"""`fd view`: filters, pages, evidence, live, who may look, and that the ledger stays as it is."""

import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import anyio
import httpx
import pytest
from attrs import define
from support.commands import command
from support.toy import rows, solve, toy_run, write_tasks
from support.viewing import HOSTILE, a_run

from fastdistill import Call, Completion
from fastdistill.run.hashing import file_digest
from fastdistill.testing.scripted import ScriptedProvider
from fastdistill.view.serving import Viewer


@pytest.fixture(scope="module", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the lists of these runs out of the user's own caches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FD_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_run(tmp_path_factory.mktemp("view") / "run")


@pytest.fixture(scope="module")
def viewer(run: Path) -> Iterator[Viewer]:
    with Viewer(folder=run).start() as found:
        yield found


@pytest.fixture
def client(viewer: Viewer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=viewer.url.split("?")[0], follow_redirects=True) as found:
        assert found.get(viewer.url).status_code == 200
        yield found


def shown(page: str) -> list[str]:
    """The ids of the tasks that a page lists."""
    return [found[:4] for found in re.findall(r'<a href="/task/\d+[^"]*"><b>([^<]*)', page)]


@pytest.mark.parametrize(
    ("query", "tasks"),
    [
        ("status=failed", ["t005", "t012"]),
        ("reason=refusal", ["t004", "t011"]),
        ("reason=no-number", ["t002", "t003", "t009", "t010"]),
        ("gate=sums-match&attempt=1", ["t001", "t008"]),
        ("gate=is-number&attempt=2", ["t002", "t003", "t009", "t010"]),
        ("status=accepted&reason=wrong-sum", ["t001", "t008"]),
        ("text=T00", [f"t00{i}" for i in range(10)]),
        ("text=100%25", []),
        ("text=onerror", ["t000", "t002", "t009"]),
        ("status=nonsense", []),
        ("attempt=%C2%B2", []),
        ("sort=task&before=%5B%22t002%22%2C2%5D", ["t000", "t001"]),
        ("after=99999999999999999999999", [f"t{i:03}" for i in range(14)]),
    ],
)
def test_filters_find_their_tasks(client: httpx.Client, query: str, tasks: list[str]) -> None:
    answer = client.get(f"/?{query}")
    assert answer.status_code == 200
    assert shown(answer.text) == tasks


@pytest.mark.parametrize("sort", ["source", "task", "attempts", "recent"])
def test_pages_by_key_hold_every_task_once_there_and_back(tmp_path: Path, sort: str) -> None:
    tasks = write_tasks(tmp_path / "tasks.jsonl", 130)
    anyio.run(lambda: toy_run(tmp_path / "run", solve, tasks=tasks))
    with Viewer(folder=tmp_path / "run").start() as viewer, httpx.Client(follow_redirects=True) as client:
        page = client.get(f"{viewer.url}&sort={sort}").text
        origin, seen, way = viewer.url.split("/?")[0], [page], "next"
        for way in ("next", "prev"):
            while link := re.search(rf'<a rel="{way}" href="([^"]*)"', page):
                page = client.get(origin + link[1].replace("&amp;", "&")).text
                seen.append(page)
    listed = [re.findall(r'<a href="/task/(\d+)', one) for one in seen]
    assert [len(one) for one in listed] == [50, 50, 30, 50, 50]
    assert len({*listed[0], *listed[1], *listed[2]}) == 130
    assert listed[3:] == [listed[1], listed[0]]


def test_a_task_shows_every_attempt_and_why(client: httpx.Client) -> None:
    page = client.get("/task/2").text
    assert page.count("<article") == 2
    assert "wrong-sum" in page
    assert "not 2" in page
    assert "read by the rule" in page
    assert 'rel="next" href="/task/3"' in page
    assert "accepted" in page
    failed = client.get("/task/6").text
    assert "failed calls" in failed
    assert "out of order" in failed
    assert client.get("/task/99999").status_code == 404
    assert client.get("/task/99999999999999999999999").status_code == 404


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", ["/", "/task/1", "/task/3", "/task/4", f"/?text={HOSTILE[:60]}"])
def test_what_a_model_says_stays_text(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    tags = Tags()
    tags.feed(answer.text)
    scripts = [attrs for tag, attrs in tags.found if tag == "script"]
    assert [one.get("src") for one in scripts] == ["/view.js"]
    assert not {tag for tag, _ in tags.found} & {"img", "iframe", "object", "style"}
    assert not [name for _, attrs in tags.found for name in attrs if name.startswith(("on", "style"))]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", answer.text)
    assert len(answer.text) < 200_000


def test_a_whole_reply_is_plain_text(client: httpx.Client) -> None:
    whole = client.get("/reply/4/1/0")
    assert whole.headers["content-type"].startswith("text/plain")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert len(whole.text) == 1_000_000


def test_only_whoever_holds_the_token_sees_anything(viewer: Viewer, client: httpx.Client) -> None:
    origin = viewer.url.split("/?")[0]
    for path in ("/", "/task/1", "/standing", "/reply/1/1/0", "/style.css"):
        assert httpx.get(origin + path).status_code == 401
        assert httpx.get(f"{origin}{path}?token=wrong").status_code == 401
        assert client.get(path, headers={"host": "evil.example"}).status_code == 421
        assert client.get(path, headers={"origin": "http://evil.example"}).status_code == 403
    form = {"position": "2", "attempt": "1", "choice": "0", "expect": "accept"}
    assert client.post("/wrong", data=form).status_code == 403
    assert client.post("/wrong", data=form, headers={"origin": "null"}).status_code == 403
    assert httpx.post(f"{origin}/wrong", data=form, headers={"origin": origin}).status_code == 401
    assert "token" not in str(client.get(viewer.url).url)


def test_nothing_in_the_run_changes(run: Path, client: httpx.Client) -> None:
    before = {path.name: file_digest(path) for path in run.iterdir() if path.is_file()}
    for path in ("/", "/task/4", "/?text=1&sort=recent", "/standing"):
        assert client.get(path).status_code == 200
    origin = str(client.base_url).rstrip("/")
    form = {"position": "5", "attempt": "1", "choice": "0", "expect": "accept"}
    assert client.post("/wrong", data=form, headers={"origin": origin}).status_code == 200
    assert {path.name: file_digest(path) for path in run.iterdir() if path.is_file()} == before


def test_a_wrong_verdict_becomes_one_labelled_case(run: Path, client: httpx.Client) -> None:
    headers = {"origin": str(client.base_url).rstrip("/")}
    form = {"position": "2", "attempt": "1", "choice": "0", "expect": "accept", "note": "1 + 1 is 1"}
    for _ in range(2):
        answer = client.post("/wrong", data=form, headers=headers)
        assert "You said" in answer.text
        assert "fd audit" in answer.text
    (case,) = [one for one in rows(run.with_name("run.cases.jsonl")) if one["task_id"] == "t001"]
    assert {key: case[key] for key in ("task_id", "left", "reply", "expect")} == {
        "task_id": "t001", "left": 1, "reply": "1", "expect": "accept",
    }  # fmt: skip
    assert case["label"]["reason"] == "wrong-sum"
    assert case["label"]["note"] == "1 + 1 is 1"
    assert client.post("/wrong", data=form | {"expect": "reject"}, headers=headers).status_code == 400
    for wrong in ({"expect": "maybe"}, {"attempt": "x"}, {"attempt": "9"}, {"note": "x" * 70_000}):
        assert client.post("/wrong", data=form | wrong, headers=headers).status_code in (400, 404, 413)
    assert len([one for one in rows(run.with_name("run.cases.jsonl")) if one["task_id"] == "t001"]) == 1


def test_flips_against_another_run(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    tasks = run.with_suffix(".jsonl")
    anyio.run(lambda: toy_run(other, solve, tasks=tasks))
    with Viewer(folder=other, against=run).start() as viewer, httpx.Client(follow_redirects=True) as client:
        origin = viewer.url.split("/?")[0]
        page = client.get(f"{viewer.url}&flip=any").text
        assert shown(page) == ["t002", "t003", "t004", "t005", "t009", "t010", "t011", "t012"]
        assert shown(client.get(f"{origin}/?flip=failed+to+accepted").text) == ["t005", "t012"]
        assert "In the other run" in client.get(f"{origin}/task/4").text


@define(kw_only=True)
class Held(ScriptedProvider):
    """Keeps back the last answer."""

    release: threading.Event

    async def complete(self, call: Call, /) -> Completion:
        last = call.prompt.messages[-1].content.startswith("19 ")
        while last and not self.release.is_set():  # noqa: ASYNC110  set in another thread
            await anyio.sleep(0.02)
        return await ScriptedProvider.complete(self, call)


def test_a_run_is_followed_while_it_goes_on(tmp_path: Path) -> None:
    release = threading.Event()
    tasks = write_tasks(tmp_path / "tasks.jsonl", 20)
    provider = Held(answer=solve, release=release)
    thread = threading.Thread(
        target=lambda: anyio.run(lambda: toy_run(tmp_path / "run", tasks=tasks, provider=provider))
    )
    thread.start()
    try:
        _until(lambda: _decided(tmp_path / "run") >= 10)
        with (
            Viewer(folder=tmp_path / "run").start() as viewer,
            httpx.Client(follow_redirects=True) as client,
        ):
            origin = viewer.url.split("/?")[0]
            client.get(viewer.url)
            assert client.get(f"{origin}/standing").json()["said"] == "running"
            release.set()
            thread.join(60)
            _until(lambda: client.get(f"{origin}/standing").json()["counts"].get("accepted") == 20)
            assert client.get(f"{origin}/standing").json()["said"] == "done"
            assert len(shown(client.get(f"{origin}/?status=accepted").text)) == 20
    finally:
        release.set()
        thread.join(60)


def _decided(folder: Path) -> int:
    if not (folder / "ledger.sqlite").is_file():
        return 0
    try:
        with sqlite3.connect(f"file:{folder / 'ledger.sqlite'}?mode=ro", uri=True) as ledger:
            return int(ledger.execute("SELECT COUNT(*) FROM decisions").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        threading.Event().wait(0.05)
    pytest.fail("it did not come about")


def test_one_page_holds_everything_or_a_sample(run: Path, tmp_path: Path) -> None:
    done = command("view", str(run), "--page", "whole.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "whole.html").read_text(encoding="utf-8")
    assert page.count('<details class="panel one"') == 14
    assert "Content-Security-Policy" in page
    assert "<script>document" not in page
    assert page.count("<script>") == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", page)
    done = command("view", str(run), "--page", "some.html", "--most", "4", cwd=tmp_path)
    assert "4 tasks, a sample of 14" in done.stdout
    page = (tmp_path / "some.html").read_text(encoding="utf-8")
    assert len(set(re.findall(r'data-status="(\w+)"', page))) == 3


def test_no_run_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = command("view", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 3
    assert "there is no run in" in done.stderr
    (tmp_path / "ledger.sqlite").write_bytes(os.urandom(5000))
    done = command("view", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 3
    assert "not a ledger" in done.stderr
