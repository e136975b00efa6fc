"""Planted secrets stand in no file of a run and in nothing that is printed, whatever goes wrong."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fastdistill_simulator import TeacherSimulator

FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]
PLANTED = [f"planted{n:02}x9z" for n in range(12)]
ENVIRONMENT = {"OPENAI_API_KEY": PLANTED[0], "MY_HEADER": PLANTED[1], "SOME_OTHER_TOKEN": PLANTED[2]}


def run_file(base_url: str, extra: str = "") -> str:
    return f"""
scenario = "sql"
limit = 3
cache = false
audit = 0
{extra}

[[teacher]]
provider = "openai"
model = "m"
retries = 1

[teacher.extra]
api_key = "{PLANTED[3]}"
user = "{PLANTED[4]}"

[teacher.options]
base_url = "{base_url}"
api_key_env = "OPENAI_API_KEY"

[teacher.options.headers]
Authorization = "Bearer {PLANTED[5]}"
X-Team = "{PLANTED[6]}"
X-Mine = "$MY_HEADER"

[teacher.options.extra_body]
metadata = {{ session = "{PLANTED[7]}" }}
"""


def planted_in(folder: Path, *texts: str) -> list[str]:
    """Where a planted secret stands, as bytes of any file or in a text."""
    found = []
    for path in (path for path in folder.rglob("*") if path.is_file() and path.name != "run.toml"):
        data = path.read_bytes()
        found += [f"{path.name}: {secret}" for secret in PLANTED if secret.encode() in data]
    return found + [f"printed: {secret}" for text in texts for secret in PLANTED if secret in text]


def fd(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **ENVIRONMENT, "FD_CACHE": str(folder / "cache")}
    return subprocess.run([*FD, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=120)


class Telltale(BaseHTTPRequestHandler):
    """Says in every answer what it was sent, and redirects to an address with a token."""

    status = 401

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        told = " ".join(f"{name}={value}" for name, value in self.headers.items())
        said = json.dumps({"error": {"message": f"\x1b[31mrefused: {told}"}}).encode()
        self.send_response(self.status)
        if self.status == 307:
            self.send_header("Location", f"https://elsewhere.example/v1?access_token={PLANTED[8]}")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def telltale(request: pytest.FixtureRequest) -> Iterator[str]:
    handler = type("Handler", (Telltale,), {"status": request.param})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_good_run_keeps_no_secret(tmp_path: Path) -> None:
    with TeacherSimulator(answer=lambda asked, index: "```sql\nSELECT 1\n```") as server:
        (tmp_path / "run.toml").write_text(run_file(server.base_url))
        done = fd(tmp_path, "run", "run.toml", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert planted_in(tmp_path, done.stdout, done.stderr) == []
    replayed = fd(tmp_path, "replay", "out")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    shown = fd(tmp_path, "config", "run.toml")
    again = fd(tmp_path, "run", "run.toml", "--out", "out")
    assert again.returncode == 0
    assert (
        planted_in(tmp_path, shown.stdout, shown.stderr, replayed.stdout, again.stdout, again.stderr) == []
    )


@pytest.mark.parametrize("telltale", [401, 307, 400, 500], indirect=True)
def test_what_a_server_says_back_is_kept_without_secrets(telltale: str, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(run_file(telltale))
    done = fd(tmp_path, "run", "run.toml", "--out", "out", "--set", "teacher.0.deadline=2.0")
    assert planted_in(tmp_path, done.stdout, done.stderr) == []


@pytest.mark.parametrize(
    "where", ["https://me:{}@host.example/v1", "https://host.example/v1?sid={}", "ftp://h/{}"]
)
def test_a_refused_address_never_reaches_the_disk(where: str, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(run_file(where.format(PLANTED[9])))
    done = fd(tmp_path, "run", "run.toml", "--out", "out")
    assert done.returncode in (2, 3)
    assert planted_in(tmp_path) == []
    if "ftp" not in where:
        assert planted_in(tmp_path, done.stdout, done.stderr) == []


@pytest.mark.parametrize(
    ("flags", "says"),
    [([], "this is a fault of ours: RuntimeError"), (["--debug"], "RuntimeError: the key is (hidden)")],
)
def test_a_traceback_holds_no_secret(flags: list[str], says: str, tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from fastdistill.cli import main\n"
        "def broken(**_):\n"
        "    raise RuntimeError('the key is ' + os.environ['OPENAI_API_KEY'])\n"
        "main.cli.main = broken\n"
        "main.main()\n"
    )
    env = {**os.environ, **ENVIRONMENT}
    command = [sys.executable, "-c", script, *flags]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert says in done.stderr
    assert planted_in(tmp_path, done.stderr) == []
