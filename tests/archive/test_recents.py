"""Recent queries and saved views."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.archive.samples import QUERY, REGION, archive_at, newest_first, opened_view
from tui.archive.asking import read_query, write_query
from tui.archive.recents import (
    RecentQuery,
    SavedView,
    delete_view,
    previous_query,
    recent_queries,
    save_view,
    saved_views,
    use,
)
from tui.archive.store import Archive
from tui.records import Query, TagFilter

pytestmark = pytest.mark.anyio

NAMED = Query(REGION, name="x", statuses=("Failed",), tags=(TagFilter("env", ""), TagFilter("x")))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "archive.sqlite3"


@pytest.fixture
async def archive(path: Path) -> AsyncIterator[Archive]:
    async with archive_at(path) as archive:
        yield archive


async def opened(archive: Archive, scope: str, query: Query, now: float) -> None:
    await archive.write(use, await archive.question(scope, query), now)


async def test_queries_are_told_newest_first_and_once(archive: Archive) -> None:
    view = await opened_view(archive, query=NAMED)
    await view.add(newest_first(1, 2, 3))
    await view.close()
    await opened(archive, "me", NAMED, 1.0)
    await opened(archive, "me", QUERY, 2.0)
    await opened(archive, "me", NAMED, 3.0)
    await opened(archive, "you", QUERY, 4.0)
    mine = [RecentQuery(NAMED, "me", 3.0, 3), RecentQuery(QUERY, "me", 2.0, 0)]
    assert await archive.read(recent_queries, "me") == mine
    assert await archive.read(recent_queries) == [RecentQuery(QUERY, "you", 4.0, 0), *mine]


async def test_a_question_that_was_only_asked_is_no_recent_query(archive: Archive) -> None:
    await archive.question("me", QUERY)
    assert await archive.read(recent_queries, "me") == []


async def test_only_so_many_are_told(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.archive.recents.MOST_RECENT", 2)
    for number in range(4):
        await opened(archive, "me", Query(REGION, name=f"n{number}"), number)
    names = [recent.query.name for recent in await archive.read(recent_queries, "me")]
    assert names == ["n3", "n2"]


async def test_the_previous_query_is_the_one_before(archive: Archive) -> None:
    assert await archive.read(previous_query, "me", QUERY) is None
    await opened(archive, "me", NAMED, 1.0)
    await opened(archive, "me", QUERY, 2.0)
    assert await archive.read(previous_query, "me", QUERY) == NAMED
    await opened(archive, "me", NAMED, 3.0)
    assert await archive.read(previous_query, "me", NAMED) == QUERY


async def test_rows_are_counted_as_they_come_and_go(archive: Archive) -> None:
    view = await opened_view(archive)
    await view.add(newest_first(1, 2, 3, 4))
    await view.add(newest_first(3, 4, 5))
    await view.retire(newest_first(1, 4), newest=False)
    await opened(archive, "me", QUERY, 1.0)
    [recent] = await archive.read(recent_queries, "me")
    assert recent.rows == 3
    await view.close()


async def test_a_saved_view_comes_back_as_it_was(path: Path) -> None:
    # The words put the parts of a query in order.
    query = read_query(write_query(NAMED))
    view = SavedView("Broken", query, "ok", True, "host:i-1 -x", "f-1", 5.0)
    async with archive_at(path) as archive:
        await archive.write(save_view, SavedView("Broken", QUERY))
        await archive.write(save_view, SavedView("all", QUERY))
        await archive.write(save_view, view)
    async with archive_at(path) as archive:
        assert await archive.read(saved_views) == [SavedView("all", QUERY), view]
        assert await archive.write(delete_view, "all")
        assert await archive.read(saved_views) == [view]


async def test_a_view_in_a_file_that_cannot_be_written_stays(path: Path) -> None:
    async with archive_at(path) as archive:
        await archive.write(save_view, SavedView("all", QUERY))
    async with archive_at(path, keep=False) as archive:
        await archive.write(save_view, SavedView("all", NAMED))
        await archive.write(save_view, SavedView("mine", NAMED))
        assert [view.query.name for view in await archive.read(saved_views)] == ["x", "x"]
        assert await archive.write(delete_view, "mine")
        assert not await archive.write(delete_view, "all")
        assert [view.query.name for view in await archive.read(saved_views)] == [""]


async def test_a_query_that_cannot_be_read_is_left_out(archive: Archive) -> None:
    await opened(archive, "me", QUERY, 1.0)
    await archive.write(save_view, SavedView("all", QUERY))
    for table in ("question", "saved_view"):
        await archive.write(
            lambda connection, name: connection.execute(f"UPDATE {name} SET words = 'odd'"), table
        )
    assert await archive.read(recent_queries) == []
    assert await archive.read(saved_views) == []
