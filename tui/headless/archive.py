"""What `archive` does: count what is kept, write it out, let go of what is too old or too much."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tui.archive import exporting
from tui.headless.output import ascii_line
from tui.plain import printable
from tui.triage.words import counted, moment

if TYPE_CHECKING:
    from tui.archive.keeping import ArchiveInfo, Bounds
    from tui.archive.store import Archive
    from tui.headless.listing import Output
    from tui.headless.streams import Narrator

LABEL_WIDTH: Final = 14
"""Columns of what stands before a value."""


def info_text(info: ArchiveInfo) -> str:
    """Return what the archive holds, a line for each figure."""
    return "".join(f"{label:<{LABEL_WIDTH}}{value}\n" for label, value in _figures(info))


async def export(archive: Archive, output: Output, narrator: Narrator) -> int:
    """Write every invocation as the API sent it, newest first; return how many there were."""
    count, lines = 0, list[str]()
    async for each in exporting.export(archive):
        lines.append(f"{ascii_line(each.raw)}\n")
        count += 1
        if len(lines) == exporting.PORTION:
            await output.put("".join(lines))
            lines.clear()
            narrator.pass_by(f"{count:,} exported")
    await output.put("".join(lines))
    narrator.clear()
    return count


async def prune(archive: Archive, bounds: Bounds, narrator: Narrator) -> int:
    """Let go of what is beyond the bounds; return how many invocations that were."""
    count = await exporting.prune(
        archive, bounds, lambda so_far: narrator.pass_by(f"{so_far:,} removed")
    )
    narrator.clear()
    return count


def _figures(info: ArchiveInfo) -> Iterator[tuple[str, str]]:
    yield "archive", "in memory" if info.path is None else printable(str(info.path))
    yield "size", f"{info.bytes / 1e6:,.1f} MB ({counted(info.bytes, 'byte')})"
    yield "version", str(info.version)
    for name, region in info.scopes:
        yield "identity", f"{printable(name)} in {printable(region)}"
    yield "invocations", f"{info.invocations:,}"
    yield "results", f"{info.results:,}"
    yield "contents", f"{info.contents:,}"
    yield "oldest", _date(info.oldest)
    yield "newest", _date(info.newest)
    yield "walks", f"{info.walks:,}"
    yield "saved views", f"{info.saved_views:,}"


def _date(seconds: float | None) -> str:
    try:
        return moment(None if seconds is None else datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError):
        return moment(None)
