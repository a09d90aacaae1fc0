"""Walks on record, and what can be said of a question after them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from tests.archive.samples import (
    QUERY,
    REGION,
    START,
    archive_at,
    invocation,
    newest_first,
    opened_view,
)
from tui.archive.store import Archive
from tui.archive.walks import (
    KEPT,
    Completeness,
    Step,
    Walk,
    completeness,
    new_walk,
    read_completeness,
    read_walks,
)
from tui.records import Query

pytestmark = pytest.mark.anyio

BASE = START.timestamp()


class Clock:
    """Tells a later second each time."""

    def __init__(self) -> None:
        self._seconds: Iterator[int] = count(1)

    def __call__(self) -> float:
        return float(next(self._seconds))


@pytest.fixture(params=["memory", "overlay"])
async def archive(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Archive]:
    path = tmp_path / "state" / "archive.sqlite3"
    async with archive_at(path):
        pass
    options = {"path": None} if request.param == "memory" else {"path": path, "keep": False}
    async with archive_at(**options, clock=Clock()) as archive:
        yield archive


async def test_a_walk_is_on_record_page_by_page(archive: Archive) -> None:
    view = await opened_view(archive)
    question = await archive.question("me", QUERY)
    assert await archive.read(read_walks, question) == []
    assert await archive.read(read_completeness, question) == Completeness()

    walk = new_walk()
    await view.add(newest_first(7, 8, 9), Step(walk, token="t-1"))
    await view.add(newest_first(4, 5, 6), Step(walk, token="t-2"))
    [record] = await archive.read(read_walks, question)
    assert record == Walk(walk, True, 1, 2, BASE + 9, BASE + 4, 2, 6, False, "t-2")
    assert await archive.read(read_completeness, question) == Completeness(
        complete=False, since=1, seen=2, oldest=BASE + 4
    )

    await view.add([invocation(1, creation_time="soon")], Step(walk, ended=True))
    [record] = await archive.read(read_walks, question)
    assert (record.ended, record.token, record.oldest) == (True, "", BASE + 4)
    assert (await archive.read(read_completeness, question)).complete


async def test_a_query_without_rows_is_complete_after_its_only_page(archive: Archive) -> None:
    view = await opened_view(archive)
    await view.add([], Step(new_walk(), ended=True))
    question = await archive.question("me", QUERY)
    assert await archive.read(read_completeness, question) == Completeness(True, 1, 1, None)


async def test_walks_belong_to_their_question(archive: Archive) -> None:
    other = Query(REGION, name="x")
    step = Step(new_walk(), ended=True)
    await archive.keep(await archive.question("me", other), newest_first(1), step)
    assert not await archive.read(read_walks, await archive.question("me", QUERY))
    assert await archive.read(read_walks, await archive.question("me", other))


async def test_a_walk_to_the_end_makes_earlier_ones_superfluous(archive: Archive) -> None:
    view = await opened_view(archive)
    for number in (1, 2):
        await view.add(newest_first(number), Step(new_walk()))
    last = new_walk()
    await view.add(newest_first(3), Step(last))
    await view.add(newest_first(0), Step(last, ended=True))
    question = await archive.question("me", QUERY)
    assert [walk.name for walk in await archive.read(read_walks, question)] == [last]


async def test_only_so_many_walks_are_on_record(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.archive.walks.KEPT", 3)
    assert KEPT > 3
    view = await opened_view(archive)
    for number in range(6):
        await view.add(newest_first(number), Step(new_walk()))
    walks = await archive.read(read_walks, await archive.question("me", QUERY))
    assert [walk.started for walk in walks] == [6, 5, 4]


def walk(started: float, newest: float, oldest: float, **changes: object) -> Walk:
    made = Walk(f"w{started}", True, started, started + 1, newest, oldest, 1, 1, False, "")
    return replace(made, **changes)  # type: ignore[arg-type]


WHOLE = walk(10, 100, 0, ended=True)


@pytest.mark.parametrize(
    ("walks", "expected"),
    [
        ([], Completeness()),
        ([WHOLE], Completeness(True, 10, 11, 0)),
        ([walk(10, 100, 50)], Completeness(False, 10, 11, 50)),
        # A refresh that reaches what the whole walk has met, and one that does not.
        ([WHOLE, walk(20, 120, 100)], Completeness(True, 20, 21, 0)),
        ([WHOLE, walk(20, 120, 101)], Completeness(False, 20, 21, 101)),
        # Several in a row, each reaching the one before.
        ([walk(30, 140, 120), WHOLE, walk(20, 120, 100)], Completeness(True, 30, 31, 0)),
        ([walk(30, 140, 125), WHOLE, walk(20, 120, 100)], Completeness(False, 30, 31, 125)),
        # One goes on where another was left.
        (
            [walk(10, 100, 50), walk(20, 50, 0, ended=True, from_top=False)],
            Completeness(True, 10, 21, 0),
        ),
        ([walk(10, 50, 0, ended=True, from_top=False)], Completeness()),
        # The latest from the top counts, even if an earlier one has met later times.
        ([walk(10, 100, 0, ended=True), walk(20, 90, 80)], Completeness(True, 20, 21, 0)),
        ([replace(WHOLE, newest=None, oldest=None)], Completeness(True, 10, 11, None)),
    ],
)
def test_how_much_there_is_after_some_walks(walks: list[Walk], expected: Completeness) -> None:
    assert completeness(walks) == expected
    assert completeness(reversed(walks)) == expected
