"""Several explorers at once: nothing is lost, and nobody's view breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archive.samples import (
    OLDEST_FIRST,
    QUERY,
    START,
    archive_at,
    fill,
    ids_in,
    invocation,
    newest_first,
    opened_view,
    shown,
    view_at,
)
from tui.archive import exporting
from tui.archive.keeping import Bounds
from tui.archive.view import View

pytestmark = pytest.mark.anyio

NOW = START.timestamp() + 10_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "archive.sqlite3"


@pytest.fixture(params=[True, False], ids=["log", "journal"])
async def views(path: Path, request: pytest.FixtureRequest) -> AsyncIterator[tuple[View, View]]:
    """Two explorers with the same query open."""
    local = {"local": lambda _: request.param}
    async with view_at(path, **local) as one, view_at(path, **local) as two:
        yield one, two


async def test_both_keep_what_they_read(path: Path, views: tuple[View, View]) -> None:
    async def walk(view: View, numbers: range) -> None:
        for start in numbers:
            await view.add(newest_first(*range(start, start + 10)))

    one, two = views
    await asyncio.gather(walk(one, range(0, 200, 20)), walk(two, range(10, 200, 20)))
    assert len(await ids_in(path)) == 200
    for view in views:
        assert view.count == 100
        await view.rearrange()
        everything = [f"f-{number}" for number in range(199, -1, -1)]
        assert await view.invoke_ids(0, 300) == everything


async def test_what_the_other_has_got_first_joins_all_the_same(views: tuple[View, View]) -> None:
    one, two = views
    await one.add(newest_first(1, 2, 3))
    assert await two.add(newest_first(2, 3, 4)) == 3
    assert shown(two) == ["f-4", "f-3", "f-2"]
    assert await one.add(newest_first(2, 3, 4)) == 1
    assert shown(one) == ["f-4", "f-3", "f-2", "f-1"]
    assert (one.hidden, two.hidden) == (0, 0)


async def test_an_answer_that_the_other_has_taken_back_is_not_doubled(
    views: tuple[View, View],
) -> None:
    one, two = views
    await one.add(newest_first(1, 2, 3))
    await two.rearrange()
    await two.retire(newest_first(1, 3), newest=False)
    assert await one.add(newest_first(2)) == 1
    assert shown(one) == ["f-3", "f-2", "f-1"]


async def test_the_others_news_of_a_row_are_seen(views: tuple[View, View]) -> None:
    one, two = views
    await one.add([invocation(1, status="Running")])
    await two.update([invocation(1, status="Failed")])
    await one.ready(0, 1)
    assert [row.status for row in one.rows(0, 1) if row] == ["Failed"]


async def test_rows_that_the_other_removes_leave_the_view(path: Path) -> None:
    gone = asyncio.Event()
    async with archive_at(path) as one, archive_at(path, clock=lambda: NOW) as two:
        view = View(
            one,
            "me",
            await one.question("me", QUERY),
            changed=lambda shift: gone.set() if view.count == 200 else None,
        )
        await view.open()
        await view.add(newest_first(*range(400)))
        view.cursor = 399
        age = NOW - START.timestamp() - 200
        assert await exporting.prune(two, Bounds(max_age=age)) == 200
        await view.ready(390, 400)
        await asyncio.wait_for(gone.wait(), 10)
        assert view.cursor == 199
        await view.ready(190, 200)
        assert [row.invoke_id for row in view.rows(198, 200) if row] == ["f-201", "f-200"]
        await view.close()


async def test_a_question_asked_by_both_is_one(path: Path) -> None:
    async with archive_at(path) as one, archive_at(path) as two:
        questions = await asyncio.gather(
            *(archive.question("me", QUERY) for archive in (one, two) for _ in range(3))
        )
    assert len(set(questions)) == 1


async def test_a_long_sort_holds_up_neither_rows_nor_the_other_explorer(path: Path) -> None:
    await fill(path, *range(500))
    async with archive_at(path) as one, archive_at(path) as two:
        view, other = await opened_view(one), await opened_view(two)
        held, gate = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def wait() -> bool:
            loop.call_soon_threadsafe(held.set)
            return asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(60)

        await one.run(lambda connection: connection.create_function("gate", 0, wait))
        slow = replace(OLDEST_FIRST, where="gate() AND TRUE")
        sorting = asyncio.ensure_future(view.rearrange(slow))
        await held.wait()
        await view.ready(450, 460)
        assert view.holds(450, 460)
        assert await view.position_of("f-3") == 496
        assert await one.invocation("me", "f-4") is not None
        await other.add(newest_first(600))
        assert shown(other)[0] == "f-600"
        gate.set()
        await sorting
        assert await view.invoke_ids(0, 0) == ["f-0"]
        for each in (view, other):
            await each.close()
