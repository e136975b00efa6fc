"""Paired comparisons: the tests against their definitions, and the sentence against simulated models."""

import itertools
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdistill.students.paired import Pair, Scored, bootstrap, compared, sign_test

NAMES = {"old": "a", "new": "b"}


def scored(shares: list[float | None], groups: int = 1000) -> list[Scored]:
    return [
        Scored(sample_id=str(n), task_id=f"t{n}", group=str(n % groups), share=share)
        for n, share in enumerate(shares)
    ]


@given(st.integers(0, 8), st.integers(0, 8))
def test_the_sign_test_is_the_share_of_coin_throws_as_uneven(better: int, worse: int) -> None:
    flips = better + worse
    throws = [abs(2 * sum(one) - flips) for one in itertools.product((0, 1), repeat=min(flips, 12))]
    if flips <= 12:
        extreme = sum(uneven >= abs(better - worse) for uneven in throws) / len(throws)
        assert sign_test(better, worse) == pytest.approx(min(1.0, extreme))
    assert sign_test(better, worse) == sign_test(worse, better)


def test_known_p_values() -> None:
    assert sign_test(0, 5) == pytest.approx(0.0625)
    assert sign_test(0, 6) == pytest.approx(0.03125)
    assert sign_test(0, 0) == 1


def test_undecided_tasks_and_tasks_of_one_side_say_nothing() -> None:
    found = compared(scored([1.0, None, 0.0, 1.0]), scored([0.0, 1.0, None]), NAMES)
    assert found["left_out"] == {"only_old": 1, "only_new": 0, "undecided": 2}
    assert (found["tasks"], found["worse"], found["p"]) == (1, 1, 1.0)
    nothing = compared(scored([None]), scored([None]), NAMES)
    assert "nothing may be claimed" in nothing["claim"]
    assert nothing["difference"] is None
    json.dumps(nothing)


def test_groups_go_together_in_the_bootstrap() -> None:
    pairs = [Pair(task_id=str(n), group=str(n // 10), old=0.0, new=float(n // 10 % 2)) for n in range(200)]
    alone, together = bootstrap(pairs, by_group=False), bootstrap(pairs, by_group=True)
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


@pytest.mark.parametrize(("gain", "says"), [(0.0, "No difference"), (0.25, "is better than a")])
def test_the_claim_is_right_of_models_with_a_known_difference(gain: float, says: str) -> None:
    right = 0
    for seed in range(30):
        rng = random.Random(seed)
        rates = [rng.random() * 0.7 for _ in range(120)]
        old = [sum(rng.random() < rate for _ in range(4)) / 4 for rate in rates]
        new = [sum(rng.random() < rate + gain for _ in range(4)) / 4 for rate in rates]
        found = compared(scored(list(old)), scored(list(new)), NAMES)
        right += says in found["claim"] or (gain == 0 and "disagree" in found["claim"])
    assert right >= 27


def test_few_groups_are_said() -> None:
    found = compared(scored([0.0] * 20, groups=2), scored([1.0] * 20, groups=2), NAMES)
    assert found["resampled"] == "tasks"
    assert "of 2 groups: nothing is said of others" in found["claim"]


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    from support.commands import command

    done = command("compare", "a", "b", cwd=tmp_path)
    assert done.returncode == 3
    assert "is this the folder of a run?" in done.stderr
