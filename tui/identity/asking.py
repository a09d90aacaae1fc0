"""Asking the places that give credentials: bounded in time, tried again, and given up at once.

Requests run in tasks that are owned here, and whoever asks awaits them behind a shield: a request
that is cancelled while it connects would cost the connection pool a place for ever.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from tui.api.caller import Caller, new_nonce
from tui.api.calls import Observer
from tui.api.credentials import Credentials, FixedCredentials
from tui.api.endpoints import Endpoint
from tui.api.errors import ApiError, NotReached, TimedOut
from tui.api.pacing import RetryPolicy
from tui.api.transport import Answer, Transport
from tui.identity.sts import STS_VERSION

_T = TypeVar("_T")


class _Lent:
    """A transport that those who use it cannot close."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answer:
        return await self._transport.exchange(method, url, headers, body)

    async def aclose(self) -> None:
        """Leave it open."""


class Asker:
    """Asks over a transport that belongs to somebody else.

    Args:
        transport: how requests get there; it stays open.
        observer: who wants to know of signed calls.
        policy: when to try again.
        clock: returns unix seconds.
        sleep: waits for seconds.
        random: returns a number in [0, 1).
        nonce: returns a text never used before.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        observer: Observer | None = None,
        policy: RetryPolicy | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        nonce: Callable[[], str] = new_nonce,
    ) -> None:
        self.clock = clock
        self.sleep = sleep
        self._transport = _Lent(transport)
        self._observer = observer
        self._policy = policy or RetryPolicy()
        self._random = random
        self._nonce = nonce
        self._tasks: set[asyncio.Task[Answer]] = set()
        self._callers: set[Caller] = set()

    async def fetch(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        *,
        attempts: int = 1,
        within: float | None = None,
    ) -> Answer:
        """Send an unsigned request and return its answer, whatever its status.

        Args:
            method: in upper case.
            url: with its query.
            headers: besides the usual ones.
            body: as it is sent.
            attempts: how often it is sent while nothing, or a failure of the service, comes back.
            within: seconds for one attempt.

        Raises:
            NotReached: no answer came.
            BadAnswer: what came is truncated, too large or not HTTP.
        """
        for attempt in range(1, attempts + 1):
            last = attempt == attempts
            try:
                answer = await self._once(method, url, headers, body, within)
                if last or answer.status < 500:
                    return answer
            except ApiError as error:
                if last or not error.retryable:
                    raise
            await self.sleep(self._policy.backoff(attempt, self._random()))
        raise AssertionError("there is at least one attempt")

    async def signed(
        self,
        endpoint: Endpoint,
        operation: str,
        parameters: Sequence[tuple[str, str]],
        credentials: Credentials,
        read: Callable[[Answer], _T],
    ) -> _T:
        """Call an operation of the Security Token Service as somebody.

        Raises:
            ApiError: nothing came of it.
        """
        caller = Caller(
            endpoint=endpoint,
            credentials=FixedCredentials(credentials),
            transport=self._transport,
            policy=self._policy,
            observer=self._observer,
            clock=self.clock,
            sleep=self.sleep,
            random=self._random,
            nonce=self._nonce,
            version=STS_VERSION,
        )
        try:
            return await caller.call(operation, parameters, read)
        except asyncio.CancelledError:
            # A request of it may still be on its way.
            self._callers.add(caller)
            raise

    async def aclose(self) -> None:
        """Cancel what is under way and wait until it has ended."""
        tasks, callers = tuple(self._tasks), tuple(self._callers)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *(each.aclose() for each in callers), return_exceptions=True)

    async def _once(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        within: float | None,
    ) -> Answer:
        task = asyncio.create_task(self._transport.exchange(method, url, headers, body))
        self._tasks.add(task)
        task.add_done_callback(self._landed)
        try:
            async with asyncio.timeout(within or self._policy.deadline):
                return await asyncio.shield(task)
        except TimeoutError:
            raise TimedOut("No answer came in time.") from None
        except OSError as error:
            raise NotReached("The connection failed.") from error

    def _landed(self, task: asyncio.Task[Answer]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # An abandoned request's failure is nobody's news.
            task.exception()
