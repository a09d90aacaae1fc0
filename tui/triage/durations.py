"""How long deliveries took: median, 95th percentile, the slowest, and who is far behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from tui.triage.checking import Check, unchecked, watched
from tui.triage.sends import Delivery

STRAGGLER_TIMES: Final = 3.0
"""A straggler takes more than so many times the median.

The median and not the 95th percentile, because of twenty hosts or fewer the slowest one is the
95th percentile itself and would never be beyond it.
"""

STRAGGLER_LEAST: Final = 5.0
"""And more than so many seconds longer than it: the API's times have no fractions of a second."""


@dataclass(frozen=True, slots=True)
class Durations:
    """The durations of deliveries, from start to finish, in seconds."""

    count: int
    """Deliveries whose start and finish are both known; the others have no duration."""
    median: float
    """The middle one; of an even number the mean of the two in the middle."""
    p95: float
    """The smallest one that 95 of 100 do not exceed (nearest rank)."""
    slowest: Delivery
    """The one that took longest; of several the first."""

    @property
    def longest(self) -> float:
        """How long the slowest took."""
        return self.slowest.result.seconds or 0.0

    @property
    def limit(self) -> float:
        """The duration beyond which a delivery is a straggler."""
        return max(self.median * STRAGGLER_TIMES, self.median + STRAGGLER_LEAST)


def durations(deliveries: Iterable[Delivery], check: Check = unchecked) -> Durations | None:
    """Return how long `deliveries` took, or None where no duration is known."""
    timed = [
        (took, delivery)
        for delivery in watched(deliveries, check)
        if (took := delivery.result.seconds) is not None
    ]
    if not timed:
        return None
    slowest = max(timed, key=lambda each: each[0])[1]
    ordered = sorted(took for took, _ in timed)
    return Durations(len(ordered), median(ordered), ordered[_rank_95(len(ordered))], slowest)


def _rank_95(count: int) -> int:
    """Return the index of the nearest rank, in whole numbers: 0.95 has no exact float."""
    return -(-95 * count // 100) - 1
