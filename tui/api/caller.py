"""One question to the service with all its attempts: signed, sent, bounded, retried, translated.

Each request runs in a task that the `Caller` owns, and whoever asks awaits it behind a shield: a
request that is cancelled while it connects would cost the connection pool a place for ever. An
abandoned request ends by itself, within the deadline; an abandoned question is not tried again.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from tui.api import signing
from tui.api.calls import Call, Observer, Unobserved
from tui.api.credentials import Credentials, CredentialSource, RenewableSource
from tui.api.endpoints import Endpoint
from tui.api.errors import (
    ApiError,
    BadAnswer,
    ClockSkewed,
    CredentialsUnavailable,
    InvalidQuery,
    NotReached,
    Paused,
    ServiceFailed,
    TimedOut,
    TokenExpired,
    from_answer,
)
from tui.api.pacing import Breaker, RetryBudget, RetryPolicy
from tui.api.transport import Answer, Transport
from tui.api.values import TaggedInvocations
from tui.records import Page

API_VERSION: Final = "2014-05-26"
"""The version of the ECS API, which is asked unless another is named."""

MAX_IN_FLIGHT: Final = 8
"""Requests on their way at a time; the account's quota is shared with everyone else."""

_T = TypeVar("_T")


def new_nonce() -> str:
    """Return a text that nobody has used before, as long as the vendor's own."""
    return secrets.token_hex(16)


class _Repairs:
    """What has been put right during one call; each thing once."""

    def __init__(self) -> None:
        self.clock = self.nonce = self.token = False
        self.renewed: Credentials | None = None


class _Flight:
    """A request in its own task, and whether it may have left."""

    def __init__(self) -> None:
        self.departed = False


