"""The embedded teacher with real weights, where they are: answers, usage, stopping."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastdistill_llamacpp.catalog import Catalog, overridden
from fastdistill_llamacpp.generation import Generation
from fastdistill_llamacpp.models import known
from fastdistill_llamacpp.options import LlamaCpp
from fastdistill_llamacpp.provider import LlamaProvider, open_provider

from fastdistill import BadReply, BadRequest, Call, Constraint, ContextTooLong, Message, Prompt, Sampling
from fastdistill.run.ledger.connection import reading
from fastdistill.testing import lend

SMALL = "qwen2.5-coder-0.5b"


def have_weights() -> bool:
    return overridden() is not None or Catalog().path(known()[SMALL]).is_file()


weights = pytest.mark.skipif(not have_weights(), reason="no weights: `fd models pull qwen2.5-coder-0.5b`")


def call(text: str, constraint: Constraint | None = None, **sampling: Any) -> Call:
    settings = {"temperature": 0.0, "max_tokens": 8, "seed": 1, **sampling}
    prompt = Prompt(messages=(Message(role="user", content=text),), template="t", constraint=constraint)
    return Call(
        request_id="r",
        sample_id="s",
        attempt=1,
        purpose="teacher",
        prompt=prompt,
        sampling=Sampling(**settings),
    )


@asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[LlamaProvider]:
    async with (
        lend() as services,
        open_provider(LlamaCpp(**{"slots": 2, "context": 1024, **options}), services) as provider,
    ):
        yield provider


@weights
@pytest.mark.slow
@pytest.mark.anyio
async def test_it_answers_counts_and_repeats() -> None:
    async with opened(deterministic=True) as provider:
        assert provider.max_in_flight == 1
        one = await provider.complete(call("Say hello."))
        two = await provider.complete(call("Say hello."))
    assert one.text == two.text != ""
    assert one.choices[0].finish == "length"
    assert one.usage is not None
    assert one.usage.completion_tokens == 8
    assert (one.usage.prompt_tokens or 0) > 8


@weights
@pytest.mark.slow
@pytest.mark.anyio
async def test_several_choices_constraints_and_errors() -> None:
    async with opened() as provider:
        both = await provider.complete(call("Say a word.", n=2, temperature=0.8))
        assert len(both.choices) == 2
        assert both.usage is not None
        assert both.usage.completion_tokens is not None
        held = await provider.complete(call("?", Constraint(kind="gbnf", value='root ::= "yes"')))
        assert held.text == "yes"
        with pytest.raises(ContextTooLong):
            await provider.complete(call("hi " * 5000))
        with pytest.raises(BadRequest, match="grammar"):
            await provider.complete(call("?", Constraint(kind="gbnf", value="root ::= (")))


@weights
@pytest.mark.slow
@pytest.mark.anyio
async def test_a_cancelled_generation_stops_and_the_model_goes_on() -> None:
    async with opened() as provider:
        with anyio.move_on_after(1.0):
            await provider.complete(call("Count from 1 to 1000.", max_tokens=900))
        with anyio.fail_after(5):
            while provider.running:  # noqa: ASYNC110  threads end without an event
                await anyio.sleep(0.01)
        assert (await provider.complete(call("Say hello."))).text


STOPPABLE = """
scenario = "math"
audit = 0
cache = false
[providers.llamacpp]
slots = 2
[[teacher]]
provider = "llamacpp"
model = "qwen2.5-coder-0.5b"
max_tokens = {tokens}
extra = {{ ignore_eos = true }}
"""
ENDLESS, SHORT = 3000, 4
STOPPING = 12.0
"""Seconds of processor time: a step of the model, reports, the end of the process. An endless answer takes
ten times as much."""
HANG = 600.0
"""Seconds after which a process is taken to hang, on however busy a machine."""


def cpu_of(pid: int) -> float:
    """Return the seconds of processor time that a process has had; 0 where the system does not say."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def answers(folder: Path) -> int:
    if not (folder / "ledger.sqlite").exists():
        return 0
    with reading(folder) as ledger:
        return int(ledger.execute("SELECT COUNT(*) FROM completions").fetchone()[0])


@weights
@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_a_run_with_the_embedded_teacher(times: int, tmp_path: Path) -> None:
    program = "from fastdistill.cli.main import main; main()"
    command = [sys.executable, "-c", program, "run", "run.toml", "--out", "out"]
    run_file = STOPPABLE.format(tokens=ENDLESS if times == 2 else SHORT)
    (tmp_path / "run.toml").write_text(run_file, encoding="utf-8")
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    ) as run:
        ledger = tmp_path / "out" / "ledger.sqlite"
        deadline = time.monotonic() + HANG
        while not ledger.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(4)
        for _ in range(times):
            run.send_signal(signal.SIGINT)
            time.sleep(0.5)
        before, used = cpu_of(run.pid), os.times()
        out, err = run.communicate(timeout=HANG)
        spent = os.times().children_user + os.times().children_system
        spent -= used.children_user + used.children_system + before
    assert run.returncode == 130, err
    assert "--out out" in out + err, "the command to resume"
    assert "Traceback" not in err
    if times == 2:
        assert answers(tmp_path / "out") == 0, "the second Ctrl-C does not wait for answers"
        assert spent < STOPPING or not before, "and no answer is written to its end"


def chunk(index: int, text: str | None = None, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": {"content": text}, "finish_reason": finish}]}


def test_chunks_become_choices_and_usage_is_summed() -> None:
    generation = Generation()
    for one in (
        chunk(1),
        chunk(1, "b"),
        chunk(0, "a"),
        chunk(1, "c", "stop"),
        {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}},
        chunk(0, None, "length"),
        {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1}},
    ):
        assert generation(one) is False
    got = generation.completion("m", 1.0)
    assert [(one.text, one.finish) for one in got.choices] == [("a", "length"), ("bc", "stop")]
    assert got.usage is not None
    assert (got.usage.prompt_tokens, got.usage.completion_tokens) == (5, 3)


def test_what_is_no_chunk_stops_the_generation() -> None:
    generation = Generation()
    assert generation("boo") is True
    with pytest.raises(BadRequest, match="boo"):
        generation.completion("m", 1.0)
    with pytest.raises(BadReply, match="no choice"):
        Generation().completion("m", 1.0)
