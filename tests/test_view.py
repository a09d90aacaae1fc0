"""The view: rows join at their place, the window is enough to paint, positions are found again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import pytest

from tui.archive.arrangement import Arrangement
from tui.archive.store import Archive
from tui.archive.view import MARGIN, View
from tui.records import InstanceResult, Invocation, Query, Tag

pytestmark = pytest.mark.anyio

START = datetime(2026, 1, 1, tzinfo=UTC)


def invocation(number: int, **changes: object) -> Invocation:
    """Return the invocation created `number` seconds after the start."""
    moment = (START + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return replace(
        Invocation(f"f-{number}", "Success", moment, name=f"file-{number}", raw="{}"),
        **changes,  # type: ignore[arg-type]
    )


def newest_first(*numbers: int) -> tuple[Invocation, ...]:
    return tuple(invocation(number) for number in sorted(numbers, reverse=True))


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


def shown(view: View) -> list[str]:
    rows = view.rows(0, view.count)
    return [row.invoke_id if row else "-" for row in rows]


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
    view.cursor += shifts[-1]
    await view.add(newest_first(3, 5, 7))
    assert shifts[-1] == 2, "of three rows in between, two are above"
    assert shown(view)[view.cursor + 2] == "f-4"


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


async def test_a_time_that_cannot_be_read_sorts_last(view: View) -> None:
    await view.add([invocation(1, creation_time="soon"), invocation(2)])
    assert shown(view) == ["f-2", "f-1"]


async def test_what_a_filter_hides_is_counted_as_pages_come(archive: Archive) -> None:
    question = await archive.question("me", Query("cn-hangzhou"))
    view = View(archive, "me", question)
    await view.open()
    await view.add(newest_first(1, 2, 3))
    await view.rearrange(Arrangement(where="invocation.name = ?", parameters=("file-2",)))
    assert (shown(view), view.hidden) == (["f-2"], 2)
    await view.add(newest_first(0))
    assert (shown(view), view.hidden) == (["f-2"], 3)
    await view.rearrange(Arrangement())
    assert (len(shown(view)), view.hidden) == (4, 0)


async def test_another_order_keeps_the_row_under_the_cursor(archive: Archive) -> None:
    shifts: list[int] = []
    question = await archive.question("me", Query("cn-hangzhou"))
    view = View(archive, "me", question, changed=shifts.append)
    await view.open()
    await view.add(newest_first(*range(10)))
    view.cursor = 2
    assert shown(view)[2] == "f-7"
    await view.rearrange(Arrangement("invocation.created ASC"))
    view.cursor += shifts[-1]
    assert shown(view)[view.cursor] == "f-7"


@pytest.mark.parametrize(("kept", "expected"), [("f-4", "f-4"), ("f-8", "f-8"), ("f-none", None)])
async def test_a_hidden_row_gives_its_place_to_the_nearest_one(
    archive: Archive, kept: str, expected: str | None
) -> None:
    shifts: list[int] = []
    question = await archive.question("me", Query("cn-hangzhou"))
    view = View(archive, "me", question, changed=shifts.append)
    await view.open()
    await view.add(newest_first(*range(10)))
    view.cursor = 3
    where = "invocation.invoke_id IN (?, 'f-9')" if expected else "FALSE AND invoke_id = ?"
    await view.rearrange(Arrangement(where=where, parameters=(kept,)))
    view.cursor += shifts[-1]
    names = shown(view)
    assert names[view.cursor : view.cursor + 1] == ([expected] if expected else [])


async def test_a_later_arrangement_overtakes_an_earlier_one(view: View) -> None:
    await view.add(newest_first(*range(300)))
    oldest, newest = Arrangement("invocation.created ASC"), Arrangement()
    async with anyio.create_task_group() as group:
        for arrangement in (oldest, newest, oldest):
            group.start_soon(view.rearrange, arrangement)
    await view.ready(0, 10)
    assert shown(view)[:2] == ["f-0", "f-1"]


async def test_who_is_cancelled_leaves_the_view_whole(view: View) -> None:
    await view.add(newest_first(*range(300)))
    with anyio.move_on_after(0):
        await view.rearrange(Arrangement("invocation.created ASC"))
    await view.add(newest_first(*range(300, 310)))
    names = [row.invoke_id for row in view.rows(0, view.count) if row]
    ages = [int(name[2:]) for name in names]
    assert ages in (sorted(ages), sorted(ages, reverse=True))
    assert view.count == 310


async def test_the_next_failed_row_is_found_in_either_direction(view: View) -> None:
    failed = (InstanceResult("i-1", "Failed", "X"),)
    rows = [
        invocation(number, results=failed if number in (3, 700) else ()) for number in range(1000)
    ]
    await view.add(list(reversed(rows)))
    assert await view.find_failed(0, 1) == 299
    assert await view.find_failed(299, 1) == 996
    assert await view.find_failed(996, 1) is None
    assert await view.find_failed(996, -1) == 299
    assert await view.find_failed(0, -1) is None


async def test_the_ids_of_a_range_are_told(view: View) -> None:
    await view.add(newest_first(1, 2, 3, 4))
    assert await view.invoke_ids(1, 2) == ["f-3", "f-2"]


async def test_answers_that_are_given_no_longer_are_let_go(archive: Archive, view: View) -> None:
    await view.add(newest_first(1, 2, 3, 4, 5, 6))
    await view.retire(newest_first(2, 4, 5), newest=False)
    assert shown(view) == ["f-6", "f-5", "f-4", "f-2", "f-1"]
    await view.retire(newest_first(4, 5), newest=True)
    assert shown(view) == ["f-5", "f-4", "f-2", "f-1"]
    assert await archive.invocation("me", "f-3") is not None, "what was seen is kept"
