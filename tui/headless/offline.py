"""A list from the archive alone: what fits the query, how old it is, and whether that is all."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.archive import exporting
from tui.archive.asking import find_question, scopes
from tui.archive.walks import read_completeness
from tui.headless import listing
from tui.records import Page, Query
from tui.triage.words import counted, moment, span

if TYPE_CHECKING:
    from tui.archive.places import Connection
    from tui.archive.sources import Fitting
    from tui.archive.store import Archive
    from tui.headless.listing import Listing, Output
    from tui.headless.output import Format
    from tui.headless.streams import Narrator

WHOLE = "all that the archive has"
"""What a list to the end is, in words."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the archive can answer a query."""

    identities: int = 0
    """By how many the region has been looked at."""
    complete_as_of: float | None = None
    """When the service had nothing else, in unix seconds; None: that is not known."""


class ArchiveWalk:
    """What fits a query, newest first, in portions as if they were pages."""

    token = ""

    def __init__(self, archive: Archive, source: Fitting) -> None:
        """Read nothing yet."""
        self._known = exporting.invocations(archive, source)
        self.ended = False
        self.seen: float | None = None
        """When the latest answer came about any of those read, in unix seconds."""

    async def next(self) -> Page | None:
        """Return the next portion, or None when there is none."""
        found = []
        async for known in self._known:
            # What is damaged is left out, as it is from an export.
            if known.invocation.raw:
                found.append(known.invocation)
                self.seen = max(self.seen or known.seen, known.seen)
            if len(found) == exporting.PORTION:
                return Page(tuple(found))
        self.ended = True
        return Page(tuple(found)) if found else None

    async def aclose(self) -> None:
        """Stop reading."""
        if isinstance(self._known, AsyncGenerator):
            await self._known.aclose()


async def run(
    wanted: Listing,
    archive: Archive,
    source: Fitting,
    form: Format,
    output: Output,
    narrator: Narrator,
) -> int:
    """Write the list as `listing.run` does, say how old it is, and return the exit code."""
    walk = ArchiveWalk(archive, source)
    code = await listing.follow(wanted, walk, form, output, narrator, whole=WHOLE)
    standing = await archive.run(read_standing, source)
    narrator.say(sentence(standing, walk.seen, archive.now()))
    return code


def read_standing(connection: Connection, source: Fitting) -> Standing:
    """Say how far the archive can answer a query: where all was seen, a part of it was, too."""
    names = _identities(connection, source)
    dates = [_complete_as_of(connection, name, source.query) for name in names]
    known = [date for date in dates if date is not None]
    return Standing(len(names), min(known) if known and len(known) == len(names) else None)


def sentence(standing: Standing, seen: float | None, now: float) -> str:
    """Say that a list is from the archive, how old it is, and whether something may be missing."""
    if seen is None:
        told = "From the archive: nothing that fits has been seen"
    else:
        date = moment(datetime.fromtimestamp(seen, UTC))
        told = f"From the archive: last seen {date}, {span(max(now - seen, 0.0))} ago"
    if standing.identities > 1:
        told += f", by {counted(standing.identities, 'identity', 'identities')}"
    if standing.complete_as_of is None:
        return f"{told}; whether that is all is not known."
    return f"{told}; complete as of {moment(datetime.fromtimestamp(standing.complete_as_of, UTC))}."


def _identities(connection: Connection, source: Fitting) -> list[str]:
    numbers = scopes(connection, source.scope, source.query.region)
    names = dict(connection.execute("SELECT id, name FROM scope"))
    return [str(names[number]) for number in numbers]


def _complete_as_of(connection: Connection, name: str, query: Query) -> float | None:
    """Return when one identity had seen all that fits, by this query or by one for everything."""
    dates = []
    for each in (query, Query(query.region)):
        question = find_question(connection, name, each)
        found = None if question is None else read_completeness(connection, question)
        if found is not None and found.complete and found.since is not None:
            dates.append(found.since)
    return max(dates, default=None)
