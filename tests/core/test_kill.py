"""kill -9 at random moments: nothing is lost, doubled, or asked again beyond what was in flight."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from support.toy import rows, write_tasks

TASKS = 500

RUNNER = """
import sys, anyio
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from support.toy import toy_run, solve

from fastdistill.testing.scripted import ScriptedProvider

log = open(sys.argv[3], "a", buffering=1)
def answer(call):
    log.write(call.request_id + "\\n")
    left = int(call.prompt.messages[-1].content.split()[0])
    return {0: solve(call), 1: "9999999", 2: "no idea"}[left % 3]

provider = ScriptedProvider(answer=answer, latency=0.02, remember=False)
anyio.run(lambda: toy_run(Path(sys.argv[1]), tasks=Path(sys.argv[2]), provider=provider))
"""


def start(out: Path, tasks: Path, log: Path) -> subprocess.Popen[bytes]:
    arguments = [str(out), str(tasks), str(log), str(Path(__file__).parents[1])]
    return subprocess.Popen([sys.executable, "-c", RUNNER, *arguments])


@pytest.mark.slow
def test_twenty_kills_leave_the_same_bytes(tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "tasks.jsonl", TASKS)
    assert start(tmp_path / "whole", tasks, tmp_path / "whole.log").wait() == 0
    out, log = tmp_path / "killed", tmp_path / "killed.log"
    dice, kills = random.Random(7), 0
    while kills < 20:
        process = start(out, tasks, log)
        time.sleep(0.25 + dice.random() * 0.6)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    assert start(out, tasks, log).wait(timeout=60) == 0
    for name in ("dataset.jsonl", "rejected.jsonl"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert len({row["task_id"] for row in rows(out / "dataset.jsonl")}) == len(range(0, TASKS, 3))
    asked = Counter(log.read_text().split())
    again = sum(count - 1 for count in asked.values())
    assert len(asked) == TASKS
    assert again <= kills * 64
