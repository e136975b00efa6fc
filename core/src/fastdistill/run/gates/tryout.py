"""Tries reader and gates on one task before anybody is paid: what returns the wrong type costs nothing."""

from typing import Any

from fastdistill.clock import deadline
from fastdistill.errors import BrokenPlugin, FastDistillError, PluginFault, RunHalted, boundary
from fastdistill.model.answer import Candidate, Choice, Completion
from fastdistill.model.task import Task
from fastdistill.run.gates.pipeline import GatePipeline, GateStep
from fastdistill.run.gates.returned import WrongReturn, awaitable, checked

CANNED = "42"
"""The reply where a scenario makes none of its own from the task's gold."""


async def try_gates(gates: GatePipeline, task: Task[Any]) -> None:
    """Take a reply that nobody gave through the reader and each gate; judges are left out, since they ask.

    What they say of it counts for nothing, and what they raise may be the reply's fault. Raises
    `BrokenPlugin` for one that returns something else than it promises.
    """
    try:
        gates.prompt(task, 1)
        await gates.prepare(task)
        candidate = _candidate(gates, task)
        for step in gates.steps:
            if step.kind != "judge":
                await _try(step, task, candidate, gates.deadline)
    except PluginFault as error:
        _stop_if_wrong(error)
    except (RunHalted, BrokenPlugin):
        raise
    except FastDistillError:
        return  # a broken task, which says so when its turn comes


def _candidate(gates: GatePipeline, task: Task[Any]) -> Candidate:
    with boundary(gates.owner, "mutants"):
        made = (one.text for one in gates.scenario.mutants(task) if one.expect == "accept")
        text = next(iter(made), CANNED)
    reply = Completion(choices=(Choice(text=text, finish="stop"),), model="")
    reading = gates.read(task, reply)
    return Candidate(answer=reading.answer or text, text=text, finish="stop", reading=reading)


async def _try(step: GateStep, task: Task[Any], candidate: Candidate, seconds: float) -> None:
    try:
        with deadline(seconds), boundary(step.owner, step.name):
            if step.rule is not None:
                checked(step.rule(task, candidate), step.rule)
            elif step.gate is not None:
                checked(await awaitable(step.gate(task, candidate), step.gate), step.gate)
    except RunHalted:
        raise
    except PluginFault as error:
        _stop_if_wrong(error)
    except (FastDistillError, TimeoutError):
        return


def _stop_if_wrong(error: PluginFault) -> None:
    if isinstance(error.__cause__, WrongReturn):
        raise BrokenPlugin(
            f"{error}. Nobody was asked: repair it and run the same command again"
        ) from error
