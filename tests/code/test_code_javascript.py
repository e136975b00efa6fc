"""JavaScript through the same seam: the runner's jobs, results, limits and confinement."""

import importlib.util
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fastdistill import Candidate, Choice, Completion, SetupError, TaskError
from fastdistill.testing import lend
from fastdistill_code.javascript.gate import open_gate
from fastdistill_code.javascript.node import node, open_node
from fastdistill_code.javascript.options import NodeOptions
from fastdistill_code.javascript.scenario import JavaScriptScenario, make_task
from fastdistill_code.jobs import (
    CallInput,
    Died,
    Job,
    Limits,
    Printed,
    Raised,
    Slept,
    TooExpensive,
    Unencodable,
    Value,
)
from fastdistill_code.rows import CodeRow
from fastdistill_code.runner import Runner

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="the strong levels are Linux's"),
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node here"),
]
LIMITS = Limits(cpu_seconds=2.0, wall_seconds=20)


@pytest.fixture
async def sandbox(anyio_backend: str) -> AsyncIterator[Runner]:
    async with open_node(slots=1) as opened:
        yield opened


def job(source: str, *inputs: object, limits: Limits = LIMITS) -> Job:
    calls = tuple(CallInput(args=(value,)) for value in inputs)
    return Job(source=source, entry_point="f", calls=calls, limits=limits)


@pytest.mark.parametrize(
    "source",
    [
        "function f(x) { return x }",
        "const f = (x) => x",
        "module.exports = { f: (x) => x }",
        "exports.f = function (x) { return x }",
    ],
)
async def test_values_cross_both_ways(sandbox: Runner, source: str) -> None:
    values = (1, -129, 2.5, "é", True, None, [1, "a", [2]], {"a": {"b": [1]}}, 2**70, list(range(20)))
    report = await sandbox.run(job(source, *values))
    assert report.results == tuple(Value(value) for value in values)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("throw new TypeError('no')", Raised("TypeError", "no", ("TypeError", "Error"))),
        ("while (true) {}", TooExpensive("cpu")),
        ("return 'x'.repeat(5e6)", TooExpensive("size")),
        ("process.exit(3)", Died("exit 3")),
        ("return Symbol('s')", Unencodable("Symbol")),
        ("return new Date()", Unencodable("Date")),
        ("return new Set([1])", Value({1})),
        ("return new Map([[1, 2]])", Value({1: 2})),
    ],
)
async def test_each_end_of_a_call_has_its_own_result(sandbox: Runner, body: str, expected: object) -> None:
    assert (await sandbox.run(job(f"function f(x) {{ {body} }}", 1))).results == (expected,)


async def test_what_does_not_load_says_why(sandbox: Runner) -> None:
    for source, name in (("function f(", "SyntaxError"), ("const g = 1", "MissingEntryPoint")):
        load = (await sandbox.run(job(source, 1))).load
        assert isinstance(load, Raised)
        assert load.type_name == name


async def test_programs_read_and_print(sandbox: Runner) -> None:
    at_once = "const t = require('fs').readFileSync(0, 'utf8'); console.log(Number(t) + 1)"
    later = "let t = ''; process.stdin.on('data', (d) => t += d).on('end', () => console.log(t.length))"
    for source, printed in ((at_once, "42\n"), (later, "2\n")):
        report = await sandbox.run(Job(source=source, stdin=("41",), limits=LIMITS))
        assert report.results == (Printed(printed),)
    failing = await sandbox.run(Job(source="console.log(1); null.x", stdin=("",), limits=LIMITS))
    assert isinstance(failing.results[0], Raised)


async def test_a_program_that_waits_is_at_fault(sandbox: Runner) -> None:
    source = "setTimeout(() => {}, 99000)"
    limits = Limits(cpu_seconds=2.0, wall_seconds=1.0)
    assert (await sandbox.run(Job(source=source, stdin=("",), limits=limits))).results == (Slept(1.0),)


