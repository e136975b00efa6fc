"""Verify: every changed byte of every file is found and its file named."""

import json
import random
from pathlib import Path

import pytest
from support.toy import toy_run, write_tasks

from fastdistill.errors import RunFolderError
from fastdistill.run.ops.diff import diff
from fastdistill.run.ops.verify import verify
from fastdistill.run.report.manifest import environment, self_digest

pytestmark = pytest.mark.anyio


@pytest.fixture
async def run(tmp_path: Path) -> Path:
    tasks = write_tasks(tmp_path / "t.jsonl", 12)
    await toy_run(tmp_path / "out", lambda call: "7", tasks=tasks)
    return tmp_path / "out"


async def test_an_untouched_run_is_unchanged_and_only_read(run: Path) -> None:
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    report = verify(run)
    assert report.problems == []
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before
    assert verify(run, expect=report.digest).problems == []
    assert verify(run, expect="0" * 64).problems


async def test_two_hundred_single_byte_edits_are_all_found(run: Path, anyio_backend: str) -> None:
    if anyio_backend == "trio":
        pytest.skip("nothing here is async but the run")
    dice = random.Random(3)
    files = sorted(path for path in run.iterdir() if path.name != ".lock")
    for _ in range(200):
        path = dice.choice(files)
        whole = path.read_bytes()
        place = dice.randrange(len(whole))
        path.write_bytes(
            whole[:place] + bytes([whole[place] ^ (1 << dice.randrange(8))]) + whole[place + 1 :]
        )
        try:
            problems = verify(run).problems
        except RunFolderError as error:
            problems = [str(error)]
        path.write_bytes(whole)
        assert any(path.name in problem for problem in problems), (path.name, place, problems)


async def test_a_manifest_that_is_forged_out_of_shape_is_named(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    for key, value in (("plugins", [{}]), ("plugins", 3), ("environment", [1]), ("source", "x")):
        forged = {**manifest, key: value}
        (run / "manifest.json").write_text(json.dumps({**forged, "digest": self_digest(forged)}))
        problems = verify(run, source=run / "dataset.jsonl").problems
        assert any("manifest.json: is not as a run writes it" in line for line in problems), (key, problems)


async def test_missing_and_foreign_files_are_named(run: Path) -> None:
    (run / "dataset.jsonl").unlink()
    (run / "extra.txt").write_text("x")
    problems = verify(run).problems
    assert "dataset.jsonl: is missing" in problems
    assert "extra.txt: is not of this run" in problems


async def test_diff_names_flips_tasks_and_configuration(run: Path, tmp_path: Path) -> None:
    tasks = write_tasks(tmp_path / "u.jsonl", 10)
    await toy_run(tmp_path / "other", lambda call: "nine", "seed=5", tasks=tasks)
    found = diff(run, tmp_path / "other")
    assert {"path": "seed", "old": 0, "new": 5} in found["configuration"]
    assert found["tasks_gone"] == ["t10", "t11"]
    assert found["flip_counts"] == {"rejected to rejected": 9, "accepted to rejected": 1}
    assert found["rates"]["p_keep"]["new"]["count"] == 0


def test_the_environment_holds_what_the_plugins_of_the_run_declare() -> None:
    plain, sql = environment([]), environment(["fastdistill-sql", "unknown"])
    assert {"fastdistill", "anyio", "attrs", "cattrs", "click", "pluggy", "rich"} <= set(plain)
    assert {"fastdistill-sql", "apsw", "sqlglot"} <= set(sql) - set(plain)
