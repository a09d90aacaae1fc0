"""Keeping what a walk brings: every page, beside the walk, and without harm to it."""

from __future__ import annotations

import asyncio
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tui.archive.exporting import export
from tui.archive.keeping import read_info
from tui.archive.merging import Merged
from tui.archive.sources import Fitting
from tui.archive.store import Archive
from tui.archive.walks import Step
from tui.headless import archive as archive_work
from tui.headless import offline
from tui.headless.listing import Listing, follow
from tui.headless.output import format_named
from tui.headless.recording import AHEAD, Recorded
from tui.headless.streams import Narrator
from tui.headless.verifying import Verdicts, read_file
from tui.records import Invocation, Page, Query

pytestmark = pytest.mark.anyio

QUERY = Query("cn-hangzhou")


def sent(number: int, content: str = "") -> Invocation:
    raw = {"InvokeId": f"f-{number}", **({"Content": content} if content else {})}
    return Invocation(
        f"f-{number}",
        "Success",
        f"2026-01-01T00:{59 - number // 60 % 60:02}:{59 - number % 60:02}Z",
        content=content,
        raw=json.dumps(raw),
    )


class Pages:
    """A walk of so many pages of one invocation each."""

    def __init__(self, count: int) -> None:
        self._left = list(range(count))
        self.closed = False

    @property
    def token(self) -> str:
        return str(self._left[0]) if self._left else ""

    @property
    def ended(self) -> bool:
        return not self._left

    async def next(self) -> Page | None:
        return Page((sent(self._left.pop(0)),)) if self._left else None

    async def aclose(self) -> None:
        self.closed = True


class Paper:
    def __init__(self) -> None:
        self.text = ""

    async def put(self, text: str) -> None:
        self.text += text


def recorded(walk: Pages, archive: Archive, said: io.StringIO) -> Recorded:
    return Recorded(walk, archive, "me", QUERY, Narrator(said), from_top=True)


async def listed(walk: Pages, archive: Archive, limit: int | None = None) -> tuple[str, str]:
    """Return what was written and what was narrated."""
    paper, said = Paper(), io.StringIO()
    around = recorded(walk, archive, said)
    await follow(Listing(QUERY, limit=limit), around, format_named("ndjson"), paper, Narrator(said))
    return paper.text, said.getvalue()


async def from_archive(archive: Archive, scope: str = "") -> tuple[str, str]:
    paper, said = Paper(), io.StringIO()
    form = format_named("ndjson")
    source = Fitting(QUERY, scope)
    await offline.run(Listing(QUERY), archive, source, form, paper, Narrator(said))
    return paper.text, said.getvalue()


async def test_every_page_is_kept_when_the_list_has_ended() -> None:
    archive = Archive(clock=lambda: 1_790_000_000.0)
    text, _ = await listed(Pages(AHEAD * 2), archive)
    kept, said = await from_archive(archive)
    assert kept == text
    assert len(kept.splitlines()) == AHEAD * 2
    assert said == (
        f"{AHEAD * 2} invocations listed, all that the archive has.\n"
        "From the archive: last seen 2026-09-21 14:13:20 UTC, 0 s ago;"
        " complete as of 2026-09-21 14:13:20 UTC.\n"
    )
    await archive.close()


async def test_a_walk_that_did_not_end_is_not_said_to_be_complete() -> None:
    archive = Archive()
    await listed(Pages(5), archive, limit=2)
    kept, said = await from_archive(archive)
    assert len(kept.splitlines()) == 2
    assert said.endswith("; whether that is all is not known.\n")
    await archive.close()


async def test_a_scope_that_has_seen_nothing_lists_nothing() -> None:
    archive = Archive()
    await listed(Pages(3), archive)
    kept, said = await from_archive(archive, "somebody else")
    assert kept == ""
    assert "nothing that fits has been seen" in said
    await archive.close()


class Broken(Archive):
    """An archive that fails in a way that nobody has foreseen."""

    tries = 0

    async def keep(
        self, question: int, invocations: Sequence[Invocation], step: Step | None = None
    ) -> Merged:
        self.tries += 1
        raise ValueError("the moon is\x1b[2J full")


async def test_a_list_does_not_fail_with_its_archive() -> None:
    archive = Broken()
    text, said = await listed(Pages(AHEAD * 3), archive)
    assert len(text.splitlines()) == AHEAD * 3
    assert archive.tries == 1
    first, last = said.splitlines()
    assert first == "What is listed is not kept in the archive: the moon is␛[2J full."
    assert last.endswith("complete.")
    await archive.close()


class Slow(Archive):
    """An archive that keeps nothing before it is let."""

    def __init__(self, let: asyncio.Event, **options: Any) -> None:
        super().__init__(**options)
        self._let = let

    async def keep(
        self, question: int, invocations: Sequence[Invocation], step: Step | None = None
    ) -> Merged:
        await self._let.wait()
        return await super().keep(question, invocations, step)


async def test_a_walk_goes_on_while_pages_wait_to_be_kept_but_not_for_ever() -> None:
    let = asyncio.Event()
    archive = Slow(let)
    walk = recorded(Pages(AHEAD + 1), archive, io.StringIO())
    for _ in range(AHEAD):
        assert await walk.next() is not None
    beyond = asyncio.ensure_future(walk.next())
    await asyncio.sleep(0)
    assert not beyond.done()
    let.set()
    assert await beyond is not None
    assert await walk.next() is None
    await walk.aclose()
    info = await archive.read(read_info)
    assert (info.invocations, info.walks) == (AHEAD + 1, 1)
    await archive.close()


async def test_an_export_is_written_in_whole_lines(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "kept" / "archive.sqlite3")
    question = await archive.question("me", QUERY)
    await archive.keep(question, [sent(number, "secret") for number in range(450)])
    paper = Paper()
    count = await archive_work.export(archive, paper, Narrator(None))
    found = [json.loads(line) for line in paper.text.splitlines()]
    assert count == 450
    assert found == [json.loads(each.raw) async for each in export(archive)]
    assert not any("Content" in each for each in found)
    assert archive_work.info_text(await archive.read(read_info)).splitlines()[4].split() == [
        "invocations",
        "450",
    ]
    await archive.close()


def test_verdicts_are_the_same_only_if_something_was_compared(tmp_path: Path) -> None:
    local = tmp_path / "local"
    local.write_bytes(b"hello\n")
    verdicts = Verdicts(read_file(local))
    assert not verdicts.all_same
    lines = verdicts.rows([sent(1, "hello\n"), sent(2, "hello\r\n"), sent(3)]).splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "f-1 same",
        "f-2 converted",
        "f-3 unknown",
    ]
    assert not verdicts.all_same
    only = Verdicts(b"hello\n")
    only.rows([sent(1, "hello\n")])
    assert only.all_same


def test_what_cannot_have_been_sent_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(OSError, match="not a regular file"):
        read_file(fifo)
    large = tmp_path / "large"
    large.write_bytes(bytes(2 << 20))
    with pytest.raises(OSError, match="larger than 1,048,576 bytes"):
        read_file(large)