_PATH = Path(__file__).parent / "attacks" / "probes.py"
_SPEC = importlib.util.spec_from_file_location("code_attack_probes", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
probes = importlib.util.module_from_spec(_SPEC)
sys.modules.setdefault("code_attack_probes", probes)
_SPEC.loader.exec_module(probes)

ATTACKS = {
    "write": "require('fs').writeFileSync('@OUTSIDE@/canary', 'x')",
    "read": "return require('fs').readFileSync('@OUTSIDE@/secret', 'utf8')",
    "command": "require('child_process').execSync('touch @OUTSIDE@/new')",
    "spawn": "require('child_process').spawnSync('/bin/sh', ['-c', 'echo > @OUTSIDE@/new'])",
    "connect": "require('net').connect(@PORT@, '127.0.0.1'); require('fs').readSync(3, Buffer.alloc(1))",
    "kill": "process.kill(@VICTIM@, 9)",
    "environment": "return require('fs').readFileSync('/proc/@PARENT@/environ', 'utf8')",
    "native": "process.dlopen({exports: {}}, '@OUTSIDE@/canary')",
}


@pytest.mark.parametrize("level", ["full", "confined"])
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_the_confinement_is_the_same(level: str) -> None:
    achieved = {}
    with probes.open_world() as world:
        async with open_node(level=level, slots=1) as sandbox:
            for name, body in ATTACKS.items():
                source = world.fill(f"function f(x) {{ {body} }}")
                said = await sandbox.run(job(source, 1, limits=Limits(cpu_seconds=2.0, wall_seconds=2.0)))
                if found := world.damage(repr(said)):
                    achieved[name] = found
            assert (await sandbox.run(job("const f = (x) => x + 1", 1))).results == (Value(2),)
    assert achieved == {}


def test_a_missing_interpreter_is_said_plainly() -> None:
    with pytest.raises(SetupError, match="Node"):
        node("/bin/false")


ADD: dict[str, Any] = {
    "task_id": "add",
    "prompt": "Write add(a, b): the sum of two numbers.",
    "entry_point": "add",
    "tests": {"kind": "calls", "cases": [{"args": [1, 2], "value": 3}, {"args": [0.5, 1], "value": 1.5}]},
    "gold": "const add = (a, b) => a + b",
}
ECHO: dict[str, Any] = {
    "task_id": "double",
    "prompt": "Print the double of the number that is read.",
    "tests": {"kind": "io", "cases": [{"stdin": "4\n", "stdout": "8\n"}, {"stdin": "-1", "stdout": "-2"}]},
}
REPLIES: list[tuple[dict[str, Any], str, str | None, str | None]] = [
    (ADD, "Here:\n```javascript\nfunction add(a, b) { return a + b }\n```\nDone.", "pass", None),
    (ADD, "```js\nconst add = (a, b) => b - -a;\n```", "pass", None),
    (ADD, "const add = (a, b) => a + b", "pass", None),
    (ADD, "```javascript\nfunction add(a, b) { return a - b }\n```", "reject", "wrong-value"),
    (ADD, "```javascript\nfunction add(a, b) { return `${a + b}` }\n```", "reject", "wrong-value"),
    (ADD, "```javascript\nfunction add(a, b) { throw new Error('no') }\n```", "reject", "raised"),
    (ADD, "```javascript\nfunction add(a, b) { while (true) {} }\n```", "reject", "too-expensive"),
    (ADD, "```javascript\nfunction plus(a, b) { return a + b }\n```", "reject", "missing-entry-point"),
    (ADD, "```javascript\nfunction add(a, b { return a + b }\n```", "reject", "load-failed"),
    (ADD, "I cannot.", None, "no-code"),
    (ECHO, "```js\nconsole.log(2 * Number(require('fs').readFileSync(0, 'utf8')))\n```", "pass", None),
    (ECHO, "```js\nconsole.log(8)\n```", "reject", "wrong-value"),
]


@pytest.mark.parametrize(("row", "reply", "outcome", "reason"), REPLIES)
async def test_the_scenario_and_its_gate(
    row: dict[str, Any], reply: str, outcome: str | None, reason: str | None
) -> None:
    task = make_task(CodeRow(**row))
    completion = Completion(choices=(Choice(text=reply, finish="stop"),), model="m")
    reading = JavaScriptScenario().read(task, completion)
    if reading.answer is None:
        assert (outcome, reason) == (None, reading.reason)
        return
    candidate = Candidate(answer=reading.answer, text=reply, reading=reading)
    options = NodeOptions(cpu_seconds=1.0, parallel=1)
    async with lend() as services, open_gate(options, services) as gate:
        found = await gate(task, candidate)
    assert (found.outcome.value, found.reason) == (outcome, reason)


async def test_a_gold_that_fails_is_the_tasks_fault() -> None:
    task = make_task(CodeRow(**(ADD | {"gold": "const add = (a, b) => a * b"})))
    async with lend() as services, open_gate(NodeOptions(parallel=1), services) as gate:
        with pytest.raises(TaskError, match="gold"):
            await gate.prepare(task)


async def test_tests_that_are_python_are_refused_when_they_are_loaded() -> None:
    with pytest.raises(ValueError, match="JavaScript takes"):
        make_task(CodeRow(**(ADD | {"tests": {"kind": "asserts", "source": "assert add(1, 2) == 3"}})))
