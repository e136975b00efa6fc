"""What this package offers: the scenarios `code` and `javascript`, rules, and gates that run programs."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill import (
    DoctorCheck,
    ExecEvalSpec,
    Gate,
    ImportOptions,
    ImportReport,
    ImportSpec,
    NoOptions,
    Rule,
    RuleSpec,
    Scenario,
    ScenarioSpec,
    Services,
    hookimpl,
)
from fastdistill_code import rules
from fastdistill_code.javascript.options import NodeOptions
from fastdistill_code.options import PythonOptions
from fastdistill_code.prompt import CodeOptions
from fastdistill_code.scenario import CodeScenario

GATES = (
    "not-empty",
    "code-size",
    "code-parses",
    "code-entry-point",
    "code-imports",
    "code-no-io",
    "python",
)


_RELEASES = (
    ("humaneval", "HumanEval"),
    ("mbpp", "MBPP, sanitized or full"),
    ("evalplus", "HumanEval+ and MBPP+"),
    ("livecodebench", "LiveCodeBench's code generation"),
    ("apps", "APPS"),
    ("taco", "TACO"),
    ("code-contests", "CodeContests"),
)


@frozen
class _Importer:
    """An importer that is loaded when it is used."""

    name: str

    def __call__(self, source: Path, out: Path, options: ImportOptions) -> ImportReport:
        from fastdistill_code.importers.released import run

        return run(self.name, source, out, options)


def _doctor() -> Iterable[DoctorCheck]:
    from fastdistill_code.doctor import checks

    return checks()


def _node_doctor() -> Iterable[DoctorCheck]:
    from fastdistill_code.doctor import node_checks

    return node_checks()


def _javascript(options: NoOptions) -> Scenario[Any]:
    from fastdistill_code.javascript.scenario import JavaScriptScenario

    return JavaScriptScenario(options)


@hookimpl
def fastdistill_scenarios() -> Iterable[ScenarioSpec[Any]]:
    """Functions and programs in Python and in JavaScript."""
    yield ScenarioSpec(
        name="code",
        summary="programming problems, answered by a Python function or program",
        config=CodeOptions,
        title="prompt",
        build=CodeScenario,
        gold="tests",
        form=lambda answer: f"```python\n{answer}\n```",
        gates=GATES,
        pack=lambda: Path(__file__).parent / "pack" / "tasks.jsonl",
        importers=tuple(
            ImportSpec(name=name, summary=f"{title}, as released", run=_Importer(name))
            for name, title in _RELEASES
        ),
        doctor=_doctor,
    )
    yield ScenarioSpec(
        name="javascript",
        summary="programming problems, answered by a JavaScript function or program",
        config=NoOptions,
        title="prompt",
        build=_javascript,
        gold="tests",
        form=lambda answer: f"```javascript\n{answer}\n```",
        gates=("not-empty", "node"),
        doctor=_node_doctor,
    )


def _always(rule: Rule) -> Callable[[NoOptions], Rule]:
    return lambda options: rule


@hookimpl
def fastdistill_rules() -> Iterable[RuleSpec[Any]]:
    """Checks that need no run of the program."""
    for name, summary, rule in (
        ("code-parses", "rejects what is not Python", rules.parses),
        (
            "code-entry-point",
            "rejects an answer that does not define the task's function",
            rules.entry_point,
        ),
        ("code-no-io", "rejects a module that reads or prints when it is imported", rules.no_io),
    ):
        yield RuleSpec(name=name, summary=summary, config=NoOptions, build=_always(rule))
    yield RuleSpec(
        name="code-imports",
        summary="rejects imports beyond a list of allowed modules",
        config=rules.ImportOptions,
        build=rules.AllowedImports,
    )
    yield RuleSpec(
        name="code-size",
        summary="rejects programs that are too large",
        config=rules.SizeOptions,
        build=rules.Size,
    )


def _open(options: PythonOptions, services: Services) -> AbstractAsyncContextManager[Gate]:
    from fastdistill_code.gate import open_gate

    return open_gate(options, services)


def _open_node(options: NodeOptions, services: Services) -> AbstractAsyncContextManager[Gate]:
    from fastdistill_code.javascript.gate import open_gate

    return open_gate(options, services)


@hookimpl
def fastdistill_exec_evals() -> Iterable[ExecEvalSpec[Any]]:
    """Running the program."""
    yield ExecEvalSpec(
        name="python",
        summary="runs the program in a sandbox and compares what it returns",
        config=PythonOptions,
        open=_open,
    )
    yield ExecEvalSpec(
        name="node",
        summary="runs JavaScript in the same sandbox, through Node",
        config=NodeOptions,
        open=_open_node,
    )
