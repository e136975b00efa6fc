"""The example keeps the contract, and its gate is never wrong on answers that are known."""

import pytest

import fastdistill
from fastdistill.testing.conformance import RuleConformance, ScenarioConformance


class TestScenario(ScenarioConformance):
    """Every promise of a scenario."""

    plugin = "fastdistill_extraction.plugin"
    name = "extraction"


class TestGate(RuleConformance):
    """Every promise of a rule, on the scenario's tasks."""

    plugin = "fastdistill_extraction.plugin"
    name = "extraction-fits"
    scenario = "extraction"
    accepts = ('{"number": "4711", "total": 129.5, "paid": true}',)
    rejects = ("[]", '{"number": 4711, "total": 129.5, "paid": true}')


def test_audit() -> None:
    told = fastdistill.audit("extraction")
    assert (told["tasks"], told["kill_rate"], told["survivors"]) == (3, 1.0, [])


@pytest.mark.parametrize(
    ("reply", "reason"),
    [("", "no-json"), ("[1]", "no-object"), ("NaN", "no-object"), ('{"a": NaN}', "no-json")],
)
def test_replies_without_an_object(reply: str, reason: str) -> None:
    row = {"text": "t", "fields": {"a": "number"}, "gold": {"a": 1}}
    with fastdistill.verifier("extraction") as verifier:
        found = verifier.verify(row, reply)
    assert (found.outcome, found.reason) == ("reject", reason)
