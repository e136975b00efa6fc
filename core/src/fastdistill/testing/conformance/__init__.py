"""The contract as tests: a pytest class for each kind of plugin; `fd plugins check` makes the same checks.

`from fastdistill.testing.conformance import RuleConformance`, then a subclass that names the plugin:

    class TestPolite(RuleConformance):
        plugin, name = "fastdistill_polite.plugin", "polite"
        accepts, rejects = ["yes, please"], ["no"]
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastdistill.testing.conformance.suites import (
        ExporterConformance,
        GateConformance,
        JudgeConformance,
        ProviderConformance,
        ReporterConformance,
        RuleConformance,
        ScenarioConformance,
        SourceConformance,
    )

__all__ = [
    "ExporterConformance",
    "GateConformance",
    "JudgeConformance",
    "ProviderConformance",
    "ReporterConformance",
    "RuleConformance",
    "ScenarioConformance",
    "SourceConformance",
]


def __getattr__(name: str) -> Any:
    """Import pytest only when a class is asked for."""
    if name in __all__:
        return getattr(import_module("fastdistill.testing.conformance.suites"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
