"""Where a reader stands in one walk; advances only after arrival."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import replace
from typing import Final, Protocol

from tui.api.errors import BadAnswer, CursorRefused, RepeatedToken
from tui.api.merge import PREFIX, Lane, Merge, Place, places
from tui.records import MAX_PAGE_SIZE, Cursor, Invocation, Page, Query

MAX_EMPTY_PAGES: Final = 50
"""Empty pages with a token that are skipped in a row before the reader is asked again."""


class PageSource(Protocol):
    """Whatever can bring one page of a query of at most one status."""

    async def page(self, query: Query, cursor: Cursor) -> Page:
        """Return the page at `cursor`."""
        ...


class Pager:
    """One walk of a query, newest first; several statuses are merged in time order.

    Args:
        client: brings the pages.
        query: what to walk through.
        size: invocations a page.
        token: of an earlier pager of the same query, to go on where that one stood.

    Raises:
        tui.api.errors.CursorRefused: the token is not of such a pager.
    """

    def __init__(
        self, client: PageSource, query: Query, *, size: int = MAX_PAGE_SIZE, token: str = ""
    ) -> None:
        self.pages = 0
        """Pages delivered so far."""
        self._size = size
        self._turn = asyncio.Lock()
        self._reading: _Walk | Merge
        walks = query.walks()
        if len(walks) == 1:
            if token.startswith(PREFIX):
                raise CursorRefused(
                    "The token belongs to a walk of several statuses.",
                    advice="Give the statuses it was made for, or start from the first page.",
                )
            self._reading = _Walk(client, query, size, token)
        else:
            self._reading = Merge(
                [
                    Lane(_Walk(client, walk, size, place.token), place)
                    for walk, place in zip(walks, places(token, query.statuses), strict=True)
                ]
            )

    @property
    def ended(self) -> bool:
        """Whether the last page has been delivered."""
        return self._reading.ended

    @property
    def token(self) -> str:
        """What a later pager needs to go on from here; empty at the start and at the end."""
        return "" if self.ended else self._reading.token

    async def next(self) -> Page | None:
        """Return the next page, or None when there is none.

        A failure or a cancellation leaves the pager where it was; the next call asks again.

        Raises:
            tui.api.errors.ApiError: nothing came; `RepeatedToken` where the service's tokens go
                round in a circle, `BadAnswer` after very many empty pages.
        """
        async with self._turn:
            if self.ended:
                return None
            if isinstance(self._reading, Merge):
                page = await self._reading.next(self._size)
            else:
                page = await self._reading.fetch()
            self.pages += 1
            return page


class _Walk:
    """The pages of one query of at most one status, by tokens."""

    def __init__(self, client: PageSource, query: Query, size: int, token: str) -> None:
        self.token = token
        self.ended = False
        self._client = client
        self._query = query
        self._size = size
        self._used: set[str] = set()

    async def fetch(self) -> Page:
        """Bring the next page that has something on it, or the last one."""
        for _ in range(MAX_EMPTY_PAGES):
            page = await self._client.page(self._query, Cursor(token=self.token, size=self._size))
            self._advance(page)
            if page.invocations or self.ended:
                return page
        raise BadAnswer(
            f"The service sent {MAX_EMPTY_PAGES} empty pages in a row and says that more follow.",
            advice="Go on from here: a filter that finds little can take many pages.",
            retryable=False,
        )

    def _advance(self, page: Page) -> None:
        self._used.add(self.token)
        if page.next_token in self._used and page.next_token:
            raise RepeatedToken(
                "The service sent a token that this walk has used before; it would not end.",
                advice="Start the walk again, or narrow it by a filter.",
                request_id=page.request_id,
            )
        self.token = page.next_token
        self.ended = not page.next_token


async def numbered(
    client: PageSource, query: Query, *, size: int = MAX_PAGE_SIZE, concurrency: int = 4
) -> AsyncGenerator[Page, None]:
    """Bring the pages of a query by their numbers, in order, several in flight at a time.

    Numbers move when records arrive meanwhile, so each invocation is delivered once, and as many
    pages are asked for as the latest total says. Close the iterator when leaving it early.

    Raises:
        tui.api.errors.ApiError: a page did not come, or, behind the last one, fewer records came
            than the service has by its own count; the iterator has ended then.
    """
    streams = [_Numbered(client, walk, size, concurrency) for walk in query.walks()]
    try:
        if len(streams) == 1:
            while not streams[0].ended:
                yield await streams[0].fetch()
            streams[0].check_total()
            return
        names = query.statuses
        merge = Merge(
            [Lane(stream, Place(name)) for stream, name in zip(streams, names, strict=True)]
        )
        while not merge.ended:
            yield replace(await merge.next(size), next_token="")
        for stream in streams:
            stream.check_total()
    finally:
        await asyncio.gather(*(stream.aclose() for stream in streams))


WAITING: Final = 2
"""Times the requests that may be on their way: pages that have come or are yet to come."""


TOLERANCE: Final = 0.02
"""The share of the records that may be forgotten by the service while they are read."""


class _Numbered:
    """The pages of one query of at most one status, by numbers, fetched ahead."""

    token = ""

    def __init__(self, client: PageSource, query: Query, size: int, concurrency: int) -> None:
        self.ended = False
        self._client = client
        self._query = query
        self._size = size
        self._ahead = concurrency
        self._next = 1
        self._last = 1
        self._asks_on = True
        """Whether there is more to ask for, as far as the answers say."""
        self._tasks: deque[asyncio.Task[Page]] = deque()
        self._seen: set[str] = set()
        self._delivered = 0
        self._totals: list[int] = []
        """How many records there were in all, by the first page and by the latest."""
        self._missing = 0
        """Records that pages should have had by their own totals."""

    async def fetch(self) -> Page:
        """Bring the next page, without what an earlier one has brought."""
        page = await self._arrived()
        while not page.invocations and self._tasks:
            page = await self._arrived()
        self.ended = not self._tasks and (self._next > self._last or not self._asks_on)
        fresh = tuple(self._fresh(page.invocations))
        self._delivered += len(fresh)
        return replace(page, invocations=fresh)

    def check_total(self) -> None:
        """Raise BadAnswer where fewer records came than there are; under a tag that is usual."""
        total = min(self._totals)
        short = self._delivered < total - 1 - TOLERANCE * total
        if (short or self._missing) and not self._query.tags:
            came = f"{self._delivered:,} came"
            raise BadAnswer(
                f"The service has {total:,} records by its own count, and {came}.",
                advice="Walk by tokens instead of page numbers.",
                retryable=False,
            )

    async def _arrived(self) -> Page:
        """Take the next page; a failure or a cancellation leaves it where it is."""
        self._ask_ahead()
        number = self._next - len(self._tasks)
        page = await self._tasks[0]
        total = self._total_of(page)
        if self._totals and total < self._totals[-1]:
            # It was answered before the page in front of it: a record that came in between has
            # pushed another one from this page, as it is now, to that one, as it was.
            page = await self._client.page(self._query, Cursor(number=number, size=self._size))
            total = self._total_of(page)
        self._tasks.popleft()
        self._totals[1:] = [total]
        self._last = -(-total // self._size)
        due = min(self._size, total - (number - 1) * self._size)
        self._missing += max(due - len(page.invocations), 0)
        return page

    def _total_of(self, page: Page) -> int:
        if page.total_count is None:
            raise BadAnswer(
                "The service does not say how many records there are.",
                advice="Walk by tokens instead of page numbers.",
                request_id=page.request_id,
                retryable=False,
            )
        return page.total_count

    def _ask_ahead(self) -> None:
        """Have as many requests on their way as may be, as long as what has come is wanted."""
        on_their_way = sum(not task.done() for task in self._tasks)
        while (
            self._asks_on
            and on_their_way < self._ahead
            and len(self._tasks) < WAITING * self._ahead
            and self._next <= self._last
        ):
            cursor = Cursor(number=self._next, size=self._size)
            task = asyncio.create_task(self._client.page(self._query, cursor))
            # Not only with the next fetch: several answers at once would leave the line idle.
            task.add_done_callback(self._has_come)
            self._tasks.append(task)
            self._next += 1
            on_their_way += 1

    def _has_come(self, task: asyncio.Task[Page]) -> None:
        failed = task.cancelled() or task.exception()
        # After an empty page there is nothing, whatever the total says.
        if failed or not task.result().invocations:
            self._asks_on = False
        self._ask_ahead()

    async def aclose(self) -> None:
        """Cancel what was fetched ahead."""
        self._asks_on = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _fresh(self, invocations: Sequence[Invocation]) -> Iterator[Invocation]:
        for invocation in invocations:
            if invocation.invoke_id and invocation.invoke_id in self._seen:
                continue
            self._seen.add(invocation.invoke_id)
            yield invocation
