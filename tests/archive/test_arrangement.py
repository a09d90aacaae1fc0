"""Rearranging a view: what stays, what is overtaken, and a model that does it with lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from threading import Event

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from tests.archive.samples import OLDEST_FIRST, invocation, newest_first, only, shown
from tui.archive.arrangement import Arrangement
from tui.archive.store import Archive
from tui.archive.view import View
from tui.records import InstanceResult, Query

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


class Gate:
    """Holds the archive's thread up in the middle of a query."""

    def __init__(self) -> None:
        self._reached, self._open = Event(), Event()

    def wait(self) -> bool:
        self._reached.set()
        return self._open.wait(60)

    def held(self, arrangement: Arrangement) -> Arrangement:
        """Return an arrangement that can be made only when the gate is open."""
        return replace(arrangement, where=f"gate() AND {arrangement.where}")

    async def reached(self) -> None:
        assert await anyio.to_thread.run_sync(self._reached.wait, 60)

    def open(self) -> None:
        self._open.set()

    def close(self) -> None:
        self._open.clear()
        self._reached.clear()


@pytest.fixture
async def gate(archive: Archive) -> AsyncIterator[Gate]:
    gate = Gate()
    await archive.run(lambda connection: connection.create_function("gate", 0, gate.wait))
    yield gate
    gate.open()


async def test_rows_stay_until_others_are_ready(view: View, gate: Gate) -> None:
    await view.add(newest_first(1, 2, 3))
    async with anyio.create_task_group() as group:
        group.start_soon(view.rearrange, gate.held(only(2)))
        await gate.reached()
        assert shown(view) == ["f-3", "f-2", "f-1"]
        gate.open()
    assert (shown(view), view.hidden) == (["f-2"], 2)


@pytest.mark.parametrize(("check_every", "expected"), [(1, ["f-3"]), (10_000, ["f-1", "f-3"])])
async def test_a_later_arrangement_overtakes_an_earlier_one(
    archive: Archive,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
    check_every: int,
    expected: list[str],
) -> None:
    monkeypatch.setattr("tui.archive.connections.CHECK_EVERY", check_every)
    told: list[list[str]] = []
    question = await archive.question("me", Query("cn-hangzhou"))
    watched = View(archive, "me", question, changed=lambda shift: told.append(shown(watched)))
    await watched.open()
    await watched.add(newest_first(1, 2, 3))
    told.clear()
    async with anyio.create_task_group() as group:
        group.start_soon(watched.rearrange, gate.held(only(1)))
        await gate.reached()
        group.start_soon(watched.rearrange, only(2))
        group.start_soon(watched.rearrange, only(3))
        await anyio.lowlevel.checkpoint()
        gate.open()
    assert told == [[row] for row in expected], "only what is almost done is still shown"


