"""The client: requests that are given up cost nothing, and closing ends them all."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Sequence

import pytest

from tests.clients import QUERY, asking
from tests.wire import (
    KEYS,
    Recorder,
    Scripted,
    client_of,
    http,
    http_transport,
    ok,
    page_body,
    refusal,
    serving,
)
from tui.api import transport
from tui.api.caller import MAX_IN_FLIGHT
from tui.api.client import Client
from tui.api.credentials import FixedCredentials
from tui.api.endpoints import resolve
from tui.api.errors import (
    NotReached,
    TimedOut,
)
from tui.api.pacing import RetryPolicy
from tui.api.transport import Answer
from tui.records import Cursor

pytestmark = pytest.mark.anyio


class Gated:
    """A transport whose answers wait at a gate."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.under_way = self.most = self.sent = self.cancelled = 0
        self.closed = False

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answer:
        self.sent += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1
        return ok()

    async def aclose(self) -> None:
        self.closed = True


async def settle() -> None:
    """Let everything that can run do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_more_than_eight_requests_are_under_way() -> None:
    wire = Gated()
    client = client_of(wire)
    tasks = [asking(client) for _ in range(30)]
    await settle()
    assert wire.most == wire.sent == MAX_IN_FLIGHT
    wire.gate.set()
    await asyncio.gather(*tasks)

    assert (wire.most, wire.sent) == (MAX_IN_FLIGHT, 30)


async def test_a_request_under_way_outlives_the_one_who_asked() -> None:
    wire, recorder = Gated(), Recorder()
    task = asking(client_of(wire, observer=recorder))
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (wire.under_way, wire.cancelled) == (1, 0)
    assert [call.error for call in recorder.ended] == [None]
    wire.gate.set()
    await settle()
    assert wire.under_way == 0


async def test_a_request_that_waits_for_its_turn_is_dropped_with_the_one_who_asked() -> None:
    wire = Gated()
    client = client_of(wire)
    tasks = [asking(client) for _ in range(MAX_IN_FLIGHT + 5)]
    await settle()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    wire.gate.set()
    await settle()

    assert wire.sent == MAX_IN_FLIGHT
    await client.page(QUERY, Cursor())


async def test_an_abandoned_question_is_not_asked_again() -> None:
    wire = Scripted([refusal("Throttling")])
    waiting = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    client = Client(
        endpoint=resolve("cn-hangzhou"),
        credentials=FixedCredentials(KEYS),
        transport=wire,
        sleep=sleep,
    )
    task = asking(client)
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert len(wire.sent) == 1


async def test_a_drip_ends_at_the_deadline() -> None:
    client = client_of(Gated(), policy=RetryPolicy(attempts=1, deadline=0.01))

    with pytest.raises(TimedOut, match="too long"):
        await client.page(QUERY, Cursor())


async def test_closing_ends_what_is_under_way_and_tells_the_ones_who_asked() -> None:
    wire = Gated()
    client = client_of(wire)
    tasks = [asking(client) for _ in range(MAX_IN_FLIGHT + 3)]
    await settle()
    await client.aclose()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [NotReached] * len(tasks)
    assert (wire.cancelled, wire.closed, wire.under_way) == (MAX_IN_FLIGHT, True, 0)
    with pytest.raises(NotReached, match="closed"):
        await client.page(QUERY, Cursor())


async def test_a_failure_that_nobody_waits_for_any_more_is_nobodys_news() -> None:
    class Failing(Gated):
        async def exchange(
            self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
        ) -> Answer:
            await super().exchange(method, url, headers, body)
            raise ConnectionResetError

    wire = Failing()
    news: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: news.append(context))
    task = asking(client_of(wire))
    await settle()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    wire.gate.set()
    await settle()
    del task
    gc.collect()

    assert wire.sent == 1
    assert news == []


async def test_a_storm_of_cancellations_costs_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "MAX_CONNECTIONS", MAX_IN_FLIGHT)
    moments = random.Random(7)
    answered = 0

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        answered += 1
        # A connection for every third request, so that many are given up while they connect.
        closes = answered % 3 == 0
        writer.write(http(page_body("f-1"), headers=["Connection: close"] if closes else []))
        if closes:
            await writer.drain()
            writer.close()

    async with serving(respond) as url, http_transport(connect_timeout=1) as wire:
        client = client_of(wire, endpoint=resolve("", endpoint=url), policy=RetryPolicy(attempts=1))
        await client.page(QUERY, Cursor())
        cancelled = 0
        for _ in range(80):
            tasks = [asking(client) for _ in range(25)]
            for task in tasks:
                for _ in range(moments.randrange(4)):
                    await asyncio.sleep(0)
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            cancelled += sum(isinstance(one, asyncio.CancelledError) for one in outcomes)

        assert cancelled > 1500 and answered > 500
        # As many at once as there are places: a single lost one would keep one of these waiting.
        pages = await asyncio.gather(*(asking(client) for _ in range(MAX_IN_FLIGHT)))
        assert all(page.invocations for page in pages)
        await client.aclose()
