"""The operations of the service as asynchronous methods that return records."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tui.api.credentials import CredentialSource
from tui.api.endpoints import Endpoint
from tui.api.errors import ApiError
from tui.api.pacing import RetryPolicy
from tui.api.transport import Transport
from tui.api.values import AssistantStatus, TaggedInvocations
from tui.records import Cursor, Page, Query, Region, TagFilter


@dataclass(slots=True)
class Call:
    """One question to the service with all its attempts, as the call log shows it."""

    operation: str
    parameters: tuple[tuple[str, str], ...]
    """As sent, without anything secret."""
    started_at: float
    """Unix seconds."""
    attempts: int = 0
    milliseconds: float | None = None
    """None until it has ended."""
    status: int | None = None
    request_id: str = ""
    error: ApiError | None = None


class Observer(Protocol):
    """Somebody who wants to know what is asked: a log, a status line, a countdown."""

    def call_started(self, call: Call) -> None:
        """Take note that a call begins."""

    def call_waiting(self, call: Call, seconds: float, fault: ApiError) -> None:
        """Take note that a call waits before it tries again, and why."""

    def call_ended(self, call: Call) -> None:
        """Take note that a call is over: answered, failed or abandoned."""


class Client:
    """Asks one endpoint as one identity."""

    def __init__(
        self,
        *,
        endpoint: Endpoint,
        credentials: CredentialSource,
        transport: Transport,
        policy: RetryPolicy = RetryPolicy(),  # noqa: B008
        observer: Observer | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        nonce: Callable[[], str] = secrets.token_hex,
    ) -> None:
        self.skew: float = 0.0
        """Seconds by which the service's clock is ahead, 0 until a correction was needed."""

    async def page(self, query: Query, cursor: Cursor) -> Page:
        """Return one page of a query of at most one status."""
        raise NotImplementedError

    async def total(self, query: Query) -> int:
        """Return how many invocations a query has, by one small call for each of its walks."""
        raise NotImplementedError

    async def regions(self) -> tuple[Region, ...]:
        """Return the regions that the service names, in English."""
        raise NotImplementedError

    async def assistant_status(
        self, region: str, instance_ids: Sequence[str]
    ) -> tuple[AssistantStatus, ...]:
        """Return how the agents on at most 50 instances are."""
        raise NotImplementedError

    async def tagged_invocations(
        self, region: str, tags: Sequence[TagFilter], token: str = ""
    ) -> TaggedInvocations:
        """Return one page of the invocations that carry all of `tags`."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Cancel what is under way and close the transport."""
