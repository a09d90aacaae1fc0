"""The file fails while it is in use: no row is lost on the screen, and one sentence says why."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import rmtree

import pytest

from tests.archive.samples import (
    OLDEST_FIRST,
    QUERY,
    REGION,
    archive_at,
    fill,
    ids_in,
    invocation,
    newest_first,
    only,
    opened_view,
    shown,
)
from tui.archive import recents
from tui.archive.places import Connection
from tui.archive.recents import SavedView
from tui.archive.store import Archive
from tui.records import InstanceResult, Query

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "archive.sqlite3"


class Stumble:
    """Work that meets an error of SQLite's once, and then succeeds."""

    def __init__(self, code: int) -> None:
        self._error: sqlite3.DatabaseError | None = sqlite3.DatabaseError("an error of the file")
        self._error.sqlite_errorcode = code

    def __call__(self, connection: Connection) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error


async def let_it_be_full(archive: Archive) -> None:
    """Let the file take nothing more, as if the disk were full."""

    def work(connection: Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    await archive.run(work)


async def test_a_full_disk_costs_no_row(path: Path) -> None:
    await fill(path, *range(10, 20))
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        await let_it_be_full(archive)
        view.cursor = 3
        for number in (30, 15, 5):
            changed = invocation(number, description="d" * 20_000, status="Failed")
            await view.add([changed])
        before = [f"f-{number}" for number in (30, *range(19, 9, -1), 5)]
        assert shown(view) == before
        assert shown(view)[view.cursor] == "f-16"
        assert [row.status for row in view.rows(5, 6) if row] == ["Failed"]
        await view.rearrange(OLDEST_FIRST)
        assert shown(view) == before[::-1]
        await view.rearrange(only(5, 15, 16))
        assert (shown(view), view.hidden) == (["f-16", "f-15", "f-5"], 9)
        kept = await archive.invocation("me", "f-15")
        assert kept is not None
        assert len(kept.description) == 20_000
        await view.close()
    [warning] = archive.warnings
    assert "cannot be written: database or disk is full" in warning
    assert await ids_in(path) == [f"f-{number}" for number in range(19, 9, -1)]


async def test_a_row_of_a_full_file_changes_as_a_whole(path: Path) -> None:
    whole = invocation(
        1,
        status="Running",
        vm_count=2,
        raw='{"whole":1}',
        results=(InstanceResult("i-1", "Running"), InstanceResult("i-2", "Failed", "X")),
    )
    narrow = invocation(
        1, status="Running", vm_count=2, raw="{}", results=(InstanceResult("i-1", "Success"),)
    )
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        await view.add([whole])
        await view.close()
    async with archive_at(path, keep=False) as archive:
        view = await opened_view(archive)
        await view.update([narrow])
        kept = await archive.invocation("me", "f-1")
        assert kept is not None
        assert [(result.instance_id, result.status) for result in kept.results] == [
            ("i-1", "Success"),
            ("i-2", "Failed"),
        ]
        assert kept.raw == '{"whole":1}'
        [row] = view.rows(0, 9)
        assert row is not None
        assert (row.ok_count, row.failed_count, row.total_count) == (1, 1, 2)
        await view.close()
    assert archive.warnings == ()


async def test_what_is_not_to_be_kept_is_there_until_the_end(path: Path) -> None:
    await fill(path, 1, 2, 3)
    content = path.read_bytes()
    async with archive_at(path, keep=False) as archive:
        view = await opened_view(archive)
        await view.add(newest_first(3, 4))
        assert shown(view) == ["f-4", "f-3", "f-2", "f-1"]
        other = await opened_view(archive, "somebody else")
        await other.add(newest_first(4, 5))
        assert shown(other) == ["f-5", "f-4"]
        question = await archive.question("me", QUERY)
        await archive.write(recents.use, question, 5.0)
        await archive.write(recents.save_view, SavedView("mine", QUERY))
        [recent] = await archive.read(recents.recent_queries, "me")
        assert (recent.rows, recent.used) == (4, 5.0)
        assert [each.name for each in await archive.read(recents.saved_views)] == ["mine"]
        for each in (view, other):
            await each.close()
    assert archive.warnings == ()
    assert path.read_bytes() == content
    assert await ids_in(path) == ["f-3", "f-2", "f-1"]


async def test_nothing_is_made_where_nothing_is_kept(path: Path) -> None:
    async with archive_at(path, keep=False) as archive:
        view = await opened_view(archive)
        await view.add(newest_first(1))
        await view.close()
    assert archive.warnings == ()
    assert not path.exists()


async def test_a_process_that_never_ends_its_writing_holds_nobody_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(path, 1, 2)
    monkeypatch.setattr("tui.archive.places.connect.__kwdefaults__", {"timeout": 0.05})
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        async with archive_at(path) as archive:
            view = await opened_view(archive)
            other.execute("BEGIN IMMEDIATE")
            await view.add(newest_first(3))
            assert shown(view) == ["f-3", "f-2", "f-1"]
            await view.close()
    [warning] = archive.warnings
    assert "database is locked" in warning


async def test_sorting_goes_on_in_memory_where_it_cannot_be_done_on_the_disk(path: Path) -> None:
    await fill(path, 1, 2, 3)
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        await archive.run(Stumble(sqlite3.SQLITE_FULL))
        modes = await archive.run(lambda c: c.execute("PRAGMA temp_store").fetchall())
        assert modes == [(2,)]
        await view.rearrange(OLDEST_FIRST)
        assert shown(view) == ["f-1", "f-2", "f-3"]
        await view.close()
    assert archive.warnings == ()


async def test_a_memory_that_is_full_begins_anew() -> None:
    async with archive_at(None) as archive:
        view = await opened_view(archive)
        await view.add(newest_first(1, 2, 3))
        await archive.write(Stumble(sqlite3.SQLITE_FULL))
        await view.add(newest_first(4))
        assert shown(view) == ["f-4"]
        await view.close()
    [warning] = archive.warnings
    assert "memory for rows is full" in warning


async def test_a_mistake_in_a_statement_is_no_fault_of_the_file(path: Path) -> None:
    async with archive_at(path) as archive:
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            await archive.run(lambda connection: connection.execute("SELECT * FROM nowhere"))
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            await archive.read(lambda connection: connection.execute("SELECT * FROM nowhere"))
        assert await archive.question("me", QUERY)
    assert archive.warnings == ()


def spoil(path: Path) -> None:
    """Overwrite all of a file that is in use, but for its header."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\x5a" * (path.stat().st_size - 4096))


@contextmanager
def found_late(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check no file when it is opened, as with a large one."""
    with monkeypatch.context() as patch:
        patch.setattr("tui.archive.opening.CHECKED_BYTES", -1)
        yield


async def test_damage_that_is_met_late_is_set_aside_then(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(path, *range(300), local=lambda _: False)
    spoil(path)
    with found_late(monkeypatch):
        async with archive_at(path) as archive:
            view = await opened_view(archive)
            assert shown(view) == []
            await view.add(newest_first(7, 8))
            assert shown(view) == ["f-8", "f-7"]
            await view.close()
    [warning] = archive.warnings
    assert "was damaged" in warning
    assert len(list(path.parent.glob("*.damaged-*Z"))) == 1
    assert await ids_in(path) == ["f-8", "f-7"]


async def test_an_id_that_is_none_is_damage(path: Path) -> None:
    await fill(path, 1, 2, 3)
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE answer SET invocation = invocation + (1 << 40)")
        other.commit()
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        assert shown(view) == []
        await view.close()
    [warning] = archive.warnings
    assert "was damaged" in warning


async def test_views_that_are_open_go_on_after_damage(path: Path) -> None:
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        other = await opened_view(archive, query=Query(REGION, name="x"))
        await view.add(newest_first(*range(400)))
        await archive.read(Stumble(sqlite3.SQLITE_CORRUPT))
        await view.ready(0, 40)
        await view.update([])
        assert shown(view) == []
        await view.add(newest_first(1, 2))
        assert shown(view) == ["f-2", "f-1"]
        await other.add(newest_first(5))
        assert shown(other) == ["f-5"]
        for each in (view, other):
            await each.close()
    [warning] = archive.warnings
    assert "was damaged" in warning
    assert await ids_in(path) == ["f-2", "f-1"]
    assert len(list(path.parent.glob("*.damaged-*Z"))) == 1


async def test_two_explorers_that_meet_the_same_damage_set_it_aside_once(path: Path) -> None:
    async with archive_at(path) as one, archive_at(path) as two:
        views = [await opened_view(each) for each in (one, two)]
        for number, archive in enumerate((one, two)):
            await archive.run(Stumble(sqlite3.SQLITE_CORRUPT))
            await views[number].add(newest_first(number))
        await views[1].rearrange()
        assert shown(views[1]) == ["f-1", "f-0"]
        for view in views:
            await view.close()
    assert len(one.warnings) == 1
    assert two.warnings == ()
    assert len(list(path.parent.glob("*.damaged-*Z"))) == 1


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("read-only file", "cannot be written: it is read-only"),
        ("read-only directory", "cannot be written: it is read-only"),
        ("no directory", "cannot be used: Permission denied"),
        ("small disk", "cannot be written: disk I/O error"),
    ],
)
def test_a_home_that_takes_nothing_is_one_warning(trouble: str, words: str) -> None:
    # The directories of a test are not open to the user that the child becomes.
    home = Path(tempfile.mkdtemp())
    try:
        command = [sys.executable, "-m", "tests.archive.unprivileged", str(home), trouble]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    finally:
        rmtree(home)
    told = json.loads(done.stdout)
    assert len(told["warnings"]) == 1
    assert words in told["warnings"][0]
    kept = [] if trouble == "no directory" else ["f-1"]
    assert told["before"] == (["f-2", *kept] if kept else [])
    assert told["after"] == ["f-3", "f-2", *kept]
