"""A timeline as plain lines of text: bars, what stands beside them, a histogram under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tui.plain import printable
from tui.triage.durations import Durations
from tui.triage.timeline import Bucket, Histogram, Row, Timeline
from tui.triage.words import LONGEST, counted, moment, span

WAITING: Final = "·"
"""A column in which the agent has not begun."""

SUCCEEDED: Final = "█"
"""A column of a delivery that succeeded."""

FAILED: Final = "▒"
"""A column of a delivery that failed."""

GOING_ON: Final = "░"
"""A column of a delivery that goes on."""

LEGEND: Final = f"{WAITING} waiting  {SUCCEEDED} succeeded  {FAILED} failed  {GOING_ON} going on"
"""What the columns mean."""

BAR_WIDTH: Final = 40
"""Columns of a bar where nobody says otherwise."""

_SPAN_WIDTH: Final = 12
_STATUS_WIDTH: Final = 9
_NEVER_DROPPED: Final = 3


def timeline_lines(
    timeline: Timeline, bar_width: int = BAR_WIDTH, limit: int | None = None
) -> Iterator[str]:
    """Yield a timeline as printable lines; of a long one `limit` rows, those that tell most."""
    if timeline.begin is None:
        yield "Nothing has a time that could be shown."
        return
    yield axis_line(timeline)
    if timeline.durations is not None:
        yield durations_line(timeline.durations)
    for number, words in (
        (len(timeline.stragglers), "far slower than most"),
        (len(timeline.overdue), "going on after the timeout"),
        (timeline.undated, "without any time, not shown"),
    ):
        if number:
            yield f"{counted(number, 'delivery', 'deliveries')} {words}"
    yield LEGEND
    for row in rows_shown(timeline, limit):
        yield row_line(timeline, row, bar_width)
    if limit is not None and len(timeline.rows) > limit:
        yield f"and {len(timeline.rows) - limit:,} more"
    yield from histogram_lines(timeline.histogram, bar_width)


def rows_shown(timeline: Timeline, limit: int | None = None) -> Sequence[Row]:
    """Return at most `limit` rows: what failed, goes on or was slow before what went as it should.

    They stay in the order of the axis.
    """
    rows = timeline.rows
    if limit is None or len(rows) <= limit:
        return rows
    numbers = sorted(range(len(rows)), key=lambda number: (not _tells(rows[number]), number))
    return [rows[number] for number in sorted(numbers[:limit])]


def _tells(row: Row) -> bool:
    result = row.delivery.result
    return result.failed or not result.finished or row.straggler


def axis_line(timeline: Timeline) -> str:
    """Say where the axis begins, how long it is, and how many rows it has."""
    rows = counted(len(timeline.rows), "delivery", "deliveries")
    return f"{rows} from {moment(timeline.begin)} on, over {span(timeline.length)}"


def durations_line(durations: Durations) -> str:
    """Say how long deliveries took."""
    slowest = printable(durations.slowest.instance_id, LONGEST)
    return (
        f"{counted(durations.count, 'duration')}: median {span(durations.median)},"
        f" 95 % within {span(durations.p95)}, slowest {span(durations.longest)} ({slowest})"
    )


def row_line(
    timeline: Timeline, row: Row, bar_width: int = BAR_WIDTH, room: int | None = None
) -> str:
    """Return a row: its bar, how long it took or takes already, status, instance, error code.

    What comes from the API stands at the end, so that no width of its characters moves a column.
    Where there is too little room, what stands behind the instance goes.
    """
    bar, result = timeline.bar(row, bar_width), row.delivery.result
    filled = GOING_ON if not result.finished else FAILED if result.failed else SUCCEEDED
    # What ended without ever having begun ends in a column of its outcome all the same.
    start = bar.start if not result.finished else min(bar.start, bar.end - 1)
    drawn = " " * bar.begin + WAITING * (start - bar.begin) + filled * (bar.end - start)
    took = (timeline.length if row.ended is None else row.ended) - row.created
    words = [
        f"|{drawn:<{bar_width}}|{span(took):>{_SPAN_WIDTH}} ",
        f"{printable(result.status, LONGEST):<{_STATUS_WIDTH}}",
        printable(row.delivery.instance_id, LONGEST),
        printable(result.error_code, LONGEST),
        "(far slower than most)" if row.straggler else "",
        "(after the timeout)" if row.overdue else "",
    ]
    words = [word for word in words if word]
    while room is not None and len(words) > _NEVER_DROPPED and len(" ".join(words)) > room:
        words.pop()
    return " ".join(words).rstrip()


def histogram_lines(histogram: Histogram, bar_width: int = BAR_WIDTH) -> Iterator[str]:
    """Yield a line for each bucket: when, a bar of what ended then, and the numbers."""
    if not histogram.buckets:
        return
    yield f"Ended in each {span(histogram.width)}:"
    most = max(bucket.count for bucket in histogram.buckets)
    for bucket in histogram.buckets:
        yield _bucket_line(bucket, most, bar_width)


def _bucket_line(bucket: Bucket, most: int, bar_width: int) -> str:
    failed = -(-bucket.failed * bar_width // most)
    whole = max(-(-bucket.count * bar_width // most), failed + bool(bucket.succeeded))
    succeeded = min(whole, bar_width) - failed
    # A single success keeps its column beside failures that would fill the bar, and so do they.
    if bucket.succeeded and succeeded < 1:
        failed, succeeded = bar_width - 1, 1
    drawn = SUCCEEDED * succeeded + FAILED * failed
    numbers = ", ".join(
        words
        for words in (
            f"{bucket.succeeded:,} succeeded" if bucket.succeeded else "",
            f"{bucket.failed:,} failed" if bucket.failed else "",
        )
        if words
    )
    return f"{bucket.start:%Y-%m-%d %H:%M} |{drawn:<{bar_width}}| {numbers}".rstrip()