async def test_what_is_cancelled_is_given_up(
    archive: Archive, view: View, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.archive.connections.CHECK_EVERY", 1)
    await view.add(newest_first(1, 2, 3))
    async with anyio.create_task_group() as group:
        group.start_soon(view.rearrange, gate.held(only(1)))
        await gate.reached()
        group.cancel_scope.cancel()
    gate.open()
    await view.add(newest_first(4))
    assert (shown(view), view.hidden) == (["f-4", "f-3", "f-2", "f-1"], 0)


async def test_it_may_be_too_late_to_give_up(archive: Archive, view: View, gate: Gate) -> None:
    await view.add(newest_first(1, 2, 3))
    async with anyio.create_task_group() as group:
        group.start_soon(view.rearrange, gate.held(only(1)))
        await gate.reached()
        group.cancel_scope.cancel()
    gate.open()
    await view.update([])
    assert (shown(view), view.hidden) == (["f-1"], 2)


async def test_what_nobody_waits_for_is_made_up_for_by_the_next_change(
    view: View, gate: Gate
) -> None:
    await view.add(newest_first(1))
    gate.open()
    await view.rearrange(gate.held(Arrangement()))
    gate.close()
    async with anyio.create_task_group() as group:
        group.start_soon(view.add, newest_first(3))
        await gate.reached()
        group.cancel_scope.cancel()
    gate.open()
    await view.add(newest_first(2, 4))
    assert shown(view) == ["f-4", "f-3", "f-2", "f-1"]
    assert shown(view)[view.cursor] == "f-1"


async def test_a_reader_who_moves_meanwhile_stays_where_they_went(view: View, gate: Gate) -> None:
    await view.add(newest_first(*range(10)))
    view.cursor = 7
    async with anyio.create_task_group() as group:
        group.start_soon(view.rearrange, gate.held(OLDEST_FIRST))
        await gate.reached()
        view.cursor = 4
        gate.open()
    assert view.cursor == 4
    await view.add([invocation(-1)])
    assert (view.cursor, shown(view)[view.cursor]) == (5, "f-4"), "and moves with its row again"
    gate.close()
    async with anyio.create_task_group() as group:
        group.start_soon(view.rearrange, gate.held(only(1, 2)))
        await gate.reached()
        view.cursor = 9
        gate.open()
    assert view.cursor == 1, "there are no more rows"


async def test_what_was_asked_before_rows_joined_above_means_the_same_rows(view: View) -> None:
    await view.add(newest_first(*range(10)))
    view.cursor = 4
    failed = invocation(20, results=(InstanceResult("i-1", "Failed"),))
    ids: list[str] = []
    found: list[int | None] = []

    async def ask() -> None:
        ids.extend(await view.invoke_ids(4, 5))

    async def find() -> None:
        found.append(await view.find_failed(0, -1))

    async with anyio.create_task_group() as group:
        group.start_soon(view.add, [failed])
        group.start_soon(ask)
        group.start_soon(find)
        group.start_soon(view.rearrange, OLDEST_FIRST)
    assert ids == ["f-5", "f-4"]
    assert found == [0]
    assert shown(view)[view.cursor] == "f-5"


async def test_the_rows_wanted_last_are_held_even_if_nobody_waits_for_them(
    view: View, gate: Gate
) -> None:
    await view.add(newest_first(*range(1000)))
    async with anyio.create_task_group() as group:
        group.start_soon(view.rearrange, gate.held(Arrangement()))
        await gate.reached()
        group.start_soon(view.ready, 100, 110)
        await anyio.lowlevel.checkpoint()
        with anyio.CancelScope() as scope:
            scope.cancel()
            await view.ready(700, 710)
        gate.open()
    assert view.holds(700, 710)


async def test_a_closed_view_tells_nothing_more(archive: Archive, gate: Gate) -> None:
    told: list[int] = []
    question = await archive.question("me", Query("cn-hangzhou"))
    view = View(archive, "me", question, changed=told.append)
    await view.open()
    await view.add(newest_first(1))
    told.clear()
    async with anyio.create_task_group() as group:
        group.start_soon(view.rearrange, gate.held(Arrangement()))
        await gate.reached()
        group.start_soon(view.rearrange, only(1))
        group.start_soon(view.close)
        await anyio.lowlevel.checkpoint()
        gate.open()
    assert told == []


async def test_the_end_waits_for_no_sort(
    archive: Archive, view: View, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.archive.connections.CHECK_EVERY", 1)
    await view.add(newest_first(1, 2, 3))
    sorting = asyncio.ensure_future(view.rearrange(gate.held(only(1))))
    counting = asyncio.ensure_future(archive.run(lambda c: c.execute("SELECT 1").fetchall()))
    await gate.reached()
    closing = asyncio.ensure_future(archive.close())
    await asyncio.sleep(0)
    gate.open()
    await closing
    await sorting
    assert shown(view) == ["f-3", "f-2", "f-1"]
    with pytest.raises(asyncio.CancelledError):
        await view.ready(0, 9)
    assert await asyncio.gather(counting, return_exceptions=True)
