"""Who the loader asks as, whenever somebody moves on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tui.archive.store import Archive
from tui.screens.loader import Loader
from tui.screens.session import Session

pytestmark = pytest.mark.anyio


class Client:
    """A client that says who it asks as, and whether it has been closed."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.is_closed = False

    async def aclose(self) -> None:
        self.is_closed = True


def session(identity: str, connect: Callable[[Any], Awaitable[Any]]) -> Session:
    def in_region(region: str) -> Session:
        raise AssertionError(region)

    return Session(identity, identity, connect, in_region)


async def test_nothing_is_asked_as_who_was_left_while_a_connection_was_made() -> None:
    left, gate = Client("left"), asyncio.Event()

    async def slowly(observer: object) -> Client:
        await gate.wait()
        return left

    async def at_once(observer: object) -> Client:
        return Client("come to")

    archive = Archive()
    loader = Loader(
        session("left", slowly),
        archive,
        rows_changed=lambda shift: None,
        changed=lambda: None,
        unreachable=lambda: None,
        keyed=str,
    )
    asked: asyncio.Task[Any] = asyncio.create_task(loader.service())
    await asyncio.sleep(0)
    await loader.move(session("come to", at_once))
    gate.set()
    client: Any = await asked
    assert client.identity == "come to"
    assert left.is_closed
    assert (await loader.service()) == client
    await loader.close()
    assert client.is_closed
    await archive.close()
