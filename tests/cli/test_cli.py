"""`fd` as a person uses it: messages, exit codes, Ctrl-C, two processes on one folder."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.toy import rows

from fastdistill_simulator import Asked, Faults, TeacherSimulator

FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]


def fd(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "FD_CACHE": str(cwd / "cache"), **environment}
    return subprocess.run([*FD, *words], cwd=cwd, env=env, capture_output=True, text=True, timeout=120)


def answer(asked: Asked, index: int) -> str:
    return "```sql\nSELECT 1\n```"


@pytest.fixture
def server() -> Iterator[TeacherSimulator]:
    with TeacherSimulator(answer=answer, latency="fixed:0.3", slots=4) as running:
        yield running


def run_words(server: TeacherSimulator, *more: str) -> list[str]:
    return [
        "run", "--scenario", "sql", "--teacher", "openai:any", "--base-url", server.base_url,
        "--audit", "0", "--no-cache", *more,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["run", "--scenario", "sqll"], 3, "did you mean 'sql'?"),
        (["run"], 2, "which scenario?"),
        (["run", "nofile.toml"], 2, "there is no run file 'nofile.toml'"),
        (["run", "--scenario", "sql", "--teacher", "opnai:x"], 3, "did you mean 'openai'?"),
        (["run", "--scenario", "sql", "--teacher", "openai"], 2, "write PROVIDER:MODEL"),
        (["run", "--scenario", "sql", "--tasks", "none.jsonl"], 2, "there is no task file 'none.jsonl'"),
        (["run", "--scenario", "sql", "--set", "pilot.task=3"], 2, "did you mean 'tasks'?"),
        (["run", "--scenario", "sql", "--teacher", "openai:m", "--out", "/proc/x"], 3, "cannot write to"),
        (["runn"], 2, "did you mean 'run'?"),
        (["report", "nowhere"], 3, "is this the folder of a run?"),
        (["verify", "nowhere"], 3, "nowhere"),
        (["replay", "nowhere"], 3, "is this the folder of a run?"),
        (["tasks", "import", "spidr", ".", "out"], 2, "did you mean 'spider'?"),
        (["models", "pull", "qwen"], 2, "known:"),
        (["audit", "--scenario", "sql", "--cases", "none"], 2, "there is no file of cases"),
        (["audit", "--scenario", "sql", "--where", "core", "--cases", "c.jsonl"], 2, "KEY=VALUE"),
    ],
)
def test_wrong_input_is_explained(words: list[str], code: int, says: str, tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("{}\n")
    done = fd(*words, cwd=tmp_path)
    assert says in done.stderr
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_a_missing_key_names_its_variable(tmp_path: Path) -> None:
    done = fd("run", "--scenario", "sql", "--teacher", "openai:gpt", cwd=tmp_path, OPENAI_API_KEY="")
    assert done.returncode == 3
    assert "OPENAI_API_KEY" in done.stderr


def test_cases_that_are_none_are_all_named_with_their_line(tmp_path: Path) -> None:
    lines = ["not json", '{"reply": "x"}', '{"reply": "x", "expect": "maybe"}', '{"expect": "accept"}']
    (tmp_path / "c.jsonl").write_text("\n".join(lines))
    done = fd("audit", "--scenario", "sql", "--cases", "c.jsonl", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert all(f"line {number}:" in done.stderr for number in (1, 2, 3, 4))


def test_a_json_run_prints_one_event_a_line(tmp_path: Path, server: TeacherSimulator) -> None:
    done = fd(*run_words(server, "--limit", "3", "--json", "--out", "out"), cwd=tmp_path)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[0]["event"] == "started"
    assert events[-1]["event"] == "finished"
    assert sum(event["event"] == "settled" for event in events) == 3


def test_ctrl_c_finishes_cleanly_and_the_run_resumes(tmp_path: Path, server: TeacherSimulator) -> None:
    words = run_words(server, "--limit", "40", "--concurrency", "2", "--out", "out")
    env = {**os.environ, "FD_CACHE": str(tmp_path / "cache")}
    running = subprocess.Popen([*FD, *words], cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    while server.counters.requests < 6:  # the first answers are in: it works by now
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert "To resume: fd run" in said
    first = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert first["outcome"] == "interrupted"
    settled = first["counts"]["rejected"]
    assert 0 < settled < 40
    asked = server.counters.requests
    done = fd(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert server.counters.requests == 40
    assert asked < 40
    assert len(rows(tmp_path / "out" / "rejected.jsonl")) == 40


def resume_line(said: str) -> list[str]:
    [line] = [line for line in said.splitlines() if ": fd run " in line]
    return shlex.split(line.partition(": fd ")[2])


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (["--budget-tokens", "1"], 4, "To resume, with a larger budget: fd run"),
        (["--set", "pilot.min_gold_match=0.9", "--set", "pilot.tasks=3", "--set", "pilot.above=0"], 4,
         "To go on regardless of the floor: fd run"),
    ],
)  # fmt: skip
def test_every_stop_that_can_be_resumed_says_how(
    more: list[str], code: int, says: str, tmp_path: Path, server: TeacherSimulator
) -> None:
    words = run_words(server, "--limit", "12", "--concurrency", "3", *more)
    done = fd(*words, "--json", "--fresh", cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    again = resume_line(done.stderr)
    assert "--fresh" not in again
    larger = ["--budget-tokens", "100000000"] if "budget" in says else []
    done = fd(*again, *larger, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert ": fd " not in done.stderr


def test_an_error_that_ends_a_run_says_how_to_resume_it(tmp_path: Path) -> None:
    with TeacherSimulator(answer=answer, faults=Faults(rates={"401": 1.0})) as server:
        done = fd(*run_words(server, "--limit", "3"), cwd=tmp_path)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    [folder] = (tmp_path / "runs").iterdir()
    assert resume_line(done.stderr)[-2:] == ["--out", f"runs/{folder.name}"]


def test_tasks_from_standard_input_are_resumed_without_it(tmp_path: Path, server: TeacherSimulator) -> None:
    made = [{"task_id": f"t{i}", "problem": f"{i}+1", "answer": f"{i + 1}"} for i in range(4)]
    words = [word if word != "sql" else "math" for word in run_words(server, "--tasks", "-", "--out", "o")]
    env = {**os.environ, "FD_CACHE": str(tmp_path / "cache")}
    for given in ("\n".join(map(json.dumps, made)), ""):
        done = subprocess.run(
            [*FD, *words], cwd=tmp_path, env=env, input=given, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
    assert "was finished already" in done.stdout


def test_two_processes_on_one_folder(tmp_path: Path, server: TeacherSimulator) -> None:
    words = run_words(server, "--limit", "30", "--concurrency", "2", "--out", "out")
    env = {**os.environ, "FD_CACHE": str(tmp_path / "cache")}
    running = subprocess.Popen([*FD, *words], cwd=tmp_path, env=env, stderr=subprocess.DEVNULL)
    time.sleep(2)
    second = fd(*words, cwd=tmp_path)
    running.kill()
    running.wait()
    assert second.returncode == 3
    assert "is in use by process" in second.stderr


def test_a_folder_of_another_run_is_refused_with_the_differences(
    tmp_path: Path, server: TeacherSimulator
) -> None:
    fd(*run_words(server, "--limit", "2", "--out", "out"), cwd=tmp_path)
    other = fd(*run_words(server, "--limit", "2", "--out", "out", "--seed", "9"), cwd=tmp_path)
    assert other.returncode == 3
    assert "seed: was 0, is 9" in other.stderr
    fresh = fd(*run_words(server, "--limit", "2", "--out", "out", "--fresh"), cwd=tmp_path)
    assert fresh.returncode == 2


def test_a_dead_endpoint_is_told_and_loses_nothing(tmp_path: Path) -> None:
    done = fd(
        "run", "--scenario", "sql", "--teacher", "openai:m", "--base-url", "http://127.0.0.1:9/v1",
        "--limit", "2", "--set", "teacher.0.retries=0", "--out", "out", "--audit", "0",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert "connection" in (tmp_path / "out" / "quality_report.json").read_text()


def test_malformed_lines_are_named_and_the_others_go_on(tmp_path: Path, server: TeacherSimulator) -> None:
    (tmp_path / "db.sql").write_text("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);")
    task = {"question": "q", "database": "db.sql", "gold_sql": "SELECT 1"}
    lines = [
        json.dumps({"task_id": "good", **task}),
        "{broken",
        json.dumps({"task_id": "extra", "acceptable_sqls": ["SELECT 2"], **task}),
        json.dumps({"task_id": "good", **task, "question": "other"}),
        json.dumps({"task_id": "lost", **task, "database": "none.sqlite"}),
        json.dumps({"task_id": "same", **task}),
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    done = fd(*run_words(server, "--tasks", "t.jsonl", "--out", "out"), cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    found = {row["line"]: row for row in rows(tmp_path / "out" / "rejected.jsonl") if "line" in row}
    assert found[2]["reason"] == "malformed-task"
    assert "did you mean 'acceptable_sql'" in found[3]["detail"]
    assert found[4]["reason"] == "duplicate-task-id"
    assert "none.sqlite" in found[5]["detail"]
    assert found[6]["status"] == "skipped"
    assert [row["task_id"] for row in rows(tmp_path / "out" / "dataset.jsonl")] == ["good"]


def test_a_broken_a_misspelt_and_a_rival_plugin_beside_the_good_ones(
    tmp_path: Path, server: TeacherSimulator
) -> None:
    bodies = {
        "broken": "raise RuntimeError('at import')",
        "misspelt": "from fastdistill import hookimpl\n@hookimpl\ndef fastdistill_ruls():\n    return []\n",
        "rival": (
            "from fastdistill import *\n@hookimpl\ndef fastdistill_rules():\n"
            "    return [RuleSpec(name='code-size', summary='', config=NoOptions, build=lambda _: None)]\n"
        ),
    }
    for name, body in bodies.items():
        (tmp_path / f"{name}_plugin.py").write_text(body)
        info = tmp_path / f"{name}_plugin-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-plugin\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[fastdistill]\n{name} = {name}_plugin\n")
    listed = fd("plugins", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert "failed: broken (broken-plugin 1.0) at import: RuntimeError: at import" in listed.stdout
    assert "failed: misspelt (misspelt-plugin 1.0) at register" in listed.stdout
    assert "conflicts: rules 'code-size' is offered by" in listed.stdout
    done = fd(*run_words(server, "--limit", "2", "--out", "out"), cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stderr


def test_audit_of_a_run_folder(server: TeacherSimulator, tmp_path: Path) -> None:
    assert fd(*run_words(server, "--limit", "4", "--out", "out"), cwd=tmp_path).returncode == 0
    done = fd("audit", "out", "--limit", "2", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["tasks"] == 2
    assert told["kill_rate"] == 1.0
    refused = fd("audit", "out", "--set", "seed=3", cwd=tmp_path)
    assert refused.returncode == 2
    assert "audited as they were" in refused.stderr


def test_tasks_by_stdin_are_kept_for_a_replay(server: TeacherSimulator, tmp_path: Path) -> None:
    def piped(text: str) -> subprocess.CompletedProcess[str]:
        words = ["run", "--scenario", "math", "--tasks", "-", "--teacher", "openai:any"]
        return subprocess.run(
            [*FD, *words, "--base-url", server.base_url, "--audit", "0", "--no-cache", "--out", "out"],
            cwd=tmp_path, env={**os.environ, "FD_CACHE": str(tmp_path / "cache")},
            input=text, capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    tasks = '{"task_id": "1", "problem": "1 + 1?", "answer": "2"}\n'
    assert piped("").returncode == 2
    assert piped(tasks).returncode == 0
    assert (tmp_path / "out" / "tasks.jsonl").read_text() == tasks
    assert fd("replay", "out", cwd=tmp_path).returncode == 0
    assert fd("verify", "out", cwd=tmp_path).returncode == 0
    again = piped(tasks)
    assert "was finished already" in again.stdout
    other = piped(tasks.replace("1 + 1", "1 + 3"))
    assert other.returncode == 2
    assert "holds a run of other tasks" in other.stderr
