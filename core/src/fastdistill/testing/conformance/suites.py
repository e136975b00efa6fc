"""One pytest class a kind: subclass it, say which plugin is meant, and every promise is a test."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import pytest

from fastdistill.errors import FastDistillError
from fastdistill.host import Kind, PluginHost
from fastdistill.testing.conformance.check import Check, NotApplicable, Subject, run
from fastdistill.testing.conformance.kinds import CHECKS, options_for


class Conformance:
    """What the classes below share."""

    kind: ClassVar[Kind]
    plugin: ClassVar[Any]
    """The plugin's module, its dotted name, or an object with hooks."""
    name: ClassVar[str]
    """What a run file calls it."""
    options: ClassVar[Mapping[str, Any]] = {}
    """Its table, as in a run file."""
    scenario: ClassVar[str | None] = None
    tasks: ClassVar[Path | None] = None
    accepts: ClassVar[Sequence[str]] = ()
    rejects: ClassVar[Sequence[str]] = ()
    sample: ClassVar[Path | None] = None
    """The last five are as `Subject` has them."""

    def subject(self) -> Subject:
        """The plugin beside everything that is installed."""
        plugin = import_module(self.plugin) if isinstance(self.plugin, str) else self.plugin
        mine = PluginHost()
        mine.register(plugin, self.name)
        assert mine.failures == []  # noqa: S101  a test
        host = PluginHost().discover()
        if self.name not in {offer.spec.name for offer in host.offers(self.kind)}:
            host.register(plugin, self.name)
        offer = host.get(self.kind, self.name)
        return Subject(
            offer=offer,
            host=host,
            options={**options_for(offer), **self.options},
            scenario=self.scenario,
            tasks=self.tasks,
            accepts=tuple(self.accepts),
            rejects=tuple(self.rejects),
            sample=self.sample,
        )

    def check(self, check: Check, backend: str) -> None:
        """Make one check: it passes, fails with what was found, or is skipped with the reason."""
        try:
            run(check, self.subject(), backend)
        except FastDistillError as error:
            if isinstance(error.__cause__, NotApplicable):
                pytest.skip(str(error.__cause__))
            if isinstance(error.__cause__, AssertionError):
                raise error.__cause__ from None
            raise


BACKENDS = ("asyncio", "trio")


def _suite(kind: Kind, name: str) -> type[Conformance]:
    """Return the class of a kind: one test for every check, on both backends where it is async."""
    cases = [
        pytest.param(check, backend, id=check.name if backend == "asyncio" else f"{check.name}-{backend}")
        for check in CHECKS[kind]
        for backend in BACKENDS
        if backend == "asyncio" or check.is_async
    ]

    @pytest.mark.parametrize(("check", "backend"), cases)
    def test_it_keeps_its_promise(self: Conformance, check: Check, backend: str) -> None:
        self.check(check, backend)

    body = {"kind": kind, "__doc__": f"Every promise of {kind}.", "__module__": __name__}
    return type(name, (Conformance,), {**body, "test_it_keeps_its_promise": test_it_keeps_its_promise})


RuleConformance = _suite("rules", "RuleConformance")
GateConformance = _suite("exec_evals", "GateConformance")
JudgeConformance = _suite("judges", "JudgeConformance")
ProviderConformance = _suite("providers", "ProviderConformance")
ScenarioConformance = _suite("scenarios", "ScenarioConformance")
ReporterConformance = _suite("reporters", "ReporterConformance")
ExporterConformance = _suite("exporters", "ExporterConformance")
SourceConformance = _suite("sources", "SourceConformance")
