"""The hooks. Each takes nothing, is called once a run, and yields frozen records.

A plugin is a module with functions of these names under `@hookimpl`, named by an entry point of the
group `fastdistill`.
"""

from collections.abc import Iterable
from typing import Any

import pluggy

from fastdistill.specs import (
    ExecEvalSpec,
    ExporterSpec,
    JudgeSpec,
    ProviderSpec,
    ReporterSpec,
    RuleSpec,
    ScenarioSpec,
    SourceSpec,
)

PROJECT = "fastdistill"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def fastdistill_scenarios() -> Iterable[ScenarioSpec[Any]]:  # type: ignore[empty-body]
    """Kinds of task: how to load, ask and read them."""


@hookspec
def fastdistill_providers() -> Iterable[ProviderSpec[Any]]:  # type: ignore[empty-body]
    """Ways to reach a model."""


@hookspec
def fastdistill_rules() -> Iterable[RuleSpec[Any]]:  # type: ignore[empty-body]
    """Cheap, pure checks of an answer's text."""


@hookspec
def fastdistill_exec_evals() -> Iterable[ExecEvalSpec[Any]]:  # type: ignore[empty-body]
    """Gates that run an answer and compare what it does."""


@hookspec
def fastdistill_judges() -> Iterable[JudgeSpec[Any]]:  # type: ignore[empty-body]
    """Gates that ask a model's opinion."""


@hookspec
def fastdistill_reporters() -> Iterable[ReporterSpec[Any]]:  # type: ignore[empty-body]
    """Watchers of a run."""


@hookspec
def fastdistill_exporters() -> Iterable[ExporterSpec[Any]]:  # type: ignore[empty-body]
    """Forms of dataset: rows for one trainer."""


@hookspec
def fastdistill_sources() -> Iterable[SourceSpec[Any]]:  # type: ignore[empty-body]
    """Kinds of task source beside JSON Lines: files, tables, hubs."""
