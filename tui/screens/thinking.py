"""Long work that may be given up: done in a thread, so that no key waits for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from tui.triage.checking import Check

Answer = TypeVar("Answer")


class GivenUp(Exception):
    """Nobody waits for the answer any more."""


async def thought_over(work: Callable[[Check], Answer]) -> Answer:
    """Do long work in a thread of its own, which gives up soon after nobody waits any more."""
    unwanted = threading.Event()

    def check() -> None:
        if unwanted.is_set():
            raise GivenUp

    try:
        return await asyncio.to_thread(work, check)
    finally:
        unwanted.set()
