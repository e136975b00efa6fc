"""Weights: from a hub that is there, slow, broken or wrong, and from the mirror."""

import hashlib
import http.server
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve
from fastdistill_llamacpp.catalog import Catalog, locate
from fastdistill_llamacpp.fetch import Fetch, Stopped
from fastdistill_llamacpp.mirror import Wait, download_with_pip
from fastdistill_llamacpp.models import Mirror, Model, known

from fastdistill import SetupError

BYTES = bytes(range(256)) * 5000
MODEL = Model(
    name="tiny",
    summary="",
    licence="Apache-2.0",
    size=len(BYTES),
    sha256=hashlib.sha256(BYTES).hexdigest(),
    repository="a/b",
    file="tiny.gguf",
)
MIRRORED = evolve(MODEL, mirror=Mirror(package="tiny-part{n}", parts=3, version="1"))
NOWHERE = "http://127.0.0.1:9"


class Hub(http.server.BaseHTTPRequestHandler):
    """Serves `BYTES` with ranges, as the server's `mood` says."""

    def do_GET(self) -> None:
        mood = self.server.moods.pop(0) if self.server.moods else "well"  # type: ignore[attr-defined]
        start = int((self.headers["Range"] or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.server.starts.append(start)  # type: ignore[attr-defined]
        if mood == "missing":
            self.send_error(404)
            return
        data = BYTES[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if mood == "breaks":
            self.wfile.write(data[: len(data) // 2])
            return
        self.wfile.write(bytes(len(data)) if mood == "wrong" else data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.moods, server.starts = [], []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url(hub: http.server.ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{hub.server_port}"


def wheel(mirror: Mirror, number: int, into: Path, tools: Path, wait: Wait) -> Path:
    """A wheel that holds the third of the bytes that `number` names."""
    third = -(-len(BYTES) // mirror.parts)
    path = into / f"tiny_part{number}-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny/data/x.bin", BYTES[(number - 1) * third : number * third])
    return path


def fetched(path: Path) -> bool:
    left = sorted(one.name for one in path.parent.iterdir() if one.suffix not in {".gguf", ".lock"})
    return path.read_bytes() == BYTES and left in ([], [f"{path.stem}.pieces"])


def test_the_hub_gives_the_weights_and_the_size_is_said_first(
    hub: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    said: list[str] = []
    Fetch(model=MODEL, path=tmp_path / "new" / "m.gguf", notice=said.append, hub=url(hub)).run()
    assert fetched(tmp_path / "new" / "m.gguf")
    assert said[0] == "fetching tiny: 1 MB, once (Apache-2.0)"


def test_a_broken_download_goes_on_where_it_stopped(
    hub: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    hub.moods = ["breaks", "breaks"]  # type: ignore[attr-defined]
    Fetch(model=MODEL, path=tmp_path / "m.gguf", notice=lambda _: None, hub=url(hub)).run()
    assert fetched(tmp_path / "m.gguf")
    starts = hub.starts  # type: ignore[attr-defined]
    assert starts[0] == 0 < starts[1] < starts[2]


def test_wrong_bytes_are_refused_and_thrown_away(
    hub: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    hub.moods = ["wrong"]  # type: ignore[attr-defined]
    with pytest.raises(SetupError, match=r"the bytes have sha256 .* thrown away; no mirror is known"):
        Fetch(model=MODEL, path=tmp_path / "m.gguf", notice=lambda _: None, hub=url(hub)).run()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["m.lock"]


def test_the_mirror_serves_where_the_hub_does_not(tmp_path: Path) -> None:
    said: list[str] = []
    path = tmp_path / "m.gguf"
    Fetch(model=MIRRORED, path=path, notice=said.append, hub=NOWHERE, download=wheel).run()
    assert fetched(path)
    assert any("using a mirror" in line for line in said)


def test_pieces_that_are_there_are_not_fetched_again(tmp_path: Path) -> None:
    asked: list[int] = []

    def failing(mirror: Mirror, number: int, into: Path, tools: Path, wait: Wait) -> Path:
        asked.append(number)
        if len(asked) == 2:
            raise ValueError("the line broke")
        return wheel(mirror, number, into, tools, wait)

    fetch = Fetch(
        model=MIRRORED, path=tmp_path / "m.gguf", notice=lambda _: None, hub=NOWHERE, download=failing
    )
    with pytest.raises(SetupError, match="the line broke"):
        fetch.run()
    fetch.run()
    assert fetched(tmp_path / "m.gguf")
    assert asked == [1, 2, 2, 3]


def test_an_environment_without_pip_gets_one_for_the_mirror(tmp_path: Path) -> None:
    """As under `uv run`: the tools are made beside the pieces' folder, and leave nothing behind."""
    home = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    (tmp_path / "wheels").mkdir()
    wheel(Mirror(package="x", parts=1, version="1"), 1, tmp_path, tmp_path, lambda: None)
    with zipfile.ZipFile(tmp_path / "wheels" / "tiny_part1-1-py3-none-any.whl", "w") as archive:
        archive.writestr("tiny/data/x.bin", BYTES)
        archive.writestr(
            "tiny_part1-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-part1\nVersion: 1\n"
        )
        archive.writestr("tiny_part1-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("tiny_part1-1.dist-info/RECORD", "")
    script = (
        "import sys; sys.path[:0] = sys.argv[1].split('|'); sys.modules['pip'] = None\n"
        "from pathlib import Path\n"
        "from fastdistill_llamacpp.models import Mirror\n"
        "from fastdistill_llamacpp.mirror import pieces_of, download_with_pip\n"
        "folder = Path(sys.argv[2]); folder.mkdir()\n"
        "mirror = Mirror(package='tiny-part{n}', parts=1, version='1')\n"
        "(piece,) = pieces_of(mirror, folder, download_with_pip, lambda: None, lambda _: None)\n"
        "print(sorted(one.name for one in folder.iterdir()), piece.stat().st_size)\n"
    )
    places = "|".join(place for place in sys.path if place)
    environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [str(home / "bin" / "python"), "-S", "-c", script, places, str(tmp_path / "pieces")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["['001']", str(len(BYTES))], done.stderr


def test_a_registry_without_the_mirror_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ValueError, match="the package registry's mirror failed: ERROR: No matching"):
        download_with_pip(
            Mirror(package="tiny-part{n}", parts=1, version="1"), 1, tmp_path, tmp_path, lambda: None
        )


def test_a_fetch_that_nobody_wants_any_more_ends_at_once(tmp_path: Path) -> None:
    stop = threading.Event()

    def slow(mirror: Mirror, number: int, into: Path, tools: Path, wait: Wait) -> Path:
        stop.set()
        wait()
        raise AssertionError("it went on")

    with pytest.raises(Stopped):
        Fetch(
            model=MIRRORED,
            path=tmp_path / "m.gguf",
            notice=lambda _: None,
            hub=NOWHERE,
            download=slow,
            stopped=stop.is_set,
        ).run()


def test_two_at_once_fetch_once(hub: http.server.ThreadingHTTPServer, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from fastdistill_llamacpp.lock import alone\n"
        "with alone(Path(sys.argv[1]), lambda: None):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "m.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        fetch = Fetch(model=MODEL, path=tmp_path / "m.gguf", notice=lambda _: None, hub=url(hub))
        waiting = threading.Thread(target=fetch.run)
        waiting.start()
        time.sleep(0.5)
        assert hub.starts == []  # type: ignore[attr-defined]
        other.stdin.close()
        waiting.join(10)
    assert fetched(tmp_path / "m.gguf")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="FD_CACHE names another folder"):
        Fetch(model=MODEL, path=tmp_path / "file" / "m.gguf", notice=lambda _: None, hub=NOWHERE).run()


def test_where_weights_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(b"weights")

    def stopped() -> bool:
        return False

    assert locate(str(mine), print, stopped) == mine
    with pytest.raises(SetupError, match="there is no GGUF file 'none"):
        locate("none.gguf", print, stopped)
    with pytest.raises(SetupError, match=r"did you mean 'qwen2.5-coder-0.5b'\?"):
        locate("qwen2.5-coder-05b", print, stopped)
    name = next(iter(known()))
    monkeypatch.setenv("FD_EMBEDDED_GGUF", str(mine))
    assert locate(name, print, stopped) == mine
    monkeypatch.setenv("FD_EMBEDDED_GGUF", str(tmp_path / "gone.gguf"))
    with pytest.raises(SetupError, match="FD_EMBEDDED_GGUF names"):
        locate(name, print, stopped)
    assert all(entry.path is None for entry in Catalog().entries())
