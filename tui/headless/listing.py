"""What `list` does: walk a query, keep what is asked for, write it down, say how complete it is."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from tui.api.calls import Call
from tui.api.errors import ApiError, CursorRefused, InvalidQuery
from tui.api.pager import Pager, PageSource, numbered
from tui.headless.output import Format
from tui.headless.progress import Progress
from tui.headless.streams import Narrator, OutputFailed
from tui.plain import printable
from tui.records import InstanceResult, Invocation, Page, Query, instant

DONE: Final = 0
"""Exit code of a complete listing."""

FAILURES_FOUND: Final = 1
"""Exit code of a complete listing with a failed invocation in it, where that was asked for."""

USAGE: Final = 2
"""Exit code of a query or token that cannot be one, so that nothing was sent."""

FAILED: Final = 3
"""Exit code of a listing that ended early."""


Count = Callable[[Query], Awaitable[int]]
"""Asks how many invocations a query has."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list."""

    query: Query
    limit: int | None = None
    """The most invocations written; None: all."""
    since: datetime | None = None
    """Aware; invocations created before are left out, and end the walk."""
    until: datetime | None = None
    """Aware; invocations created after are left out."""
    error_code: str = ""
    """Only invocations with a result that has this code."""
    exit_code: bool = False
    """Whether failures found are told by the exit code."""
    page_size: int = 50
    by_number: bool = False
    """Whether pages are asked for by number, several at once."""
    token: str = ""
    """Where an earlier walk stopped."""

    @property
    def is_everything(self) -> bool:
        """Whether the walk is read from its top to its end."""
        return self.limit is None and self.since is None and not self.token

    def is_before(self, invocation: Invocation) -> bool:
        """Say whether the walk, which goes back in time, has passed `since` with this one."""
        created = instant(invocation.creation_time)
        return self.since is not None and created is not None and created < self.since

    def wants(self, invocation: Invocation) -> bool:
        """Say whether this one belongs on the list; an unreadable time is no reason against."""
        created = instant(invocation.creation_time)
        if self.until is not None and created is not None and created > self.until:
            return False
        if self.is_before(invocation):
            return False
        return not self.error_code or any(map(self.wants_result, invocation.results))

    def wants_result(self, result: InstanceResult) -> bool:
        """Say whether a result is one that the list is about."""
        return not self.error_code or result.error_code == self.error_code


class Output(Protocol):
    """Where the rows go: `streams.Sink`, or something like it."""

    async def put(self, text: str) -> None:
        """Write whole lines."""
        ...


class Walk(Protocol):
    """One reading of a query's pages, whichever way they are asked for."""

    @property
    def token(self) -> str:
        """What goes on from here; empty where nothing can."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the last page is known to have been delivered."""
        ...

    async def next(self) -> Page | None:
        """Return the next page, or None when there is none."""
        ...

    async def aclose(self) -> None:
        """Abandon what is under way."""
        ...


@dataclass(slots=True)
class _Tally:
    read: int = 0
    """Invocations that came."""
    written: int = 0
    failed: int = 0
    """Invocations written that have failed, or have a failed result already."""
    more: bool = False
    """Whether the limit left something unwritten."""
    cut: bool = False
    """Whether the limit fell within a page."""


async def run(
    listing: Listing,
    source: PageSource,
    form: Format,
    output: Output,
    narrator: Narrator,
    *,
    around: Callable[[Walk], Walk] = lambda walk: walk,
    count: Count | None = None,
) -> int:
    """Write the list, and return the exit code.

    Args:
        listing: what to list.
        source: who brings the pages.
        form: how rows are written down.
        output: where they go.
        narrator: tells how far it is.
        around: puts something around the walk that wants to see its pages, too.
        count: says how many there are in all; asked once, and only where somebody looks on.

    Raises:
        OutputFailed: the rows can no longer be written; nothing more was asked for.
        asyncio.CancelledError: told to stop; what had come is written, and said to be incomplete.
    """
    try:
        walk = around(_walk(listing, source))
    except CursorRefused as error:
        narrator.say(str(error))
        return USAGE
    progress = Progress()
    # To how many a limit or a time will come nobody can say.
    if count is not None and narrator.shows_progress and listing.is_everything:
        progress.ask(partial(count, listing.query))
    try:
        return await follow(listing, walk, form, output, narrator, progress=progress)
    finally:
        await progress.aclose()


