"""Questions, scopes and rows from everywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive.samples import (
    FAILED,
    QUERY,
    REGION,
    archive_at,
    invocation,
    newest_first,
    opened_view,
    shown,
)
from tui.archive import history
from tui.archive.adopting import adopt
from tui.archive.arrangement import Sort, arrangement
from tui.archive.asking import read_query, write_query
from tui.archive.local_filter import parse
from tui.archive.recents import recent_queries, use
from tui.archive.sources import Fitting
from tui.archive.store import Archive
from tui.archive.view import View
from tui.records import OVERALL_STATUSES, InstanceResult, Query, Tag, TagFilter

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "file", "overlay"])
async def archive(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Archive]:
    path = None if request.param == "memory" else tmp_path / "state" / "archive.sqlite3"
    if request.param == "overlay":
        async with archive_at(path):
            pass
    async with archive_at(path, keep=request.param != "overlay") as archive:
        yield archive


queries = st.builds(
    Query,
    st.sampled_from(["cn-hangzhou", ""]),
    *[st.text(max_size=3)] * 3,
    st.lists(st.sampled_from(OVERALL_STATUSES), unique=True).map(lambda each: tuple(sorted(each))),
    st.text(max_size=3),
    st.dictionaries(st.text(max_size=3), st.none() | st.text(max_size=3), max_size=3).map(
        lambda tags: tuple(TagFilter(key, tags[key]) for key in sorted(tags))
    ),
)


@given(queries)
def test_a_query_comes_back_from_its_words(query: Query) -> None:
    assert read_query(write_query(query)) == query


def test_the_order_of_filters_makes_no_other_question() -> None:
    query = Query(REGION, statuses=("Failed", "Pending"), tags=(TagFilter("a"), TagFilter("b")))
    other = replace(query, statuses=query.statuses[::-1], tags=query.tags[::-1])
    assert write_query(query) == write_query(other)
    assert write_query(query) != write_query(replace(query, tags=(TagFilter("a", ""),)))


@pytest.mark.parametrize("words", ["", "{}", "[]", "nonsense", '{"region": 1, "tags": 3}', "null"])
def test_other_words_are_no_query(words: str) -> None:
    with pytest.raises(ValueError, match="no query"):
        read_query(words)


async def seen(archive: Archive, scope: str, *numbers: int, region: str = REGION) -> None:
    view = await opened_view(archive, scope, Query(region))
    await view.add(newest_first(*numbers))
    await view.close()


async def fitting(archive: Archive, query: Query, scope: str = "") -> View:
    view = View(archive, scope, Fitting(query, scope))
    await view.open()
    return view


async def test_scopes_do_not_see_each_others_rows(archive: Archive) -> None:
    await seen(archive, "one", 1, 2)
    await seen(archive, "two", 2, 3)
    assert shown(await opened_view(archive, "one")) == ["f-2", "f-1"]
    assert await archive.invocation("one", "f-3") is None
    known = await archive.known("", "f-3")
    assert known is not None
    assert known.scope == "two"


async def test_without_an_identity_all_rows_of_the_region_are_there_with_their_stamps(
    archive: Archive,
) -> None:
    await seen(archive, "one", 1, 3)
    await seen(archive, "two", 2)
    await seen(archive, "one", 9, region="eu-central-1")
    view = await fitting(archive, QUERY)
    assert shown(view) == ["f-3", "f-2", "f-1"]
    assert view.scopes(0, 9) == ["one", "two", "one"]
    assert await view.position_of("f-2") == 1
    assert shown(await fitting(archive, QUERY, "one")) == ["f-3", "f-1"]
    await view.rearrange(arrangement(Sort("created"), parse("-id:f-2")))
    assert (shown(view), view.hidden) == (["f-1", "f-3"], 1)


RICH = [
    invocation(1, status="Failed", name="a", tags=(Tag("env", "prod"),), results=FAILED),
    invocation(2, status="Success", name="b", tags=(Tag("env", ""), Tag("x", "prod"))),
    invocation(3, status="Running", name="a", results=(InstanceResult("i-2", "Running"),)),
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (QUERY, "321"),
        (Query(REGION, name="a"), "31"),
        (Query(REGION, invoke_id="f-2"), "2"),
        (Query(REGION, statuses=("Failed", "Running")), "31"),
        (Query(REGION, instance_id="i-1"), "1"),
        (Query(REGION, instance_id="i-2", name="a"), "3"),
        (Query(REGION, tags=(TagFilter("env"),)), "21"),
        (Query(REGION, tags=(TagFilter("env", "prod"),)), "1"),
        (Query(REGION, tags=(TagFilter("env", ""), TagFilter("x"))), "2"),
        (Query(REGION, resource_group_id="rg-1"), "2"),
        (Query("eu-central-1"), ""),
    ],
)
async def test_the_archive_answers_queries_that_nobody_has_asked(
    query: Query, expected: str
) -> None:
    async with archive_at(None) as archive:
        view = await opened_view(archive)
        await view.add(RICH)
        group = await opened_view(archive, query=Query(REGION, resource_group_id="rg-1"))
        await group.add([RICH[1]])
        assert shown(await fitting(archive, query)) == [f"f-{number}" for number in expected]


async def test_everything_that_was_sent_to_an_instance_is_told_in_time_order(
    archive: Archive,
) -> None:
    twice = (InstanceResult("i-1", "Success"), InstanceResult("i-1", "Failed", "X"))
    other = (InstanceResult("i-2", "Success"),)
    for scope, number, results in (
        ("one", 3, FAILED),
        ("two", 1, FAILED),
        ("one", 2, twice),
        ("one", 4, other),
    ):
        view = await opened_view(archive, scope)
        await view.add([invocation(number, results=results)])
    sent = await archive.read(history.read_history, "i-1")
    assert [(each.invocation.invoke_id, each.result.status, each.scope) for each in sent] == [
        ("f-3", "Failed", "one"),
        ("f-2", "Success", "one"),
        ("f-2", "Failed", "one"),
        ("f-1", "Failed", "two"),
    ]
    of_one = await archive.read(history.read_history, "i-1", scope="one", region=REGION, limit=1)
    assert [each.invocation.invoke_id for each in of_one] == ["f-3"]
    rest = await archive.read(history.read_history, "i-1", before=of_one[0].place)
    assert [each.invocation.invoke_id for each in rest] == ["f-2", "f-2", "f-1"]
    assert await archive.read(history.read_history, "i-1", region="eu-central-1") == []


async def test_a_view_of_what_fits_takes_pages_and_doubles_nothing(archive: Archive) -> None:
    for number in (1, 2, 3):
        await seen(archive, "me", number)
    view = await opened_view(archive)
    await view.add([invocation(number, results=FAILED) for number in (5, 3)])
    query = Query(REGION, instance_id="i-1")
    pivot = View(archive, "me", Fitting(query, "me"))
    await pivot.open()
    assert shown(pivot) == ["f-5", "f-3"]
    assert await pivot.add([invocation(number, results=FAILED) for number in (6, 5, 3, 2)]) == 2
    assert shown(pivot) == ["f-6", "f-5", "f-3", "f-2"]
    await pivot.update([invocation(2, status="Failed", results=FAILED)])
    assert [row.status for row in pivot.rows(3, 4) if row] == ["Failed"]
    assert shown(await opened_view(archive, query=query)) == ["f-6", "f-5", "f-3", "f-2"]


async def test_a_name_may_stand_for_another_from_the_start(tmp_path: Path) -> None:
    async with archive_at(tmp_path / "a" / "archive.sqlite3") as archive:
        await seen(archive, "key", 1, 2)
        view = await opened_view(archive, "key")
        assert not await archive.write(adopt, "key", "account")
        await view.add(newest_first(3))
        for name in ("key", "account"):
            assert shown(await opened_view(archive, name)) == ["f-3", "f-2", "f-1"]
        assert not await archive.write(adopt, "key", "account"), "that is known"


async def test_what_was_seen_under_two_names_of_one_account_is_united(tmp_path: Path) -> None:
    clock = iter(range(1, 100))
    async with archive_at(tmp_path / "a" / "archive.sqlite3", clock=lambda: next(clock)) as archive:
        failed = invocation(2, status="Failed", results=FAILED)
        old = await opened_view(archive, "key")
        await old.add([invocation(3), failed])
        await archive.write(use, await archive.question("key", QUERY), 5.0)
        account = await opened_view(archive, "account")
        later = invocation(2, status="Success", results=(InstanceResult("i-2", "Success"),))
        await account.add([later, invocation(1)])
        await seen(archive, "key", 7, region="eu-central-1")
        only_old = await opened_view(archive, "key", Query(REGION, name="x"))
        await only_old.add(newest_first(5))

        assert await archive.write(adopt, "key", "account")
        for name in ("key", "account"):
            united = await opened_view(archive, name)
            assert shown(united) == ["f-3", "f-2", "f-1"]
            [known] = [await archive.known(name, "f-2")]
            assert known is not None
            assert known.invocation.status == "Success"
            assert {each.instance_id for each in known.invocation.results} == {"i-1", "i-2"}
            [row] = united.rows(1, 2)
            assert row is not None
            assert (row.ok_count, row.failed_count) == (1, 1)
        assert shown(await opened_view(archive, "key", Query("eu-central-1"))) == ["f-7"]
        assert shown(await opened_view(archive, "key", Query(REGION, name="x"))) == ["f-5"]
        [recent] = await archive.read(recent_queries, "key")
        assert (recent.rows, recent.used, recent.scope) == (3, 5.0, "account")

        await old.add(newest_first(9))
        assert "f-9" in shown(old), "a view that is open on the old name goes on"
        assert await archive.known("account", "f-9") is not None
