"""A run in shards: the bytes of one machine's run, one budget, and what becomes of shards that die."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]
TASKS = 60


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tasks, of which two ask the same, and a recorded reply to each; every fourth is wrong."""
    folder = tmp_path_factory.mktemp("files")
    tasks, replies = [], []
    for n in range(TASKS):
        asked = 0 if n == TASKS - 1 else n
        tasks.append({"task_id": f"t{n}", "problem": f"What is {asked}+{asked}?", "answer": str(2 * asked)})
        replies.append({"task_id": f"t{n}", "reply": rf"\boxed{{{2 * asked + (n % 4 == 3)}}}"})
    for name, rows in (("tasks.jsonl", tasks), ("replies.jsonl", replies)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def command(files: Path, *more: str) -> list[str]:
    teacher = f"recorded:{files / 'replies.jsonl'}"
    chosen = ["--scenario", "math", "--tasks", str(files / "tasks.jsonl"), "--teacher", teacher]
    return [*FD, "run", *chosen, "--audit", "0", "--no-cache", *more]


def fd(files: Path, *more: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(files, *more), capture_output=True, text=True, timeout=300, check=False, cwd=files
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def exports(out: Path) -> Sequence[bytes]:
    return [(out / name).read_bytes() for name in ("dataset.jsonl", "rejected.jsonl")]


@pytest.fixture(scope="module")
def whole(files: Path) -> Path:
    """One machine's run."""
    out = files / "whole"
    fd(files, "--out", str(out))
    return out


def unchanged(out: Path) -> None:
    done = subprocess.run([*FD, "verify", str(out)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def leases(out: Path) -> list[tuple[int, int]]:
    with closing(sqlite3.connect(out / "shards" / "purse.sqlite")) as file:
        return file.execute("SELECT open, spent_accepted FROM leases").fetchall()


@pytest.mark.slow
@pytest.mark.parametrize("shards", [2, 7])
def test_any_number_of_shards_gives_the_bytes_of_one_run(files: Path, whole: Path, shards: int) -> None:
    out = files / f"of{shards}"
    fd(files, "--out", str(out), "--shards", str(shards), "--workers", "2")
    assert exports(out) == exports(whole)
    unchanged(out)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["shards"]) == shards
    assert [opened for opened, _ in leases(out)] == [0] * shards
    assert sum(accepted for _, accepted in leases(out)) == exports(out)[0].count(b"\n")


@pytest.mark.slow
def test_a_changed_shard_shows_and_the_merged_run_stands_without_them(files: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    fd(files, "--out", str(out), "--shards", "2")
    with (out / "shards" / "0001-of-0002" / "dataset.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")
    done = subprocess.run([*FD, "verify", str(out)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "shards/0001-of-0002/dataset.jsonl: was changed" in done.stdout
    (out / "shards").rename(tmp_path / "away")
    unchanged(out)


@pytest.mark.slow
def test_a_target_is_one_over_all_shards_and_a_larger_one_goes_on(
    files: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = fd(files, "--out", str(out), "--shards", "3", "--accept", "5")
    assert "were asked for" in done.stdout
    accepted = exports(out)[0].count(b"\n")
    assert accepted >= 5
    unchanged(out)
    fd(files, "--out", str(out), "--shards", "3")
    assert exports(out) == exports(whole)


@pytest.mark.slow
def test_another_number_of_shards_is_refused(files: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    fd(files, "--out", str(out), "--shards", "2", "--limit", "4")
    done = fd(files, "--out", str(out), "--shards", "3", "--limit", "4", code=2)
    assert "holds a run of 2 shards, not of 3" in done.stderr
    done = fd(files, "--out", str(out), "--shards", "2", "--limit", "4", "--no-resume", code=2)
    assert "holds shards of a run already" in done.stderr


def test_a_folder_of_another_run_is_left_alone(files: Path, whole: Path) -> None:
    before = exports(whole)
    done = fd(files, "--out", str(whole), "--shards", "2", code=2)
    assert "holds a run that is in no shards" in done.stderr
    assert exports(whole) == before


def test_flags_of_shards_need_shards(files: Path) -> None:
    assert "add --shards N" in fd(files, "--workers", "2", code=2).stderr
    assert "shard 1/2 already" in fd(files, "--shards", "2", "--set", "shard=1/2", code=2).stderr


def shard_processes(launcher: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"\nPPid:\t{launcher}\n" in (folder / "status").read_text():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_for_a_shard(launcher: "subprocess.Popen[str]", out: Path) -> int:
    """Return the process id of a shard that works in a folder of `out`."""
    for _ in range(600):
        if any((out / "shards").glob("*/ledger.sqlite")) and (found := shard_processes(launcher.pid)):
            return found[0]
        assert launcher.poll() is None, "it ended too early"
        time.sleep(0.05)
    raise AssertionError("no shard has begun")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_shard_costs_itself_and_the_same_command_goes_on(
    files: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = command(files, "--out", str(out), "--shards", "4", "--workers", "1")
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as launcher:
        os.kill(wait_for_a_shard(launcher, out), signal.SIGKILL)
        _, err = launcher.communicate(timeout=300)
    if launcher.returncode:  # it may have been done just before
        assert "1 of 4 shards did not come to their end" in err
        assert "To resume: fd run" in err
        assert not (out / "manifest.json").exists()
        fd(files, "--out", str(out), "--shards", "4")
    assert exports(out) == exports(whole)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_ends_all_shards_and_leaves_none_behind(files: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = command(files, "--out", str(out), "--shards", "5", "--workers", "2")
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as launcher:
        shard = wait_for_a_shard(launcher, out)
        launcher.send_signal(signal.SIGINT)
        _, err = launcher.communicate(timeout=300)
    assert launcher.returncode == 130, err
    assert "To resume: fd run" in err
    assert "Traceback" not in err
    assert not Path(f"/proc/{shard}").exists()
    fd(files, "--out", str(out), "--shards", "5")
    assert exports(out) == exports(whole)


@pytest.mark.slow
def test_slurm_gets_an_array_of_what_is_missing_and_the_same_command_merges(
    files: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, folder = tmp_path / "out", tmp_path / "bin"
    folder.mkdir()
    sbatch = folder / "sbatch"
    sbatch.write_text(
        '#!/bin/bash\nfor n in 1 2 3; do SLURM_ARRAY_TASK_ID=$n bash "$1" >/dev/null; done\n'
        "echo Submitted batch job 7\n"
    )
    sbatch.chmod(0o755)
    on = ("--out", str(out), "--shards", "3", "--on", "slurm", "--workers", "2")
    done = fd(files, *on, code=3)
    assert "there is no sbatch here" in done.stderr
    assert "--array=1-3%2" in (out / "shards" / "slurm.sh").read_text()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    assert "Submitted batch job 7" in fd(files, *on).stdout
    fd(files, *on)
    assert exports(out) == exports(whole)
