"""A judged run with a real model as teacher and judge: the embedded one, where its weights are present."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.llama_server import weights
from support.toy import rows

FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]
RUN = """
scenario = "math"
limit = 4
audit = 0
cache = false
calibrate = 2
extra_gates = ["judge"]

[[teacher]]
provider = "llamacpp"
model = "qwen2.5-coder-0.5b"

[[helper]]
name = "judge"
provider = "llamacpp"
model = "qwen2.5-coder-0.5b"

[judges.judge]
rubric = "correctness"
threshold = 0.5
"""


@pytest.mark.slow
def test_a_real_judge_is_read_measured_and_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FD_EMBEDDED_GGUF", str(weights()))
    pytest.importorskip("xllamacpp")
    (tmp_path / "run.toml").write_text(RUN, encoding="utf-8")
    done = subprocess.run(
        [*FD, "run", "run.toml", "--out", "out"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    quality = json.loads((tmp_path / "out" / "quality_report.json").read_text())
    (judge,) = (gate for gate in quality["gates"] if gate["gate"] == "judge")
    assert judge["judged"] >= 1
    assert judge["errors"] == 0
    assert quality["judge_calibration"]["total"] == 4
    for row in rows(tmp_path / "out" / "dataset.jsonl"):
        assert row["verdicts"][-1]["gate"] == "judge"
    replayed = subprocess.run([*FD, "replay", "out"], cwd=tmp_path, capture_output=True, text=True)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
