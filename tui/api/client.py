"""The operations of the service as asynchronous methods that return records."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final

from tui.api import schema
from tui.api.caller import Caller, new_nonce
from tui.api.calls import Call, Observer
from tui.api.credentials import CredentialSource
from tui.api.endpoints import Endpoint
from tui.api.errors import BadAnswer, InvalidQuery
from tui.api.pacing import RetryPolicy
from tui.api.transport import Transport
from tui.api.values import AssistantStatus, TaggedInvocations
from tui.records import (
    MAX_TAGS,
    Cursor,
    Page,
    Query,
    Region,
    TagFilter,
    page_size_problem,
)

__all__ = ["MAX_INSTANCES", "Call", "Client", "Observer"]

MAX_INSTANCES: Final = 50
"""Instances that one question about agents may name."""


class Client:
    """Asks one endpoint as one identity.

    Args:
        endpoint: where the requests go.
        credentials: who asks.
        transport: how they get there; closed with the client.
        policy: when to try again.
        observer: who wants to know.
        clock: returns unix seconds.
        sleep: waits for seconds.
        random: returns a number in [0, 1).
        nonce: returns a text never used before.
    """

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
    ) -> None:
        self.endpoint = endpoint
        self._caller = Caller(
            endpoint=endpoint,
            credentials=credentials,
            transport=transport,
            policy=policy,
            observer=observer,
            clock=clock,
            sleep=sleep,
            random=random,
            nonce=nonce,
        )

    @property
    def skew(self) -> float:
        """Seconds by which the service's clock is ahead, 0 until a correction was needed."""
        return self._caller.skew

    async def page(self, query: Query, cursor: Cursor) -> Page:
        """Return one page of a query of at most one status.

        Raises:
            InvalidQuery: a rule of the API is broken; nothing was sent.
            ApiError: nothing came of it.
        """
        problems = [*query.problems(), page_size_problem(cursor.size)]
        if len(query.statuses) > 1:
            problems.append("The API takes one status at a time.")
        if cursor.number is not None and cursor.number < 1:
            problems.append("Page numbers begin with 1.")
        _refuse(problems)
        numbered = cursor.number is not None
        return await self._caller.call(
            "DescribeSendFileResults",
            (*_filters(query), *_position(cursor)),
            lambda answer: schema.page(answer, numbered=numbered),
        )

    async def total(self, query: Query) -> int:
        """Return how many invocations a query has, by one small call for each of its walks.

        Raises:
            InvalidQuery: a rule of the API is broken; nothing was sent.
            ApiError: nothing came of it.
        """
        total = 0
        for walk in query.walks():
            page = await self.page(walk, Cursor(number=1, size=1))
            if page.total_count is None:
                raise BadAnswer(
                    "The service did not say how many records there are.",
                    request_id=page.request_id,
                    retryable=False,
                )
            total += page.total_count
        return total

    async def regions(self) -> tuple[Region, ...]:
        """Return the regions that the service names, in English.

        Raises:
            ApiError: nothing came of it.
        """
        return await self._caller.call(
            "DescribeRegions", (("AcceptLanguage", "en-US"),), schema.regions
        )

    async def assistant_status(
        self, region: str, instance_ids: Sequence[str]
    ) -> tuple[AssistantStatus, ...]:
        """Return how the agents on at most 50 instances are, in the service's order.

        Raises:
            InvalidQuery: a rule of the API is broken; nothing was sent.
            ApiError: nothing came of it.
        """
        problems = list(Query(region).problems())
        if not 1 <= len(instance_ids) <= MAX_INSTANCES:
            problems.append(
                f"From 1 to {MAX_INSTANCES} instances can be asked for, not {len(instance_ids)}."
            )
        _refuse(problems)
        named = ((f"InstanceId.{n}", value) for n, value in enumerate(instance_ids, 1))
        return await self._caller.call(
            "DescribeCloudAssistantStatus", (("RegionId", region), *named), schema.assistants
        )

    async def tagged_invocations(
        self, region: str, tags: Sequence[TagFilter], token: str = ""
    ) -> TaggedInvocations:
        """Return one page of the invocations that carry all of `tags`, beyond the 1,000 of a query.

        Raises:
            InvalidQuery: a rule of the API is broken; nothing was sent.
            ApiError: nothing came of it.
        """
        problems = list(Query(region, tags=tuple(tags)).problems())
        if not tags:
            problems.append(f"From 1 to {MAX_TAGS} tags can be asked for, not 0.")
        _refuse(problems)
        return await self._caller.call(
            "ListTagResources",
            (
                ("RegionId", region),
                ("ResourceType", "invocation"),
                *_tags(tags),
                *((("NextToken", token),) if token else ()),
            ),
            schema.tagged,
        )

    async def aclose(self) -> None:
        """Cancel what is under way, wait until it has ended, and close the transport."""
        await self._caller.aclose()


def _refuse(problems: Sequence[str | None]) -> None:
    """Raise the broken rules as one error, if there are any."""
    sentences = [problem for problem in problems if problem]
    if sentences:
        raise InvalidQuery(" ".join(sentences), advice="Nothing was sent.")


def _filters(query: Query) -> Iterator[tuple[str, str]]:
    """Flatten a query as the API wants it; an empty filter is not sent."""
    named = {
        "RegionId": query.region,
        "ResourceGroupId": query.resource_group_id,
        "InvokeId": query.invoke_id,
        "Name": query.name,
        "InstanceId": query.instance_id,
        "InvocationStatus": query.statuses[0] if query.statuses else "",
    }
    for name, value in named.items():
        if value:
            yield name, value
    yield from _tags(query.tags)


def _tags(tags: Sequence[TagFilter]) -> Iterator[tuple[str, str]]:
    for number, tag in enumerate(tags, 1):
        yield f"Tag.{number}.Key", tag.key
        if tag.value is not None:
            yield f"Tag.{number}.Value", tag.value


def _position(cursor: Cursor) -> Iterator[tuple[str, str]]:
    """Say where the page begins, by one of the two methods, which exclude each other."""
    if cursor.number is not None:
        yield "PageNumber", str(cursor.number)
        yield "PageSize", str(cursor.size)
        return
    yield "MaxResults", str(cursor.size)
    if cursor.token:
        yield "NextToken", cursor.token