class Caller:
    """Sends signed requests to one endpoint and sees to it that they are answered."""

    def __init__(
        self,
        *,
        endpoint: Endpoint,
        credentials: CredentialSource,
        transport: Transport,
        policy: RetryPolicy | None = None,
        observer: Observer | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        nonce: Callable[[], str] = new_nonce,
        version: str = API_VERSION,
    ) -> None:
        self.skew = 0.0
        """Seconds by which the service's clock is ahead, 0 until a correction was needed."""
        self._endpoint = endpoint
        self._source = credentials
        self._transport = transport
        self._policy = policy or RetryPolicy()
        self._observer = observer or Unobserved()
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._nonce = nonce
        self._version = version
        self._budget = RetryBudget(self._policy)
        self._breaker = Breaker(self._policy)
        self._slots = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._tasks: set[asyncio.Task[Answer]] = set()
        self._closed = False

    async def call(
        self,
        operation: str,
        parameters: Sequence[tuple[str, str]],
        read: Callable[[Answer], _T],
    ) -> _T:
        """Ask until there is an answer that `read` takes, or no more hope for one.

        Args:
            operation: for example DescribeRegions.
            parameters: flattened, decoded, in any order.
            read: turns a successful answer into a value, or raises `BadAnswer` or `Refused`.

        Raises:
            ApiError: nothing came of it.
        """
        call = Call(operation, tuple(parameters), self._clock())
        self._observer.call_started(call)
        try:
            return await self._attempts(call, read)
        except ApiError as error:
            call.error = error
            call.status = error.status
            call.request_id = error.request_id or call.request_id
            raise
        finally:
            call.milliseconds = max(self._clock() - call.started_at, 0.0) * 1000
            self._observer.call_ended(call)

    async def aclose(self) -> None:
        """Cancel what is under way, wait until it has ended, and close the transport."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        try:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            await self._transport.aclose()

    async def _attempts(self, call: Call, read: Callable[[Answer], _T]) -> _T:
        repairs = _Repairs()
        retries = 0
        while True:
            self._check_breaker()
            credentials = repairs.renewed or await self._source.credentials()
            try:
                answer = await self._attempt(call, credentials)
                call.status = answer.status
                call.request_id = answer.headers.get("x-acs-request-id", "")
                value = self._value(call.operation, answer, read)
                if isinstance(value, Page | TaggedInvocations):
                    call.request_id = value.request_id
            except ApiError as fault:
                self._record(fault)
                if repaired := await self._repaired(fault, repairs, credentials):
                    self._observer.call_waiting(call, 0.0, repaired)
                    continue
                retries += 1
                wait = self._wait(fault, retries)
                if wait is None:
                    raise
                self._observer.call_waiting(call, wait, fault)
                await self._sleep(wait)
            else:
                self._breaker.succeeded()
                self._budget.succeeded()
                return value

    def _value(self, operation: str, answer: Answer, read: Callable[[Answer], _T]) -> _T:
        if 200 <= answer.status < 300:
            return read(answer)
        raise from_answer(
            status=answer.status,
            reason=answer.reason,
            headers=answer.headers,
            body=answer.body,
            operation=operation,
            now=self._now(),
            corrected=self.skew,
        )

    def _check_breaker(self) -> None:
        seconds = self._breaker.wait(self._clock())
        if seconds:
            raise Paused(
                f"{self._policy.failures} requests in a row have failed; none is sent for now.",
                advice=f"Try again in {seconds:.0f} s.",
                retry_after=seconds,
            )
        self._breaker.departs(self._clock())

    def _record(self, fault: ApiError) -> None:
        """Tell the breaker what an attempt says about the health of the other side."""
        broken = isinstance(fault, NotReached | BadAnswer | ServiceFailed) and fault.retryable
        if broken:
            self._breaker.failed(self._clock(), self._random())
        elif fault.status is not None:
            self._breaker.succeeded()

    async def _repaired(
        self, fault: ApiError, repairs: _Repairs, stale: Credentials
    ) -> ApiError | None:
        """Put right what can be put right here, once, and return what to say of it."""
        if isinstance(fault, ClockSkewed) and fault.ahead is not None and not repairs.clock:
            repairs.clock = True
            self.skew += fault.ahead
            return fault.made_up_for(self.skew)
        if fault.code == "SignatureNonceUsed" and not repairs.nonce:
            repairs.nonce = True
            return fault
        if (
            isinstance(fault, TokenExpired)
            and isinstance(self._source, RenewableSource)
            and not repairs.token
        ):
            repairs.token = True
            repairs.renewed = await self._source.refreshed(stale)
            return fault
        return None

    def _wait(self, fault: ApiError, retries: int) -> float | None:
        """Return the seconds to wait before the next attempt; None where there is to be none."""
        if not fault.retryable or retries >= self._policy.attempts:
            return None
        if self._breaker.wait(self._clock()):
            return None
        asked = fault.retry_after
        if asked is not None and asked > self._policy.obeyed_wait:
            return None
        if not self._budget.spend():
            return None
        drawn = self._policy.backoff(retries, self._random())
        return max(drawn, asked or 0.0)

    async def _attempt(self, call: Call, credentials: Credentials) -> Answer:
        """Send one request in a task of its own and await it behind a shield."""
        if self._closed:
            raise NotReached("The connection has been closed.", retryable=False)
        flight = _Flight()
        task = asyncio.create_task(self._fly(flight, call, credentials))
        self._tasks.add(task)
        task.add_done_callback(self._landed)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if task.cancelled() and not (current and current.cancelling()):
                raise NotReached("The connection has been closed.", retryable=False) from None
            if not flight.departed:
                task.cancel()
            raise

    def _landed(self, task: asyncio.Task[Answer]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # An abandoned request's failure is nobody's news.
            task.exception()

    async def _fly(self, flight: _Flight, call: Call, credentials: Credentials) -> Answer:
        async with self._slots:
            flight.departed = True
            call.attempts += 1
            url, headers = self._signed(call, credentials)
            try:
                async with asyncio.timeout(self._policy.deadline):
                    return await self._transport.exchange("POST", url, headers, b"")
            except TimeoutError:
                raise TimedOut(f"{self._endpoint.host} took too long to answer.") from None
            except OSError as error:
                raise NotReached(
                    f"The connection to {self._endpoint.host} failed: {error}."
                ) from error

    def _signed(
        self, call: Call, credentials: Credentials
    ) -> tuple[str, tuple[tuple[str, str], ...]]:
        problem = credentials.problem()
        if problem:
            raise CredentialsUnavailable(
                problem, advice=f"They come from here: {credentials.source or 'no known source'}."
            )
        try:
            query = signing.canonical_query(call.parameters)
        except UnicodeEncodeError:
            raise InvalidQuery("A filter has a character that is not Unicode.") from None
        headers = signing.signed_headers(
            action=call.operation,
            version=self._version,
            host=self._endpoint.host,
            query=call.parameters,
            credentials=credentials,
            date=signing.timestamp(self._now()),
            nonce=self._nonce(),
        )
        return f"{self._endpoint.url}/?{query}", headers

    def _now(self) -> float:
        return self._clock() + self.skew
