"""How far a walk is, in words that pass by: rows read, how fast, and how long it will take."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Final

from tui.api.errors import ApiError
from tui.triage.words import span

LEAST_SECONDS: Final = 1.0
"""Before that a rate would be a guess."""


class Progress:
    """The words for one walk; the total comes from one small call beside it, if somebody asks."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._asking: asyncio.Task[None] | None = None
        self.total: int | None = None
        """How many there are in all, where the service has said so."""

    def ask(self, count: Callable[[], Awaitable[int]]) -> None:
        """Learn the total meanwhile; without an answer nobody claims to know."""

        async def learn() -> None:
            with contextlib.suppress(ApiError):
                self.total = await count()

        self._asking = asyncio.create_task(learn())

    async def aclose(self) -> None:
        """Give up asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    def words(self, read: int, written: int) -> str:
        """Return how far the walk is once so many have been read and so many of them listed."""
        of_all = f" of {self.total:,}" if self.total is not None and self.total >= read else ""
        words = f"{read:,}{of_all} read, {written:,} listed"
        passed = self._clock() - self._began
        if passed < LEAST_SECONDS or not read:
            return words
        rate = read / passed
        words = f"{words}, {rate:,.0f} a second"
        if self.total is None or self.total <= read:
            return words
        return f"{words}, {span((self.total - read) / rate)} left"
