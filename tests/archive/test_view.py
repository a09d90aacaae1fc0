"""The view: rows join at their place, the window is enough to paint, positions are found again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.archive.samples import OLDEST_FIRST, invocation, newest_first, only, shown
from tui.archive.arrangement import Arrangement
from tui.archive.arranging import MARGIN
from tui.archive.positions import NEAR
from tui.archive.store import Archive
from tui.archive.view import FIRST_ROWS, View
from tui.records import InstanceResult, Query, Tag

pytestmark = pytest.mark.anyio


@pytest.fixture
async def archive() -> AsyncIterator[Archive]:
    archive = Archive()
    yield archive
    await archive.close()


@pytest.fixture
async def view(archive: Archive) -> AsyncIterator[View]:
    view = View(archive, "me", await archive.question("me", Query("cn-hangzhou")))
    await view.open()
    yield view
    await view.close()


async def test_pages_of_a_walk_join_at_the_end(view: View) -> None:
    assert await view.add(newest_first(7, 8, 9)) == 3
    assert await view.add(newest_first(4, 5, 6)) == 3
    assert shown(view) == ["f-9", "f-8", "f-7", "f-6", "f-5", "f-4"]


async def test_newer_rows_join_at_the_top_and_older_ones_keep_their_order(view: View) -> None:
    await view.add(newest_first(1, 2, 3))
    assert await view.add(newest_first(2, 3, 4, 5)) == 2
    assert await view.add(newest_first(6)) == 1
    assert shown(view) == ["f-6", "f-5", "f-4", "f-3", "f-2", "f-1"]
    assert await view.position_of("f-3") == 3


async def test_rows_between_others_take_their_place(view: View) -> None:
    await view.add(newest_first(1, 9))
    await view.add(newest_first(5))
    assert shown(view) == ["f-9", "f-5", "f-1"]
    assert await view.position_of("f-1") == 2


async def test_a_row_seen_again_is_changed_and_not_doubled(view: View) -> None:
    running = invocation(1, status="Running", results=(InstanceResult("i-1", "Running"),))
    await view.add([running])
    finished = replace(running, status="Success", results=(InstanceResult("i-1", "Success"),))
    assert await view.add([finished]) == 0
    [row] = view.rows(0, 9)
    assert row is not None
    assert (row.status, row.ok_count, row.total_count) == ("Success", 1, 1)


async def test_a_narrower_answer_changes_results_and_removes_none(
    archive: Archive, view: View
) -> None:
    whole = invocation(
        1,
        status="Running",
        vm_count=2,
        raw='{"whole":1}',
        results=(InstanceResult("i-1", "Running"), InstanceResult("i-2", "Failed", "X")),
    )
    narrow = replace(whole, raw='{"narrow":1}', results=(InstanceResult("i-1", "Success"),))
    await view.add([whole])
    await view.add([narrow])
    kept = await archive.invocation("me", "f-1")
    assert kept is not None
    assert [(result.instance_id, result.status) for result in kept.results] == [
        ("i-1", "Success"),
        ("i-2", "Failed"),
    ]
    assert kept.raw == '{"whole":1}'


async def test_an_instance_that_the_api_names_twice_is_kept_twice(
    archive: Archive, view: View
) -> None:
    twice = (InstanceResult("i-1", "Success"), InstanceResult("i-1", "Failed"))
    await view.add([invocation(1, results=twice)])
    kept = await archive.invocation("me", "f-1")
    assert kept is not None
    assert kept.results == twice


async def test_what_comes_out_is_what_went_in(archive: Archive, view: View) -> None:
    original = invocation(
        1,
        status="Odd",
        target_dir="/etc",
        content="naïve\n\ttext",
        content_type="PlainText",
        description="d",
        file_owner="o",
        file_group="g",
        file_mode="0644",
        overwrite="true",
        vm_count=1,
        tags=(Tag("env", ""), Tag("", "x")),
        results=(
            InstanceResult("i-1", "Failed", "Code", "info", "1", "2", "3", "4"),
            InstanceResult("i-2", "Success"),
        ),
    )
    await view.add([original])
    assert await archive.invocation("me", "f-1") == original
    assert view.rows(0, 1) == [original.summary]
    assert await archive.invocation("somebody else", "f-1") is None


async def test_only_a_window_is_held_and_it_follows(view: View) -> None:
    await view.add(newest_first(*range(1000)))
    assert view.count == 1000
    assert view.rows(0, 40)[-1] is not None
    assert view.rows(960, 1000) == [None] * 40
    assert not view.holds(960, 1000)

    await view.ready(960, 1000)
    assert view.holds(960, 1000)
    last = view.rows(999, 1005)
    assert [row.invoke_id for row in last if row] == ["f-0"]
    assert view.rows(0, 1) == [None]
    assert view.near_edge(960 - MARGIN, 961 - MARGIN)
    assert not view.near_edge(960, 1000)


async def test_a_row_outside_the_window_is_found(view: View) -> None:
    await view.add(newest_first(*range(1000)))
    assert await view.position_of("f-5") == 994
    assert await view.position_of("f-none") is None


async def test_changes_are_told_once_the_window_has_them(archive: Archive) -> None:
    told: list[list[str]] = []
    watched = View(
        archive,
        "me",
        await archive.question("me", Query("cn-hangzhou")),
        changed=lambda shift: told.append(shown(watched)),
    )
    await watched.open()
    await watched.add(newest_first(1))
    assert told[-1] == ["f-1"]


async def test_the_reader_is_told_how_far_the_row_under_the_cursor_has_moved(
    archive: Archive,
) -> None:
    shifts: list[int] = []
    question = await archive.question("me", Query("cn-hangzhou"))
    view = View(archive, "me", question, changed=shifts.append)
    await view.open()
    await view.add(newest_first(2, 4, 6))
    view.cursor = 1
    await view.add(newest_first(1))
    assert shifts[-1] == 0, "rows at the end move nothing"
    await view.add(newest_first(8, 9))
    assert shifts[-1] == 2, "rows at the top move everything"
    await view.add(newest_first(3, 5, 7))
    assert shifts[-1] == 2, "of three rows in between, two are above"
    assert shown(view)[view.cursor] == "f-4"


async def test_an_arrangement_sorts_and_filters_rows_that_come_later_too(archive: Archive) -> None:
    question = await archive.question("me", Query("cn-hangzhou"))
    arrangement = Arrangement("invocation.created ASC", "invocation.name <> ?", ("file-3",))
    view = View(archive, "me", question, arrangement=arrangement)
    await view.open()
    await view.add(newest_first(2, 3, 4))
    await view.add(newest_first(1, 5))
    assert shown(view) == ["f-1", "f-2", "f-4", "f-5"]


async def test_a_view_opens_on_what_its_question_was_answered_before(
    archive: Archive, view: View
) -> None:
    await view.add(newest_first(1, 2))
    again = View(archive, "me", await archive.question("me", Query("cn-hangzhou")))
    await again.open()
    other = View(archive, "me", await archive.question("me", Query("cn-hangzhou", name="x")))
    await other.open()
    assert shown(again) == ["f-2", "f-1"]
    assert shown(other) == []


async def test_a_view_of_many_rows_opens_on_the_newest_and_finds_the_rest(
    archive: Archive, view: View
) -> None:
    await view.add(newest_first(*range(FIRST_ROWS + 50)))
    again = View(archive, "me", await archive.question("me", Query("cn-hangzhou")))
    await again.open()
    assert (again.count, again.finding) == (FIRST_ROWS, True)
    assert [row.invoke_id for row in again.rows(0, 1) if row] == [f"f-{FIRST_ROWS + 49}"]
    again.cursor = FIRST_ROWS - 1
    # What comes meanwhile joins all rows.
    await again.add(newest_first(-1, 5000))
    assert (again.count, again.hidden, again.finding) == (FIRST_ROWS + 52, 0, False)
    assert again.cursor == FIRST_ROWS
    await again.close()


async def test_a_time_that_cannot_be_read_sorts_last(view: View) -> None:
    await view.add([invocation(1, creation_time="soon"), invocation(2)])
    assert shown(view) == ["f-2", "f-1"]


async def test_what_a_filter_hides_is_counted_as_pages_come(view: View) -> None:
    await view.add(newest_first(1, 2, 3))
    await view.rearrange(only(2))
    assert (shown(view), view.hidden) == (["f-2"], 2)
    await view.add(newest_first(0))
    assert (shown(view), view.hidden) == (["f-2"], 3)
    await view.rearrange(Arrangement())
    assert (len(shown(view)), view.hidden) == (4, 0)


async def test_rows_join_in_many_places_at_once(view: View) -> None:
    await view.add(newest_first(*range(0, 40, 4)))
    view.cursor = 5
    assert shown(view)[5] == "f-16"
    await view.add(newest_first(*range(1, 40, 4)))
    await view.add(newest_first(-1, 2, 22, 38, 50))
    numbers = {*range(0, 40, 4), *range(1, 40, 4), -1, 2, 22, 38, 50}
    assert shown(view) == [f"f-{number}" for number in sorted(numbers, reverse=True)]
    assert shown(view)[view.cursor] == "f-16"
    assert await view.position_of("f--1") == len(numbers) - 1


async def test_another_order_keeps_the_row_under_the_cursor(archive: Archive) -> None:
    shifts: list[int] = []
    question = await archive.question("me", Query("cn-hangzhou"))
    view = View(archive, "me", question, changed=shifts.append)
    await view.open()
    await view.add(newest_first(*range(10)))
    view.cursor = 2
    assert shown(view)[2] == "f-7"
    await view.rearrange(OLDEST_FIRST)
    assert shifts[-1] == 5
    assert shown(view)[view.cursor] == "f-7"


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        ((4, 9), "f-4"),
        ((8, 9), "f-8"),
        ((1, 7), "f-7"),
        ((5, 7), "f-5"),
        ((0,), "f-0"),
    ],
)
async def test_a_hidden_row_gives_its_place_to_the_nearest_one(
    view: View, visible: tuple[int, ...], expected: str
) -> None:
    await view.add(newest_first(*range(10)))
    view.cursor = 3
    assert shown(view)[3] == "f-6"
    await view.rearrange(only(*visible))
    assert shown(view)[view.cursor] == expected


async def test_the_nearest_row_may_be_far(view: View) -> None:
    await view.add(newest_first(*range(2 * NEAR + 10)))
    view.cursor = NEAR + 5
    await view.rearrange(only(1, 2))
    assert shown(view)[view.cursor] == "f-2"


async def test_a_filter_that_hides_everything_does_not_lose_the_place(view: View) -> None:
    await view.add(newest_first(*range(10)))
    view.cursor = 3
    await view.rearrange(only(99))
    assert (view.count, view.cursor, view.hidden) == (0, 0, 10)
    await view.rearrange(only(98))
    await view.rearrange(Arrangement())
    assert shown(view)[view.cursor] == "f-6"


async def test_the_next_failed_row_is_found_in_either_direction(view: View) -> None:
    failed = (InstanceResult("i-1", "Failed", "X"),)
    rows = [
        invocation(number, results=failed if number in (3, 700) else ()) for number in range(1000)
    ]
    await view.add(list(reversed(rows)))
    assert await view.find_failed(0, 1) == 299
    assert await view.find_failed(299, 1) == 996
    assert await view.find_failed(996, 1) is None
    assert await view.find_failed(999, -1) == 996
    assert await view.find_failed(996, -1) == 299
    assert await view.find_failed(0, -1) is None


async def test_the_ids_of_a_range_are_told(view: View) -> None:
    await view.add(newest_first(1, 2, 3, 4))
    assert await view.invoke_ids(1, 2) == ["f-3", "f-2"]


async def test_answers_that_are_given_no_longer_are_let_go(archive: Archive, view: View) -> None:
    await view.add(newest_first(1, 2, 3, 4, 5, 6))
    view.cursor = 4
    await view.retire(newest_first(2, 4, 5), newest=False)
    assert shown(view) == ["f-6", "f-5", "f-4", "f-2", "f-1"]
    assert shown(view)[view.cursor] == "f-2"
    await view.retire(newest_first(4, 5), newest=True)
    assert shown(view) == ["f-5", "f-4", "f-2", "f-1"]
    assert await archive.invocation("me", "f-3") is not None, "what was seen is kept"


async def test_the_seconds_at_the_ends_of_a_page_are_left_alone(view: View) -> None:
    ties = [replace(invocation(number), invoke_id=f"f-{number}-too") for number in (2, 3, 4)]
    await view.add([*newest_first(2, 3, 4), *ties])
    await view.retire(newest_first(2, 4), newest=False)
    assert sorted(shown(view)) == ["f-2", "f-2-too", "f-4", "f-4-too"]


@pytest.mark.parametrize(
    ("kept", "newest", "oldest", "expected"),
    [
        ((), True, True, ["f-8", "f-7"]),
        ((), True, False, ["f-9", "f-8", "f-7", "f-6", "f-5"]),
        ((), False, True, ["f-9", "f-8", "f-7", "f-6", "f-5"]),
        ((8,), True, True, ["f-8", "f-7"]),
        ((8,), False, True, ["f-9", "f-8", "f-7"]),
        ((8,), True, False, ["f-8", "f-7", "f-6", "f-5"]),
    ],
)
async def test_below_the_end_of_a_walk_only_what_has_changed_goes(
    archive: Archive, kept: tuple[int, ...], newest: bool, oldest: bool, expected: list[str]
) -> None:
    query = Query("cn-hangzhou", statuses=("Failed", "Running"))
    view = View(archive, "me", await archive.question("me", query))
    await view.open()
    await view.add([invocation(number, status="Failed") for number in (9, 8, 7)])
    await view.add([invocation(number, status="Running") for number in (6, 5)])
    await view.update([invocation(5), invocation(9, status="Success")])
    await view.retire(newest_first(*kept), newest=newest, oldest=oldest)
    assert shown(view) == expected


async def test_a_question_for_every_status_keeps_what_the_service_forgets(view: View) -> None:
    await view.add(newest_first(1, 2))
    await view.update([invocation(1, status="Running")])
    await view.retire((), newest=True, oldest=True)
    assert shown(view) == ["f-2", "f-1"]


async def test_a_reader_who_moves_while_rows_join_in_between_stays_where_they_went(
    archive: Archive,
) -> None:
    shifts: list[int] = []
    question = await archive.question("me", Query("cn-hangzhou"))
    view = View(archive, "me", question, changed=shifts.append)
    await view.open()
    await view.add(newest_first(*range(0, 40, 2)))
    view.cursor = 15
    joining = asyncio.ensure_future(view.add(newest_first(*range(1, 39, 2))))
    await asyncio.sleep(0)
    view.cursor = 0
    await joining
    assert shifts[-1] == 0
    assert view.cursor == 0
