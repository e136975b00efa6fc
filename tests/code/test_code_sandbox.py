"""Jobs through the seam: what comes back for what a candidate does, and that nothing stays behind."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdistill.clock import deadline
from fastdistill_code.jobs import (
    CallInput,
    Died,
    Job,
    Limits,
    Printed,
    Raised,
    Skipped,
    Slept,
    TimedOut,
    TooExpensive,
    Unencodable,
    Value,
)
from fastdistill_code.runner import Runner, open_sandbox
from fastdistill_code.sandbox.confine import uid_of
from fastdistill_code.wire import Iterated

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="the strong levels are Linux's"),
]
SHORT = Limits(cpu_seconds=0.3, wall_seconds=10, memory_bytes=128 << 20, output_bytes=100_000)


def job(source: str, *inputs: object, keep_going: bool = False, limits: Limits = SHORT) -> Job:
    calls = tuple(CallInput(args=(value,)) for value in inputs)
    return Job(source=source, entry_point="f", calls=calls, limits=limits, keep_going=keep_going)


@pytest.fixture
async def sandbox(anyio_backend: str) -> AsyncIterator[Runner]:
    async with open_sandbox(slots=1) as opened:
        yield opened


async def test_values_come_back_in_order_and_arguments_are_fresh(sandbox: Runner) -> None:
    shared = [1]
    report = await sandbox.run(job("def f(x):\n    x.append(len(x))\n    return x", shared, shared))
    assert report.results == (Value([1, 1]), Value([1, 1]))
    assert shared == [1]
    keyword = Job(
        source="def f(a, *, b=2): return a + b", entry_point="f", calls=(CallInput(kwargs={"a": 1}),)
    )
    assert (await sandbox.run(keyword)).results == (Value(3),)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "raise KeyError('k')",
            Raised("KeyError", "'k'", ("KeyError", "LookupError", "Exception", "BaseException", "object")),
        ),
        ("import sys; sys.exit(3)", Raised("SystemExit", "3", ("SystemExit", "BaseException", "object"))),
        ("while True: pass", TooExpensive("cpu")),
        ("return 'x' * 200_000", TooExpensive("size")),
        ("return bytearray(1 << 30)", TooExpensive("memory")),
        ("import os; os._exit(7)", Died("exit 7")),
        ("import ctypes; ctypes.string_at(0)", Died("signal 11")),
        ("import os; os.write(3, bytes(100))", Died("broke the protocol")),
        ("return type('Sub', (int,), {'__eq__': lambda a, b: True})(1)", Unencodable("Sub")),
        ("return type('Sub', (int,), {})(1)", Value(1)),
        ("return (n for n in ())", Value(Iterated("generator", []))),
        ("return open(0)", Unencodable("TextIOWrapper")),
    ],
)
async def test_each_end_of_a_call_has_its_own_result(sandbox: Runner, body: str, expected: object) -> None:
    report = await sandbox.run(job(f"def f(x):\n    {body}", 1))
    assert report.load is None
    assert report.results == (expected,)


async def test_our_deadline_is_no_budget_of_the_candidate(sandbox: Runner) -> None:
    limits = Limits(wall_seconds=0.5)
    report = await sandbox.run(job("def f(x):\n    import time; time.sleep(9)", 1, limits=limits))
    assert report.results == (Slept(0.5),)


async def test_after_a_death_calls_are_skipped_or_go_on(sandbox: Runner) -> None:
    source = "import os\ndef f(x):\n    if x == 0: os._exit(1)\n    return x"
    stopped = await sandbox.run(job(source, 1, 0, 2))
    assert stopped.results == (Value(1), Died("exit 1"), Skipped())
    gone_on = await sandbox.run(job(source, 1, 0, 2, 0, 3, keep_going=True))
    assert gone_on.results == (Value(1), Died("exit 1"), Value(2), Died("exit 1"), Value(3))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(x) return", "SyntaxError"),
        ("x = 1", "MissingEntryPoint"),
        ("f = 3", "MissingEntryPoint"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise SystemExit", "SystemExit"),
        ("import numpy_is_not_here", "ModuleNotFoundError"),
        ("x = '\\0" + "'", "SyntaxError"),
    ],
)
async def test_a_source_that_does_not_load_says_why(sandbox: Runner, source: str, name: str) -> None:
    source = source.replace("\\0", "\0")
    report = await sandbox.run(job(source, 1))
    assert isinstance(report.load, Raised)
    assert name in (report.load.type_name, *report.load.kinds) or report.load.type_name == "ValueError"
    assert report.results == ()


async def test_loading_is_budgeted(sandbox: Runner) -> None:
    assert (await sandbox.run(job("while True: pass", 1))).load == TooExpensive("cpu")


async def test_programs_read_and_print_and_their_end_is_told(sandbox: Runner) -> None:
    source = (
        "import sys\nn = int(input())\nprint(n + 1, end='')\nsys.stdout.write(sys.stdin.read())\nexit(n)"
    )
    report = await sandbox.run(Job(source=source, stdin=("2\nrest", "0\n"), limits=SHORT))
    assert report.results == (Printed("3rest", 2), Printed("1", 0))
    failing = await sandbox.run(Job(source="print(1)\n1/0", stdin=("",), limits=SHORT))
    assert isinstance(failing.results[0], Raised)
    endless = await sandbox.run(Job(source="while True: print('x' * 999)", stdin=("",), limits=SHORT))
    assert endless.results == (TooExpensive("output"),)
    sudden = await sandbox.run(
        Job(source="import os\nprint(5, flush=True)\nos._exit(0)", stdin=("",), limits=SHORT)
    )
    assert sudden.results == (Printed("5", 0),) or sudden.results == (Printed("5\n", 0),)


async def test_the_library_is_there_and_runs_alike_each_time(sandbox: Runner) -> None:
    source = """
