"""One walk: every page once, whatever fails or stops, and tokens that lead on."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.pages import (
    FAILED,
    REGION,
    Service,
    Tokens,
    ids_of,
    in_order,
    invocation,
    simple,
)
from tui.api.errors import BadAnswer, NotReached, RepeatedToken
from tui.api.pager import MAX_EMPTY_PAGES, Pager
from tui.records import Cursor, Page, Query

pytestmark = pytest.mark.anyio


async def test_a_walk_delivers_every_page_once_and_ends() -> None:
    service = simple(7)
    pager = Pager(service, REGION, size=3)
    assert (pager.ended, pager.token, pager.pages) == (False, "", 0)
    first = await pager.next()

    assert first is not None
    assert [record.invoke_id for record in first.invocations] == ["f-0", "f-1", "f-2"]
    assert (pager.ended, pager.token, pager.pages) == (False, "f-2", 1)
    assert await ids_of(pager) == ["f-3", "f-4", "f-5", "f-6"]
    assert (pager.ended, pager.token, pager.pages) == (True, "", 3)
    assert await pager.next() is None
    assert [cursor for _, cursor in service.asked] == [
        Cursor(token="", size=3),
        Cursor(token="f-2", size=3),
        Cursor(token="f-5", size=3),
    ]


async def test_a_walk_of_nothing_is_one_empty_page() -> None:
    pager = Pager(simple(0), REGION)

    assert await pager.next() == Page(())
    assert pager.ended
    assert await pager.next() is None


async def test_an_empty_last_page_ends_the_walk() -> None:
    class Trailing(Service):
        async def page(self, query: Query, cursor: Cursor) -> Page:
            return Page(()) if cursor.token else Page((invocation("f-1", 1),), next_token="T")

    pager = Pager(Trailing([]), REGION)

    assert await ids_of(pager) == ["f-1"]
    assert pager.ended


async def test_a_walk_goes_on_from_a_token() -> None:
    pager = Pager(simple(7), REGION, size=3, token="f-2")

    assert pager.token == "f-2"
    assert await ids_of(pager) == ["f-3", "f-4", "f-5", "f-6"]


async def test_a_failure_leaves_the_walk_where_it_was() -> None:
    service = simple(7)
    pager = Pager(service, REGION, size=3)
    await pager.next()

    def fail(request: int) -> None:
        if request in (2, 3):
            raise NotReached("down")

    service.before = fail
    for _ in range(2):
        with pytest.raises(NotReached):
            await pager.next()
        assert (pager.ended, pager.token, pager.pages) == (False, "f-2", 1)
    assert await ids_of(pager) == ["f-3", "f-4", "f-5", "f-6"]
    assert [cursor.token for _, cursor in service.asked] == ["", "f-2", "f-2", "f-2", "f-5"]


@pytest.mark.parametrize("query", [REGION, FAILED], ids=["one walk", "merged"])
async def test_a_cancellation_at_any_moment_loses_and_doubles_nothing(query: Query) -> None:
    statuses = ("Failed", "PartialFailed", "Failed")
    records = [invocation(f"f-{n}", 60 - n // 2, statuses[n % 3]) for n in range(60)]
    expected = records if query is REGION else in_order(records, FAILED.statuses)
    moments = random.Random(5)
    for _ in range(40):
        service = Service(records)
        service.ticks = 3
        pager = Pager(service, query, size=4)
        found: list[str] = []
        while not pager.ended:
            task = asyncio.create_task(pager.next())
            for _ in range(moments.randrange(12)):
                await asyncio.sleep(0)
            task.cancel()
            try:
                page = await task
            except asyncio.CancelledError:
                continue
            assert page is not None
            found += [record.invoke_id for record in page.invocations]

        assert found == [record.invoke_id for record in expected]
        assert service.under_way == 0


async def test_two_readers_at_once_get_two_pages() -> None:
    service = simple(6)
    pager = Pager(service, REGION, size=3)
    first, second = await asyncio.gather(pager.next(), pager.next())

    assert first is not None and second is not None
    assert [record.invoke_id for record in (*first.invocations, *second.invocations)] == [
        f"f-{n}" for n in range(6)
    ]


@pytest.mark.parametrize("tokens", [("A", "A"), ("A", "B", "A"), ("A", "B", "C", "B")])
async def test_a_token_that_was_used_before_is_refused(tokens: tuple[str, ...]) -> None:
    service = Tokens(*tokens)
    pager = Pager(service, REGION)
    for _ in range(len(tokens) - 1):
        await pager.next()
    stood = pager.token

    with pytest.raises(RepeatedToken):
        await pager.next()
    assert (pager.token, pager.pages, pager.ended) == (stood, len(tokens) - 1, False)


async def test_the_token_of_a_resumed_walk_counts_as_used() -> None:
    with pytest.raises(RepeatedToken):
        await Pager(Tokens("A"), REGION, token="A").next()


async def test_empty_pages_with_a_token_are_passed_over() -> None:
    service = Tokens("A", "B", "C", "", empty=True)
    page = await Pager(service, REGION).next()

    assert page is not None
    assert [record.invoke_id for record in page.invocations] == ["f-4"]
    assert service.asked == ["", "A", "B", "C"]


async def test_very_many_empty_pages_ask_the_reader_and_then_go_on() -> None:
    tokens = [f"T{n}" for n in range(MAX_EMPTY_PAGES + 10)]
    service = Tokens(*tokens, "", empty=True)
    pager = Pager(service, REGION)

    with pytest.raises(BadAnswer, match="empty pages"):
        await pager.next()
    assert len(service.asked) == MAX_EMPTY_PAGES
    assert pager.token == tokens[MAX_EMPTY_PAGES - 1]
    page = await pager.next()
    assert page is not None and len(page.invocations) == 1
