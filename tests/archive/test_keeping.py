"""How much is kept: figures, bounds, and what goes out again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.archive.samples import (
    FAILED,
    QUERY,
    REGION,
    START,
    archive_at,
    fill,
    ids_in,
    invocation,
    newest_first,
    opened_view,
    shown,
    view_at,
    with_content,
)
from tui.archive import exporting
from tui.archive.keeping import ArchiveInfo, Bounds, read_info
from tui.archive.recents import SavedView, recent_queries, save_view, use
from tui.archive.sources import Answers, Fitting
from tui.archive.walks import Step, new_walk
from tui.records import Query

pytestmark = pytest.mark.anyio

BASE = START.timestamp()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "archive.sqlite3"


async def test_the_figures_are_those_of_the_archive(path: Path) -> None:
    async with archive_at(path, contents=True) as archive:
        view = await opened_view(archive)
        rows = [with_content(9, "c"), invocation(3, results=FAILED * 2), invocation(5)]
        await view.add([*rows, invocation(1, creation_time="soon")], Step(new_walk(), ended=True))
        other = await opened_view(archive, "you", Query("eu-central-1"))
        await other.add(newest_first(4))
        await archive.write(save_view, SavedView("all", QUERY))
        info = await archive.run(read_info)
        assert info == ArchiveInfo(
            path=path,
            bytes=info.bytes,
            version=1,
            scopes=(("me", REGION), ("you", "eu-central-1")),
            invocations=5,
            results=2,
            contents=1,
            oldest=BASE + 3,
            newest=BASE + 9,
            walks=1,
            saved_views=1,
        )
        assert info.bytes >= path.stat().st_size
        for each in (view, other):
            await each.close()


async def test_an_empty_archive_has_figures_too() -> None:
    async with archive_at(None) as archive:
        info = await archive.run(read_info)
    assert (info.path, info.invocations, info.oldest, info.newest) == (None, 0, None, None)
    assert info.bytes > 0


async def test_what_is_too_old_goes_with_all_that_belongs_to_it(path: Path) -> None:
    async with archive_at(path, clock=lambda: BASE + 100) as archive:
        view = await opened_view(archive)
        await view.add([invocation(number, results=FAILED) for number in (80, 60, 40, 20)])
        other = await opened_view(archive, "you")
        await other.add([invocation(30), invocation(70)])
        question = await archive.question("me", QUERY)
        await archive.write(use, question, 1.0)
        told: list[int] = []
        assert await exporting.prune(archive, Bounds(max_age=50), told.append) == 3
        assert told == [3]
        info = await archive.run(read_info)
        assert (info.invocations, info.results, info.oldest) == (3, 2, BASE + 60)
        assert shown(await opened_view(archive)) == ["f-80", "f-60"]
        [recent] = await archive.read(recent_queries, "me")
        assert recent.rows == 2
        counts = await archive.run(
            lambda connection: [
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("original", "answer")
            ]
        )
        assert counts == [3, 3]
        assert await exporting.prune(archive, Bounds()) == 0
        for each in (view, other):
            await each.close()


async def test_what_has_no_time_is_as_old_as_its_last_sight(path: Path) -> None:
    now = BASE
    async with archive_at(path, clock=lambda: now) as archive:
        view = await opened_view(archive)
        await view.add([invocation(1, creation_time="")])
        now += 100
        await view.add([invocation(2, creation_time="")])
        assert await exporting.prune(archive, Bounds(max_age=50)) == 1
        assert shown(await opened_view(archive)) == ["f-2"]
        await view.close()


async def test_what_is_too_much_goes_from_the_oldest_on(path: Path) -> None:
    words = "".join(f"{number * 7919 % 9973:04}" for number in range(400))
    rows = [invocation(number, raw=f"{words}{number}", description=words) for number in range(900)]
    async with view_at(path) as view:
        await view.add(rows[::-1])
    large = path.stat().st_size
    async with archive_at(path) as archive:
        gone = await exporting.prune(archive, Bounds(max_bytes=large // 2))
    assert 400 <= gone <= 750
    assert path.stat().st_size <= large * 0.6, "the disk gets it back"
    assert (await ids_in(path))[:2] == ["f-899", "f-898"]
    async with archive_at(path) as archive:
        assert (await archive.run(read_info)).oldest == BASE + gone


async def test_the_bounds_hold_when_the_archive_is_closed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.archive.keeping.PORTION", 10)
    monkeypatch.setattr("tui.archive.keeping.TIDIED", 30)
    options = {"bounds": Bounds(max_age=50), "clock": lambda: BASE + 100}
    async with view_at(path, **options) as view:
        await view.add(newest_first(*range(100)))
        assert view.count == 100, "nobody's rows go while they are looked at"
    assert len(await ids_in(path)) == 70, "closing takes no longer for more rows"
    await fill(path, 99, **options)
    assert (await ids_in(path))[-1] == "f-50"


async def test_nothing_is_removed_from_a_file_that_is_only_read(path: Path) -> None:
    await fill(path, 1, 2)
    content = path.read_bytes()
    async with archive_at(path, keep=False, bounds=Bounds(max_age=1, max_bytes=1)):
        pass
    assert path.read_bytes() == content


async def test_what_goes_out_is_what_the_api_sent(path: Path) -> None:
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        sent = [with_content(3, "secret"), invocation(2, raw='{"InvokeId":"f-2","New":1.50}')]
        await view.add([*sent, invocation(1, raw="")])
        other = await opened_view(archive, "you", Query("eu-central-1"))
        await other.add([invocation(9, raw='{"InvokeId":"f-9"}')])
        lines = [each async for each in exporting.export(archive)]
        assert [(each.scope, each.region) for each in lines] == [
            ("you", "eu-central-1"),
            ("me", REGION),
            ("me", REGION),
        ]
        assert [each.raw for each in lines[::2]] == ['{"InvokeId":"f-9"}', sent[1].raw]
        assert json.loads(lines[1].raw) == {"InvokeId": "f-3", "Name": "file-3"}
        for each in (view, other):
            await each.close()


async def test_what_goes_out_may_be_the_answers_or_what_fits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.archive.exporting.PORTION", 2)
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        await view.add(newest_first(1, 2, 3, 4, 5))
        source = Answers(await archive.question("me", QUERY))
        answers = [each async for each in exporting.invocations(archive, source)]
        assert [each.invocation for each in answers] == list(newest_first(1, 2, 3, 4, 5))
        fitting = Fitting(Query(REGION, name="file-2"))
        found = [each.invocation.name async for each in exporting.invocations(archive, fitting)]
        assert found == ["file-2"]
        await view.close()