import asyncio, random, sqlite3, threading, tempfile, xml.etree.ElementTree
def f(x):
    async def later(): return random.random(), hash("fixed"), list({"a", "b", "c"})
    seen = []
    thread = threading.Thread(target=seen.append, args=(asyncio.run(later()),))
    thread.start()
    thread.join()
    with tempfile.TemporaryFile() as file: file.write(b"x")
    return seen[0]
"""
    roomy = Limits()
    first, second = [await sandbox.run(job(source, 1, limits=roomy)) for _ in range(2)]
    assert isinstance(first.results[0], Value), first
    assert first.results == second.results


async def test_tests_that_cannot_be_lifted_run_beside_the_candidate(sandbox: Runner) -> None:
    source = "def f(x):\n    if x < 0: raise ValueError('negative')\n    return [x, x + 1]"
    good = "def check(candidate):\n    assert candidate(1) == [1, 2]\n"
    good += "    try: candidate(-1)\n    except ValueError: pass\n"
    assert (await sandbox.check(source, "f", good)).outcome == Value(None)
    bad = await sandbox.check(source, "f", "assert f(1) == [1, 3], 'off'")
    assert isinstance(bad.outcome, Raised)
    assert (bad.outcome.type_name, bad.outcome.message, bad.calls) == ("AssertionError", "off", 1)
    spoilt = await sandbox.check("import os\ndef f(x): os._exit(0)", "f", good)
    assert (spoilt.outcome, spoilt.fault) == (Skipped(), Died("exit 0"))
    lying = await sandbox.check(
        "def f(x): return type('Y', (), {'__eq__': lambda s, o: True})()", "f", good
    )
    assert lying.fault == Unencodable("Y")
    slow = await sandbox.check("def f(x):\n    while True: pass", "f", good, SHORT)
    assert slow.fault == TooExpensive("cpu")
    assert (await sandbox.check("def f(x) return", "f", good)).fault is not None


async def test_many_at_once_each_get_their_own_answer() -> None:
    answers: dict[int, object] = {}
    async with open_sandbox(slots=2) as sandbox, anyio.create_task_group() as group:

        async def one(number: int) -> None:
            answers[number] = (await sandbox.run(job(f"def f(x): return x * {number}", 2))).results

        for number in range(40):
            group.start_soon(one, number)
    assert answers == {number: (Value(2 * number),) for number in range(40)}


def _zygotes() -> list[int]:
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(pid) for path in children for pid in path.read_text().split()]


async def test_a_killed_zygote_is_replaced(sandbox: Runner) -> None:
    for pid in _zygotes():
        os.kill(pid, signal.SIGKILL)
    assert (await sandbox.run(job("def f(x): return x", 1))).results == (Value(1),)


async def test_cancelling_ends_what_runs(sandbox: Runner) -> None:
    with anyio.move_on_after(0.3):
        await sandbox.run(
            job("def f(x):\n    import time; time.sleep(60)", 1, limits=Limits(wall_seconds=60))
        )
    with anyio.fail_after(5):
        assert (await sandbox.run(job("def f(x): return x", 1))).results == (Value(1),)


async def test_three_hundred_runs_leave_nothing_behind() -> None:
    def held() -> tuple[int, set[str], list[int]]:
        folders = {path.name for path in Path("/tmp").glob("fd-sandbox-*")}
        return len(list(Path("/proc/self/fd").iterdir())), folders, _zygotes()

    async with open_sandbox(slots=1) as sandbox:
        await sandbox.run(job("def f(x): return x", 1))
        before = held()[0]
        for number in range(300):
            source = (
                "def f(x): return x",
                "open('a', 'w').write('x')\ndef f(x): return x",
                "import os\nos._exit(0)",
            )
            await sandbox.run(job(source[number % 3], 1))
        assert held()[0] == before
        inside = _zygotes()
        mine = [pid for pid in inside if b"zygote" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        for pid in mine:
            assert Path(f"/proc/{pid}/task/{pid}/children").read_text().split() == []
    assert not [pid for pid in mine if Path(f"/proc/{pid}").exists()]


async def test_the_zygote_knows_nothing_of_ours(sandbox: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    report = await sandbox.run(job("import os\ndef f(x): return sorted(os.environ)", 1))
    assert report.results == (Value(["LANG", "PYTHONHASHSEED", "PYTHONUTF8", "TMPDIR"]),)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_it_works_for_an_ordinary_user() -> None:
    program = """
