"""The pager: advances only after arrival, survives failure and cancellation, merges by time."""

from __future__ import annotations

import asyncio
import base64
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.api.errors import BadAnswer, CursorRefused, NotReached, RepeatedToken
from tui.api.merge import PREFIX
from tui.api.pager import MAX_EMPTY_PAGES, Pager, numbered
from tui.records import Cursor, Invocation, Page, Query

pytestmark = pytest.mark.anyio

REGION = Query("cn-hangzhou")
FAILED = Query("cn-hangzhou", statuses=("Failed", "PartialFailed"))
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def created(second: int) -> str:
    return (EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def invocation(invoke_id: str, second: int, status: str = "Success") -> Invocation:
    return Invocation(invoke_id, status, created(second))


class Service:
    """A service that keeps records newest first; a token names what the last page ended with."""

    def __init__(self, records: Sequence[Invocation]) -> None:
        self.records = list(records)
        self.asked: list[tuple[str, Cursor]] = []
        self.under_way = self.most = 0
        self.before: Callable[[int], None] = lambda request: None
        """Called with the number of each request before it is answered; may raise."""
        self.ticks = 1
        """Turns of the event loop that an answer takes."""

    async def page(self, query: Query, cursor: Cursor) -> Page:
        self.asked.append(("".join(query.statuses), cursor))
        request = len(self.asked)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            for _ in range(self.ticks):
                await asyncio.sleep(0)
        finally:
            self.under_way -= 1
        self.before(request)
        chosen = [
            record
            for record in self.records
            if not query.statuses or record.status in query.statuses
        ]
        if cursor.number is not None:
            start = (cursor.number - 1) * cursor.size
            return Page(tuple(chosen[start : start + cursor.size]), total_count=len(chosen))
        ids = [record.invoke_id for record in chosen]
        start = ids.index(cursor.token) + 1 if cursor.token else 0
        rows = chosen[start : start + cursor.size]
        last = start + cursor.size >= len(chosen)
        return Page(tuple(rows), next_token="" if last else rows[-1].invoke_id)


def simple(count: int) -> Service:
    return Service([invocation(f"f-{n}", count - n) for n in range(count)])


def in_order(records: Sequence[Invocation], statuses: Sequence[str]) -> list[Invocation]:
    """Return records newest first; of the same age, those of an earlier status first."""
    by_status = sorted(records, key=lambda record: statuses.index(record.status))
    return sorted(by_status, key=lambda record: record.creation_time, reverse=True)


async def ids_of(pager: Pager) -> list[str]:
    found = []
    while (page := await pager.next()) is not None:
        found += [record.invoke_id for record in page.invocations]
    return found


# One walk.


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


class Tokens:
    """A service that answers the n-th request with the n-th token; records only where told."""

    def __init__(self, *tokens: str, empty: bool = False) -> None:
        self.tokens = tokens
        self.asked: list[str] = []
        self.empty = empty

    async def page(self, query: Query, cursor: Cursor) -> Page:
        self.asked.append(cursor.token)
        token = self.tokens[min(len(self.asked), len(self.tokens)) - 1]
        rows = () if self.empty and token else (invocation(f"f-{len(self.asked)}", 1),)
        return Page(rows, next_token=token)


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


# Several walks.


def merged(*rows: tuple[str, int, str]) -> Service:
    return Service([invocation(*row) for row in rows])


async def test_walks_are_merged_newest_first_with_ties_in_the_order_of_the_statuses() -> None:
    service = merged(
        ("p-9", 9, "PartialFailed"),
        ("f-8", 8, "Failed"),
        ("p-5", 5, "PartialFailed"),
        ("f-5", 5, "Failed"),
        ("f-5b", 5, "Failed"),
        ("p-1", 1, "PartialFailed"),
        ("s-1", 1, "Success"),
    )

    for size in (1, 2, 3, 50):
        found = await ids_of(Pager(service, FAILED, size=size))
        assert found == ["p-9", "f-8", "f-5", "f-5b", "p-5", "p-1"], size


async def test_the_first_pages_are_fetched_at_the_same_time_and_no_other_is() -> None:
    service = merged(*((f"f-{n}", 100 - n, FAILED.statuses[n % 2]) for n in range(100)))
    pager = Pager(service, FAILED, size=10)
    page = await pager.next()

    assert service.most == 2
    assert [status for status, _ in service.asked] == ["Failed", "PartialFailed"]
    assert page is not None and len(page.invocations) == 10
    await pager.next()
    assert len(service.asked) == 2, "what has arrived is enough"
    await pager.next()
    assert len(service.asked) == 3, "only the walk that has run out is asked again"


async def test_nothing_comes_before_what_another_walk_may_still_bring() -> None:
    rows = [(f"f-{n}", 100 - n, "Failed") for n in range(10)]
    service = merged(*rows, ("p-0", 95, "PartialFailed"), ("p-1", 94, "PartialFailed"))
    found = await ids_of(Pager(service, FAILED, size=3))

    # At equal times the walk of the first status comes first.
    assert found.index("p-0") == found.index("f-5") + 1
    assert found.index("p-1") == found.index("f-6") + 1


async def test_a_failed_walk_is_asked_again_and_the_other_keeps_its_page() -> None:
    service = merged(*((f"f-{n}", 100 - n, FAILED.statuses[n % 2]) for n in range(20)))

    def fail(request: int) -> None:
        if request in (2, 3, 5):
            raise NotReached("down")

    service.before = fail
    pager = Pager(service, FAILED, size=4)
    for _ in range(2):
        with pytest.raises(NotReached):
            await pager.next()
    assert [status for status, _ in service.asked] == ["Failed", *["PartialFailed"] * 2]
    found: list[str] = []
    while not pager.ended:
        try:
            page = await pager.next()
        except NotReached:
            continue
        assert page is not None
        found += [record.invoke_id for record in page.invocations]

    assert found == [f"f-{n}" for n in range(20)]


async def test_a_failure_is_told_when_the_other_walk_has_come_to_rest() -> None:
    class Uneven(Service):
        async def page(self, query: Query, cursor: Cursor) -> Page:
            self.ticks = 2 if query.statuses == ("Failed",) else 20
            return await super().page(query, cursor)

    service = Uneven([invocation(f"f-{n}", 100 - n, FAILED.statuses[n % 2]) for n in range(20)])

    def fail(request: int) -> None:
        if len(service.asked) == 2:
            service.before = lambda request: None
            raise NotReached("down")

    service.before = fail
    pager = Pager(service, FAILED, size=4)
    with pytest.raises(NotReached):
        await pager.next()
    assert service.under_way == 0
    await pager.next()

    assert [status for status, _ in service.asked] == ["Failed", "PartialFailed", "Failed"]


async def test_the_service_order_stands_where_times_are_missing_or_out_of_order() -> None:
    service = Service(
        [
            Invocation("f-1", "Failed", "no time"),
            invocation("f-2", 5, "Failed"),
            invocation("f-3", 9, "Failed"),
            Invocation("f-4", "Failed", ""),
            invocation("p-1", 7, "PartialFailed"),
            invocation("p-2", 3, "PartialFailed"),
        ]
    )

    whole = ["f-1", "p-1", "f-2", "f-3", "f-4", "p-2"]

    assert await ids_of(Pager(service, FAILED, size=2)) == whole
    for size in (1, 2, 3):
        token, found = "", []
        while True:
            pager = Pager(service, FAILED, size=size, token=token)
            page = await pager.next()
            assert page is not None
            found += [record.invoke_id for record in page.invocations]
            token = pager.token
            if pager.ended:
                break
        assert found == whole, "resumed after every page"


async def test_a_record_whose_status_changes_meanwhile_is_delivered_once() -> None:
    class Changing(Service):
        async def page(self, query: Query, cursor: Cursor) -> Page:
            return Page((invocation("f-1", 1, query.statuses[0]),))

    assert await ids_of(Pager(Changing([]), FAILED)) == ["f-1"]


async def test_merged_walks_of_nothing_are_one_empty_page() -> None:
    pager = Pager(simple(3), FAILED)

    assert await pager.next() == Page(())
    assert (pager.ended, pager.token, await pager.next()) == (True, "", None)


async def test_a_merged_walk_is_resumed_exactly_from_any_page() -> None:
    rows = [(f"f-{n}", 100 - n // 3, FAILED.statuses[n % 5 > 2]) for n in range(40)]
    service = merged(*rows)
    whole = await ids_of(Pager(service, FAILED, size=4))
    pager = Pager(service, FAILED, size=4)
    begun: list[str] = []
    while not pager.ended:
        assert (
            await ids_of(Pager(service, FAILED, size=4, token=pager.token)) == (whole[len(begun) :])
        )
        page = await pager.next()
        assert page is not None
        assert page.next_token == pager.token
        begun += [record.invoke_id for record in page.invocations]

    assert begun == whole == sorted(whole, key=whole.index)
    assert sorted(whole) == sorted(row[0] for row in rows)


async def test_what_arrives_between_stopping_and_resuming_neither_doubles_nor_hides() -> None:
    rows = [(f"f-{n}", 100 - n, FAILED.statuses[n % 2]) for n in range(30)]
    service = merged(*rows)
    for arrivals in (1, 2, 3, 8, 20):
        pager = Pager(service, FAILED, size=4)
        page = await pager.next()
        assert page is not None
        newer = [invocation(f"n-{n}", 200 - n, FAILED.statuses[n % 2]) for n in range(arrivals)]
        later = Service([*newer, *service.records])
        rest = await ids_of(Pager(later, FAILED, size=4, token=pager.token))

        assert [record.invoke_id for record in page.invocations] == ["f-0", "f-1", "f-2", "f-3"]
        assert rest == [f"f-{n}" for n in range(4, 30)]


async def test_a_merged_token_is_safe_in_a_shell() -> None:
    service = merged(*((f"f-{n}", 100 - n, FAILED.statuses[n % 2]) for n in range(30)))
    pager = Pager(service, FAILED, size=4)
    await pager.next()

    assert set(pager.token) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    )


def packed(text: str) -> str:
    return PREFIX + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "AAAAAdDWBF2",
        PREFIX,
        PREFIX + "é",
        PREFIX + "!!!",
        packed("nonsense"),
        packed("{}"),
        packed("[1,2]"),
        packed('[["Failed","","",null,false]]'),
        packed('[["PartialFailed","","",null,false],["Failed","","",null,false]]'),
        packed('[["Failed","","",NaN,false],["PartialFailed","","",null,false]]'),
        packed('[["Failed","","","x",false],["PartialFailed","","",null,false]]'),
        packed("[" * 100_000),
    ],
    ids=lambda token: token[:40],
)
def test_a_token_of_something_else_is_refused(token: str) -> None:
    with pytest.raises(CursorRefused):
        Pager(simple(3), FAILED, token=token)