async def follow(
    listing: Listing,
    walk: Walk,
    form: Format,
    output: Output,
    narrator: Narrator,
    *,
    whole: str = "complete",
    progress: Progress | None = None,
) -> int:
    """Write the list of one walk as `run` does; `whole` says what a list to the end is."""
    tally = _Tally()
    try:
        await output.put(form.head())
        await _write(listing, walk, form, output, narrator, tally, progress or Progress())
    except ApiError as error:
        await output.put(form.foot())
        narrator.say(str(error))
        narrator.say(_incomplete(listing, walk, tally, error))
        return USAGE if isinstance(error, InvalidQuery) else FAILED
    except asyncio.CancelledError:
        narrator.say("Stopped by a signal.")
        narrator.say(_incomplete(listing, walk, tally, None))
        with contextlib.suppress(OutputFailed):
            await output.put(form.foot())
        raise
    finally:
        narrator.clear()
        await walk.aclose()
    await output.put(form.foot())
    narrator.say(_complete(walk, tally, whole))
    return FAILURES_FOUND if listing.exit_code and tally.failed else DONE


async def _write(
    listing: Listing,
    walk: Walk,
    form: Format,
    output: Output,
    narrator: Narrator,
    tally: _Tally,
    progress: Progress,
) -> None:
    """Write pages until the walk, the time or the limit ends."""
    while (page := await walk.next()) is not None:
        tally.read += len(page.invocations)
        wanted, passed = _selected(listing, page.invocations)
        if listing.limit is not None:
            room = listing.limit - tally.written
            tally.cut = len(wanted) > room
            wanted = wanted[:room]
        tally.written += len(wanted)
        tally.failed += sum(each.failed or each.failed_count > 0 for each in wanted)
        await output.put(form.rows(wanted))
        narrator.pass_by(progress.words(tally.read, tally.written))
        if tally.written == listing.limit:
            tally.more = tally.cut or not (walk.ended or passed)
            return
        if passed:
            return


def _selected(listing: Listing, invocations: Sequence[Invocation]) -> tuple[list[Invocation], bool]:
    """Return the wanted ones, and whether the rest of the walk is too old."""
    wanted: list[Invocation] = []
    for invocation in invocations:
        if listing.is_before(invocation):
            return wanted, True
        if listing.wants(invocation):
            wanted.append(invocation)
    return wanted, False


def _walk(listing: Listing, source: PageSource) -> Walk:
    if listing.by_number:
        return _Numbers(numbered(source, listing.query, size=listing.page_size))
    return _Tokens(Pager(source, listing.query, size=listing.page_size, token=listing.token))


class _Tokens:
    """A walk by tokens."""

    def __init__(self, pager: Pager) -> None:
        self._pager = pager

    @property
    def token(self) -> str:
        return self._pager.token

    @property
    def ended(self) -> bool:
        return self._pager.ended

    async def next(self) -> Page | None:
        return await self._pager.next()

    async def aclose(self) -> None:
        """Do nothing: a pager has nothing under way between two pages."""


class _Numbers:
    """A walk by page numbers."""

    token = ""

    def __init__(self, pages: AsyncIterator[Page]) -> None:
        self._pages = pages
        self._delivered = 0
        self.ended = False

    async def next(self) -> Page | None:
        page = await anext(self._pages, None)
        if page is not None:
            self._delivered += len(page.invocations)
            self.ended = page.total_count is not None and self._delivered >= page.total_count
        return page

    async def aclose(self) -> None:
        if isinstance(self._pages, AsyncGenerator):
            await self._pages.aclose()


class Waits:
    """An observer of calls that tells why nothing happens."""

    def __init__(self, narrator: Narrator) -> None:
        self._narrator = narrator

    def call_started(self, call: Call) -> None:
        """Say nothing."""

    def call_waiting(self, call: Call, seconds: float, fault: ApiError) -> None:
        """Say what went wrong and when the next attempt is."""
        when = f"in {seconds:.1f} s" if seconds >= 0.05 else "now"
        self._narrator.say(f"{fault.sentence} Trying again {when}.")

    def call_ended(self, call: Call) -> None:
        """Say nothing."""


def _complete(walk: Walk, tally: _Tally, whole: str) -> str:
    listed = f"{_counted(tally.written)} listed"
    if tally.cut:
        return f"{listed}; more follow: --all, or a higher --limit."
    if tally.more:
        way_on = f", or {_going_on(walk.token)}" if walk.token else ""
        return f"{listed}; more may follow: --all{way_on}."
    read = f" of {tally.read:,} read" if tally.read != tally.written else ""
    return f"{listed}{read}, {whole}."


def _incomplete(listing: Listing, walk: Walk, tally: _Tally, error: ApiError | None) -> str:
    if not (tally.read or walk.token or listing.token):
        return "The list is incomplete: nothing was read."
    listed = f"The list is incomplete after {_counted(tally.written)}"
    if listing.by_number:
        return f"{listed}: page numbers leave no way to go on, --paging token does."
    if not (walk.token or listing.token):
        return f"{listed}."
    if isinstance(error, CursorRefused) or not walk.token:
        return f"{listed}: begin again without --next-token."
    return f"{listed}: go on with {_going_on(walk.token)}."


def _going_on(token: str) -> str:
    return f"--next-token {shlex.quote(printable(token))}"


def _counted(number: int) -> str:
    return "1 invocation" if number == 1 else f"{number:,} invocations"
