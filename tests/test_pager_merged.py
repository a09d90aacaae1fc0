"""Several walks merged in time order, resumed exactly, and none of them skipped."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pages import (
    FAILED,
    REGION,
    Service,
    ids_of,
    in_order,
    invocation,
    merged,
    simple,
)
from tui.api.errors import CursorRefused, NotReached
from tui.api.merge import PREFIX
from tui.api.pager import Pager
from tui.records import Cursor, Invocation, Page, Query

pytestmark = pytest.mark.anyio


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
