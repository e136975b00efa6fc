"""The main job on real problems: a local server answers golds, wrong, hostile and endless programs."""

import json
import os
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from support.toy import rows

from fastdistill_simulator import Asked, TeacherSimulator

FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]
PACK = Path(str(files("fastdistill_code") / "pack" / "tasks.jsonl"))
LIAR = """
class Yes:
    def __eq__(self, other): return True
    def __hash__(self): return 0

def {name}(*args, **kwargs):
    return Yes()
"""
KINDS = {
    "gold": None,
    "wrong": "def {name}(*args, **kwargs):\n    return 'nothing of the kind', 12345",
    "liar": LIAR,
    "leaver": "import sys\n\ndef {name}(*args, **kwargs):\n    sys.exit(0)",
    "endless": "def {name}(*args, **kwargs):\n    while True:\n        pass",
    "files": "def {name}(*args, **kwargs):\n    return open('/etc/passwd').read()",
    "prose": "I cannot help with that.",
}
REASONS = {
    "wrong": {"wrong-value"},
    "liar": {"unencodable", "wrong-value"},
    "leaver": {"code-imports", "died", "raised"},
    "endless": {"too-expensive"},
    "files": {"raised"},
    "prose": {"refusal", "no-code"},
}


def run(tmp_path: Path, tasks: list[dict[str, Any]], kind_of: dict[str, str]) -> Path:
    def answer(asked: Asked, index: int) -> str:
        task = max(
            (t for t in tasks if t["prompt"].strip() in asked.prompt), key=lambda t: len(t["prompt"])
        )
        said = KINDS[kind_of[task["task_id"]]]
        if said is None:
            gold = task["gold"]
            whole = gold if f"def {task['entry_point']}(" in gold else task["prompt"] + gold
            return f"Here it is:\n```python\n{whole}\n```"
        return (
            said if "def" not in said else f"```python\n{said.replace('{name}', task['entry_point'])}\n```"
        )

    (tmp_path / "tasks.jsonl").write_text("\n".join(map(json.dumps, tasks)), encoding="utf-8")
    with TeacherSimulator(answer=answer) as server:
        command = [
            *FD, "run", "--scenario", "code", "--tasks", "tasks.jsonl", "--teacher", "openai:any",
            "--base-url", server.base_url, "--out", "out", "--no-cache", "--no-pilot", "--audit", "0",
        ]  # fmt: skip
        environment = {**os.environ, "FD_CACHE": str(tmp_path / "cache")}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return tmp_path / "out"


def held(out: Path, tasks: list[dict[str, Any]], kind_of: dict[str, str]) -> None:
    right = [t["task_id"] for t in tasks if kind_of[t["task_id"]] == "gold"]
    assert [row["task_id"] for row in rows(out / "dataset.jsonl")] == right
    rejected = rows(out / "rejected.jsonl")
    for row in rejected:
        assert row["reason"] in REASONS[kind_of[row["task_id"]]], row
    quality = json.loads((out / "quality_report.json").read_text())
    assert Counter(row["reason"] for row in rejected) == Counter(quality["reject_reason_counts"])
    counts = quality["counts"]
    assert counts["accepted"] + counts["rejected"] == len(tasks)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["counts"] == counts
    (python,) = (gate for gate in manifest["gates"] if gate["name"] == "python")
    assert json.loads(python["depends_on"])["level"] in ("full", "namespaces")


@pytest.mark.slow
def test_of_the_bundled_tasks_exactly_the_right_answers_are_kept(tmp_path: Path) -> None:
    tasks = rows(PACK)[:28]
    kinds = [*KINDS]
    kind_of = {task["task_id"]: kinds[i % len(kinds)] for i, task in enumerate(tasks)}
    held(run(tmp_path, tasks, kind_of), tasks, kind_of)


@pytest.mark.needs_data
@pytest.mark.slow
def test_of_humaneval_exactly_the_right_answers_are_kept(data: Path, tmp_path: Path) -> None:
    imported = tmp_path / "imported"
    source = data / "humaneval" / "tasks.jsonl"
    subprocess.run([*FD, "tasks", "import", "humaneval", source, imported], check=True, capture_output=True)
    tasks = rows(imported / "tasks.jsonl")[::6]
    kinds = [*KINDS]
    kind_of = {task["task_id"]: kinds[i % len(kinds)] for i, task in enumerate(tasks)}
    held(run(tmp_path, tasks, kind_of), tasks, kind_of)
