"""Where a reader stands in one walk; advances only after arrival."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from tui.records import MAX_PAGE_SIZE, Cursor, Page, Query


class PageSource(Protocol):
    """Whatever can bring one page of a query of at most one status."""

    async def page(self, query: Query, cursor: Cursor) -> Page:
        """Return the page at `cursor`."""
        ...


class Pager:
    """One walk of a query, newest first; several statuses are merged in time order."""

    def __init__(
        self, client: PageSource, query: Query, *, size: int = MAX_PAGE_SIZE, token: str = ""
    ) -> None:
        self.ended = False
        """Whether the last page has been delivered."""
        self.token = token
        """What a later pager needs to go on from here; empty at the start and at the end."""
        self.pages = 0
        """Pages delivered so far."""

    async def next(self) -> Page | None:
        """Return the next page, or None when there is none."""
        raise NotImplementedError


async def numbered(
    client: PageSource, query: Query, *, size: int = MAX_PAGE_SIZE, concurrency: int = 4
) -> AsyncIterator[Page]:
    """Bring the pages of a query by their numbers, in order, several in flight at a time."""
    raise NotImplementedError
    yield
