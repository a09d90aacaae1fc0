"""One query being read: its pager, its view, and what is known of the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tui.api.errors import CursorRefused
from tui.api.pager import Pager
from tui.archive.evidence import last_seen, unfinished
from tui.archive.recents import use
from tui.archive.rows import Known
from tui.archive.sources import Fitting
from tui.archive.store import Archive
from tui.archive.view import View
from tui.archive.walks import Completeness, Step, Walk, completeness, new_walk, read_walks
from tui.records import Invocation, Page, Query
from tui.screens.session import Service, Session

if TYPE_CHECKING:
    from tui.screens.evidence import Evidence


class Reading:
    """Reads the pages of one query into the archive; a failed page is asked for again.

    What an earlier walk of the query has read is there already. The new walk begins with the
    newest page, and where it meets what is known it goes on where the earlier one stopped.
    """

    def __init__(
        self,
        session: Session,
        archive: Archive,
        query: Query,
        view: View,
        *,
        question: int | None,
        walks: list[Walk],
    ) -> None:
        self._session = session
        self._archive = archive
        self._question = question
        self._pager: Pager | None = None
        self._walk = new_walk()
        self._from_top = True
        self._ended = False
        self.query = query
        self.view = view
        self.known: Completeness = completeness(walks)
        """What earlier walks make of what is there."""
        self._earlier: Sequence[Walk] = walks if self.known.since is not None else ()
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
        walks = await archive.read(read_walks, question)
        return cls(session, archive, query, view, question=question, walks=walks)

    @classmethod
    async def open_kept(
        cls,
        session: Session,
        archive: Archive,
        query: Query,
        changed: Callable[[int], None],
        scope: str,
    ) -> Reading:
        """Return everything in the archive that fits `query`; the service is not to be asked.

        Args:
            session: who would ask.
            archive: where the rows are.
            query: what they fit.
            changed: is told when rows have changed.
            scope: the identity that has seen them; empty: any.
        """
        view = View(archive, scope, Fitting(query, scope), changed=changed)
        await view.open()
        reading = cls(session, archive, query, view, question=None, walks=[])
        reading.known = Completeness(seen=await archive.read(last_seen, Fitting(query, scope)))
        return reading

    @property
    def kept(self) -> bool:
        """Whether these are rows of the archive, to which nothing is added."""
        return self._question is None

    @property
    def ended(self) -> bool:
        """Whether the walk has reached its end."""
        return self.kept or self._ended

    @property
    def complete(self) -> bool:
        """Whether everything that the service had when it was asked is there."""
        return self.ended and not self.kept

    @property
    def token(self) -> str:
        """Where the walk goes on."""
        return self._pager.token if self._pager else ""

    async def use(self) -> None:
        """Note that the query has been opened, for the list of recent ones."""
        if self._question is not None:
            await self._archive.write(use, self._question, self._archive.now())

    async def load(self, service: Service) -> int:
        """Bring the next page; return how many rows were new. On failure the place is kept."""
        if self._pager is None:
            self._pager = self._new_pager(service, self.query)
        try:
            page = await self._pager.next()
        except CursorRefused:
            if self._pager.pages or not self.pages:
                raise
            # The place where an earlier walk stopped is not known any more.
            self._begin_anew()
            return await self.load(service)
        added = await self._keep(page, self._pager)
        # Not before its rows are there: until then they are not all.
        self._ended = self._pager.ended
        if page is not None:
            await self._after_page(service, page, added)
        return added

    async def _after_page(self, service: Service, page: Page, added: int) -> None:
        assert self._pager is not None
        if not self._earlier:
            return
        if self.query.statuses:
            # What has changed its status since it was seen is no answer to this query any more.
            first = self._pager.pages == 1
            oldest = self._pager.ended
            await asyncio.shield(self.view.retire(page.invocations, newest=first, oldest=oldest))
        elif added < len(page.invocations):
            walks, self._earlier = self._earlier, ()
            if self.known.complete:
                self._ended = True
            elif deepest := self._deepest(walks):
                self._pager = self._new_pager(service, self.query, deepest.token)
                self._walk, self._from_top = deepest.name, deepest.from_top

    def _deepest(self, walks: Sequence[Walk]) -> Walk | None:
        """Return the walk that can go on below all that is known without a gap."""
        return next(
            (walk for walk in walks if walk.token and walk.oldest == self.known.oldest), None
        )

    async def refresh(self, service: Service) -> int:
        """Read anew from the top until what is known is reached; return how many rows were new.

        The walk that was under way goes on where it was.
        """
        if not self.view.count + self.view.hidden:
            # Nothing is known that could be reached: begin the walk anew, with its first page.
            self._begin_anew()
        if self._pager is None:
            return await self.load(service)
        top, walk = self._new_pager(service, self.query), new_walk()
        new = 0
        while not top.ended:
            first = top.pages == 0
            page = await top.next()
            added = await self._keep(page, top, walk)
            new += added
            if page and self.query.statuses:
                await asyncio.shield(
                    self.view.retire(page.invocations, newest=first, oldest=top.ended)
                )
            if page and added < len(page.invocations):
                break
        if top.ended:
            self._pager, self._walk, self._from_top = top, walk, True
            self._ended = True
        return new

    def _begin_anew(self) -> None:
        self._pager, self._walk, self._from_top = None, new_walk(), True
        self._earlier, self._ended = (), False

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
        """Return one invocation with its results, and its content where that is at hand."""
        known = await self.known_of(invoke_id)
        return known.invocation if known else None

    async def known_of(self, invoke_id: str) -> Known | None:
        """Return everything that is known of one invocation, and who has seen it when."""
        return await self._archive.known("" if self.kept else self._session.scope, invoke_id)

    def evidence(self, marks: frozenset[str], here: str) -> Evidence:
        """Return what a post-mortem can be about, with these marks and the cursor there."""
        # Nothing of a post-mortem is imported before the first question: the first frame waits.
        from tui.screens.evidence import Evidence

        scope = "" if self.kept else self._session.scope
        return Evidence(self._archive, scope, self.view, marks, here)

    async def close(self) -> None:
        """Let go of the view."""
        await self.view.close()

    async def _keep(self, page: Page | None, pager: Pager, walk: str = "") -> int:
        if page is None:
            return 0
        self.pages += 1
        self.fetched_at = datetime.now(UTC)
        step = Step(
            walk or self._walk,
            pager.token,
            pager.ended,
            from_top=self._from_top if not walk else True,
        )
        # The pager has moved on: whoever is cancelled here must not cost the page its rows.
        return await asyncio.shield(self.view.add(page.invocations, step))

    def _new_pager(self, service: Service, query: Query, token: str = "") -> Pager:
        return Pager(service, query, size=self._session.page_size, token=token)
