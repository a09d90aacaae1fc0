"""Pages by number: several under way, in order, nothing doubled."""

from __future__ import annotations

import asyncio

import pytest

from tests.pages import (
    FAILED,
    REGION,
    Service,
    Tokens,
    invocation,
    merged,
    simple,
)
from tui.api.errors import BadAnswer, NotReached
from tui.api.pager import numbered
from tui.records import Cursor, Invocation, Page, Query, TagFilter

pytestmark = pytest.mark.anyio


async def test_pages_by_number_come_in_order_with_several_under_way() -> None:
    service = simple(95)
    service.ticks = 5
    pages = [page async for page in numbered(service, REGION, size=10, concurrency=4)]

    assert [record.invoke_id for page in pages for record in page.invocations] == [
        f"f-{n}" for n in range(95)
    ]
    assert len(service.asked) == len(pages) == 10
    assert service.most == 4
    assert {page.total_count for page in pages} == {95}
    assert all(cursor.token == "" for _, cursor in service.asked)


async def test_requests_go_on_while_what_has_come_waits_and_not_without_end() -> None:
    service = simple(1_000)
    service.ticks = 3
    walk = numbered(service, REGION, size=10, concurrency=4)
    await anext(walk)
    await anext(walk)
    for _ in range(100):
        await asyncio.sleep(0)
    # Two were taken; of eight behind them all have come, and nobody has asked for more.
    assert service.under_way == 0
    assert [cursor.number for _, cursor in service.asked] == list(range(1, 11))
    assert service.most == 4
    assert len([page async for page in walk]) == 98
    assert service.most == 4


async def test_records_that_arrive_meanwhile_are_neither_doubled_nor_do_they_hide_others() -> None:
    service = simple(40)

    def arrive(request: int) -> None:
        if request in (2, 3, 4):
            service.records[:0] = [invocation(f"n-{request}-{n}", 100 + request) for n in range(7)]

    service.before = arrive
    pages = [page async for page in numbered(service, REGION, size=10, concurrency=1)]
    found = [record.invoke_id for page in pages for record in page.invocations]

    assert len(found) == len(set(found))
    assert [one for one in found if one.startswith("f-")] == [f"f-{n}" for n in range(40)]


async def test_an_empty_page_ends_a_walk_whose_total_promises_more() -> None:
    class Boasting(Service):
        async def page(self, query: Query, cursor: Cursor) -> Page:
            page = await super().page(query, cursor)
            return Page(page.invocations, total_count=1_000_000)

    service = Boasting(simple(20).records)
    pages = []
    with pytest.raises(BadAnswer, match="has 1,000,000 records by its own count, and 20 came"):
        async for page in numbered(service, REGION, size=10, concurrency=2):
            pages += [page]

    assert sum(len(page.invocations) for page in pages) == 20
    assert len(service.asked) <= 5
    assert service.under_way == 0

    # Under a tag it counts what it does not show.
    service = Boasting(simple(20).records)
    tagged = Query("cn-hangzhou", tags=(TagFilter("env"),))
    pages = [page async for page in numbered(service, tagged, size=10, concurrency=2)]
    assert sum(len(page.invocations) for page in pages) == 20


@pytest.mark.parametrize("fault", ["ignores numbers", "small pages", "a hole", "half a page"])
async def test_fewer_records_than_there_are_is_no_complete_walk(fault: str) -> None:
    class Faulty(Service):
        async def page(self, query: Query, cursor: Cursor) -> Page:
            number = cursor.number
            if fault == "ignores numbers":
                cursor = Cursor(number=1, size=cursor.size)
            page = await super().page(query, cursor)
            rows = page.invocations
            if fault == "small pages":
                rows = rows[:4]
            elif number == 2 and fault in ("a hole", "half a page"):
                rows = rows[:5] if fault == "half a page" else ()
            return Page(rows, total_count=page.total_count)

    found: list[Invocation] = []
    with pytest.raises(BadAnswer, match="has 40 records by its own count"):
        async for page in numbered(Faulty(simple(40).records), REGION, size=10):
            found += page.invocations
    assert len(found) == {"ignores numbers": 10, "small pages": 16, "a hole": 30}.get(fault, 35)