import anyio, sys
from fastdistill_code.jobs import *
from fastdistill_code.runner import open_sandbox
async def main():
    async with open_sandbox(slots=1) as sandbox:
        source = "import os\\ndef f(x): return os.getpid() + x"
        job = Job(source=source, entry_point="f", calls=(CallInput(args=(1,)),))
        print(sandbox.level, (await sandbox.run(job)).results)
anyio.run(main)
"""
    if not all(os.access(p, os.X_OK) for p in sys.path if p) or Path(sys.base_prefix).is_relative_to(
        "/root"
    ):
        pytest.skip("the interpreter is in root's own folder, where no other user can run it")
    environment = {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [sys.executable, "-c", program]
    done = await anyio.run_process(command, user=65534, group=65534, extra_groups=[], env=environment)
    assert done.stdout.decode().split()[0] in ("full", "namespaces"), done.stderr


@given(
    st.tuples(st.integers(1, 2**22), st.integers(0, 10**6)),
    st.tuples(st.integers(1, 2**22), st.integers(0, 10**6)),
)
def test_two_zygotes_never_share_a_user(one: tuple[int, int], other: tuple[int, int]) -> None:
    if one[0] != other[0]:
        assert uid_of(*one) != uid_of(*other)
    assert 0x70000000 <= uid_of(*one) < 2**31


def test_neighbouring_zygotes_stay_apart_after_many_candidates() -> None:
    mine = {uid_of(100, turn) for turn in range(500)}
    assert mine.isdisjoint({uid_of(101, turn) for turn in range(500)})


async def test_threads_and_randomness_work_in_every_child(sandbox: Runner) -> None:
    source = """
