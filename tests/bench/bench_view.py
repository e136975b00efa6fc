"""Measures `fd view` over a large ledger: the first page cold and warm, the listing, filters, searches.

    python tests/bench/bench_view.py make /tmp/big --tasks 1000000
    python tests/bench/bench_view.py measure /tmp/big

`make` runs the toy scenario once and multiplies its rows by inserts into the ledger. `measure` starts a
server in a process of its own; cold means that the ledger was dropped from the page cache first, and that
the folder of caches is empty. Times are wall seconds, medians of `--rounds`.
"""

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

QUERIES = {
    "one status": "status=rejected",
    "a common reason": "reason=wrong-sum",
    "a rare reason": "reason=rare",
    "a rare reason in a common group": "reason=rare&group=db-3",
    "a rare reason at an attempt": "reason=rare&attempt=2",
    "a rare group and a common reason": "group=db-rare&reason=wrong-sum",
    "a status and a common reason": "status=accepted&reason=wrong-sum",
    "no such pair": "status=failed&reason=rare",
    "most attempts": "sort=attempts",
    "last decided, one status": "sort=recent&status=rejected",
    "most attempts, rare group": "sort=attempts&group=db-rare",
    "text, common": "text=question+77",
    "text, nowhere": "text=nowhere-at-all",
}


def make(folder: Path, tasks: int) -> None:
    """Write a run whose ledger holds `tasks` tasks."""
    from support.viewing import a_run

    folder.mkdir(parents=True, exist_ok=True)
    run = a_run(folder / "run", count=3)
    with sqlite3.connect(run / "ledger.sqlite", isolation_level=None) as ledger:
        ledger.execute("PRAGMA synchronous = OFF")
        ledger.execute("PRAGMA cache_size = -400000")
        for table in ("tasks", "completions", "attempts", "candidates", "verdicts", "decisions"):
            ledger.execute(f"DELETE FROM {table}")
        for start in range(0, tasks, 50_000):
            ledger.execute("BEGIN")
            for table, rows in _rows(range(start, min(tasks, start + 50_000))).items():
                places = ", ".join("?" * len(rows[0]))
                ledger.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
            ledger.execute("COMMIT")
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    print(f"{tasks:,} tasks, {(run / 'ledger.sqlite').stat().st_size / 1e9:.2f} GB: {run}")