async def test_a_page_that_was_answered_before_the_one_in_front_of_it_is_asked_for_again() -> None:
    class Overtaking(Service):
        """Answers the second page, then a record comes, and then the third is answered."""

        async def page(self, query: Query, cursor: Cursor) -> Page:
            if cursor.number == 2 and not self.records[0].invoke_id.startswith("n-"):
                while not any(asked.number == 3 for _, asked in self.asked):
                    await asyncio.sleep(0)
                for _ in range(self.ticks + 2):
                    await asyncio.sleep(0)
                self.records.insert(0, invocation("n-1", 1_000))
            return await super().page(query, cursor)

    service = Overtaking(simple(40).records)
    pages = [page async for page in numbered(service, REGION, size=10)]
    found = [record.invoke_id for page in pages for record in page.invocations]
    assert found == [f"f-{number}" for number in range(40)]


async def test_records_that_are_forgotten_meanwhile_are_not_missed() -> None:
    service = simple(200)

    def forget(request: int) -> None:
        if request > 5:
            del service.records[-1:]

    service.before = forget
    pages = [page async for page in numbered(service, REGION, size=10)]
    found = [record.invoke_id for page in pages for record in page.invocations]
    assert found[:170] == [f"f-{number}" for number in range(170)]
    assert len(found) == len(set(found))


async def test_nothing_by_number_is_one_empty_page() -> None:
    pages = [page async for page in numbered(simple(0), REGION)]

    assert pages == [Page((), total_count=0)]


async def test_a_service_without_totals_cannot_be_walked_by_number() -> None:
    with pytest.raises(BadAnswer, match="tokens"):
        async for _ in numbered(Tokens(""), REGION):
            pass


async def test_a_failure_by_number_ends_the_walk_and_what_was_fetched_ahead() -> None:
    service = simple(100)
    service.ticks = 3

    def fail(request: int) -> None:
        if request == 3:
            raise NotReached("down")

    service.before = fail
    found = []
    with pytest.raises(NotReached):
        async for page in numbered(service, REGION, size=10, concurrency=4):
            found += [record.invoke_id for record in page.invocations]

    assert found == [f"f-{n}" for n in range(20)]
    assert service.under_way == 0


async def test_nothing_more_is_asked_for_behind_a_page_that_did_not_come() -> None:
    class Failing(Service):
        async def page(self, query: Query, cursor: Cursor) -> Page:
            if cursor.number == 3:
                raise NotReached("down")
            return await super().page(query, cursor)

    service = Failing(simple(1_000).records)
    service.ticks = 3
    walk = numbered(service, REGION, size=10, concurrency=4)
    await anext(walk)
    await anext(walk)
    for _ in range(100):
        await asyncio.sleep(0)
    assert [cursor.number for _, cursor in service.asked] == [1, 2, 4, 5]
    with pytest.raises(NotReached):
        await anext(walk)


async def test_leaving_a_walk_by_number_early_ends_what_was_fetched_ahead() -> None:
    class Slowing(Service):
        async def page(self, query: Query, cursor: Cursor) -> Page:
            if cursor.number and cursor.number > 2:
                self.ticks = 1_000_000
            return await super().page(query, cursor)

    service = Slowing(simple(100).records)
    walk = numbered(service, REGION, size=10, concurrency=4)
    await anext(walk)
    await anext(walk)
    assert service.under_way > 0
    await walk.aclose()

    assert service.under_way == 0


async def test_several_walks_by_number_are_merged() -> None:
    service = merged(*((f"f-{n}", 100 - n, FAILED.statuses[n % 3 > 1]) for n in range(60)))
    pages = [page async for page in numbered(service, FAILED, size=7, concurrency=3)]

    assert [record.invoke_id for page in pages for record in page.invocations] == [
        f"f-{n}" for n in range(60)
    ]
    assert all(page.next_token == "" for page in pages)
