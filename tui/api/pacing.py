"""When to try again: backoff, budget, breaker, asked-for waits and clock skew, all pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Final

from tui.late_dataclass import dataclass

LONGEST_ASKED: Final = 86_400.0
"""Seconds; a wait longer than a day is read as one day."""


END_OF_CLOCKS: Final = 4_102_444_800.0
"""The year 2100 in unix seconds: no clock shows that, nor a time before 1970."""


@dataclass(frozen=True)
class RetryPolicy:
    """The numbers behind every retry."""

    attempts: int = 4
    """Times one question is sent at most, repairs of clock, nonce and token not counted."""
    base: float = 0.3
    """Seconds; the first wait is drawn from zero to this, each later one from twice as much."""
    cap: float = 8.0
    """Seconds; no drawn wait is longer."""
    deadline: float = 30.0
    """Seconds that one attempt may take from its first byte to its last."""
    obeyed_wait: float = 10.0
    """Seconds; a wait that the service asks for is obeyed up to this, else it is the user's."""
    budget: float = 10.0
    """Retries that may be spent before any success pays some back."""
    reward: float = 0.1
    """Retries that a success pays back."""
    failures: int = 5
    """Failures in a row after which requests are held back for a while."""
    rest: float = 5.0
    """Seconds of that while at least; up to twice as long, drawn."""

    @classmethod
    def for_timeouts(cls, connect: float, read: float) -> RetryPolicy:
        """Return the policy whose deadline leaves room for these timeouts, in seconds.

        Connecting may take three of its timeouts (a place in the pool, TCP, TLS), and a request
        must not be cancelled while it connects.
        """
        return cls(deadline=max(cls().deadline, 3 * connect + read))

    def backoff(self, retry: int, draw: float) -> float:
        """Return the seconds to wait before retry number `retry` (from 1); `draw` is in [0, 1)."""
        return draw * min(self.cap, self.base * 2.0 ** min(retry - 1, 32))


class RetryBudget:
    """How many retries are left, so that a failing service is not asked ever more often."""

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self.tokens = policy.budget

    def spend(self) -> bool:
        """Take one retry from the budget and say whether there was one."""
        # The sum of ten tenths is a little less than one.
        if self.tokens < 1 - 1e-9:
            return False
        self.tokens = max(self.tokens - 1, 0.0)
        return True

    def succeeded(self) -> None:
        """Pay a part of a retry back."""
        self.tokens = min(self.tokens + self._policy.reward, self._policy.budget)


class Breaker:
    """Holds requests back after many failures in a row, and lets one through now and then."""

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self._failures = 0
        self._closed_until: float | None = None

    def wait(self, now: float) -> float:
        """Return 0 for a request that may go, else the seconds until one may."""
        if self._closed_until is None:
            return 0.0
        # A clock that was set back must not hold requests back for longer than a rest.
        return min(max(self._closed_until - now, 0.0), 2 * self._policy.rest)

    def departs(self, now: float) -> None:
        """Take note that a request goes; after a rest it is a probe.

        Others are held back until the probe has succeeded, or for one more rest when nothing is
        heard of it.
        """
        if self._closed_until is not None:
            self._closed_until = now + self._policy.rest

    def succeeded(self) -> None:
        """Let every request through again."""
        self._failures = 0
        self._closed_until = None

    def failed(self, now: float, draw: float) -> None:
        """Count a failure; `draw` is in [0, 1) and lengthens the rest by up to its own length."""
        self._failures += 1
        if self._failures >= self._policy.failures:
            self._closed_until = now + self._policy.rest * (1 + draw)


def asked_wait(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds that an answer asks to wait, or None where it does not ask.

    `x-acs-retry-after` is in milliseconds; `Retry-After` in seconds or a date, which is measured
    against the answer's own `Date`, or against `now` (unix seconds, where known) without one.
    """
    milliseconds = headers.get("x-acs-retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,15}", milliseconds) and int(milliseconds) > 0:
        return min(int(milliseconds) / 1000, LONGEST_ASKED)
    seconds = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,15}", seconds):
        return min(float(seconds), LONGEST_ASKED)
    until, since = http_date(seconds), http_date(headers.get("date", ""))
    since = now if since is None else since
    if until is None or since is None:
        return None
    return min(max(until - since, 0.0), LONGEST_ASKED)


def skew(headers: Mapping[str, str], now: float) -> float | None:
    """Return by how many seconds the sender's clock is ahead of `now`.

    None without a `Date`, or with one that no clock can show.
    """
    date = http_date(headers.get("date", ""))
    return None if date is None or not 0 <= date < END_OF_CLOCKS else date - now


def http_date(text: str) -> float | None:
    """Read a date as HTTP writes it, in unix seconds; None where it is none."""
    # A dozen modules come with it, and the first frame needs no date.
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
