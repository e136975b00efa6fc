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

BACKENDS = ("asyncio", "trio")


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

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test for every check of the kind, on both backends where it is async."""
        if "check" not in metafunc.fixturenames:
            return
        cases = [
            pytest.param(check, backend, id=f"{check.name}-{backend}" if check.is_async else check.name)
            for check in CHECKS[self.kind]
            for backend in (BACKENDS if check.is_async else BACKENDS[:1])
        ]
        metafunc.parametrize(("check", "backend"), cases)

    def test_it_keeps_its_promise(self, check: Check, backend: str) -> None:
        """Make one check."""
        self.check(check, backend)


class RuleConformance(Conformance):
    """Every promise of rules."""

    kind = "rules"


class GateConformance(Conformance):
    """Every promise of exec-evals."""

    kind = "exec_evals"


class JudgeConformance(Conformance):
    """Every promise of judges."""

    kind = "judges"


class ProviderConformance(Conformance):
    """Every promise of providers."""

    kind = "providers"


class ScenarioConformance(Conformance):
    """Every promise of scenarios."""

    kind = "scenarios"


class ReporterConformance(Conformance):
    """Every promise of reporters."""

    kind = "reporters"


class ExporterConformance(Conformance):
    """Every promise of exporters."""

    kind = "exporters"


class SourceConformance(Conformance):
    """Every promise of sources."""

    kind = "sources"
