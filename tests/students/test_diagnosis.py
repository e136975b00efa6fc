"""The rules of `fd diagnose` on simulated students whose fault is known.

Their pass rates by task and their reasons of refusal are the recorded ones of the embedded 0.5B model: it
is the base model; its best of eight is the teacher, as a run with eight attempts is one.
"""

import os
import random
from collections.abc import Callable, Iterable

import pytest
from attrs import evolve
from support.recorded import Recorded, recorded, tried

from fastdistill.run.ledger.tries import TriedTask
from fastdistill.students.arms import arm_of
from fastdistill.students.diagnosis import diagnose
from fastdistill.students.evidence import Arm, Evidence
from fastdistill.students.paired import Scored

TASKS = 200
SEEDS = int(os.environ.get("FD_SEEDS", "20"))
"""A hundred make the figures of docs/training.md."""
Rate = Callable[[Recorded], float]


class Simulation:
    """Tasks drawn from the recorded ones, and models of given pass rates on them."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.test = self.rng.choices(recorded("sql-0.5b"), k=TASKS)
        solvable = [one for one in recorded("sql-0.5b") if one.solvable]
        self.train = self.rng.choices(solvable, k=TASKS)

    def model(self, tasks: Iterable[Recorded], rate: Rate, unread: float = 0.0, part: str = "test") -> Arm:
        made: list[TriedTask] = [
            tried(f"{part}-{n}", one, rate(one), self.rng, unread=unread) for n, one in enumerate(tasks)
        ]
        return arm_of(made)

    def teacher(self, rate: Rate) -> Arm:
        """A run of it: a task is accepted or not."""
        return Arm(
            scores=tuple(
                Scored(
                    sample_id=f"test-{n}", task_id=str(n), group=f"test-{n}",
                    share=float(self.rng.random() < rate(one)),
                )
                for n, one in enumerate(self.test)
            )
        )  # fmt: skip


def best(one: Recorded) -> float:
    return float(one.solvable)


def plain(one: Recorded) -> float:
    return one.rate


def taught(one: Recorded) -> float:
    return 0.95 * one.solvable


def with_examples(one: Recorded) -> float:
    """Examples help the base model somewhat."""
    return min(1.0, one.rate * 1.3)


def hard(one: Recorded) -> float:
    """A teacher without the attempts: it solves what the model mostly solves."""
    return float(one.rate > 0.6)


def evidence(fault: str, seed: int) -> Evidence:
    s = Simulation(seed)
    base, shown = s.model(s.test, plain), s.model(s.test, with_examples)
    good = Evidence(
        teacher=s.teacher(best),
        train=s.model(s.train, taught, part="train"),
        test=s.model(s.test, taught),
        base=base,
        shown=shown,
    )
    match fault:
        case "none":
            return good
        case "tasks-or-teacher":
            return evolve(good, teacher=s.teacher(hard), test=s.model(s.test, hard))
        case "training":  # as good as the base model, on its own training tasks too
            return evolve(good, train=s.model(s.train, plain, part="train"), test=s.model(s.test, plain))
        case "format":  # it knows the answers, and three of four replies cannot be read
            train = s.model(s.train, taught, 0.75, part="train")
            return evolve(good, train=train, test=s.model(s.test, taught, 0.75))
        case "coverage":  # it has learnt what it saw, and nothing that carries over
            return evolve(good, test=s.model(s.test, plain))
        case "format-only":  # as the base model is with examples, everywhere
            train = s.model(s.train, with_examples, part="train")
            return evolve(good, train=train, test=s.model(s.test, with_examples))
        case "data":  # wrong rows in a third of the classes: it has learnt them well
            leaky = frozenset(f"test-{n}" for n in range(0, TASKS, 3))
            bad, right = s.model(s.test, lambda one: 0.3 * one.solvable), good.test
            pairs = zip(bad.scores, right.scores, strict=True)
            scores = tuple(b if b.sample_id in leaky else r for b, r in pairs)
            return evolve(good, test=Arm(scores=scores), leaky=leaky)
    raise AssertionError(fault)


FAULTS = ("none", "tasks-or-teacher", "training", "format", "coverage", "format-only", "data")


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_known_fault_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastdistill.students.paired.RESAMPLES", 200)  # as good here, and far faster
    said: list[str] = [diagnose(evidence(fault, seed)).verdict for seed in range(SEEDS)]
    print(fault, {one: said.count(one) for one in set(said)})
    assert said.count(fault) >= 0.9 * SEEDS, said
    assert said.count("cannot-tell") <= 0.05 * SEEDS


def test_few_tasks_and_no_answers_are_no_diagnosis() -> None:
    few = Arm(
        scores=tuple(Scored(sample_id=str(n), task_id=str(n), group="g", share=1.0) for n in range(5))
    )
    lost = Arm(
        scores=tuple(Scored(sample_id=str(n), task_id=str(n), group="g", share=None) for n in range(50))
    )
    assert diagnose(Evidence(teacher=few, train=few, test=few)).verdict == "cannot-tell"
    found = diagnose(Evidence(teacher=lost, train=lost, test=lost))
    assert found.verdict == "cannot-tell"
    assert "fewer than 20" in found.sentence


def test_overlapping_intervals_are_said_to_overlap() -> None:
    s = Simulation(1)
    s.test, s.train = s.test[:24], s.train[:24]
    found = diagnose(
        Evidence(
            teacher=s.teacher(best), train=s.model(s.train, lambda one: 0.75, part="train"),
            test=s.model(s.test, lambda one: 0.7 * best(one)),
        )
    )  # fmt: skip
    assert found.verdict in ("cannot-tell", "none")
    assert set(found.figures["arms"]) == {"A", "B", "C", "D", "E"}


@pytest.mark.parametrize(("last", "says"), [(0.9, "still rises"), (0.4, "flat")])
def test_the_learning_curve_says_whether_more_of_the_same_helps(last: float, says: str) -> None:
    s = Simulation(3)
    curve = {
        50: s.model(s.test, lambda one: 0.4 * best(one)),
        100: s.model(s.test, lambda one: last * best(one)),
    }
    low = s.model(s.test, lambda one: 0.4 * best(one))
    found = diagnose(
        Evidence(
            teacher=s.teacher(best), train=s.model(s.train, taught, part="train"), test=low, curve=curve
        )
    )
    assert found.verdict == "coverage"
    assert says in found.sentence or (last == 0.4 and "cannot be told" in found.sentence)
