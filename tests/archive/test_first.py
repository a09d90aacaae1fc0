"""The first frame's rows, and which disks are local."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.make_million import REGION as MADE_REGION
from tests.archive.make_million import SCOPE, make
from tests.archive.samples import QUERY, archive_at, newest_first, opened_view, view_at
from tui.archive import exporting
from tui.archive.adopting import adopt
from tui.archive.filesystems import is_local, kind
from tui.archive.first import FirstRows, first_rows
from tui.archive.keeping import read_info
from tui.archive.walks import Completeness, Step, new_walk
from tui.records import Query

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "archive.sqlite3"


@pytest.mark.parametrize("local", [True, False])
async def test_the_newest_rows_are_there_without_an_event_loop(path: Path, local: bool) -> None:
    options = {"local": lambda _: local, "clock": lambda: 5.0}
    async with view_at(path, **options) as view:
        await view.add(newest_first(1, 2, 3), Step(new_walk(), ended=True))
        while_open = first_rows(path, "me", QUERY, 2)
    found = first_rows(path, "me", QUERY, 2)
    assert found == while_open
    assert [row.invoke_id for row in found.rows] == ["f-3", "f-2"]
    assert (found.total, found.completeness.complete, found.completeness.seen) == (3, True, 5.0)
    assert first_rows(path, "you", QUERY, 2) == FirstRows((), 0, Completeness())


async def test_a_name_that_stands_for_another_is_known(path: Path) -> None:
    async with archive_at(path) as archive:
        view = await opened_view(archive, "account")
        await view.add(newest_first(1))
        await archive.write(adopt, "key", "account")
        await view.close()
    assert len(first_rows(path, "key", QUERY, 9).rows) == 1


def test_nothing_is_made_to_look(path: Path) -> None:
    assert first_rows(path, "me", QUERY, 9) == FirstRows()
    assert not path.parent.exists()


def test_looking_loads_little() -> None:
    code = "import sys, tui.archive.first\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"asyncio", "concurrent", "textual", "httpx", "pydantic", "platformdirs", "tui.api"}
    assert not set(done.stdout.split()) & heavy


async def test_the_archive_for_measurements_is_one(path: Path) -> None:
    make(path, 500)
    query = Query(MADE_REGION)
    found = first_rows(path, SCOPE, query, 40)
    assert (len(found.rows), found.total, found.completeness.complete) == (40, 500, True)
    async with archive_at(path) as archive:
        view = await opened_view(archive, SCOPE, query)
        await view.rearrange()
        assert (view.count, view.hidden) == (500, 0)
        lines = [each async for each in exporting.invocations(archive)]
        for known, row in zip(lines, view.rows(0, 150), strict=False):
            assert known.invocation.summary == row
            assert f'"InvokeId":"{known.invocation.invoke_id}"' in known.invocation.raw
        assert (await archive.run(read_info)).invocations == 500
        await view.close()
    assert archive.warnings == ()


TABLE = """\
/dev/vda / ext4 rw 0 0
nas:/home /home nfs4 rw 0 0
/dev/vdb /home/me/disk\\040one xfs rw 0 0
sshfs /home/me/ext4 fuse.sshfs rw 0 0
tmpfs /tmp tmpfs rw 0 0
/dev/vdc /tmp vboxsf rw 0 0
odd
"""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/var/lib/a", "ext4"),
        ("/home/you/.local", "nfs4"),
        ("/homes", "ext4"),
        ("/home/me/disk one/a", "xfs"),
        ("/home/me/ext4/a", "fuse.sshfs"),
        ("/tmp/a", "vboxsf"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(place: str, expected: str) -> None:
    assert kind(Path(place), TABLE) == expected


def test_what_is_not_known_to_be_local_is_not(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    assert not is_local(tmp_path, table)
    table.write_text("disk / ext4 rw 0 0\n")
    assert is_local(tmp_path, table)
    table.write_text("nas / nfs rw 0 0\n")
    assert not is_local(tmp_path, table)
