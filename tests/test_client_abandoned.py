"""The client: requests that are given up cost nothing, and closing ends them all."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.clients import QUERY, asking
from tests.depth import deep
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


LANES = 24
"""Those who ask at the same time."""

_connecting: ContextVar[asyncio.Event] = ContextVar("connecting")


async def test_ten_thousand_cancellations_leave_no_task_socket_or_slot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A third of them while connecting: from within, so that no other moment counts as one."""
    monkeypatch.setattr(transport, "MAX_CONNECTIONS", MAX_IN_FLIGHT // 2)
    connect = anyio.connect_tcp

    async def connected(*arguments: Any, **options: Any) -> Any:
        # The task of a request has the context of the one who asked.
        if event := _connecting.get(None):
            event.set()
        return await connect(*arguments, **options)

    monkeypatch.setattr(anyio, "connect_tcp", connected)
    moments = random.Random(7)
    cancelled = while_connecting = 0

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(moments.random() / 500)
        # Every other request needs a connection of its own.
        closes = moments.random() < 0.5
        writer.write(http(page_body("f-1"), headers=["Connection: close"] if closes else []))
        if closes:
            await writer.drain()
            writer.close()

    async def give_up(client: Client, times: int) -> None:
        nonlocal cancelled, while_connecting
        for number in range(times):
            event = asyncio.Event()
            _connecting.set(event)
            task = asking(client)
            if number % 3 == 0:
                starting = asyncio.create_task(event.wait())
                await asyncio.wait({starting, task}, return_when=asyncio.FIRST_COMPLETED)
                starting.cancel()
            else:
                await asyncio.sleep(moments.choice([0, 0, 0.0005, 0.001, 0.002]))
            connecting = event.is_set() and not task.done()
            task.cancel()
            (outcome,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(outcome, asyncio.CancelledError):
                cancelled += 1
                while_connecting += connecting and number % 3 == 0

    sockets, tasks = open_files(), asyncio.all_tasks()
    async with serving(respond) as url, http_transport(connect_timeout=5) as wire:
        client = client_of(wire, endpoint=resolve("", endpoint=url), policy=RetryPolicy(attempts=1))
        while while_connecting < ABANDONED / 3 or cancelled < ABANDONED:
            await asyncio.gather(*(give_up(client, 30) for _ in range(LANES)))
            # As many at once as there are places: one that is lost would keep these waiting.
            pages = await asyncio.gather(*(asking(client) for _ in range(MAX_IN_FLIGHT)))
            assert all(page.invocations for page in pages)

        await until(lambda: not client._caller._tasks)
        (pool,) = wire._pools.values()
        assert pool.users == 0
        # A place that is lost has a connection that is neither closed nor waits for a request.
        places: Any = pool.http._transport
        assert all(one.is_idle() or one.is_closed() for one in places._pool.connections)
        assert client._caller._slots._value == MAX_IN_FLIGHT
        await client.aclose()
    await until(lambda: asyncio.all_tasks() == tasks)
    await until(lambda: open_files() == sockets)


ABANDONED = deep(10_000, 1_000)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)
