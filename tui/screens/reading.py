"""One query being read: its pager, its view, and what is known of the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from tui.api.pager import Pager
from tui.archive.evidence import unfinished
from tui.archive.store import Archive
from tui.archive.view import View
from tui.records import Invocation, Page, Query
from tui.screens.evidence import Evidence
from tui.screens.session import Service, Session


class Reading:
    """Reads the pages of one query into the archive; a failed page is asked for again."""

    def __init__(self, session: Session, archive: Archive, query: Query, view: View) -> None:
        self._session = session
        self._archive = archive
        self._pager: Pager | None = None
        self.query = query
        self.view = view
        self.total: int | None = None
        """How many invocations the query has in all, where the service said so."""
        self.pages = 0
        """How many pages have come."""
        self.fetched_at: datetime | None = None
        """When the latest of them came."""

    @classmethod
    async def open(
        cls, session: Session, archive: Archive, query: Query, changed: Callable[[int], None]
    ) -> Reading:
        """Return a reading of `query` with what the archive already has of it."""
        question = await archive.question(session.scope, query)
        view = View(archive, session.scope, question, changed=changed)
        await view.open()
        return cls(session, archive, query, view)

    @property
    def ended(self) -> bool:
        """Whether the walk has reached its end."""
        return self._pager is not None and self._pager.ended

    @property
    def token(self) -> str:
        """Where the walk goes on."""
        return self._pager.token if self._pager else ""

    async def load(self, service: Service) -> int:
        """Bring the next page; return how many rows were new. On failure the place is kept."""
        if self._pager is None:
            self._pager = self._new_pager(service, self.query)
        page = await self._pager.next()
        return await self._keep(page)

    async def refresh(self, service: Service) -> int:
        """Read anew from the top until what is known is reached; return how many rows were new.

        The walk that was under way goes on where it was.
        """
        if not self.view.count + self.view.hidden:
            # Nothing is known that could be reached: begin the walk anew, with its first page.
            self._pager = None
        if self._pager is None:
            return await self.load(service)
        top = self._new_pager(service, self.query)
        new = 0
        while not top.ended:
            first = top.pages == 0
            page = await top.next()
            added = await self._keep(page)
            new += added
            if page and self.query.statuses:
                # What has changed its status since is no answer to this query any more.
                await asyncio.shield(
                    self.view.retire(page.invocations, newest=first, oldest=top.ended)
                )
            if page and added < len(page.invocations):
                break
        if top.ended:
            self._pager = top
        return new

    async def refresh_one(self, service: Service, invoke_id: str) -> bool:
        """Ask again for one invocation, wherever it stands; return whether it is known still."""
        one = Query(self.query.region, invoke_id=invoke_id)
        page = await self._new_pager(service, one).next()
        if page is None or not page.invocations:
            return False
        await asyncio.shield(self.view.update(page.invocations))
        return True

    async def unfinished(self, most: int) -> list[str]:
        """Return the invoke IDs of the newest sends in this region that may still change."""
        return await self._archive.run(unfinished, self._session.scope, most)

    async def invocation(self, invoke_id: str) -> Invocation | None:
        """Return one invocation with results and content from the archive."""
        return await self._archive.invocation(self._session.scope, invoke_id)

    def evidence(self, marks: frozenset[str], here: str) -> Evidence:
        """Return what a post-mortem can be about, with these marks and the cursor there."""
        return Evidence(self._archive, self._session.scope, self.view, marks, here)

    async def close(self) -> None:
        """Let go of the view."""
        await self.view.close()

    async def _keep(self, page: Page | None) -> int:
        # The pager has moved on: whoever is cancelled here must not cost the page its rows.
        if page is None:
            return 0
        self.pages += 1
        self.fetched_at = datetime.now(UTC)
        return await asyncio.shield(self.view.add(page.invocations))

    def _new_pager(self, service: Service, query: Query) -> Pager:
        return Pager(service, query, size=self._session.page_size)
