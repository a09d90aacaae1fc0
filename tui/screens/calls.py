"""What was asked of the service: calls in flight, the wait before a retry, the last few hundred."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from tui.api.calls import Call
from tui.api.errors import ApiError, ClockSkewed

KEPT: Final = 500
"""Calls that are remembered."""


class Calls:
    """An observer of the client that says when something about its calls has changed."""

    def __init__(
        self,
        changed: Callable[[], None] = lambda: None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._changed = changed
        self._clock = clock
        self.log: deque[Call] = deque(maxlen=KEPT)
        self.in_flight = 0
        self.clock_ahead = 0.0
        """Seconds by which the service's clock is ahead, 0 until that had to be made up for."""
        self._waits: dict[int, tuple[float, ApiError]] = {}

    @property
    def wait(self) -> tuple[float, ApiError] | None:
        """The seconds until the next retry and its reason, where a call waits for one."""
        now = self._clock()
        waits = [(until - now, fault) for until, fault in self._waits.values() if until > now]
        return min(waits, key=lambda wait: wait[0], default=None)

    def call_started(self, call: Call) -> None:
        """Take note that a call begins."""
        self.log.append(call)
        self.in_flight += 1
        self._changed()

    def call_waiting(self, call: Call, seconds: float, fault: ApiError) -> None:
        """Take note that a call waits before it tries again."""
        self._waits[id(call)] = (self._clock() + seconds, fault)
        if isinstance(fault, ClockSkewed) and fault.ahead is not None:
            self.clock_ahead = fault.ahead
        self._changed()

    def call_ended(self, call: Call) -> None:
        """Take note that a call is over."""
        self.in_flight -= 1
        self._waits.pop(id(call), None)
        self._changed()
