"""A bound for work that must not take for ever: far beyond what it takes, so that it is no race."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

PATIENCE: Final = 20.0
"""Seconds for work that takes less than one, and hours where it grows with the square."""


@contextmanager
def bounded(seconds: float = PATIENCE) -> Iterator[None]:
    """Fail where the block is not left in time; it may be busy in a regular expression."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
