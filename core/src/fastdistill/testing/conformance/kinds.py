"""Which checks are made of which kind, and of every plugin of a host."""

from collections.abc import Iterator

from attrs import frozen

from fastdistill.host import Kind, Offer, PluginHost
from fastdistill.testing.conformance.check import Check, Result, Subject, result_of
from fastdistill.testing.conformance.gates import GATE_CHECKS, JUDGE_CHECKS
from fastdistill.testing.conformance.others import EXPORTER_CHECKS, REPORTER_CHECKS, SOURCE_CHECKS
from fastdistill.testing.conformance.providers import PROVIDER_CHECKS
from fastdistill.testing.conformance.scenarios import SCENARIO_CHECKS
from fastdistill.testing.conformance.specs import SPEC_CHECKS

CHECKS: dict[Kind, tuple[Check, ...]] = {
    "scenarios": (*SPEC_CHECKS, *SCENARIO_CHECKS),
    "providers": (*SPEC_CHECKS, *PROVIDER_CHECKS),
    "rules": (*SPEC_CHECKS, *GATE_CHECKS),
    "exec_evals": (*SPEC_CHECKS, *GATE_CHECKS),
    "judges": (*SPEC_CHECKS, *JUDGE_CHECKS),
    "reporters": (*SPEC_CHECKS, *REPORTER_CHECKS),
    "exporters": (*SPEC_CHECKS, *EXPORTER_CHECKS),
    "sources": (*SPEC_CHECKS, *SOURCE_CHECKS),
}


@frozen(kw_only=True)
class Checked:
    """One plugin's results."""

    offer: Offer
    results: tuple[Result, ...]

    @property
    def failed(self) -> tuple[Result, ...]:
        """The promises that it broke."""
        return tuple(one for one in self.results if one.outcome == "failed")


def options_for(offer: Offer) -> dict[str, str]:
    """The options that a plugin needs to be built at all: a provider's model."""
    return {"model": "m"} if offer.kind == "providers" else {}


def check_all(host: PluginHost, offers: list[Offer]) -> Iterator[Checked]:
    """Make every check of each plugin, with default options; yields as each is done."""
    for offer in offers:
        subject = Subject(offer=offer, host=host, options=options_for(offer))
        yield Checked(offer=offer, results=tuple(result_of(check, subject) for check in CHECKS[offer.kind]))
