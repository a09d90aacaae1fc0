"""A lock between processes that is waited for without holding anybody up, and not for ever."""

from __future__ import annotations

import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

STEP: Final = 0.05
"""Seconds between two tries."""


@asynccontextmanager
async def held(
    path: Path | None,
    patience: float,
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[object]],
) -> AsyncIterator[None]:
    """Hold the lock of a file, or go on without it after `patience` seconds.

    A file system that has no locks, or a file that is not ours to open, is no obstacle either: the
    worst is that two processes ask for the same.
    """
    descriptor = _opened(path)
    try:
        ends = clock() + patience
        while descriptor >= 0 and not _taken(descriptor) and clock() < ends:
            await sleep(STEP)
        yield
    finally:
        if descriptor >= 0:
            # The lock goes with the only descriptor that has it.
            os.close(descriptor)


def _opened(path: Path | None) -> int:
    if path is None:
        return -1
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o600)
    except OSError:
        return -1


def _taken(descriptor: int) -> bool:
    """Take the lock if it is free, and say whether there is no need to wait for it any more."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
