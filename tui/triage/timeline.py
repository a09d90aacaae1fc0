"""Results on one time axis: where bars begin and end, stragglers, what is overdue, a histogram.

Pure geometry; `timeline_text` makes lines of it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tui.triage.checking import Check, unchecked, watched
from tui.triage.durations import Durations, durations
from tui.triage.sends import Delivery

TIMEOUT: Final = 60.0
"""Seconds after its creation at which the service gives a delivery up, unless told otherwise.

The default of `SendFile`; its records do not say which timeout a send was given.
"""

MAX_BUCKETS: Final = 60
"""Bars of a histogram at most; a longer span has wider buckets."""

BUCKETS: Final = (60, 300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400)
"""Widths of a histogram's buckets in seconds; beyond the last one its multiples."""


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery on the axis; times in seconds from the beginning of the axis."""

    delivery: Delivery
    created: float
    started: float | None
    """When the agent began; None where it never did, or the API does not say."""
    ended: float | None
    """None while it goes on, or where the API does not say."""
    straggler: bool
    """Whether it took, or takes already, far longer than most."""
    overdue: bool
    """Whether it goes on although its time is over."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A row in columns of a terminal, all from 0 to the width: waiting, then being carried out."""

    begin: int
    start: int
    """Where waiting ends; `end` where it never did."""
    end: int
    """The column behind the last one; at least one beyond `begin`."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What ended within one stretch of time."""

    start: datetime
    succeeded: int
    failed: int

    @property
    def count(self) -> int:
        """How many ended."""
        return self.succeeded + self.failed


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many ended when; stretches in which nothing did are there as well."""

    width: int
    """Seconds that a bucket is wide, a minute at least."""
    buckets: tuple[Bucket, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """Deliveries on one axis."""

    begin: datetime | None
    """When the first was created; None where there is nothing to show."""
    length: float
    """Seconds that the axis is long: to the last end, or to now while something goes on."""
    rows: tuple[Row, ...]
    """By creation, then start, then instance."""
    undated: int
    """Deliveries without any time, which have no row."""
    durations: Durations | None
    histogram: Histogram

    @property
    def stragglers(self) -> tuple[Row, ...]:
        """The rows that are far behind, the slowest first."""
        found = [row for row in self.rows if row.straggler]
        return tuple(sorted(found, key=lambda row: -self._taken(row)))

    @property
    def overdue(self) -> tuple[Row, ...]:
        """The rows that go on although their time is over, the oldest first."""
        return tuple(row for row in self.rows if row.overdue)

    def bar(self, row: Row, width: int) -> Bar:
        """Return where a row's bar lies on an axis of `width` columns, at least one."""
        end = self.length if row.ended is None else row.ended
        begin = min(self._column(row.created, width), width - 1)
        stop = max(self._column(end, width, up=True), begin + 1)
        if row.started is None:
            return Bar(begin, stop, stop)
        return Bar(begin, min(max(self._column(row.started, width), begin), stop - 1), stop)

    def _column(self, seconds: float, width: int, *, up: bool = False) -> int:
        place = seconds / self.length * width if self.length else 0.0
        return min(max(math.ceil(place) if up else math.floor(place), 0), width)

    def _taken(self, row: Row) -> float:
        end = self.length if row.ended is None else row.ended
        return end - (row.created if row.started is None else row.started)


def timeline(
    deliveries: Iterable[Delivery],
    now: datetime,
    *,
    timeout: float = TIMEOUT,
    check: Check = unchecked,
) -> Timeline:
    """Put `deliveries` on one axis.

    Args:
        deliveries: of a send, a campaign, a view; in any order.
        now: with a time zone; how far what goes on has come.
        timeout: seconds after its creation at which a delivery that goes on is overdue.
        check: raises to give up.
    """
    given = list(watched(deliveries, check))
    taken = durations(given, check)
    limit = math.inf if taken is None else taken.limit
    dated: list[tuple[datetime, datetime | None, datetime | None, Delivery]] = []
    for delivery in watched(given, check):
        ended, started = delivery.ended, delivery.started
        created = delivery.created or started or ended
        if created is not None:
            dated.append((created, started, ended, delivery))
    if not dated:
        return Timeline(None, 0.0, (), len(given), taken, Histogram(BUCKETS[0]))
    begin = min(created for created, *_ in dated)
    last = max(max(filter(None, times)) for *times, _ in dated)
    if any(not delivery.result.finished for *_, delivery in dated):
        last = max(last, now)
    length = (last - begin).total_seconds()
    rows = []
    for created, started, ended, delivery in watched(dated, check):
        goes_on = not delivery.result.finished
        until = now if goes_on else ended
        took = (until - started).total_seconds() if started and until else 0.0
        rows.append(
            Row(
                delivery=delivery,
                created=(created - begin).total_seconds(),
                started=None if started is None else (started - begin).total_seconds(),
                ended=None if ended is None else (ended - begin).total_seconds(),
                straggler=took > limit,
                overdue=goes_on and (now - created).total_seconds() > timeout,
            )
        )
    rows.sort(key=lambda row: (row.created, row.started or row.created, row.delivery.instance_id))
    return Timeline(
        begin, length, tuple(rows), len(given) - len(rows), taken, histogram(given, check)
    )


def histogram(deliveries: Iterable[Delivery], check: Check = unchecked) -> Histogram:
    """Count what ended in each minute, or in each of the longer stretches that a long span needs.

    Buckets begin at whole multiples of their width since 1970 (UTC), so minutes are minutes.
    """
    ends = Counter(
        (math.floor(end.timestamp()), delivery.result.failed)
        for delivery in watched(deliveries, check)
        if (end := delivery.ended) is not None
    )
    if not ends:
        return Histogram(BUCKETS[0])
    first, last = min(ends)[0], max(ends)[0]
    width = _width(first, last)
    counts: Counter[tuple[int, bool]] = Counter()
    for (second, failed), count in ends.items():
        counts[second // width, failed] += count
    return Histogram(
        width,
        tuple(
            Bucket(_moment(number * width), counts[number, False], counts[number, True])
            for number in range(first // width, last // width + 1)
        ),
    )


def _width(first: int, last: int) -> int:
    """Return the least width with which no more than the most buckets are needed."""
    for width in BUCKETS:
        if last // width - first // width < MAX_BUCKETS:
            return width
    return BUCKETS[-1] * math.ceil((last - first) / (MAX_BUCKETS - 1) / BUCKETS[-1])


def _moment(seconds: int) -> datetime:
    """Return a time; a bucket may begin before the first year that there is."""
    least = int(datetime.min.replace(tzinfo=UTC).timestamp())
    return datetime.fromtimestamp(max(seconds, least), UTC)
