"""What this package offers: the `math` scenario and the gate that compares answers."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from attrs import frozen

from fastdistill import (
    ExecEvalSpec,
    Gate,
    ImportOptions,
    ImportReport,
    ImportSpec,
    ScenarioSpec,
    Services,
    hookimpl,
)
from fastdistill_math.options import SympyOptions
from fastdistill_math.scenario import MathOptions, MathScenario


@frozen
class _Importer:
    """An importer that is loaded when it is used."""

    name: str

    def __call__(self, source: Path, out: Path, options: ImportOptions) -> ImportReport:
        from fastdistill_math.importers import run

        return run(self.name, source, out, options)


@hookimpl
def fastdistill_scenarios() -> Iterable[ScenarioSpec[Any]]:
    """Mathematics with one final answer."""
    yield ScenarioSpec(
        name="math",
        summary="problems with one final answer, compared as mathematics",
        config=MathOptions,
        title="problem",
        build=MathScenario,
        gold="answer",
        form=lambda answer: f"\\boxed{{{answer}}}",
        worked=True,
        gates=("not-empty", "max-length", "sympy"),
        pack=lambda: Path(__file__).parent / "pack" / "tasks.jsonl",
        importers=(
            ImportSpec(name="gsm8k", summary="GSM8K as released (JSON Lines)", run=_Importer("gsm8k")),
            ImportSpec(
                name="math",
                summary="MATH as released: a folder of JSON files, or JSON Lines",
                run=_Importer("math"),
            ),
        ),
    )


def _open(options: SympyOptions, services: Services) -> AbstractAsyncContextManager[Gate]:
    from fastdistill_math.gate import open_gate

    return open_gate(options, services)


@hookimpl
def fastdistill_exec_evals() -> Iterable[ExecEvalSpec[Any]]:
    """Equality."""
    yield ExecEvalSpec(
        name="sympy",
        summary="compares the answer with the gold: exactly, by intervals, then symbolically",
        config=SympyOptions,
        open=_open,
    )
