"""The emulator as a transport: the client's requests are answered in this process, no socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from tui.emulator.faults import Faults
from tui.emulator.handler import Emulator, Request, Response


class InProcess:
    """A transport whose other side is an emulator: `exchange` in, its response out."""

    def __init__(
        self,
        emulator: Emulator,
        *,
        faults: Faults | None = None,
        latency: float = 0.0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._emulator = emulator
        self._faults = faults or Faults()
        self._latency = latency
        self._sleep = sleep

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Response:
        """Answer one request. Raises ConnectionResetError or TimeoutError for a fault."""
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        await self._sleep(self._latency)
        return self._emulator.answer(Request(method, target, tuple(headers), body))

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""
