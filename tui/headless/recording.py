"""Keeps in the archive what a walk brings, beside it: a list neither waits nor fails for that."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tui.archive.walks import Step, new_walk
from tui.plain import printable

if TYPE_CHECKING:
    from tui.archive.places import Connection
    from tui.archive.store import Archive
    from tui.headless.listing import Walk
    from tui.headless.streams import Narrator
    from tui.records import Invocation, Page, Query

AHEAD: Final = 16
"""Pages that may wait to be kept; a walk that is faster than the disk waits then, too."""


class Recorded:
    """A walk whose pages are kept as answers to its query, in the order in which they come."""

    def __init__(
        self,
        walk: Walk,
        archive: Archive,
        scope: str,
        query: Query,
        narrator: Narrator,
        *,
        from_top: bool,
    ) -> None:
        """Begin nothing yet.

        Args:
            walk: brings the pages.
            archive: takes them; whoever has opened it closes it.
            scope: who asks.
            query: what is asked.
            narrator: is told once that nothing is kept, if so.
            from_top: whether the walk begins with the newest page.
        """
        self._walk = walk
        self._archive = archive
        self._scope = scope
        self._query = query
        self._narrator = narrator
        self._from_top = from_top
        self._name = new_walk()
        self._question: int | None = None
        self._room = asyncio.Semaphore(AHEAD)
        """Given back for each page once that is kept."""
        self._waiting: asyncio.Queue[tuple[Sequence[Invocation], Step]] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None
        self._warnings = 0
        """Warnings of the archive that have been looked into."""
        self._given_up = False

    @property
    def token(self) -> str:
        """The walk's own."""
        return self._walk.token

    @property
    def ended(self) -> bool:
        """The walk's own."""
        return self._walk.ended

    async def next(self) -> Page | None:
        """Return the next page, which is kept meanwhile."""
        await self._room.acquire()
        try:
            page = await self._walk.next()
        except BaseException:
            self._room.release()
            raise
        # Nothing is waited for from here on: a page that has come must reach the reader.
        if page is not None:
            self._put(page.invocations, ended=self._walk.ended)
        elif self._walk.ended:
            self._room.release()
        else:
            self._put((), ended=True)
        return page

    async def aclose(self) -> None:
        """Abandon the walk, and wait until what it has brought is kept."""
        await self._walk.aclose()
        await self._waiting.join()
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker

    def _put(self, invocations: Sequence[Invocation], *, ended: bool) -> None:
        step = Step(self._name, self._walk.token, ended, self._from_top)
        self._waiting.put_nowait((invocations, step))
        if self._worker is None:
            self._worker = asyncio.ensure_future(self._work())

    async def _work(self) -> None:
        while True:
            invocations, step = await self._waiting.get()
            try:
                if not self._given_up:
                    await self._keep(invocations, step)
            except Exception as error:  # noqa: BLE001 - whatever it is, the list goes on
                self._given_up = True
                reason = printable(str(error) or type(error).__name__, 200)
                self._narrator.say(f"What is listed is not kept in the archive: {reason}.")
            finally:
                self._room.release()
                self._waiting.task_done()

    async def _keep(self, invocations: Sequence[Invocation], step: Step) -> None:
        if self._question is None:
            self._question = await self._archive.question(self._scope, self._query)
        await self._archive.keep(self._question, invocations, step)
        if len(self._archive.warnings) > self._warnings:
            # It has said why; to go on would only fill the memory.
            self._warnings = len(self._archive.warnings)
            self._given_up = not await self._archive.read(_lasts)


def _lasts(connection: Connection) -> bool:
    """Say whether what is kept now goes into a file."""
    return connection.place.path is not None and not connection.place.overlay
