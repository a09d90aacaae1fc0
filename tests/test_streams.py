"""The streams of a headless command, and its end by a signal."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import threading

import pytest

from tui.headless import signals
from tui.headless.streams import Narrator, Sink

GIVE_UP = 30.0
"""Seconds that what should be cut short would take."""


@pytest.mark.anyio
async def test_progress_passes_by_and_nothing_of_it_stays() -> None:
    said = io.StringIO()
    narrator = Narrator(said, progress=True)
    narrator.pass_by("350 read")
    narrator.pass_by("7")
    narrator.say("done\x1b[2J")
    screen = [" "] * 20
    column = 0
    for character in said.getvalue().rstrip("\n"):
        if character == "\r":
            column = 0
        else:
            screen[column] = character
            column += 1
    assert "".join(screen).rstrip() == "done␛[2J"


@pytest.mark.anyio
async def test_a_sink_writes_all_of_it_in_pieces() -> None:
    pieces: list[bytes] = []

    def three_bytes(_: int, data: memoryview) -> int:
        pieces.append(bytes(data[:3]))
        return min(3, len(data))

    await Sink(write=three_bytes).put("ab中\udcff\n")
    assert b"".join(pieces) == b"ab\xe4\xb8\xad\\udcff\n"


def test_a_pipe_that_does_not_wait_is_waited_for() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    sink = Sink(write)
    received = bytearray()

    def receive() -> None:
        while piece := os.read(read, 65_536):
            received.extend(piece)

    reader = threading.Thread(target=receive)
    reader.start()
    sink.put_now("line\n" * 100_000)
    os.close(write)
    reader.join()
    os.close(read)
    assert received == b"line\n" * 100_000


@pytest.mark.anyio
async def test_a_cancelled_write_finishes_its_lines_first() -> None:
    read, write = os.pipe()
    pieces: list[bytes] = []
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()

    def held_up(_: int, data: memoryview) -> int:
        loop.call_soon_threadsafe(begun.set)
        os.read(read, 1)
        pieces.append(bytes(data))
        return len(data)

    writing = asyncio.ensure_future(Sink(write=held_up).put("whole line\n"))
    await begun.wait()
    writing.cancel()
    await asyncio.sleep(0)
    assert not writing.done()
    os.write(write, b"x")
    with pytest.raises(asyncio.CancelledError):
        await writing
    os.close(read)
    os.close(write)
    assert pieces == [b"whole line\n"]


def test_the_grace_after_a_signal_ends() -> None:
    left: list[int] = []

    async def stubborn() -> int:
        freed = asyncio.Event()
        endings.append(freed)
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            await asyncio.sleep(GIVE_UP)
        except asyncio.CancelledError:
            await freed.wait()
        return 0

    def leave(code: int) -> None:
        left.append(code)
        endings[0].set()

    endings: list[asyncio.Event] = []
    assert signals.run(stubborn, grace=0.001, leave=leave) == 143
    assert left == [143]


def test_a_second_signal_ends_at_once() -> None:
    left: list[int] = []

    async def stubborn() -> int:
        os.kill(os.getpid(), signal.SIGHUP)
        try:
            await asyncio.sleep(GIVE_UP)
        except asyncio.CancelledError:
            os.kill(os.getpid(), signal.SIGINT)
            while not left:
                await asyncio.sleep(0)
        return 0

    assert signals.run(stubborn, grace=GIVE_UP, leave=left.append) == 129
    assert left == [129]