import random, threading
def f(n):
    found, lock = [], threading.Lock()
    def work(i):
        with lock:
            found.append(i)
    threads = [threading.Thread(target=work, args=(i,)) for i in range(n)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return sorted(found), random.random(), threading.current_thread() is threading.main_thread()
"""
    said = []
    for _ in range(2):
        report = await sandbox.run(Job(source=source, entry_point="f", calls=(CallInput(args=(3,)),)))
        assert isinstance(report.results[0], Value), report
        said.append(report.results[0].value)
    assert said[0] == said[1]
    assert said[0][0] == [0, 1, 2]
    assert said[0][2] is True


async def test_a_program_that_sleeps_is_at_fault_and_holds_its_slot_for_one_limit(sandbox: Runner) -> None:
    limits = Limits(wall_seconds=0.5)
    asleep = "import time\ndef f(x): time.sleep(99)"
    started = anyio.current_time()
    report = await sandbox.run(job(asleep, 1, 2, limits=limits, keep_going=True))
    assert report.results == (Slept(0.5), Skipped())
    report = await sandbox.run(Job(source="import time; time.sleep(99)", stdin=("", ""), limits=limits))
    assert report.results == (Slept(0.5), Skipped())
    assert (await sandbox.run(job("import time\ntime.sleep(99)", 1, limits=limits))).load == Slept(0.5)
    slow = await sandbox.check("import time\ndef f(x): time.sleep(99)", "f", "assert f(1)", limits)
    assert slow.fault == Slept(0.5)
    assert anyio.current_time() - started < 10


async def test_sleeping_a_little_in_every_call_comes_to_the_same(sandbox: Runner) -> None:
    calls = tuple(range(40))
    report = await sandbox.run(
        job("import time\ndef f(x): time.sleep(0.3)", *calls, limits=Limits(wall_seconds=1.0))
    )
    assert Slept(1.0) in report.results
    assert report.results.index(Slept(1.0)) < 8


@pytest.fixture
def crowd() -> Iterator[None]:
    """Four processes a core that only spin."""
    spin = "import time\nend = time.monotonic() + 20\nwhile time.monotonic() < end: pass"
    others = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(4 * (os.cpu_count() or 1))]
    yield
    for other in others:
        other.kill()
        other.wait()


@pytest.mark.usefixtures("crowd")
async def test_what_a_program_waited_for_a_processor_is_not_its_fault(sandbox: Runner) -> None:
    source = "import time\ndef f(x):\n    while time.process_time() < x: pass\n    return x"
    report = await sandbox.run(job(source, 0.6, limits=Limits(cpu_seconds=5.0, wall_seconds=0.7)))
    assert isinstance(report.results[0], Value | TimedOut), report


async def test_all_values_of_a_job_are_bounded_together(sandbox: Runner) -> None:
    limits = Limits(cpu_seconds=5.0, output_bytes=4 << 20)
    source = "def f(x): return [(i,) for i in range(100_000)]"
    report = await sandbox.run(job(source, *range(6), limits=limits))
    assert isinstance(report.results[0], Value)
    assert report.results[-1] == TooExpensive("size")


@pytest.mark.parametrize(
    "body",
    [
        "return [{1}] * 100_000",
        "return {i * (2**61 - 1) for i in range(1500)}",
        "return list(range(500_000))",
        "import time; time.sleep(99)",
    ],
)
async def test_every_run_ends_within_a_second_of_its_cancellation(sandbox: Runner, body: str) -> None:
    with anyio.move_on_after(0.4):
        while True:
            await sandbox.run(job(f"def f(x):\n    {body}", *range(50), limits=Limits(wall_seconds=60)))
    cancelled = anyio.current_time()
    await sandbox.run(job("def f(x): return x", 1))
    assert anyio.current_time() - cancelled < 3  # one second on an unloaded machine


async def test_six_sleepers_cost_nobody_else_a_verdict(sandbox: Runner) -> None:
    """All of them share one slot; an honest run waits far longer than its gate's deadline, and passes."""
    results: list[object] = []
    asleep = job("import time\ndef f(x): time.sleep(99)", 1, limits=Limits(wall_seconds=0.6))

    async def honest(number: int) -> None:
        with deadline(3.0):
            results.append((await sandbox.run(job(f"def f(x): return x + {number}", 1))).results)

    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(sandbox.run, asleep)
        await anyio.sleep(0.1)
        for number in range(30):
            group.start_soon(honest, number)
    assert sorted(results, key=repr) == sorted([(Value(1 + n),) for n in range(30)], key=repr)
