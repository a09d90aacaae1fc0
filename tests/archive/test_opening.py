"""Opening the file: whatever is wrong with it is one sentence, and the archive works."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.archive.samples import QUERY, archive_at, fill, ids_in, newest_first, opened_view, shown
from tui.archive import schema
from tui.archive.first import FirstRows, first_rows
from tui.archive.opening import Opener
from tui.archive.store import Archive

pytestmark = pytest.mark.anyio

ALL = ["f-3", "f-2", "f-1"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "archive.sqlite3"


async def works(path: Path) -> list[str]:
    """See that an archive takes rows and shows them; return its warnings."""
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        await view.add(newest_first(8, 9))
        assert shown(view)[:2] == ["f-9", "f-8"]
        await view.close()
    return list(archive.warnings)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_what_was_seen_is_there_the_next_time(path: Path) -> None:
    await fill(path, 1, 2, 3)
    assert await ids_in(path) == ALL


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
async def test_nobody_else_can_read_the_files(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        async with archive_at(path) as archive:
            view = await opened_view(archive)
            await view.add(newest_first(1))
            modes = {each.name: mode_of(each) for each in path.parent.iterdir()}
            await view.close()
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}
    assert path.name in modes
    assert mode_of(path.parent) == 0o700


@pytest.mark.parametrize(("local", "mode"), [(True, "wal"), (False, "delete")])
async def test_the_log_is_for_local_disks(path: Path, local: bool, mode: str) -> None:
    await fill(path, 1, 2, 3, local=lambda _: local)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == (mode,)
        assert other.execute("PRAGMA auto_vacuum").fetchone() == (2,)
    assert await ids_in(path) == ALL


async def test_a_file_with_a_log_is_turned_back_where_its_disk_is_not_local(path: Path) -> None:
    await fill(path, 1, 2, 3)
    async with archive_at(path, local=lambda _: False) as archive:
        view = await opened_view(archive)
        assert shown(view) == ALL
        modes = await archive.run(lambda c: c.execute("PRAGMA journal_mode").fetchall())
        assert modes == [("truncate",)]
        await view.close()
    assert archive.warnings == ()


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def zero_a_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * (path.stat().st_size // 4096 // 2))
        file.write(bytes(4096))


def zero_all_but_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096] + bytes(path.stat().st_size - 4096))


def random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(7).randbytes(path.stat().st_size))


def random_pages(path: Path) -> None:
    rest = path.stat().st_size - 4096
    path.write_bytes(path.read_bytes()[:4096] + random.Random(7).randbytes(rest))


def words(path: Path) -> None:
    path.write_text("this is not a database\n" * 100)


def somebody_elses(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    path.chmod(0o600)


DAMAGES = [
    truncate,
    zero_a_page,
    zero_all_but_the_header,
    random_bytes,
    random_pages,
    words,
    somebody_elses,
]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_file_is_set_aside(path: Path, damage: Callable[[Path], None]) -> None:
    await fill(path, *range(300))
    damage(path)
    content = path.read_bytes()
    first_rows(path, "me", QUERY, 10)
    [warning] = await works(path)
    [aside] = path.parent.glob("archive.sqlite3.damaged-*Z")
    assert aside.read_bytes() == content
    assert f"was damaged; it is kept as {aside.name}" in warning
    assert warning.isprintable()
    assert await works(path) == []
    assert await ids_in(path) == ["f-9", "f-8"]


async def test_the_next_damaged_file_gets_another_name(path: Path) -> None:
    for _ in range(3):
        await fill(path, 1)
        words(path)
        Opener(path, clock=lambda: 0.0).open()
    names = sorted(each.name for each in path.parent.glob("*damaged*"))
    assert names == [f"archive.sqlite3.damaged-19700101T000000Z{end}" for end in ("", "-2", "-3")]


async def test_a_file_that_another_process_has_replaced_is_not_set_aside(path: Path) -> None:
    await fill(path, 1, 2, 3)
    assert Opener(path).set_aside(path, path.stat().st_ino + 1) == ""
    assert await ids_in(path) == ALL


async def test_an_empty_file_is_a_new_archive(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o600)
    assert await works(path) == []


async def test_a_newer_version_is_left_alone(path: Path) -> None:
    await fill(path, 1, 2, 3)
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")
    content = path.read_bytes()
    [warning] = await works(path)
    assert "of a newer version" in warning
    assert path.read_bytes() == content


async def test_a_newer_version_that_comes_meanwhile_is_left_alone(path: Path) -> None:
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        await view.add(newest_first(1, 2))
        with closing(sqlite3.connect(path)) as newer:
            newer.execute("PRAGMA user_version = 99")
        await view.add(newest_first(3))
        assert shown(view) == ["f-3"]
        await view.close()
    [warning] = archive.warnings
    assert "of a newer version" in warning


async def test_an_older_version_is_brought_up_to_date(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(path, 1, 2, 3)
    more = (
        ("ALTER TABLE walk ADD COLUMN mood TEXT NOT NULL DEFAULT 'good'",),
        ("CREATE TABLE weather (day TEXT)", "INSERT INTO weather VALUES ('sunny')"),
    )
    monkeypatch.setattr(schema, "STEPS", schema.STEPS + more)
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        assert shown(view) == ALL
        assert await archive.run(schema.version) == len(schema.STEPS)
        assert await archive.run(lambda c: c.execute("SELECT day FROM weather").fetchall()) == [
            ("sunny",)
        ]
        await view.close()
    assert archive.warnings == ()


async def test_a_version_that_cannot_be_reached_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(path, 1, 2, 3)
    steps, twice = schema.STEPS, "INSERT INTO scope SELECT id + 1, name, region FROM scope"
    monkeypatch.setattr(schema, "STEPS", (*steps, ("CREATE TABLE extra (a)", twice)))
    [warning] = await works(path)
    assert "cannot be used" in warning
    monkeypatch.setattr(schema, "STEPS", steps)
    assert await ids_in(path) == ALL


async def test_a_symbolic_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"")
    path.parent.mkdir(0o700)
    path.symlink_to(victim)
    [warning] = await works(path)
    assert "it is a symbolic link" in warning
    assert victim.read_bytes() == b""


async def test_something_else_in_its_place_is_left_alone(path: Path) -> None:
    path.parent.mkdir(0o700)
    os.mkfifo(path)
    [warning] = await works(path)
    assert "it is not a regular file" in warning


async def test_somebody_elses_file_is_not_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(path, 1, 2, 3)
    content = path.read_bytes()
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    [warning] = await works(path)
    assert "it belongs to another user" in warning
    assert path.read_bytes() == content
    assert first_rows(path, "me", QUERY, 10) == FirstRows()


async def test_a_file_that_others_could_read_is_made_private(path: Path) -> None:
    await fill(path, 1, 2, 3)
    path.chmod(0o640)
    async with archive_at(path) as archive:
        view = await opened_view(archive)
        assert shown(view) == ALL
        await view.close()
    [warning] = archive.warnings
    assert "now only you can" in warning
    assert mode_of(path) == 0o600
    assert await works(path) == []


async def test_a_directory_that_cannot_be_made_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    [warning] = await works(tmp_path / "state" / "archive.sqlite3")
    assert "cannot be used" in warning


async def test_a_name_with_odd_signs_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "a?b=c#d%20 \n" / "archive.sqlite3"
    await fill(path, 1, 2, 3)
    assert await ids_in(path) == ALL
    assert path.exists()


async def test_warnings_are_told_in_the_event_loop(path: Path) -> None:
    path.parent.mkdir(0o700)
    words(path)
    told: list[str] = []
    async with archive_at(path, warn=told.append) as archive:
        await archive.question("me", QUERY)
    assert tuple(told) == archive.warnings
    assert len(told) == 1


async def test_memory_leaves_nothing_behind(tmp_path: Path) -> None:
    async with archive_at(None) as archive:
        view = await opened_view(archive)
        await view.add(newest_first(1))
        await view.close()
    assert Archive().warnings == ()
    assert not list(tmp_path.rglob("*.sqlite3*"))


def test_tables_that_another_process_makes_meanwhile_are_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connected() -> sqlite3.Connection:
        connection = sqlite3.connect(tmp_path / "archive", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        return connection

    tables = schema._tables
    with closing(connected()) as one, closing(connected()) as other:

        def after_the_other(connection: sqlite3.Connection) -> int:
            monkeypatch.setattr(schema, "_tables", tables)
            schema.migrate(other)
            return tables(connection)

        monkeypatch.setattr(schema, "_tables", after_the_other)
        schema.check(one)
        assert schema.version(one) == len(schema.STEPS)
        assert not one.in_transaction
