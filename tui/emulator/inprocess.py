"""The emulator as a transport: the client's requests are answered in this process, no socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from tui.emulator.faults import Faults
from tui.emulator.front import Front
from tui.emulator.handler import Emulator
from tui.emulator.request import Request, Response

READ_TIMEOUT: Final = 10.0
"""How long an answer may take, in seconds, as the transport over the network has it."""


class InProcess:
    """A transport whose other side is an emulator: `exchange` in, its response out."""

    def __init__(
        self,
        emulator: Emulator,
        *,
        faults: Faults | None = None,
        latency: float = 0.0,
        read_timeout: float = READ_TIMEOUT,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._front = Front(emulator, faults)
        self._latency = latency
        self._read_timeout = read_timeout
        self._sleep = sleep

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Response:
        """Answer one request.

        Raises:
            ConnectionResetError: the connection is reset, on purpose.
            TimeoutError: the answer takes too long, on purpose.
        """
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        delivery = await self._front.delivery(Request(method, target, tuple(headers), body))
        delay = self._latency + delivery.delay
        await self._sleep(min(delay, self._read_timeout))
        if delay > self._read_timeout:
            raise TimeoutError("The emulator takes longer than the read timeout.")
        if delivery.breakage == "reset":
            raise ConnectionResetError("The emulator has reset the connection.")
        if delivery.breakage == "truncate":
            content = delivery.response.body
            return replace(delivery.response, body=content[: len(content) // 2])
        return delivery.response

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""