def test_a_merged_token_is_refused_by_a_single_walk() -> None:
    with pytest.raises(CursorRefused):
        Pager(simple(3), REGION, token=packed("[]"))


RECORDS = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(("Failed", "PartialFailed", "Running"))),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(
    rows=RECORDS,
    size=st.integers(1, 7),
    faults=st.sets(st.integers(1, 40)),
    stops=st.sets(st.integers(1, 40)),
)
async def test_whatever_fails_and_stops_every_record_comes_once_in_order(
    rows: list[tuple[int, str]], size: int, faults: set[int], stops: set[int]
) -> None:
    rows = sorted(rows, key=lambda row: -row[0])
    records = [invocation(f"f-{n}", *row) for n, row in enumerate(rows)]
    query = Query("cn-hangzhou", statuses=("Running", "Failed", "PartialFailed"))
    expected = in_order(records, query.statuses)
    service = Service(records)

    def fail(request: int) -> None:
        if request in faults:
            raise NotReached("down")

    service.before = fail
    pager = Pager(service, query, size=size)
    found: list[Invocation] = []
    step = 0
    while not pager.ended:
        step += 1
        if step in stops:
            pager = Pager(service, query, size=size, token=pager.token)
        try:
            page = await pager.next()
        except NotReached:
            continue
        assert page is not None and len(page.invocations) <= size
        found += page.invocations

    assert found == expected


# Pages by number.


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
    pages = [page async for page in numbered(service, REGION, size=10, concurrency=2)]

    assert sum(len(page.invocations) for page in pages) == 20
    assert len(service.asked) <= 5
    assert service.under_way == 0


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
