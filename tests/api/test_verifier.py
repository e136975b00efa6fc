"""The verifier: one scenario's gates for a caller, from any thread, loop or process."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import psutil
import pytest

from fastdistill import (
    Candidate,
    Finding,
    Outcome,
    PluginError,
    Task,
    UsageError,
    Verifier,
    averifier,
    gate,
    passed,
    rejected,
    rule,
    verifier,
)

SUM = {"problem": "What is 6*7?", "answer": "42"}
ALGEBRA = {"problem": "Factor it.", "answer": "x^2-1"}


@pytest.fixture(scope="module")
def math() -> Iterator[Verifier]:
    with verifier("math", tasks_cached=0, verdicts_cached=0) as opened:
        yield opened


def test_three_outcomes_and_their_rewards(math: Verifier) -> None:
    right = math.verify(SUM, "It is \\boxed{42}.")
    wrong = math.verify(SUM, "It is \\boxed{43}.")
    assert (right.outcome, right.reward, right.reason, right.answer) == (Outcome.PASS, 1.0, None, "42")
    assert (wrong.outcome, wrong.reward, wrong.answer) == (Outcome.REJECT, 0.0, "43")
    assert wrong.reason == "wrong-answer"
    assert [one.gate for one in wrong.verdicts][-1] == "sympy"


def test_what_a_worker_decides(math: Verifier) -> None:
    assert math.verify(ALGEBRA, "\\boxed{(x-1)(x+1)}").reward == 1.0


def test_a_reply_without_an_answer_is_rejected_with_its_reason(math: Verifier) -> None:
    found = math.verify(SUM, "")
    assert (found.outcome, found.answer) == (Outcome.REJECT, None)
    assert found.reason == "empty"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"problem": "x"}, "no gold"),
        ({"answer": True}, "answer: true is not a string"),
        ({"awnser": "5"}, "did you mean 'answer'"),
        ({"problem": "x", "answer": "  "}, "empty answer"),
        ([1], "a task is a mapping"),
    ],
)
def test_a_row_that_is_no_task_is_a_usage_error(math: Verifier, row: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        math.verify(row, "5")


def test_a_reply_that_is_no_text_is_a_usage_error(math: Verifier) -> None:
    with pytest.raises(UsageError, match="a reply is text, not 5"):
        math.verify(SUM, 5)  # type: ignore[arg-type]


def test_columns_of_a_trainer_do_not_disturb(math: Verifier) -> None:
    assert math.verify({**SUM, "data_source": "mine", "ability": 3, "digits": None}, "42").reward == 1.0


def test_many_come_in_order_and_a_bad_item_costs_itself(math: Verifier) -> None:
    pairs: list[Any] = [({"answer": str(n)}, f"\\boxed{{{n + n % 2}}}") for n in range(100)]
    pairs[7] = ({"answer": "7"}, None)
    pairs[8] = ({}, "8")
    pairs[9] = 5
    found = list(math.verify_many(iter(pairs)))
    assert len(found) == 100
    for n, one in enumerate(found):
        if n in (7, 8, 9):
            assert (one.outcome, one.reward, one.reason) == (Outcome.ERROR, None, "bad-input")
        else:
            assert one.reward == (0.0 if n % 2 else 1.0)


def test_many_is_a_stream(math: Verifier) -> None:
    def endless() -> Iterator[Any]:
        while True:
            yield SUM, "42"

    found = math.verify_many(endless())
    assert [next(found).reward for _ in range(3)] == [1.0] * 3
    found.close()  # type: ignore[attr-defined]


def test_settings_are_those_of_a_run_file() -> None:
    with pytest.raises(
        UsageError, match=r"verifier\(\): 1 problem\n  gate_deadlin: unknown key.*gate_deadline"
    ):
        verifier("math", gate_deadlin=3)
    with pytest.raises(PluginError, match="there is no scenario 'maths'"):
        verifier("maths")
    with pytest.raises(UsageError, match="write a list"):
        verifier("math", gates="sympy")


def test_without_gold_the_other_gates_judge_where_that_is_asked_for() -> None:
    with verifier("math", accept_unmatched=True) as opened:
        assert opened.verify({"problem": "How many?"}, "\\boxed{3}").reward == 1.0


def test_a_closed_verifier_says_so(math: Verifier) -> None:
    one = verifier("math")
    one.close()
    with pytest.raises(RuntimeError, match="is closed"):
        one.verify(SUM, "42")


def test_functions_as_gates() -> None:
    @rule
    def short_answer(task: Task[Any], candidate: Candidate) -> Finding:
        return passed() if len(candidate.answer) < 5 else rejected("long", "too long for me")

    @gate
    async def even_answer(task: Task[Any], candidate: Candidate) -> Finding:
        await anyio.lowlevel.checkpoint()
        return passed() if int(candidate.answer) % 2 == 0 else rejected("odd")

    with verifier("math", extra_gates=[short_answer, even_answer]) as opened:
        gates = {one.gate: one for one in opened.verify(SUM, "42").verdicts}
        assert {"short-answer", "even-answer", "sympy"} <= set(gates)
        assert opened.verify({"answer": "123456"}, "123456").reason == "long"
        assert opened.verify({"answer": "43"}, "43").reason == "odd"
        origins = {chosen.name: chosen.offer.origin for chosen in opened.plan.gates}
        assert origins["even-answer"].distribution == "in-process"
        assert origins["even-answer"].version == even_answer.digest


def test_a_function_of_the_wrong_kind_is_told() -> None:
    async def awaited(task: Task[Any], candidate: Candidate) -> Finding:
        return passed()

    with pytest.raises(UsageError, match=r"use @fastdistill\.gate"):
        rule(awaited)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="neither the name of a gate nor a function"):
        verifier("math", gates=[awaited])


def test_a_function_that_raises_is_undecided() -> None:
    @rule
    def broken(task: Task[Any], candidate: Candidate) -> Finding:
        raise KeyError("nothing here")

    with verifier("math", extra_gates=[broken]) as opened:
        found = opened.verify(SUM, "42")
        assert (found.outcome, found.reward, found.reason) == (Outcome.ERROR, None, "plugin-fault")
        assert "broken" in found.detail


def test_threads_share_one_verifier(math: Verifier) -> None:
    wrong = list[Any]()

    def work(number: int) -> None:
        for n in range(20):
            found = math.verify({"answer": f"{number}*x+{n}"}, f"\\boxed{{{n}+x*{number}}}")
            if found.reward != 1.0:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_lost_worker_costs_at_most_the_item_that_it_held(math: Verifier) -> None:
    math.verify(ALGEBRA, "\\boxed{(x-1)(x+1)}")
    stop = threading.Event()

    def kill() -> None:
        while not stop.wait(0.05):
            for child in psutil.Process().children():
                if "worker" in " ".join(child.cmdline()):
                    child.kill()
                    return

    killer = threading.Thread(target=kill)
    killer.start()
    pairs = [({"answer": f"x^2+{n}"}, f"\\boxed{{{n}+x*x}}") for n in range(60)]
    found = list(math.verify_many(pairs))
    stop.set()
    killer.join()
    assert {one.reward for one in found} <= {1.0, None}


def test_remembered_verdicts_are_the_same_object() -> None:
    with verifier("math") as opened:
        first = opened.verify(SUM, "42")
        assert opened.verify(dict(SUM), "42") is first
        assert opened.verify(SUM, "43").reward == 0.0


async def test_awaited_under_both_backends(anyio_backend: str) -> None:
    async with averifier("math") as opened:
        assert (await opened.verify(SUM, "42")).reward == 1.0
        pairs = [({"answer": str(n)}, str(n)) for n in range(40)]
        assert [one.reward async for one in opened.verify_many(pairs)] == [1.0] * 40
        with pytest.raises(UsageError, match="no gold"):
            await opened.verify({}, "5")


async def test_a_sync_verifier_works_inside_a_running_loop(anyio_backend: str, math: Verifier) -> None:
    assert math.verify(SUM, "42").reward == 1.0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_child_opens_gates_of_its_own_and_leaves_those_of_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "forks.py"
    script.write_text(
        "import os, sys\n"
        "from fastdistill import verifier\n"
        "row = {'answer': 'x^2-1'}\n"
        "with verifier('math') as opened:\n"
        "    assert opened.verify(row, '\\\\boxed{(x-1)(x+1)}').reward == 1.0\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        assert opened.verify(row, '\\\\boxed{(x+1)(x-1)}').reward == 1.0\n"
        "        opened.close()\n"
        "        sys.exit(0)\n"
        "    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
        "    assert opened.verify(row, '\\\\boxed{-1+x^2}').reward == 1.0\n"
        "print('both')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", script], capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.returncode) == ("both\n", 0), done.stderr


def test_an_interrupt_leaves_the_verifier_usable(math: Verifier) -> None:
    @gate
    async def slow(task: Task[Any], candidate: Candidate) -> Finding:
        await anyio.sleep(0 if candidate.answer == "42" else 3600)
        return passed()

    with verifier("math", gates=[slow], accept_unmatched=True) as opened:
        opened.verify(SUM, "42")
        timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            opened.verify(SUM, "41")
        timer.join()
        assert opened.verify(SUM, "42").reward == 1.0


def test_nothing_is_left_behind() -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with verifier("math") as opened:
        opened.verify(ALGEBRA, "\\boxed{(x-1)(x+1)}")
    limit = time.monotonic() + 10
    while {child.pid for child in psutil.Process().children(recursive=True)} - before:
        assert time.monotonic() < limit, "processes were left"
        time.sleep(0.05)
    assert not [one for one in threading.enumerate() if one.name.startswith("fastdistill-verifier-x")]