def _rows(numbers: range) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each table; sample ids are hashes, as those of a run are."""
    found: dict[str, list[tuple[Any, ...]]] = {
        name: [] for name in ("tasks", "completions", "attempts", "candidates", "verdicts", "decisions")
    }
    for i in numbers:
        sample = hashlib.sha256(str(i).encode()).hexdigest()
        given = json.dumps({"left": i, "right": 1, "said": f"question {i} of many, " + "word " * 20})
        group = "db-rare" if i % 10_007 == 0 else f"db-{i % 40}"
        row = json.dumps({"task_id": f"t{i:07}", "left": i, "right": 1, "tags": [f"tag-{i % 5}"]})
        digest = bytes.fromhex(sample)
        found["tasks"].append((i, sample, f"t{i:07}", i + 1, digest, given, 1, None, row, group, "train"))
        kind = i % 10
        attempts = 1 if kind < 5 else 2
        for attempt in range(1, attempts + 1):
            request = hashlib.sha256(f"{i}/{attempt}".encode()).hexdigest()
            wrong = attempt < attempts or kind >= 8
            said = str(i if wrong else i + 1)
            prompt = json.dumps({"messages": [["user", f"{i} + 1 " + "context " * 30]]})
            choices = json.dumps([{"text": f"I think it is {said}", "reasoning": None, "finish": "stop"}])
            found["completions"].append(
                (request, "teacher", sample, "toy", attempt, prompt, "{}", choices, "toy",
                 90, 12, 0, 0, 0.8, 0.0, 0, 1e9 + i)
            )  # fmt: skip
            found["attempts"].append((sample, attempt, "toy", attempt, request))
            found["candidates"].append((sample, attempt, 0, said, "whole", None, "", "{}"))
            reason = ("rare" if i % 50_021 == 8 else "wrong-sum") if wrong else None
            found["verdicts"].append(
                (sample, attempt, 0, 0, "is-number", "rule", "f" * 64, "pass", None, "", None, "{}",
                 None, None, None, None, "[]", 0.001, 0.0)
            )  # fmt: skip
            found["verdicts"].append(
                (sample, attempt, 0, 1, "sums-match", "exec", "e" * 64, "reject" if wrong else "pass",
                 reason, f"{said} is not the sum" if wrong else "", None, json.dumps({"got": said}),
                 1, int(not wrong), said, None, "[]", 0.002, 0.0)
            )  # fmt: skip
        status = "rejected" if kind >= 8 else "accepted"
        found["decisions"].append(
            (sample, status, "no-answer-accepted" if kind >= 8 else None, "", attempts,
             None if kind >= 8 else attempts, None if kind >= 8 else 0, 1, 1e9 + i)
        )  # fmt: skip
    return found


class Server:
    """`fd view` in a process of its own, with a folder of caches of its own."""

    def __init__(self, run: Path, cache: Path) -> None:
        self.began = time.perf_counter()
        # the bare interpreter is what a person starts; the address is its first line
        self.process = subprocess.Popen(
            [str(Path(sys.executable).with_name("fd")), "view", str(run)],
            stdout=subprocess.PIPE, text=True, env=os.environ | {"FD_CACHE": str(cache)},
        )  # fmt: skip
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().rsplit(" ", 1)[-1].strip()
        self.ready = time.perf_counter() - self.began
        self.origin = self.url.split("/?")[0]
        self.client = httpx.Client(follow_redirects=True, timeout=120)

    def get(self, address: str) -> tuple[float, float, str]:
        """Return the time to the first byte and to the whole page, and the page."""
        start = time.perf_counter()
        with self.client.stream("GET", address) as answer:
            chunks: Iterator[bytes] = answer.iter_raw()
            body = next(chunks, b"")
            first = time.perf_counter() - start
            body += b"".join(chunks)
        return first, time.perf_counter() - start, body.decode(errors="replace")

    def listed(self) -> float:
        """Return the seconds from the start until every task is listed."""
        while self.client.get(f"{self.origin}/standing").json()["said"].startswith("listing"):
            time.sleep(0.1)
        return time.perf_counter() - self.began

    def close(self) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(20)


def forget(path: Path) -> None:
    """Drop a file from the page cache."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(folder: Path, rounds: int) -> None:
    run = folder / "run"
    cache = Path(tempfile.mkdtemp(prefix="fd-view-"))
    try:
        for name in ("cold", "warm"):
            found = []
            for _ in range(rounds):
                shutil.rmtree(cache, ignore_errors=True)
                if name == "cold":
                    forget(run / "ledger.sqlite")
                server = Server(run, cache)
                found.append((server.ready, *server.get(server.url)[:2]))
                server.close()
            ready, first, whole = (statistics.median(one) for one in zip(*found, strict=True))
            print(f"first page, {name}: {first * 1e3:.0f} ms to the first byte, {whole * 1e3:.0f} ms whole;"
                  f" the address was printed after {ready:.2f} s")  # fmt: skip
        shutil.rmtree(cache, ignore_errors=True)
        server = Server(run, cache)
        server.get(server.url)
        during = [server.get(f"{server.origin}/")[1] for _ in range(20)]
        print(f"first page while it is listed: {statistics.median(during) * 1e3:.0f} ms, at most "
              f"{max(during) * 1e3:.0f} ms")  # fmt: skip
        print(f"listed after {server.listed():.1f} s")
        pages = {"first page": "", **QUERIES}
        for said, query in pages.items():
            took = [server.get(f"{server.origin}/?{query}") for _ in range(rounds)]
            count = took[0][2].count('<a href="/task/')
            print(f"{said}: {statistics.median(one[1] for one in took) * 1e3:.0f} ms, {count} tasks")
        server.close()
        server = Server(run, cache)
        first, whole, _ = server.get(server.url)
        print(f"opened again: {first * 1e3:.0f} ms, {whole * 1e3:.0f} ms whole; listed after "
              f"{server.listed():.2f} s")  # fmt: skip
        server.close()
        size = sum(one.stat().st_size for one in cache.rglob("*") if one.is_file())
        print(f"{size / 1e6:.0f} MB of caches")
    finally:
        shutil.rmtree(cache, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["make", "measure"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if given.what == "make":
        make(given.folder, given.tasks)
    else:
        measure(given.folder, given.rounds)


if __name__ == "__main__":
    main()
