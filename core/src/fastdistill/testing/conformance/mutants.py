"""Whether gates tell wrong answers from rewritings of the right one, on mutants that a scenario makes."""

from itertools import islice

from fastdistill.model.verdict import Outcome
from fastdistill.run.audit.cases import Tried, mutants_of, open_for_audit, tasks_of, try_all
from fastdistill.run.audit.confusion import wilson
from fastdistill.run.plan import Plan
from fastdistill.testing.conformance.check import Nonconforming, NotApplicable, Subject, want
from fastdistill.testing.conformance.material import plan_for, scenario_of, task_file

TASKS, OF_EACH = 5, 6
"""Tasks, and mutants of each, that gates are tried on."""
KILLED = 0.95
"""The least share of wrong answers that gates refuse. Some mutants mean the same as the gold (decision
0072), so a gate fails where the whole 95 % interval of its share lies below."""


async def _tried(subject: Subject, plan: Plan) -> list[Tried]:
    tried, faults = list[Tried](), list[str]()
    async with open_for_audit(plan) as gates:
        found = (one for one in tasks_of(gates, task_file(subject, plan)) if one.has_gold)
        await try_all(gates, mutants_of(gates, islice(found, TASKS), faults.append, OF_EACH), tried.append)
    want(not faults, f"mutants cannot be made: {'; '.join(faults[:3])}")
    return tried


async def mutants_are_told_apart(subject: Subject) -> None:
    """A gate rejects no rewriting of a right answer, and one that compares with gold refuses wrong ones."""
    scenario, name = scenario_of(subject), subject.offer.spec.name
    if scenario is None:
        raise NotApplicable("it belongs to no scenario: name one with scenario")
    plan = plan_for(subject, scenario)
    if name not in [gate.name for gate in plan.gates]:
        raise NotApplicable(f"it is no default gate of {scenario!r}")
    states_gold, passed, wrong = False, list[Tried](), 0
    for one in await _tried(subject, plan):
        mine = next((verdict for verdict in one.verdicts if verdict.gate == name), None)
        if mine is None:
            continue
        states_gold |= mine.finding.gold_match is not None
        if one.case.expect == "accept" and mine.finding.outcome is Outcome.REJECT:
            raise Nonconforming(
                f"a right answer ({one.case.kind}) is rejected, {one.reason}: {_shown(one)}"
            )
        if one.case.expect == "reject":
            wrong += 1
            passed += [one] * (mine.finding.outcome is Outcome.PASS)
    if states_gold:
        _refused(passed, wrong, "pass")


async def default_gates_tell_mutants_apart(subject: Subject) -> None:
    """The scenario's gates together accept rewritings of the gold and refuse wrong answers."""
    plan = plan_for(subject, subject.offer.spec.name)
    if any(gate.offer.kind == "judges" for gate in plan.gates):
        raise NotApplicable("a judge is among its gates: fd audit asks it")
    tried = await _tried(subject, plan)
    if not tried:
        raise NotApplicable("it makes no mutants: nothing measures its gates")
    for one in tried:
        if one.case.expect == "accept" and one.said == "rejected":
            raise Nonconforming(
                f"a right answer ({one.case.kind}) is rejected, {one.reason}: {_shown(one)}"
            )
    wrong = [one for one in tried if one.case.expect == "reject"]
    kept = [one for one in wrong if one.said == "accepted"]
    want(wrong, "no mutant is wrong: nothing shows that the gates refuse anything")
    _refused(kept, len(wrong), "are accepted")


def _refused(kept: list[Tried], wrong: int, what: str) -> None:
    """Raise `Nonconforming` where it is shown that too few of the `wrong` answers are refused."""
    bounds = wilson(wrong - len(kept), wrong)
    if bounds is not None and bounds[1] < KILLED:
        one = kept[0]
        raise Nonconforming(
            f"{len(kept)} of {wrong} wrong answers {what}, such as ({one.case.kind}) {_shown(one)}"
        )


def _shown(one: Tried) -> str:
    return f"{one.case.name}: {one.case.reply!r:.160}"
