"""Brings pages: one connection, one query at a time, asking again until an answer comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from tui.api.errors import ApiError, CredentialsUnavailable, NotReached
from tui.archive.adopting import adopt
from tui.archive.evidence import has_any
from tui.archive.sources import Fitting
from tui.archive.store import Archive
from tui.records import UNFINISHED, InvocationSummary, Query
from tui.screens.calls import Calls
from tui.screens.reading import Reading
from tui.screens.session import Service, Session
from tui.widgets.words import duration

BUSY_AFTER: Final = 0.3
"""Seconds that a call may take before it is said that one is under way."""

RETRY_FIRST: Final = 5.0
"""Seconds until a page that did not come is asked for again; doubled with each failure."""

RETRY_LAST: Final = 60.0
"""The longest such wait, in seconds."""

FAILED_PAGES: Final = 20
"""Pages that the search for the next failed row may load."""

Asking = Callable[[Service], Awaitable[object]]
"""Something that asks the service."""


class Loader:
    """What is read and how that goes. Its coroutines run in the screen's workers, one at a time."""

    def __init__(
        self,
        session: Session,
        archive: Archive,
        *,
        rows_changed: Callable[[int], None],
        changed: Callable[[], None],
        unreachable: Callable[[], None],
        keyed: Callable[[str], str],
    ) -> None:
        """Call back when something has changed; `keyed` puts keys in the place of actions."""
        self.session = session
        self._archive = archive
        self._rows_changed = rows_changed
        self._changed = changed
        self._unreachable = unreachable
        self._keyed = keyed
        self._service: Service | None = None
        self._connecting = asyncio.Lock()
        self._busy_since: float | None = None
        self._walk_began: tuple[float, int] | None = None
        self._is_open = asyncio.Event()
        """Not set while a query is being opened."""
        self._is_open.set()
        self.account = ""
        """Who the service says that this is, once it has said so."""
        self.watched = 0
        """How many sends are being watched."""
        self.arranging = False
        """Whether rows have been finding their places for long."""
        self.calls = Calls(self._calls_changed)
        self.reading: Reading | None = None
        self.failure: ApiError | None = None
        """Why the latest page did not come."""
        self.retry_in = 0
        """Seconds until it is asked for again, or 0."""
        self.asking = True
        """Whether the service is being asked for pages, or is about to be."""

    # What is known.

    @property
    def count(self) -> int:
        """How many rows the view has."""
        return self.reading.view.count if self.reading else 0

    @property
    def ended(self) -> bool:
        """Whether the walk has reached its end."""
        return self.reading is not None and self.reading.ended

    @property
    def walking(self) -> bool:
        """Whether page after page is being brought."""
        return self._walk_began is not None

    @property
    def activity(self) -> str:
        """What is under way, in a few words and with the key that helps; mostly nothing."""
        if self.retry_in:
            return f"again in {self.retry_in} s: {self._keyed('{refresh} now, {back} stops')}"
        wait = self.calls.wait
        if wait is not None:
            seconds, fault = wait
            code = fault.code or type(fault).__name__
            return f"{code}, again in {max(round(seconds), 1)} s"
        if self.arranging:
            return self._keyed("arranging the rows: {back} stops")
        if self._walk_began is not None:
            return f"walking on, {self._pace()}: {self._keyed('{back} stops')}"
        if self.watched:
            return f"watching {self.watched}: {self._keyed('{watch} stops')}"
        if self._busy_since is not None and time.monotonic() - self._busy_since >= BUSY_AFTER:
            return "loading…"
        return ""

    def _pace(self) -> str:
        """Return how fast a walk is and, where the total is known, how long it will take."""
        began, before = self._walk_began or (time.monotonic(), self._known)
        rate = (self._known - before) / max(time.monotonic() - began, 0.1)
        total = self.reading.total if self.reading else None
        words = f"{rate:,.0f} rows/s"
        if total is None or rate <= 0 or total <= self._known:
            return words
        return f"{words}, {duration((total - self._known) / rate)} left"

    @property
    def _known(self) -> int:
        return self.count + (self.reading.view.hidden if self.reading else 0)

    # What is done.

    async def open(self, query: Query) -> Reading:
        """Show what the archive has of a query; nothing is asked of the service."""
        self.failure, self.retry_in, self.asking = None, 0, True
        if self.session.offline:
            return await self.open_kept(query)
        # Nothing may be asked for the query that is left while the new one is being opened.
        previous, self.reading = self.reading, None
        self._is_open.clear()
        self.reading = await Reading.open(self.session, self._archive, query, self._rows_changed)
        self._is_open.set()
        if previous is not None:
            await previous.close()
        return self.reading

    async def open_kept(self, query: Query, *, anybody: bool = False) -> Reading:
        """Show what the archive has that fits a query, whoever has seen it if `anybody`."""
        scope = "" if anybody else self.session.scope
        previous, self.reading, self.asking = self.reading, None, False
        self._is_open.clear()
        self.reading = await Reading.open_kept(
            self.session, self._archive, query, self._rows_changed, scope
        )
        self._is_open.set()
        if previous is not None:
            await previous.close()
        return self.reading

    async def keeps(self, query: Query, *, anybody: bool = False) -> bool:
        """Say whether the archive has anything that fits a query."""
        scope = "" if anybody else self.session.scope
        return await self._archive.run(has_any, Fitting(query, scope))

    async def remember(self) -> None:
        """Note that the query has been opened."""
        if self.reading is not None:
            await self.reading.use()

    async def next_page(self) -> None:
        """Bring the next page."""
        if self.reading is not None and not self.reading.ended:
            await self._insist(self.reading.load)

    async def walk_on(self) -> None:
        """Bring page after page until the end, of a query that is being opened once it is open."""
        self._walk_began = (time.monotonic(), self._known)
        try:
            await self._is_open.wait()
            while self.reading is not None and not self.reading.ended:
                await self._insist(self.reading.load)
                if self.failure is not None:
                    return
        finally:
            self._walk_began = None
            self._changed()

    async def refresh(self, row: InvocationSummary | None) -> bool:
        """Read anew from the top, and the row under the cursor where it may have changed.

        Return whether there were new rows, so that the total is not known any more.
        """
        reading = self.reading
        if reading is None:
            return False
        new = 0

        async def ask(service: Service) -> None:
            nonlocal new
            new = await reading.refresh(service)
            if row is not None and row.status in UNFINISHED:
                await reading.refresh_one(service, row.invoke_id)

        await self._insist(ask)
        if new:
            reading.total = None
        return bool(new)

    async def find_failed(self, start: int, step: int) -> int | None:
        """Return the position of the next failed row among those loaded."""
        reading = self.reading
        return None if reading is None else await reading.view.find_failed(start, step)

    async def load_failed(self) -> int | None:
        """Load on, within a budget, until a failed row is below the cursor; return its position."""
        reading = self.reading
        found = None
        for _ in range(FAILED_PAGES):
            if reading is None or reading.ended or found is not None:
                break
            await self._insist(reading.load)
            if self.failure is not None:
                return None
            found = await reading.view.find_failed(reading.view.cursor, 1)
        return found

    async def count_all(self) -> None:
        """Ask how many there are in all; without an answer nobody claims to know."""
        reading = self.reading
        if reading is None or reading.ended or reading.total is not None:
            return
        try:
            reading.total = await (await self.service()).total(reading.query)
        except ApiError:
            return
        self._changed()

    async def ask_caller(self) -> None:
        """Ask the service who this is; it is no failure where it does not say."""
        session = self.session
        if self.account or (caller := await session.caller()) is None:
            return
        # What is kept under a hash of the key is the account's from now on, whoever asks for it.
        await self._archive.write(adopt, session.scope, f"account {caller.account_id}")
        if session is self.session:
            self.account = f"{caller.account_id} {caller.principal}"
            self._changed()

    async def move(self, session: Session) -> None:
        """Ask as another identity, or in another region, from now on."""
        previous, self._service = self._service, None
        if session.identity != self.session.identity:
            self.account = ""
        self.session = session
        if previous is not None:
            await previous.aclose()

    async def service(self) -> Service:
        """Return the client, made when it is first needed."""
        async with self._connecting:
            while self._service is None:
                session = self.session
                service = await session.connect(self.calls)
                if session is self.session:
                    self._service = service
                else:
                    # Somebody has moved on meanwhile: nothing is asked as who was left.
                    await service.aclose()
            return self._service

    async def close(self) -> None:
        """Cancel what is under way."""
        if self._service is not None:
            await self._service.aclose()

    async def _insist(self, ask: Asking) -> None:
        """Ask until an answer comes, the user goes on, or asking again is pointless."""
        wait = RETRY_FIRST
        self.asking = True
        try:
            while True:
                try:
                    await ask(await self.service())
                except ApiError as failure:
                    self.failure = failure
                    if isinstance(failure, (NotReached, CredentialsUnavailable)):
                        self._unreachable()
                    if not failure.retryable:
                        return
                    await self._count_down(max(failure.retry_after or 0.0, wait))
                    wait = min(wait * 2, RETRY_LAST)
                else:
                    self.failure = None
                    return
        finally:
            self.retry_in, self.asking = 0, False
            self._changed()

    async def _count_down(self, seconds: float) -> None:
        for left in range(round(seconds), 0, -1):
            self.retry_in = left
            self._changed()
            await asyncio.sleep(1)

    def _calls_changed(self) -> None:
        if not self.calls.in_flight:
            self._busy_since = None
            self._changed()
        elif self._busy_since is None:
            self._busy_since = time.monotonic()
            asyncio.get_running_loop().call_later(BUSY_AFTER, self._changed)
        elif (wait := self.calls.wait) is not None:
            self._changed()
            asyncio.get_running_loop().call_later(wait[0], self._changed)
