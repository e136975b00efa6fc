"""Runs from Python: over files, rows and frames; beside a running loop; read without a change."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import fastdistill
from fastdistill import Candidate, Finding, RunFolderError, Status, Task, UsageError, passed, rejected
from fastdistill.api.runs import Run, _result
from fastdistill_simulator import Asked, TeacherSimulator

ROWS = [
    {"id": 1, "problem": "What is 6*7?", "answer": 42},
    {"id": 2, "problem": "What is 2+2?", "answer": 5},
]


def solve(asked: Asked, index: int) -> str:
    return "\\boxed{42}" if "6*7" in json.dumps(asked.body) else "\\boxed{4}"


@pytest.fixture(scope="module")
def server() -> Iterator[TeacherSimulator]:
    with TeacherSimulator(answer=solve, slots=4) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")


def settings(server: TeacherSimulator, **more: Any) -> dict[str, Any]:
    teacher = {"provider": "openai", "model": "any", "options": {"base_url": server.base_url}}
    return {"teacher": teacher, "audit": 0, "cache": False, "map": {"task_id": "id"}, **more}


def start(server: TeacherSimulator, folder: Path, tasks: Any = ROWS, **more: Any) -> Run:
    return fastdistill.run("math", tasks, out=folder, **settings(server, **more))


def test_rows_in_a_run_out(tmp_path: Path, server: TeacherSimulator) -> None:
    run = start(server, tmp_path / "out")
    assert run.finished is not None
    assert [task.task_id for task in run.accepted()] == ["1"]
    (refused,) = run.rejected()
    assert (refused.status, refused.gold, refused.attempts[0].answer) == (Status.REJECTED, 5, "4")
    assert [attempt.answer for _, attempt in run.attempts()] == ["42", "4"]
    assert run.report["counts"]["accepted"] == 1
    assert [row["answer"] for row in run.rows()] == ["42"]
    assert "accepted" in run._repr_html_()
    assert run.page.is_file()


def test_opening_a_run_changes_no_byte(tmp_path: Path, server: TeacherSimulator) -> None:
    start(server, tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()}
    run = fastdistill.open_run(tmp_path / "out")
    assert len(list(run.tasks())) == 2
    assert not run.verify().problems
    with run.view() as viewer:
        assert httpx.get(viewer.url, follow_redirects=True, timeout=60).status_code == 200
        assert viewer.url in viewer._repr_html_()
    assert {p: p.read_bytes() for p in (tmp_path / "out").iterdir() if p.is_file()} == before


def test_the_same_rows_resume_and_others_are_refused(tmp_path: Path, server: TeacherSimulator) -> None:
    start(server, tmp_path / "out")
    asked = server.counters.requests
    again = start(server, tmp_path / "out", iter(ROWS))
    assert server.counters.requests == asked
    assert again.report["counts"]["accepted"] == 1
    with pytest.raises(UsageError, match="holds a run of other tasks"):
        start(server, tmp_path / "out", ROWS[:1])


def test_a_frame(tmp_path: Path, server: TeacherSimulator) -> None:
    pandas = pytest.importorskip("pandas")
    run = start(server, tmp_path / "out", pandas.DataFrame(ROWS))
    assert list(run.to_pandas()["answer"]) == ["42"]


def test_a_path(tmp_path: Path, server: TeacherSimulator) -> None:
    (tmp_path / "t.csv").write_text("id,problem,answer\n1,What is 6*7?,42\n")
    assert len(list(start(server, tmp_path / "out", tmp_path / "t.csv").accepted())) == 1


async def test_beside_a_running_loop(anyio_backend: str, tmp_path: Path, server: TeacherSimulator) -> None:
    assert len(list(start(server, tmp_path / "a").accepted())) == 1
    run = await fastdistill.arun("math", ROWS, out=tmp_path / "b", **settings(server))
    assert len(list(run.accepted())) == 1
    assert (tmp_path / "a/dataset.jsonl").read_bytes() == (tmp_path / "b/dataset.jsonl").read_bytes()


def test_a_function_as_a_gate_is_marked_in_the_manifest(tmp_path: Path, server: TeacherSimulator) -> None:
    @fastdistill.rule
    def two_digits(task: Task[Any], candidate: Candidate) -> Finding:
        return passed() if len(candidate.answer) == 2 else rejected("length")

    run = start(server, tmp_path / "out", extra_gates=[two_digits])
    assert [task.reason for task in run.rejected()] == ["length"]
    assert "in-process" in json.dumps(run.manifest)
    assert two_digits.digest in json.dumps(run.manifest)


def test_an_interrupt_in_a_notebook_lets_answers_come_home() -> None:
    stop = threading.Event()

    class Interrupted:
        calls = 0

        def result(self) -> str:
            self.calls += 1
            if self.calls == 1:
                raise KeyboardInterrupt
            assert stop.is_set()
            return "finished"

    assert _result(Interrupted(), stop) == "finished"  # type: ignore[arg-type,comparison-overlap]


def test_a_set_event_stops_a_session(tmp_path: Path) -> None:
    import anyio
    import attrs

    from fastdistill.api.runs import _prepared

    with TeacherSimulator(answer=solve, slots=1, latency="fixed:0.2") as slow:
        many = [{"id": n, "problem": f"What is {n}?", "answer": n} for n in range(400)]
        given = settings(slow)
        made = _prepared("run", "math", many, given.pop("teacher"), tmp_path / "out", (), given)
        stop = threading.Event()
        timer = threading.Timer(1.0, stop.set)
        timer.start()
        finished = anyio.run(attrs.evolve(made, signals=False, interrupt=stop).run)
        assert finished.outcome == "interrupted"
        assert len(list(fastdistill.open_run(tmp_path / "out").accepted())) < 400
        timer.join()


@pytest.mark.parametrize(
    ("tasks", "more", "says"),
    [
        (7, {}, "neither a path nor rows"),
        ({"a": 1}, {}, "neither a path nor rows"),
        ([1], {}, "row 1 is no mapping"),
        ("none.jsonl", {}, "cannot read|there is no"),
        (ROWS, {"teacher": "openai"}, "PROVIDER:MODEL"),
        (ROWS, {"attempts": 3}, "attempts"),
    ],
)
def test_mistakes_are_told(
    tmp_path: Path, server: TeacherSimulator, tasks: Any, more: dict[str, Any], says: str
) -> None:
    given = {**settings(server), "map": {}, **more}
    with pytest.raises(UsageError, match=says):
        fastdistill.run("math", tasks, out=tmp_path / "out", **given)


def test_no_run_there(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="there is no ledger"):
        fastdistill.open_run(tmp_path)


def test_replay_and_verification(tmp_path: Path, server: TeacherSimulator) -> None:
    start(server, tmp_path / "out")
    before = {p: p.read_bytes() for p in (tmp_path / "out").iterdir() if p.is_file()}
    assert fastdistill.replay(tmp_path / "out").same
    assert not fastdistill.verify_run(tmp_path / "out").problems
    assert {p: p.read_bytes() for p in (tmp_path / "out").iterdir() if p.is_file()} == before
    dataset = tmp_path / "out/dataset.jsonl"
    dataset.write_text(dataset.read_text().replace("42", "43", 1))
    assert fastdistill.verify_run(tmp_path / "out").problems


async def test_error_rates(anyio_backend: str, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    rows = [
        {"problem": "x", "answer": "42", "reply": "42", "expect": "accept", "kind": "a"},
        {"problem": "x", "answer": "42", "reply": "43", "expect": "reject", "kind": "b"},
    ]
    cases.write_text("\n".join(map(json.dumps, rows)))
    assert fastdistill.audit("math", cases)["counts"]["rejected_right"] == 1
    assert fastdistill.audit("math", cases, where={"kind": "a"})["total"] == 1
    found = fastdistill.audit("math", limit=2)
    assert found["kill_rate"] == 1.0
    with pytest.raises(UsageError, match="no file of cases"):
        fastdistill.audit("math", tmp_path / "none.jsonl")
