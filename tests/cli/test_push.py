"""`fd push` and cards: an export sent to a local server that speaks the hub's calls."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import fastdistill
from fastdistill.cli.main import cli


class Hub(ThreadingHTTPServer):
    """Remembers what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.repos: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.refuse = False


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.server.calls.append(f"GET {self.path}")
        self._answer(200, {"id": "org/name", "sha": "0" * 40, "private": True, "siblings": []})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.calls.append(f"POST {self.path}")
        if self.server.refuse:
            self._answer(401, {"error": "who are you?"})
        elif self.path.endswith("/repos/create"):
            self.server.repos.append(json.loads(body))
            host = f"http://127.0.0.1:{self.server.server_port}"
            self._answer(200, {"url": f"{host}/datasets/org/name", "name": "org/name"})
        elif "/preupload/" in self.path:
            asked = json.loads(body)["files"]
            kinds = [{"path": one["path"], "uploadMode": "regular", "shouldIgnore": False} for one in asked]
            self._answer(200, {"files": kinds})
        elif "/commit/" in self.path:
            for line in body.splitlines():
                one = json.loads(line)
                if one["key"] == "file":
                    self.server.files[one["value"]["path"]] = base64.b64decode(one["value"]["content"])
            host = f"http://127.0.0.1:{self.server.server_port}"
            url = f"{host}/datasets/org/name/commit/{'1' * 40}"
            self._answer(200, {"success": True, "commitOid": "1" * 40, "commitUrl": url, "hookOutput": ""})
        else:
            self._answer(200, {"errors": [], "warnings": []})

    def _answer(self, status: int, data: dict[str, Any]) -> None:
        text = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    tasks = [{"task_id": str(i), "problem": f"What is {i} and {i}?", "answer": 2 * i} for i in range(8)]
    replies = [{"task_id": str(i), "reply": f"\\boxed{{{2 * i if i else 1}}}"} for i in range(8)]
    (folder / "r.jsonl").write_text("\n".join(json.dumps(one) for one in replies))
    fastdistill.run(
        "math", tasks, teacher=f"recorded:{folder / 'r.jsonl'}", out=folder / "out", audit=2,
        split={"train": 0.5, "test": 0.5},
    )  # fmt: skip
    return folder / "out"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    constants = pytest.importorskip("huggingface_hub.constants")
    made = Hub()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{made.server_port}"
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setenv("HF_TOKEN", "hf_local")
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def is_private(repo: dict[str, Any]) -> bool:
    """Whether the hub was asked for a private one, in the words of older clients or of newer ones."""
    return repo.get("private") is True or repo.get("visibility") == "private"


def fd(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)


def test_a_card_says_what_hubs_and_people_read(run: Path, tmp_path: Path) -> None:
    done = fd("export", run, "--to", "sft", "--out", tmp_path / "x", "--license", "cc-by-4.0")
    assert done.exception is None
    text = (tmp_path / "x" / "README.md").read_text()
    head, body = text.removeprefix("---\n").split("\n---\n", 1)
    assert 'license: "cc-by-4.0"' in head
    assert '- "n<1K"' in head
    assert '  - split: train\n    path: "train.jsonl"\n  - split: test\n    path: "test.jsonl"' in head
    manifest = json.loads((run / "manifest.json").read_text())
    assert manifest["digest"] in body
    assert "| accepted | 7 |" in body
    assert "| false accept | 0.00% |" in body
    assert "Cost: 0.00 US dollars" in body
    assert "README.md" in json.loads((tmp_path / "x" / "export.json").read_text())["files"]


def test_no_licence_is_made_up(run: Path) -> None:
    shown = fd("push", run, "org/name", "--dry-run")
    assert shown.output.startswith("---\n")
    assert "license:" not in shown.output


def test_a_push_sends_every_file_and_is_private(run: Path, hub: Hub) -> None:
    done = fd("push", run, "org/name", "--to", "prompt-completion")
    assert done.exception is None, done.exception
    assert is_private(hub.repos[0])
    assert hub.repos[0]["type"] == "dataset"
    assert {"README.md", "export.json", "train.jsonl", "test.jsonl"} <= set(hub.files)
    lines = b"".join(hub.files[name] for name in ("train.jsonl", "test.jsonl")).splitlines()
    assert len(lines) == 7
    assert {"prompt", "completion"} <= json.loads(lines[0]).keys()


def test_public_only_when_told(run: Path, hub: Hub) -> None:
    assert fd("push", run, "org/name", "--public").exception is None
    assert not is_private(hub.repos[0])


def test_a_key_that_may_not_write_is_told(run: Path, hub: Hub) -> None:
    hub.refuse = True
    done = fd("push", run, "org/name")
    assert "may write there" in str(done.exception)
    assert not hub.files


def test_a_name_that_is_none_is_told(run: Path) -> None:
    assert "is no name of a dataset" in str(fd("push", run, "name").exception)
