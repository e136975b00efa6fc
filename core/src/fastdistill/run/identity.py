"""What makes two sessions the same run."""

from typing import Any

from fastdistill.host import KINDS
from fastdistill.run.plan import Plan
from fastdistill.serde import unstructure
from fastdistill.settings import GiveUp, Repair, Select

# What may differ between two sessions of one run: how fast and how far, never what is asked or judged.
OPERATIONAL = (
    "out", "limit", "cache", "backlog", "audit", "calibrate", "budget", "pilot", "reporters",
    "gate_deadline", "tasks", "base", "map", "dataset",
)  # fmt: skip
OPERATIONAL_TEACHER = (
    "max_in_flight", "requests_per_minute", "tokens_per_minute", "deadline", "retries", "price", "mode",
    "base_urls", "batch_size", "batch_interval", "budget_tokens", "budget_usd",
)  # fmt: skip


LATER: dict[str, Any] = {
    "purpose": "teacher",
    "shots": None,
    "repair": unstructure(Repair()),
    "select": unstructure(Select()),
    "give_up": unstructure(GiveUp()),
}
"""Keys that earlier versions did not have: at these values they are no part of a run's identity."""


def identity(plan: Plan) -> dict[str, Any]:
    """What makes two sessions the same run: the configuration without its operational part."""
    data: dict[str, Any] = unstructure(plan.config)
    for key in OPERATIONAL:
        data.pop(key, None)
    for key, default in LATER.items():
        if data.get(key) == default:
            del data[key]
    for one in (*data["teacher"], *data["helper"]):
        for key in OPERATIONAL_TEACHER:
            one.pop(key, None)
    data["gates"] = [gate.name for gate in plan.gates]
    data["plugins"] = {chosen.name: unstructure(chosen.options) for chosen in (plan.scenario, *plan.gates)}
    for kind in KINDS:
        data.pop(kind, None)
    return data
