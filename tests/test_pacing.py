"""Backoff, budget, breaker, asked-for waits and clock skew."""

from __future__ import annotations

import pytest

from tui.api.pacing import (
    LONGEST_ASKED,
    Breaker,
    RetryBudget,
    RetryPolicy,
    asked_wait,
    http_date,
    skew,
)

POLICY = RetryPolicy()
HOUR = "Thu, 01 Jan 1970 01:00:00 GMT"


def test_waits_double_up_to_a_cap_and_are_drawn_from_zero() -> None:
    longest = [POLICY.backoff(retry, 1.0) for retry in range(1, 8)]

    assert longest == pytest.approx([0.3, 0.6, 1.2, 2.4, 4.8, 8.0, 8.0])
    assert POLICY.backoff(3, 0.0) == 0
    assert POLICY.backoff(3, 0.5) == pytest.approx(0.6)
    assert POLICY.backoff(5000, 1.0) == 8.0


def test_a_deadline_leaves_room_to_connect() -> None:
    assert RetryPolicy.for_timeouts(5, 10).deadline == 30
    assert RetryPolicy.for_timeouts(60, 10).deadline == 190


def test_a_budget_is_spent_and_paid_back_in_tenths() -> None:
    budget = RetryBudget(POLICY)

    assert [budget.spend() for _ in range(11)] == [True] * 10 + [False]
    for _ in range(9):
        budget.succeeded()
    assert not budget.spend()
    budget.succeeded()
    assert budget.spend()
    assert not budget.spend()


def test_a_budget_is_never_more_than_full() -> None:
    budget = RetryBudget(POLICY)
    for _ in range(1000):
        budget.succeeded()

    assert budget.tokens == POLICY.budget


def broken(draw: float = 0.0) -> Breaker:
    breaker = Breaker(POLICY)
    for _ in range(POLICY.failures):
        assert breaker.wait(100) == 0
        breaker.failed(100, draw)
    return breaker


def test_a_breaker_opens_after_failures_in_a_row() -> None:
    assert broken().wait(100) == 5
    assert broken(draw=0.5).wait(100) == 7.5
    assert broken().wait(104) == 1


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = Breaker(POLICY)
    for _ in range(3):
        for _ in range(POLICY.failures - 1):
            breaker.failed(100, 0)
        breaker.succeeded()

    assert breaker.wait(100) == 0


def test_one_probe_goes_after_the_rest() -> None:
    breaker = broken()
    assert breaker.wait(105) == 0
    breaker.departs(105)

    assert breaker.wait(105) == 5, "the others wait for what becomes of the probe"
    breaker.succeeded()
    assert breaker.wait(105) == 0


def test_a_failed_probe_closes_it_again_at_once() -> None:
    breaker = broken()
    breaker.departs(105)
    breaker.failed(106, 0)

    assert breaker.wait(106) == 5


def test_a_probe_that_is_never_heard_of_holds_others_back_for_one_rest() -> None:
    breaker = broken()
    breaker.departs(105)

    assert breaker.wait(110) == 0


def test_a_departure_through_a_closed_breaker_changes_nothing() -> None:
    breaker = Breaker(POLICY)
    breaker.departs(100)

    assert breaker.wait(100) == 0


def test_a_clock_that_was_set_back_does_not_hold_requests_for_ever() -> None:
    assert broken().wait(-1_000_000) == 10


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"x-acs-retry-after": "1500"}, 1.5),
        ({"x-acs-retry-after": "1500", "retry-after": "9"}, 1.5),
        ({"x-acs-retry-after": "0", "retry-after": "9"}, 9),
        ({"x-acs-retry-after": "-5"}, None),
        ({"x-acs-retry-after": "soon"}, None),
        ({"x-acs-retry-after": "9" * 15}, LONGEST_ASKED),
        ({"x-acs-retry-after": "9" * 5000}, None),
        ({"retry-after": "1"}, 1),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "1e3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": HOUR}, 3600 - 3000),
        ({"retry-after": HOUR, "date": "Thu, 01 Jan 1970 00:59:50 GMT"}, 10),
        ({"retry-after": HOUR, "date": "Thu, 01 Jan 1970 02:00:00 GMT"}, 0),
        ({"retry-after": "Thu, 99 Foo 1970"}, None),
    ],
)
def test_a_wait_that_is_asked_for_is_understood(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert asked_wait(headers, 3000) == seconds


def test_a_date_to_wait_for_means_nothing_without_a_clock() -> None:
    assert asked_wait({"retry-after": HOUR}) is None


def test_skew_is_how_far_the_other_clock_is_ahead() -> None:
    assert skew({"date": HOUR}, 3000) == 600
    assert skew({"date": HOUR}, 4000) == -400
    assert skew({}, 3000) is None
    assert skew({"date": "Fri, 31 Dec 9999 23:59:59 -2300"}, 3000) is None
    assert skew({"date": "Wed, 31 Dec 1969 23:59:59 GMT"}, 3000) is None


@pytest.mark.parametrize(
    "text",
    ["", "x", "0", "Mon, 32 Jan 2026 00:00:00 GMT", "Mon, 01 Jan 99999 00:00:00 GMT", "," * 99],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert http_date(text) is None
