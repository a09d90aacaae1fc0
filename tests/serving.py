"""A server of one answer, and a request to it."""

from __future__ import annotations

import asyncio

from tests.wire import Responder, http_transport, serving
from tui.api.transport import Answer

GZIP = ["Content-Encoding: gzip"]


def always(response: bytes) -> Responder:
    """Answer every request with these bytes."""

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response)

    return respond


def then_close(response: bytes) -> Responder:
    """Answer with these bytes and close the connection."""

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response)
        await writer.drain()
        writer.close()

    return respond


async def ask(respond: Responder, *, read_timeout: float = 5.0) -> Answer:
    async with serving(respond) as url, http_transport(read_timeout=read_timeout) as wire:
        return await wire.exchange("POST", f"{url}/?a=1", [], b"")
