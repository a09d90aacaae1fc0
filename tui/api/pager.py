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
            advice="Load the next page to go on.",
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
        tui.api.errors.ApiError: a page did not come; the iterator has ended then.
    """
    streams = [_Numbered(client, walk, size, concurrency) for walk in query.walks()]
    try:
        if len(streams) == 1:
            while not streams[0].ended:
                yield await streams[0].fetch()
            return
        names = query.statuses
        merge = Merge(
            [Lane(stream, Place(name)) for stream, name in zip(streams, names, strict=True)]
        )
        while not merge.ended:
            yield replace(await merge.next(size), next_token="")
    finally:
        await asyncio.gather(*(stream.aclose() for stream in streams))


WAITING: Final = 2
"""Times the requests that may be on their way: pages that have come or are yet to come."""


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

    async def fetch(self) -> Page:
        """Bring the next page, without what an earlier one has brought."""
        self._ask_ahead()
        page = await self._tasks[0]
        self._tasks.popleft()
        if page.total_count is None:
            raise BadAnswer(
                "The service does not say how many records there are.",
                advice="Walk by tokens instead of page numbers.",
                request_id=page.request_id,
                retryable=False,
            )
        self._last = -(-page.total_count // self._size)
        # An empty page before the last: the total counts what the service does not show.
        self.ended = not page.invocations or (self._next > self._last and not self._tasks)
        return replace(page, invocations=tuple(self._fresh(page.invocations)))

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
