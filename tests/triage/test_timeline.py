"""Results on one time axis: bars, durations, stragglers, what is overdue, a histogram."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triage.rows import (
    at,
    controls,
    delivery,
    documents,
    hostile_deliveries,
    invocations,
    result,
    sending,
    sends,
)
from tui.records import InstanceResult, instant
from tui.triage.campaigns import campaigns_of
from tui.triage.durations import durations
from tui.triage.sends import Delivery
from tui.triage.timeline import MAX_BUCKETS, Timeline, histogram, timeline
from tui.triage.timeline_text import (
    FAILED,
    GOING_ON,
    SUCCEEDED,
    WAITING,
    row_line,
    rows_shown,
    timeline_lines,
)


def moment(seconds: int) -> datetime:
    found = instant(at(seconds))
    assert found
    return found


def timed(host: str, began: int | None, ended: int | None, outcome: str = "Success") -> Delivery:
    return Delivery(sending(), result(host, outcome, ended, began=began))


def drawn(rows: list[Delivery], now: int = 100, width: int = 10) -> list[str]:
    shown = timeline(rows, moment(now))
    return [row_line(shown, row, width)[1 : width + 1] for row in shown.rows]


def test_bars_wait_run_and_end_where_their_times_are() -> None:
    rows = [timed("i-a", 0, 20), timed("i-b", 40, 100), timed("i-c", 50, 60, "Failed")]
    assert drawn(rows) == [
        SUCCEEDED * 2 + " " * 8,
        WAITING * 4 + SUCCEEDED * 6,
        WAITING * 5 + FAILED + " " * 4,
    ]


def test_what_goes_on_reaches_to_now() -> None:
    rows = [
        timed("i-a", 0, 20),
        timed("i-b", None, None, "Pending"),
        timed("i-c", 20, None, "Running"),
    ]
    assert drawn(rows, now=40) == [
        SUCCEEDED * 5 + " " * 5,
        WAITING * 10,
        WAITING * 5 + GOING_ON * 5,
    ]


def test_what_ended_without_a_beginning_ends_in_its_outcome() -> None:
    rows = [timed("i-a", None, 50, "Timeout"), timed("i-b", 0, 100)]
    assert drawn(rows)[0] == WAITING * 4 + FAILED + " " * 5


def test_everything_in_one_second_still_has_bars() -> None:
    assert drawn([timed("i-a", 0, 0), timed("i-b", None, 0, "Aborted")], now=0) == [
        SUCCEEDED + " " * 9,
        FAILED + " " * 9,
    ]


def test_a_straggler_takes_far_longer_than_the_median() -> None:
    rows = [timed(f"i-{number}", 0, 4) for number in range(4)]
    rows += [timed("i-slow", 0, 30), timed("i-slower", 2, None, "Running")]
    shown = timeline(rows, moment(60))
    assert [row.delivery.instance_id for row in shown.stragglers] == ["i-slower", "i-slow"]
    nearly = [timed(f"i-{number}", 0, 1) for number in range(4)] + [timed("i-slow", 0, 6)]
    assert timeline(nearly, moment(60)).stragglers == ()


def test_what_goes_on_after_the_timeout_is_overdue() -> None:
    rows = [
        timed("i-a", None, None, "Pending"),
        timed("i-b", 0, 70),
        delivery("i-c", "Pending", created=30),
    ]
    shown = timeline(rows, moment(61))
    assert [row.delivery.instance_id for row in shown.overdue] == ["i-a"]
    assert timeline(rows, moment(60)).overdue == ()
    assert len(timeline(rows, moment(61), timeout=10).overdue) == 2


def test_what_has_no_time_is_counted_and_not_shown() -> None:
    shown = timeline([delivery("i-a", created=None), timed("i-b", 0, 5)], moment(9))
    assert (len(shown.rows), shown.undated) == (1, 1)
    nothing = timeline([delivery("i-a", created=None)], moment(9))
    assert (nothing.begin, nothing.rows) == (None, ())
    assert list(timeline_lines(nothing)) == ["Nothing has a time that could be shown."]


def test_durations_are_from_start_to_finish() -> None:
    rows = [timed(f"i-{number}", 0, number) for number in range(1, 41)]
    found = durations([*rows, timed("i-never", None, 60, "Timeout"), timed("i-odd", 9, 3)])
    assert found is not None
    assert found.count == 40
    assert found.median == 20.5
    assert found.p95 == 38.0
    assert found.slowest.instance_id == "i-40"
    assert found.longest == 40.0
    assert durations([timed("i-never", None, 60)]) is None


def test_a_histogram_counts_minutes_and_leaves_none_out() -> None:
    rows = [
        delivery("i", outcome, ended)
        for outcome, ended in (
            ("Success", 5),
            ("Success", 59),
            ("Failed", 60),
            ("Success", 200),
            ("Running", None),
        )
    ]
    found = histogram(rows)
    assert found.width == 60
    assert [(each.succeeded, each.failed) for each in found.buckets] == [
        (2, 0),
        (0, 1),
        (0, 0),
        (1, 0),
    ]
    assert found.buckets[1].start == moment(60)


@pytest.mark.parametrize(
    ("last", "width"),
    [
        ("2026-11-20T08:59:59Z", 60),
        ("2026-11-20T09:00:00Z", 300),
        ("2026-11-22T08:00:00Z", 3600),
        ("2026-12-24T08:00:00Z", 86_400),
        ("9999-12-31T23:59:59Z", 7_052 * 7 * 86_400),
    ],
)
def test_a_long_span_has_wider_buckets(last: str, width: int) -> None:
    late = InstanceResult("i", "Failed", finish_time=last)
    rows = [delivery("i", ended=0), Delivery(sending(), late)]
    found = histogram(rows)
    assert found.width == width
    assert len(found.buckets) <= MAX_BUCKETS
    assert sum(bucket.count for bucket in found.buckets) == 2


MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda each: f"{each:%Y-%m-%dT%H:%M:%SZ}")
TIMES = st.one_of(st.just(""), st.just("yesterday"), MOMENTS, st.integers(0, 3000).map(at))


@given(
    st.lists(
        st.tuples(st.sampled_from(["Success", "Failed", "Running"]), TIMES, TIMES, TIMES),
        max_size=8,
    ),
    st.integers(1, 50),
)
def test_whatever_the_times_bars_stay_on_the_axis(
    given_rows: list[tuple[str, str, str, str]], width: int
) -> None:
    rows = []
    for number, (outcome, created, started, finished) in enumerate(given_rows):
        sent = sending("f-1", None)
        row = InstanceResult(
            f"i-{number}",
            outcome,
            creation_time=created,
            start_time=started,
            finish_time=finished,
        )
        rows.append(Delivery(sent, row))
    shown = timeline(rows, moment(600))
    assert len(shown.rows) + shown.undated == len(rows)
    for shown_row in shown.rows:
        bar = shown.bar(shown_row, width)
        assert 0 <= bar.begin <= bar.start <= bar.end <= width
        assert bar.begin < bar.end
    assert len(shown.histogram.buckets) <= MAX_BUCKETS
    for line in timeline_lines(shown, width):
        assert not controls(line, "")


def test_the_text_says_what_counts_before_the_rows() -> None:
    rows = [timed(f"i-{number}", 0, 4) for number in range(4)]
    rows += [timed("i-slow", 0, 130, "Failed"), timed("i-going", None, None, "Pending")]
    lines = list(timeline_lines(timeline(rows, moment(140)), 10, limit=2))
    assert lines[:5] == [
        "6 deliveries from 2026-11-20 08:00:00 UTC on, over 2 min 20 s",
        "5 durations: median 4 s, 95 % within 2 min 10 s, slowest 2 min 10 s (i-slow)",
        "1 delivery far slower than most",
        "1 delivery going on after the timeout",
        "· waiting  █ succeeded  ▒ failed  ░ going on",
    ]
    assert lines[7:] == [
        "and 4 more",
        "Ended in each 1 min:",
        f"2026-11-20 08:00 |{SUCCEEDED * 10}| 4 succeeded",
        "2026-11-20 08:01 |          |",
        f"2026-11-20 08:02 |{FAILED * 3}       | 1 failed",
    ]


def test_of_a_long_timeline_those_rows_are_shown_that_tell_most() -> None:
    rows = [timed(f"i-{number}", number, number + 1) for number in range(10)]
    rows[7] = timed("i-7", 7, 8, "Failed")
    shown = timeline(rows, moment(60))
    hosts = [row.delivery.instance_id for row in rows_shown(shown, 3)]
    assert hosts == ["i-0", "i-1", "i-7"]
    assert rows_shown(shown, 10) == shown.rows
    text = "\n".join(timeline_lines(shown, 10, limit=3))
    assert "i-7" in text
    assert "and 7 more" in text


def test_hostile_rows_make_harmless_lines() -> None:
    shown = timeline(hostile_deliveries(), moment(600))
    lines = list(timeline_lines(shown))
    assert len(lines) > len(hostile_deliveries())
    for line in lines:
        assert not controls(line, "")
        assert line[0] in "|123456789·E2a"


def test_durations_of_the_fleet_agree_with_a_separate_computation() -> None:
    by_send: dict[str, list[tuple[float, str]]] = {}
    for one in documents():
        took = []
        for each in one["InvokeInstances"]["InvokeInstance"]:
            if each["StartTime"] and each["FinishTime"]:
                start, finish = (
                    datetime.fromisoformat(each[key]) for key in ("StartTime", "FinishTime")
                )
                took.append(((finish - start) / timedelta(seconds=1), each["InstanceId"]))
        by_send[one["InvokeId"]] = took
    by_id: dict[str, list[Delivery]] = {}
    for each in sends().deliveries:
        by_id.setdefault(each.invoke_id, []).append(each)
    for campaign in campaigns_of(invocations()):
        expected = [pair for invoke_id in campaign.invocations for pair in by_send[invoke_id]]
        rows = [each for invoke_id in campaign.invocations for each in by_id[invoke_id]]
        found = durations(rows)
        if not expected:
            assert found is None
            continue
        assert found is not None
        seconds = sorted(each for each, _ in expected)
        assert found.median == statistics.median(seconds)
        assert found.longest == seconds[-1]
        assert (seconds[-1], found.slowest.instance_id) in expected
        within = sum(each <= found.p95 for each in seconds)
        assert within >= 0.95 * len(seconds)
        assert sum(each < found.p95 for each in seconds) < 0.95 * len(seconds)


def test_bars_of_a_timeline_are_drawn_from_its_rows_alone() -> None:
    shown: Timeline = timeline([timed("i-a", 0, 5)], moment(9))
    assert shown.length == 5.0
    assert shown.bar(shown.rows[0], 1).end == 1
