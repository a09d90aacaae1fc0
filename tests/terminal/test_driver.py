"""A real application on the line driver looks as it does on Textual's own, key after key."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from tui.terminal import hooks
from tui.terminal.driver import LineDriver, SteadyDriver, driver_class
from tui.terminal.frame import SYNC_END, SYNC_START
from tui.terminal.reading import runs

from .frames import Screen
from .harness import Terminal, environment, guarded

KEY_BYTES = 60
"""Bytes for one letter that changes: its place, its look, a reset and the cursor's place."""

PLACE = re.compile(r"\x1b\[\d+;\d+H")
"""Where the compositor goes; for a whole screen to the beginning of each line."""

SESSION = Path(__file__).with_name("session.py")


class Recording:
    """What passed through the driver so far, replayed on two screens."""

    def __init__(self, path: Path, size: tuple[int, int] = (80, 24)) -> None:
        self.path = path
        self.plain, self.sparing = Screen(*size), Screen(*size)
        self.written = self.sent = 0
        self.updates = 0
        self.torn = False
        self.is_held = False
        """Whether an update had not been sent when the record ended."""
        self._size = size
        self._seen = 0
        self._framed = False

    def size(self) -> tuple[int, int]:
        """Return the terminal's size at the last write."""
        columns, rows = json.loads(self.path.read_text().splitlines()[-1])[1]
        return columns, rows

    def catch_up(self) -> None:
        """Replay what is new and compare the screens after each update."""
        for line in self.path.read_text().splitlines()[self._seen :]:
            self._seen += 1
            data, (columns, rows), sent, self.is_held = json.loads(line)
            # pyte knows no keyboard modes and shows some of the questions to the terminal.
            if "u" in data[:6] or "$p" in data:
                assert sent == data
                continue
            self.plain.feed(data, (columns, rows))
            self.sparing.feed(sent, (columns, rows))
            self.written += len(data.encode())
            self.sent += len(sent.encode())
            if (columns, rows) != self._size:
                # What was drawn for another size is wrong on both screens, each in its way,
                # until everything has been drawn for this one.
                self._size = columns, rows
                self.torn = True
            whole = [f"\x1b[{row};1H" for row in range(1, rows + 1)]
            self.torn = self.torn and PLACE.findall(data)[:-1] != whole
            if self._framed and data != SYNC_END and not self.torn:
                assert runs(data, rows) is not None, "Textual draws in another way"
            self._framed = data == SYNC_START or (self._framed and data != SYNC_END)
            if not self._framed and not self.torn and not self.is_held:
                self.updates += 1
                assert self.sparing.cells() == self.plain.cells()


def session(record: Path, home: Path, **more: str) -> Terminal:
    argv = [sys.executable, "-W", "error", str(SESSION), str(record)]
    return Terminal(argv, environ=environment(home, COLORTERM="truecolor", **more))


def test_a_session_looks_the_same_and_is_shorter(home: Path) -> None:
    recording = Recording(home / "record")
    with session(recording.path, home) as terminal:
        terminal.until_shown("detail of 0")
        for key, words in [
            (b"\x1b[B" * 3, "detail of 3"),
            (b"\x1b[6~", "detail of 21"),
            (b"\x1b[B" * 12, "detail of 33"),
            (b"\x1b[5~", "detail of 15"),
            (b"\x14", "modal question"),
        ]:
            terminal.send(key)
            terminal.until_shown(words)
        terminal.send(b" ")
        terminal.until_gone("modal question")
        terminal.send(b"\tabc")
        terminal.until_shown("typed abc")
        recording.catch_up()
        assert recording.updates > 20
        assert recording.sent * 2 < recording.written, (recording.sent, recording.written)

        for size in [(60, 18), (100, 30), (33, 9), (80, 24)]:
            terminal.resize(*size)
            terminal.until(lambda size=size: recording.size() == size, f"an update at {size}")  # type: ignore[misc]
            terminal.until_shown("typed abc")
        terminal.send(b"\t\x1b[B")
        terminal.until_shown("detail of 16")
        recording.catch_up()
        terminal.send(b"\x1b[Z\x15leave\r")
        assert terminal.wait() == 0
        recording.catch_up()
        assert not recording.torn
        terminal.assert_whole()


def test_what_something_else_wrote_is_drawn_over(home: Path) -> None:
    with guarded("idle", home) as terminal:
        terminal.until_shown("program ready")
        before = terminal.display()
        os.write(terminal.slave, b"\x1b[1;1Ha message of the system\x1b[5;5Hfor all\r\n")
        terminal.until_shown("for all")
        terminal.send(b"k")
        terminal.until_shown("key k")
        assert "for all" in terminal.display()[4], "only changes are written"
        terminal.send(b"l")
        terminal.until(lambda: terminal.display()[1:] == before[1:], "the screen as it was")
        terminal.until_shown("key l")


def test_nothing_is_written_for_what_stays_the_same(home: Path) -> None:
    with guarded("idle", home) as terminal:
        terminal.until_shown("program ready")
        terminal.send(b"k")
        terminal.until_shown("key k")
        seen = len(terminal.raw)
        terminal.send(b"kj")
        terminal.until_shown("key j")
        assert len(terminal.raw) - seen < KEY_BYTES, terminal.raw[seen:]


@pytest.mark.anyio
async def test_the_last_size_stays_however_the_signals_nest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A storm of signals: one arrives while the size of the one before is being read."""
    told: list[Size] = []
    sizes = [(100, 30), (1, 2)]

    class Application(App[None]):
        def post_message(self, message: Message) -> bool:
            if isinstance(message, events.Resize):
                told.append(message.size)
            return True

    def read(_: LinuxDriver) -> tuple[int, int]:
        old = sizes[-1]
        if len(sizes) > 1:
            sizes.pop()
            os.kill(os.getpid(), signal.SIGWINCH)
        return old

    monkeypatch.setattr(LinuxDriver, "_get_terminal_size", read)
    handlers = {name: signal.getsignal(name) for name in (signal.SIGTSTP, signal.SIGCONT)}
    driver = SteadyDriver(Application())
    before = signal.signal(signal.SIGWINCH, driver._sigwinch_application)
    try:
        os.kill(os.getpid(), signal.SIGWINCH)
        while len(told) < 2:
            await asyncio.sleep(0.001)
    finally:
        for name, handler in {signal.SIGWINCH: before, **handlers}.items():
            signal.signal(name, handler)
    assert told == [Size(1, 2), Size(100, 30)]


def test_the_driver_is_textuals_own_where_a_hook_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert hooks.missing_of_driver() == ()
    assert driver_class() is LineDriver
    assert driver_class(line=False) is SteadyDriver

    monkeypatch.delattr(LinuxDriver, "_sigcont_application")
    assert hooks.missing_of_driver() == ("LinuxDriver._sigcont_application",)
    assert driver_class() is None
