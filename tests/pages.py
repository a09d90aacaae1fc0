"""A service with a fixed history, and walks through it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from tui.api.pager import Pager
from tui.records import Cursor, Invocation, Page, Query

REGION = Query("cn-hangzhou")
FAILED = Query("cn-hangzhou", statuses=("Failed", "PartialFailed"))
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def created(second: int) -> str:
    return (EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def invocation(invoke_id: str, second: int, status: str = "Success") -> Invocation:
    return Invocation(invoke_id, status, created(second))


class Service:
    """A service that keeps records newest first; a token names what the last page ended with."""

    def __init__(self, records: Sequence[Invocation]) -> None:
        self.records = list(records)
        self.asked: list[tuple[str, Cursor]] = []
        self.under_way = self.most = 0
        self.before: Callable[[int], None] = lambda request: None
        """Called with the number of each request before it is answered; may raise."""
        self.ticks = 1
        """Turns of the event loop that an answer takes."""

    async def page(self, query: Query, cursor: Cursor) -> Page:
        self.asked.append(("".join(query.statuses), cursor))
        request = len(self.asked)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            for _ in range(self.ticks):
                await asyncio.sleep(0)
        finally:
            self.under_way -= 1
        self.before(request)
        chosen = [
            record
            for record in self.records
            if not query.statuses or record.status in query.statuses
        ]
        if cursor.number is not None:
            start = (cursor.number - 1) * cursor.size
            return Page(tuple(chosen[start : start + cursor.size]), total_count=len(chosen))
        ids = [record.invoke_id for record in chosen]
        start = ids.index(cursor.token) + 1 if cursor.token else 0
        rows = chosen[start : start + cursor.size]
        last = start + cursor.size >= len(chosen)
        return Page(tuple(rows), next_token="" if last else rows[-1].invoke_id)


def simple(count: int) -> Service:
    return Service([invocation(f"f-{n}", count - n) for n in range(count)])


def in_order(records: Sequence[Invocation], statuses: Sequence[str]) -> list[Invocation]:
    """Return records newest first; of the same age, those of an earlier status first."""
    by_status = sorted(records, key=lambda record: statuses.index(record.status))
    return sorted(by_status, key=lambda record: record.creation_time, reverse=True)


async def ids_of(pager: Pager) -> list[str]:
    found = []
    while (page := await pager.next()) is not None:
        found += [record.invoke_id for record in page.invocations]
    return found


class Tokens:
    """A service that answers the n-th request with the n-th token; records only where told."""

    def __init__(self, *tokens: str, empty: bool = False) -> None:
        self.tokens = tokens
        self.asked: list[str] = []
        self.empty = empty

    async def page(self, query: Query, cursor: Cursor) -> Page:
        self.asked.append(cursor.token)
        token = self.tokens[min(len(self.asked), len(self.tokens)) - 1]
        rows = () if self.empty and token else (invocation(f"f-{len(self.asked)}", 1),)
        return Page(rows, next_token=token)


def merged(*rows: tuple[str, int, str]) -> Service:
    return Service([invocation(*row) for row in rows])
