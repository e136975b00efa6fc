"""The limiter in virtual time: it finds the slots, and tells refusals from noise."""

import math
import random

import pytest
from virtual_teacher import ANSWER, VirtualTeacher

from fastdistill import (
    AuthFailed,
    BadReply,
    BadRequest,
    BudgetSpent,
    Choice,
    Completion,
    ConnectionFailed,
    ContentRefused,
    ContextTooLong,
    NotFound,
    Overloaded,
    ProviderError,
    RateHint,
    RateLimited,
    ServerFailed,
    TimedOut,
    Usage,
)
from fastdistill.run.teachers.concurrency.limiter import Limiter
from fastdistill.run.teachers.rate_limit import Bucket


def known(**options: object) -> VirtualTeacher:
    """Served by a client that knows the slots."""
    teacher = VirtualTeacher(**options)  # type: ignore[arg-type]
    limiter = teacher.limiter(cap=teacher.slots)
    limiter.search.limit = teacher.slots
    limiter.search.phase = "settled"
    limiter.search.ceiling = teacher.slots
    teacher.serve(limiter, 3000)
    return teacher


@pytest.mark.parametrize("sigma", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("slots", [16, 64])
def test_slots_are_found_and_kept_busy(slots: int, sigma: float) -> None:
    ratios = []
    for seed in range(5):
        teacher = VirtualTeacher(slots=slots, sigma=sigma, seed=seed)
        assert teacher.serve(teacher.limiter(), 3000) == teacher.answered == 3000
        ratios.append(teacher.occupancy / known(slots=slots, sigma=sigma, seed=seed).occupancy)
    assert sum(ratios) / len(ratios) >= 0.95


@pytest.mark.parametrize("seed", range(5))
def test_a_large_silent_server_is_filled_soon_and_not_flooded(seed: int) -> None:
    teacher = VirtualTeacher(slots=256, seed=seed, mean=1.5)
    teacher.serve(teacher.limiter(), 20_000, until=30)
    at_thirty = teacher.answered
    teacher.serve_on(until=60)
    assert (teacher.answered - at_thirty) / 30 >= 0.9 * 256 / 1.5
    assert teacher.most <= 1.55 * 256
    assert teacher.over_seconds <= 4


@pytest.mark.parametrize("seed", range(3))
def test_a_small_server_is_found_from_above(seed: int) -> None:
    teacher = VirtualTeacher(slots=4, seed=seed)
    limiter = teacher.limiter()
    teacher.serve(limiter, 4000, until=300)
    assert 4 <= limiter.limit <= 9


@pytest.mark.parametrize("seed", range(3))
def test_longer_answers_do_not_shrink_the_limit(seed: int) -> None:
    teacher = VirtualTeacher(slots=64, seed=seed, stretch=lambda now: 1.0 if now < 30 else 3.0)
    limiter = teacher.limiter()
    teacher.serve(limiter, 8000, until=150)
    assert teacher.occupancy >= 0.9
    assert limiter.limit >= 50


@pytest.mark.parametrize("seed", range(3))
def test_a_server_that_refuses_when_full_is_kept_full_with_few_refusals(seed: int) -> None:
    teacher = VirtualTeacher(slots=64, full="429", seed=seed)
    calls = teacher.serve(teacher.limiter(), 5000)
    assert teacher.answered == 5000
    assert teacher.occupancy >= 0.85
    assert calls - 5000 <= 150


@pytest.mark.parametrize("slots", [16, 64, 256])
@pytest.mark.parametrize("seed", range(3))
def test_many_kinds_of_fault_at_once_do_not_starve_the_endpoint(seed: int, slots: int) -> None:
    kinds = (
        RateLimited("429", retry_after=1.0),
        RateLimited("429"),
        Overloaded("503"),
        ConnectionFailed("reset"),
        ServerFailed("500"),
        BadReply("{"),
        BadReply("no choices"),
    )

    def fault(rng: random.Random) -> ProviderError | None:
        drawn = int(rng.random() / 0.05)
        return kinds[drawn] if drawn < len(kinds) else None

    teacher = VirtualTeacher(slots=slots, mean=0.25, seed=seed, fault=fault)
    limiter, tasks = teacher.limiter(), max(2000, 40 * slots)
    teacher.serve(limiter, tasks, until=1)
    while teacher.answered < 0.9 * tasks:
        teacher.serve_on(until=teacher.now + 1)
    assert teacher.answered * 0.25 / slots / teacher.now >= 0.55


@pytest.mark.parametrize("seed", range(3))
def test_random_refusals_do_not_starve_the_endpoint(seed: int) -> None:
    def fault(rng: random.Random) -> ProviderError | None:
        return RateLimited("by chance", retry_after=1.0) if rng.random() < 0.05 else None

    teacher = VirtualTeacher(slots=64, seed=seed, fault=fault)
    teacher.serve(teacher.limiter(), 3000)
    assert teacher.occupancy >= 0.8


@pytest.mark.parametrize("seed", range(3))
def test_a_hidden_rate_limit_is_met_with_few_refusals(seed: int) -> None:
    teacher = VirtualTeacher(slots=256, seed=seed, per_minute=1200)
    calls = teacher.serve(teacher.limiter(), 3000)
    assert 3000 / teacher.now * 60 >= 1050
    assert calls - 3000 <= 300


@pytest.mark.parametrize("allowed", [10, 600])
def test_a_stated_rate_limit_is_never_exceeded(allowed: int) -> None:
    teacher = VirtualTeacher(slots=256, mean=0.2)
    teacher.serve(teacher.limiter(requests_per_minute=allowed), allowed * 5)
    starts = teacher.asked_at
    most = max(sum(1 for at in starts if begin <= at < begin + 60) for begin in starts[:: allowed // 10])
    assert most <= allowed
    assert len(starts) / teacher.now * 60 >= 0.9 * allowed


def test_a_stated_token_limit_is_kept() -> None:
    teacher = VirtualTeacher(slots=256, mean=0.2)
    limiter = teacher.limiter(tokens_per_minute=6000)
    done = 0
    while teacher.now < 300:
        permit = limiter.acquire()
        if permit:
            usage = Usage(prompt_tokens=60, completion_tokens=40)
            limiter.succeed(permit, Completion(choices=(Choice(text=""),), model="m", usage=usage))
            done += 1
        else:
            teacher.now += limiter.ready_in() + 1e-6
    assert 0.9 * 300 <= done <= 305


def test_a_cap_is_never_passed() -> None:
    teacher = VirtualTeacher(slots=64)
    limiter = teacher.limiter(cap=5)
    teacher.serve(limiter, 500)
    assert teacher.most == 5
    assert limiter.at_cap > 0.8 * teacher.now


REFUSED, HARMLESS, UNTOLD = "cuts", "counts as served", "says nothing"


@pytest.mark.parametrize(
    ("error", "reaction"),
    [
        (RateLimited("429"), REFUSED),
        (Overloaded("503"), REFUSED),
        (TimedOut("slow"), REFUSED),
        (ConnectionFailed("reset"), REFUSED),
        (ServerFailed("500"), UNTOLD),
        (BadReply("{"), UNTOLD),
        (AuthFailed("401"), HARMLESS),
        (NotFound("404"), HARMLESS),
        (BadRequest("400"), HARMLESS),
        (ContextTooLong("400"), HARMLESS),
        (ContentRefused("400"), HARMLESS),
        (BudgetSpent("402"), HARMLESS),
    ],
)
def test_each_kind_of_error_has_its_reaction(error: ProviderError, reaction: str) -> None:
    limiter = VirtualTeacher().limiter()
    limiter.search.limit = 32
    for _ in range(8):
        permit = limiter.acquire()
        assert permit
        limiter.fail(permit, error)
    assert limiter.in_flight == 0
    assert limiter.limit == (16 if reaction == REFUSED else 32)
    assert limiter.ready_in() == 0


def test_one_refusal_with_retry_after_holds_up_nobody() -> None:
    teacher = VirtualTeacher()
    limiter = teacher.limiter()
    permit = limiter.acquire()
    assert permit
    limiter.fail(permit, RateLimited("429", retry_after=30))
    assert limiter.ready_in() == 0


def test_unanimous_refusals_with_retry_after_hold_the_endpoint() -> None:
    teacher = VirtualTeacher()
    limiter = teacher.limiter()
    for permit in [limiter.acquire() for _ in range(3)]:
        assert permit
        limiter.fail(permit, RateLimited("429", retry_after=30))
    assert 30 <= limiter.ready_in() <= 33.1
    assert limiter.acquire() is None
    teacher.now = 34
    assert limiter.acquire()


def hinted(limiter: Limiter, hint: RateHint) -> None:
    permit = limiter.acquire()
    assert permit
    limiter.succeed(permit, Completion(choices=(Choice(text=""),), model="m", rate_hint=hint))


def test_what_headers_say_is_left_is_kept_to() -> None:
    teacher = VirtualTeacher()
    limiter = teacher.limiter()
    hinted(limiter, RateHint(requests_left=2, requests_reset=10))
    assert [limiter.acquire() is not None for _ in range(3)] == [True, True, False]
    assert limiter.ready_in() == pytest.approx(10)
    teacher.now = 10.1
    assert limiter.acquire()
    limiter = teacher.limiter()
    hinted(limiter, RateHint(tokens_left=0, tokens_reset=3600))
    assert limiter.ready_in() == pytest.approx(60)


def test_refusals_from_before_a_cut_do_not_cut_again() -> None:
    limiter = VirtualTeacher().limiter()
    limiter.search.limit = limiter.search.answered_at = 32
    permits = [limiter.acquire() for _ in range(32)]
    for permit in permits:
        assert permit
        limiter.fail(permit, Overloaded("503"))
    assert limiter.limit == 27


@pytest.mark.parametrize("refused", [True, False])
def test_calls_in_flight_when_an_outage_ends_end_as_any_other(refused: bool) -> None:
    limiter = VirtualTeacher().limiter()
    before = [limiter.acquire() for _ in range(limiter.limit)]
    limiter.restore(64)
    after = [limiter.acquire() for _ in range(limiter.limit - len(before))]
    for permit in (*before, *after):
        assert permit
        if refused:
            limiter.fail(permit, Overloaded("503"))
        else:
            limiter.succeed(permit, ANSWER)
    assert limiter.in_flight == 0


def test_idle_slots_are_counted_by_reason() -> None:
    teacher = VirtualTeacher()
    limiter = teacher.limiter()
    limiter.search.limit, limiter.search.phase = 32, "settled"
    permits = [limiter.acquire() for _ in range(30)]
    teacher.now = 10
    for permit in permits:
        assert permit
        limiter.succeed(permit, ANSWER)
    assert limiter.idle["no-work"] == pytest.approx(20)
    limiter.rate_limit.hold(15)
    teacher.now = 15
    assert limiter.acquire()
    assert limiter.idle["rate-limited"] == pytest.approx(5 * 32)


def test_a_call_that_was_given_up_frees_its_permit() -> None:
    limiter = VirtualTeacher().limiter(cap=1)
    permit = limiter.acquire()
    assert permit
    assert limiter.acquire() is None
    assert limiter.ready_in() == math.inf
    limiter.fail(permit, None)
    assert limiter.acquire()


def test_a_bucket_fills_steadily_and_pays_its_debts() -> None:
    bucket = Bucket(600)
    assert bucket.wait(0) == 0
    bucket.take(0, 100)
    assert bucket.wait(0) == pytest.approx((100 - 12 + 1) / 9.8)
    assert bucket.wait(1000) == 0
    assert bucket.level == 12


def test_taking_and_giving_back_costs_microseconds() -> None:
    import time

    limiter = Limiter(clock=time.monotonic, rng=random.Random(0))
    begin = time.perf_counter()
    for _ in range(5000):
        permit = limiter.acquire()
        assert permit
        limiter.succeed(permit, ANSWER)
    assert (time.perf_counter() - begin) / 5000 < 200e-6
