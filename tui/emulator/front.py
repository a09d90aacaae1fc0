"""What both fronts of the emulator share: having a request answered without holding up the loop."""

from __future__ import annotations

import asyncio

from tui.emulator.faults import Delivery, Faults
from tui.emulator.handler import Emulator
from tui.emulator.request import Request


class Front:
    """An emulator with its faults, for any number of requests at a time."""

    def __init__(self, emulator: Emulator, faults: Faults | None = None) -> None:
        self._emulator = emulator
        self._faults = faults or Faults()
        self._looking = asyncio.Lock()

    async def delivery(self, request: Request) -> Delivery:
        """Have a request answered. Where many records must be looked at, others get their turn."""
        if not self._emulator.takes_long(request):
            return self._faults.deliver(self._emulator, request)
        # One at a time: findings are kept for a few selections only, and many would evict others.
        async with self._looking:
            for _ in self._emulator.looking_ahead(request):
                await asyncio.sleep(0)
            return self._faults.deliver(self._emulator, request)
