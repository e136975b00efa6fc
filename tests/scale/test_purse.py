"""One budget for several shards: together they never lease more than there is."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastdistill.run.ledger.shared_purse import SharedPurse, share
from fastdistill.run.purse import Lease, Spent, WholePurse
from fastdistill.settings import Budget


def purses(path: Path, budget: Budget, shards: int) -> list[SharedPurse]:
    return [SharedPurse(path=path, budget=budget, shard=str(part), shards=shards) for part in range(shards)]


def test_a_run_of_its_own_leases_everything_at_once() -> None:
    assert WholePurse(Budget(tokens=5, accept=2)).lease(Spent()) == Lease(tokens=5, accept=2)


@settings(max_examples=30, deadline=None)
@given(
    tokens=st.integers(1, 10_000),
    steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 400)), max_size=40),
)
def test_shards_that_keep_their_leases_never_spend_more_than_the_budget(
    tmp_path_factory: pytest.TempPathFactory, tokens: int, steps: list[tuple[int, int]]
) -> None:
    budget = Budget(tokens=tokens)
    each = purses(tmp_path_factory.mktemp("purse") / "purse.sqlite", budget, 4)
    spent, allowed = [0] * 4, [0] * 4
    for part, step in steps:
        if spent[part] >= allowed[part]:
            lease = each[part].lease(Spent(tokens=spent[part]))
            assert lease.tokens is not None
            allowed[part] = lease.tokens
        spent[part] = min(allowed[part], spent[part] + step)
    assert sum(max(pair) for pair in zip(spent, allowed, strict=True)) <= tokens


def test_what_is_settled_goes_to_the_others(tmp_path: Path) -> None:
    first, second = purses(tmp_path / "purse.sqlite", Budget(tokens=100), 2)
    assert first.lease(Spent()).tokens == 25
    first.settle(Spent(tokens=5))
    used = 0
    while (lease := second.lease(Spent(tokens=used))).tokens != used:
        assert lease.tokens is not None
        used = lease.tokens
    assert used == 95


def test_a_killed_shard_keeps_its_lease_until_it_comes_back(tmp_path: Path) -> None:
    first, second = purses(tmp_path / "purse.sqlite", Budget(tokens=100), 2)
    first.lease(Spent())  # and dies
    assert second.left().tokens == 75
    first.lease(Spent(tokens=3))
    first.settle(Spent(tokens=3))
    assert second.left().tokens == 97


def test_money_and_targets_come_to_an_end(tmp_path: Path) -> None:
    (one,) = purses(tmp_path / "purse.sqlite", Budget(usd=1.0, accept=3), 1)
    usd, accepted = 0.0, 0
    for _ in range(200):
        lease = one.lease(Spent(usd=usd, accepted=accepted))
        assert lease.usd is not None
        assert lease.accept is not None
        if lease.usd <= usd and lease.accept <= accepted:
            break
        usd, accepted = lease.usd, lease.accept
    assert usd == pytest.approx(1.0)
    assert accepted == 3


@given(whole=st.integers(1, 10**9), parts=st.integers(1, 64))
def test_fixed_shares_add_up(whole: int, parts: int) -> None:
    shares = [share(Budget(tokens=whole), part, parts).tokens for part in range(1, parts + 1)]
    assert sum(one or 0 for one in shares) == whole
