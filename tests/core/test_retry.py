"""When to ask again, and when to leave an endpoint alone: no clock, no I/O."""

import math
import random

import pytest

from fastdistill import (
    AuthFailed,
    BadReply,
    BadRequest,
    BudgetSpent,
    ConnectionFailed,
    ContentRefused,
    ContextTooLong,
    EmptyReply,
    NotFound,
    Overloaded,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from fastdistill.run.teachers.circuit_breaker import FAILURES, LONGEST_PAUSE, CircuitBreaker
from fastdistill.run.teachers.retry import Retry

RETRYABLE = (RateLimited, Overloaded, TimedOut, ConnectionFailed, ServerFailed, BadReply)
FINAL = (AuthFailed, NotFound, BadRequest, ContextTooLong, ContentRefused, BudgetSpent)


@pytest.mark.parametrize("kind", FINAL)
def test_a_final_error_is_one_call(kind: type[Exception]) -> None:
    assert Retry().delay(kind("no"), 1, 0.0, random.Random(0)) is None


@pytest.mark.parametrize("kind", RETRYABLE)
def test_retries_are_counted_and_jittered_in_full_under_a_doubling_cap(kind: type[Exception]) -> None:
    retry, rng = Retry(retries=8, base=0.5, cap=20), random.Random(0)
    for tries in range(1, 9):
        delays = [retry.delay(kind("x"), tries, 0.0, rng) for _ in range(300)]
        ceiling = min(20, 0.5 * 2 ** (tries - 1))
        assert all(delay is not None and 0 <= delay <= ceiling for delay in delays)
        assert max(d for d in delays if d is not None) > 0.9 * ceiling
        assert min(d for d in delays if d is not None) < 0.1 * ceiling
    assert retry.delay(kind("x"), 9, 0.0, rng) is None


def test_retry_after_is_waited_out_and_a_little_more() -> None:
    delay = Retry().delay(RateLimited("x", retry_after=8), 1, 0.0, random.Random(0))
    assert delay is not None
    assert 8 <= delay <= 9


def test_the_deadline_covers_all_tries() -> None:
    retry = Retry(deadline=60)
    assert retry.delay(RateLimited("x", retry_after=30), 1, 20, random.Random(0)) is not None
    assert retry.delay(RateLimited("x", retry_after=30), 1, 31, random.Random(0)) is None
    assert retry.delay(TimedOut("x"), 1, 61, random.Random(0)) is None


def failed(breaker: CircuitBreaker, times: int, now: float = 0.0) -> None:
    for _ in range(times):
        breaker.begin()
        breaker.fail(now, 64)


def test_an_endpoint_is_taken_out_tried_and_brought_back() -> None:
    breaker = CircuitBreaker(random.Random(0))
    failed(breaker, FAILURES - 1)
    assert breaker.ready_in(0) == 0
    failed(breaker, 1)
    assert 0.3 < breaker.ready_in(0) < 0.7
    assert breaker.ready_in(1) == 0
    breaker.begin()
    assert breaker.ready_in(1) == math.inf
    assert breaker.succeed()
    assert breaker.ready_in(1) == 0
    assert breaker.limit == 64
    assert breaker.opened == 1


def test_failures_that_are_not_in_a_row_change_nothing() -> None:
    breaker = CircuitBreaker(random.Random(0))
    for _ in range(10):
        failed(breaker, FAILURES - 1)
        assert not breaker.succeed()
    assert breaker.opened == 0


def test_the_pause_doubles_up_to_its_bound() -> None:
    breaker, now, pauses = CircuitBreaker(random.Random(0)), 0.0, []
    failed(breaker, FAILURES)
    for _ in range(12):
        pauses.append(breaker.ready_in(now))
        now += pauses[-1]
        failed(breaker, 1, now)
    assert pauses == sorted(pauses[:6]) + pauses[6:]
    assert max(pauses) <= 1.25 * LONGEST_PAUSE
    assert breaker.opened == 1


def test_calls_from_before_do_not_lengthen_the_pause() -> None:
    breaker = CircuitBreaker(random.Random(0))
    failed(breaker, FAILURES)
    pause = breaker.ready_in(0)
    for _ in range(50):
        breaker.fail(0.0, 64)
    assert breaker.ready_in(0) == pause


def test_a_try_that_was_given_up_lets_another_try() -> None:
    breaker = CircuitBreaker(random.Random(0))
    failed(breaker, FAILURES)
    breaker.begin()
    breaker.give_up()
    assert breaker.ready_in(10) == 0


def test_an_empty_reply_is_bought_at_most_twice() -> None:
    retry, rng = Retry(), random.Random(0)
    assert retry.delay(EmptyReply("no choices"), 1, 0.0, rng) is not None
    assert retry.delay(EmptyReply("no choices"), 2, 0.0, rng) is None
