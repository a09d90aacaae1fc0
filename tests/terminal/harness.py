"""A pseudo-terminal with a program in it: what the program wrote, and what it left behind."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyte
import pytest

REPOSITORY: Final = Path(__file__).resolve().parents[2]

PROGRAM: Final = Path(__file__).with_name("program.py")
"""The small application that the tests end in every way there is."""

SHELL: Final = Path(__file__).with_name("shell.py")
"""What a shell with job control does for one job."""

LIMIT: Final = 30.0
"""Seconds after which what was waited for is taken to be missing."""

STUCK_LOOKS: Final = 20
"""Looks in a row at which a terminal took no output, 10 ms apart, before it is taken for stuck."""

QUIET_MODES: Final = {1000, 1002, 1003, 1004, 1006, 1015, 1016, 1049, 2004, 2026, 2048}
"""Private modes that are off in a shell."""

LOUD_MODES: Final = {7, 25}
"""Private modes that are on in a shell: line wrap and the cursor."""

_MODE: Final = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_SEQUENCE: Final = re.compile(r"\x1b\[[?<>0-9;]*[a-z]|\x1b\]22;default\x07")
_UNKNOWN_TO_PYTE: Final = re.compile(rb"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9]+\$p")
"""Sequences that pyte would show instead of leaving them alone."""

_COMPLETE: Final = re.compile(rb"\x1b(?:\[[0-9;?<>=]*\$?[@-~]|\][^\x07]*\x07|[^\[\]])")
_QUERY: Final = re.compile(rb"\x1b\[(?:\?([0-9]+)\$p|6n)")
"""Questions: for a mode, and for where the cursor is."""

_LONGEST_QUERY: Final = 16
"""Bytes that no question is longer than."""


class Terminal:
    """One program in one pseudo-terminal; closed, the program is gone.

    `answers` has the values of the modes that it knows; a `silent` one answers nothing at all.
    """

    def __init__(
        self,
        argv: list[str],
        *,
        environ: Mapping[str, str],
        size: tuple[int, int] = (80, 24),
        answers: Mapping[int, int] | None = None,
        silent: bool = False,
        redirect: Mapping[str, Any] | None = None,
    ) -> None:
        self.raw = bytearray()
        self.patience = LIMIT
        """Seconds after which what is waited for is given up."""
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self._fed = 0
        self._answers = {2026: 2} if answers is None else dict(answers)
        self._is_silent = silent
        self._looked = 0
        self.master, self.slave = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(self.slave)
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), self.slave) | dict(redirect or {})
        self.process = subprocess.Popen(
            argv,
            env=dict(environ),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0),
            **streams,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for descriptor in (self.master, self.slave):
            if descriptor >= 0:
                os.close(descriptor)

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal larger or smaller, which its programs hear of."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def send(self, data: bytes) -> None:
        os.write(self.master, data)

    def hang_up(self) -> None:
        """Close this end, as sshd does when the line is gone."""
        os.close(self.master)
        os.close(self.slave)
        self.master = self.slave = -1

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Read until `condition()` holds."""
        end = time.monotonic() + self.patience
        while not condition():
            if time.monotonic() > end:
                screen = "\n".join(row.rstrip() for row in self.display())
                pytest.fail(
                    f"waited in vain for {what}; {bytes(self.raw[-500:])!r}; the screen:\n{screen}"
                )
            self._read(0.02)

    def read(self, seconds: float = 0.0) -> None:
        """Take what comes, for at most so long."""
        self._read(seconds)

    def until_seen(self, words: str) -> None:
        """Read until `words` have been written, whole and in one style."""
        self.until(lambda: words.encode() in self.raw, words)

    def until_shown(self, words: str) -> None:
        """Read until `words` are on one line of the screen."""
        self.until(lambda: any(words in line for line in self.display()), words)

    def until_gone(self, words: str) -> None:
        """Read until `words` are on no line of the screen."""
        self.until(lambda: not any(words in line for line in self.display()), f"no {words}")

    def display(self) -> list[str]:
        """Return the lines of the screen."""
        fresh = bytes(self.raw[self._fed :])
        # A sequence that is cut in two waits for its end.
        last = fresh.rfind(b"\x1b")
        whole = len(fresh) if last < 0 or _COMPLETE.match(fresh, last) else last
        self._fed += whole
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", fresh[:whole]))
        return lines_of(self.screen)

    def until_stuck(self) -> None:
        """Read nothing until the program's thread that writes sleeps in its write."""
        end = time.monotonic() + LIMIT
        seen = 0
        while seen < STUCK_LOOKS:
            seen = 0 if select.select([], [self.slave], [], 0)[1] else seen + 1
            assert time.monotonic() < end, "the terminal goes on taking output"
            time.sleep(0.01)

    def until_stopped(self) -> None:
        """Read until the process is stopped, as a shell would wait."""
        how = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        process = self.process.pid
        self.until(lambda: os.waitid(os.P_PID, process, how) is not None, "the stop")

    def wait(self, *, reading: bool = True) -> int:
        """Return the exit status (negative after a signal), with all output read."""
        if not reading or self.master < 0:
            return self.process.wait(LIMIT)
        self.until(lambda: self.process.poll() is not None, "the end")
        while self._read(0):
            pass
        assert self.process.returncode is not None
        return self.process.returncode

    def after(self) -> list[Any]:
        return termios.tcgetattr(self.slave)

    def modes(self) -> dict[int, bool]:
        """Return the private modes as the output has left them."""
        modes = dict.fromkeys(QUIET_MODES, False) | dict.fromkeys(LOUD_MODES, True)
        for numbers, final in _MODE.findall(self.raw):
            for number in numbers.split(b";"):
                modes[int(number)] = final == b"h"
        return modes

    def kitty_depth(self) -> int:
        """Return how many keyboard modes have been pushed and not popped."""
        return len(re.findall(rb"\x1b\[>[0-9]+u", self.raw)) - self.raw.count(b"\x1b[<u")

    def assert_whole(self) -> None:
        """Check that a shell would find the terminal as the program had found it."""
        modes = self.modes()
        assert {mode for mode in QUIET_MODES if modes[mode]} == set(), "modes left on"
        assert {mode for mode in LOUD_MODES if not modes[mode]} == set(), "modes left off"
        assert self.kitty_depth() <= 0, "keyboard mode left on"
        assert self.after() == self.before, "attributes of the terminal"

    def shown_last(self) -> str:
        """Return what was written after the alternate screen was left."""
        words = self.raw.rpartition(b"\x1b[?1049l")[2].decode()
        return _SEQUENCE.sub("", words).replace("\r\n", "\n")

    def _read(self, seconds: float) -> bool:
        if self.master < 0:
            time.sleep(seconds)
            return False
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            self.raw += os.read(self.master, 65536)
        except OSError:
            return False
        self._answer()
        return True

    def _answer(self) -> None:
        for query in _QUERY.finditer(self.raw, self._looked):
            self._looked = query.end()
            if self._is_silent:
                continue
            if query[1] is None:
                self.send(b"\x1b[1;1R")
            else:
                mode = int(query[1])
                self.send(b"\x1b[?%d;%d$y" % (mode, self._answers.get(mode, 0)))
        # A question that is cut in two is found with its end; all else is looked through once.
        self._looked = max(self._looked, len(self.raw) - _LONGEST_QUERY)


def lines_of(screen: pyte.Screen) -> list[str]:
    """Return the lines of a screen, which pyte's own way fails at amid a wide character."""
    columns = range(screen.columns)
    return ["".join(screen.buffer[y][x].data for x in columns) for y in range(screen.lines)]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return a bare environment in which this checkout can be imported."""
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "TERM": "xterm-256color",
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUTF8": "1",
        **more,
    }


def guarded(behaviour: str, home: Path, *, shell: bool = False, **more: str) -> Terminal:
    """Start the program of the tests, which behaves as the word says; reports go to `home`.

    With `shell` it is a job of a shell that ends it once it is stopped.
    """
    argv = [sys.executable, "-W", "error", str(PROGRAM), behaviour, str(home / "state")]
    if shell:
        argv = [sys.executable, str(SHELL), *argv]
    return Terminal(argv, environ=environment(home, **more))
