"""Running a program that knows credentials: no shell, no terminal, no input, and an end in time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

MAX_OUTPUT: Final = 1 << 16
"""Bytes that are kept of what a program says; credentials have some thousand."""

GRACE: Final = 0.5
"""Seconds that output may still come after the program has ended: a child may have it open."""

CHUNK: Final = 1 << 14
"""Bytes read at a time."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a program."""

    code: int
    """Its exit code; below 0 the signal that ended it."""
    output: bytes = field(repr=False)
    errors: bytes = field(repr=False)
    """What it wrote to standard error, from the end."""
    too_long: bool = False
    """Whether it has written more than is kept."""


class _Pipe:
    """The reading end of a program's stream, and what has come through it.

    The pipes are our own, because asyncio's may hold a program's end back until every child of it
    has let them go.
    """

    def __init__(self, *, keep_end: bool = False) -> None:
        self.content = bytearray()
        self.overflown = False
        self._keep_end = keep_end
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._over = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._reading, self._read)

    def _read(self) -> None:
        try:
            chunk = os.read(self._reading, CHUNK)
        except BlockingIOError:
            return
        if not chunk:
            asyncio.get_running_loop().remove_reader(self._reading)
            self._over.set()
        self.content += chunk
        excess = len(self.content) - MAX_OUTPUT
        if excess > 0:
            self.overflown = True
            del self.content[slice(excess) if self._keep_end else slice(MAX_OUTPUT, None)]

    def started(self) -> None:
        """Close our copy of the program's end."""
        os.close(self.writing)
        self.writing = -1

    async def over(self) -> None:
        """Wait until nobody can write any more."""
        await self._over.wait()

    def close(self) -> None:
        """Stop reading."""
        asyncio.get_running_loop().remove_reader(self._reading)
        os.close(self._reading)
        if self.writing >= 0:
            os.close(self.writing)


async def run(argv: Sequence[str], limit: float) -> Ran:
    """Run a program to its end, and end it with all it has started when nobody waits any more.

    It has a session of its own, so that it has no terminal to ask or to write to.

    Raises:
        TimeoutError: it has not ended within `limit` seconds.
        OSError: it cannot be started.
        ValueError: a word cannot be one of a command line.
    """
    output, errors = _Pipe(), _Pipe(keep_end=True)
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output.writing,
            stderr=errors.writing,
            start_new_session=True,
        )
        output.started()
        errors.started()
        try:
            async with asyncio.timeout(limit):
                code = await process.wait()
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await asyncio.gather(output.over(), errors.over())
        return Ran(code, bytes(output.content), bytes(errors.content), output.overflown)
    finally:
        output.close()
        errors.close()
