"""The main job on real questions: a local server answers gold, wrong and broken SQL in known shares."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from support.toy import rows

import fastdistill
from fastdistill_simulator import Asked, TeacherSimulator

FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]


def question_of(asked: Asked, tasks: list[dict[str, str]]) -> dict[str, str]:
    return max((t for t in tasks if t["question"] in asked.prompt), key=lambda t: len(t["question"]))


@pytest.mark.needs_data
@pytest.mark.slow
def test_accepted_are_exactly_the_right_ones(data: Path, tmp_path: Path) -> None:
    source = data / "geoquery" / "tasks.jsonl"
    tasks, seen = [], set()
    for task in rows(source):
        if task["question"] not in seen:
            seen.add(task["question"])
            tasks.append(task)
    tasks = tasks[:150]
    kinds = ["gold", "gold", "wrong", "broken", "prose"]
    kind_of = {task["question"]: kinds[i % 5] for i, task in enumerate(tasks)}

    def answer(asked: Asked, index: int) -> str:
        task = question_of(asked, tasks)
        said = {
            "gold": f"Here it is:\n```sql\n{task['gold_sql']}\n```",
            "wrong": "```sql\nSELECT 'nothing of the kind', 12345, NULL\n```",
            "broken": "```sql\nSELECT FROM WHERE\n```",
            "prose": "I cannot help with that.",
        }
        return said[kind_of[task["question"]]]

    lines = [json.dumps({**t, "database": str(source.parent / t["database"])}) for t in tasks]
    (tmp_path / "tasks.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with TeacherSimulator(answer=answer) as server:
        command = [
            *FD, "run", "--scenario", "sql", "--tasks", "tasks.jsonl", "--teacher", "openai:any",
            "--base-url", server.base_url, "--out", "out", "--no-cache", "--audit", "0",
        ]  # fmt: skip
        environment = {**os.environ, "FD_CACHE": str(tmp_path / "cache")}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    out = tmp_path / "out"
    quality = json.loads((out / "quality_report.json").read_text())
    broken_gold = {r["task_id"] for r in rows(out / "rejected.jsonl") if r["status"] == "failed"}
    right = [t["task_id"] for t in tasks if kind_of[t["question"]] == "gold"]
    assert [r["task_id"] for r in rows(out / "dataset.jsonl")] == [t for t in right if t not in broken_gold]
    assert len(broken_gold) <= 6, broken_gold
    assert done.returncode == (1 if broken_gold else 0), done.stderr
    reasons = Counter(r["reason"] for r in rows(out / "rejected.jsonl") if r["status"] == "rejected")
    assert reasons == Counter(quality["reject_reason_counts"])
    assert set(reasons) <= {"wrong-rows", "syntax-error", "refusal", "wrong-columns", "no-sql"}
    counts = [
        json.loads((out / f"{name}.json").read_text())["counts"]
        for name in ("manifest", "quality_report", "timing_report")
    ]
    assert counts[0] == counts[1] == counts[2]
    assert sum(counts[0][k] for k in ("accepted", "rejected", "failed", "skipped")) == len(tasks)


def test_weak_oracles_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FD_CACHE", str(tmp_path / "cache"))
    (tmp_path / "shop.sql").write_text("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2), (3);")
    golds = {"strong": "SELECT a FROM t WHERE a > 1", "none": "SELECT 1 + 1"}
    (tmp_path / "tasks.jsonl").write_text(
        "".join(
            json.dumps({"task_id": name, "question": name, "database": "shop.sql", "gold_sql": gold}) + "\n"
            for name, gold in golds.items()
        )
    )
    (tmp_path / "said.jsonl").write_text(
        "".join(json.dumps({"task_id": name, "reply": gold}) + "\n" for name, gold in golds.items())
    )
    run = fastdistill.run(
        "sql", tmp_path / "tasks.jsonl", teacher=f"recorded:{tmp_path / 'said.jsonl'}",
        out=tmp_path / "out", audit=0, calibrate=0,
    )  # fmt: skip
    assert run.report["funnel"]["accepted"] == 2
    assert run.report["funnel"]["accepted_weakly"] == 1
    assert run.report["oracles"]["no_suite"] == 1
