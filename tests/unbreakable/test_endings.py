"""The real program in a real terminal: however it ends, `stty -a` says what it said before."""

from __future__ import annotations

import os
import pty
import random
import re
import select
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.depth import FULL, deep
from tests.explorer.test_in_a_terminal import move_until_heard
from tests.explorer.window import Window
from tests.terminal.harness import environment
from tests.unbreakable.broken import CANARY

BROKEN = Path(__file__).with_name("broken.py")

TERMINALS = {
    "linux": {"TERM": "linux"},
    "vt100": {"TERM": "vt100"},
    "screen": {"TERM": "screen"},
    "tmux-256color": {"TERM": "tmux-256color"},
    "16 colours": {"TEXTUAL_COLOR_SYSTEM": "standard"},
    "NO_COLOR": {"NO_COLOR": ""},
    "the C locale": {"LC_ALL": "C", "PYTHONUTF8": ""},
}
"""What a terminal or its user may say; the explorer starts in all of them."""

ENDS: dict[str, tuple[int, int]] = {
    "SIGTERM": (signal.SIGTERM, 143),
    "SIGHUP": (signal.SIGHUP, 129),
    "SIGINT": (signal.SIGINT, 130),
    "SIGQUIT": (signal.SIGQUIT, 131),
    "q": (0, 0),
}
"""Signals, or the key, with the exit status that follows."""

PAIRS = list(product(TERMINALS, ENDS))

FEW = [(name, list(ENDS)[number % len(ENDS)]) for number, name in enumerate(TERMINALS)]
"""Each terminal once, each end at least once."""


class Real(Window):
    """The explorer in a terminal, which `stty` knows as well as the harness does."""

    def assert_as_before(self) -> None:
        """Check the terminal by the modes that were written, and by what `stty` says."""
        self.assert_whole()
        assert settings(self.slave) == settings_of_a_new_terminal()


def settings(terminal: int) -> str:
    """Return what `stty -a` says but for the size, which is the terminal's own affair."""
    done = subprocess.run(
        ["stty", "-a"], stdin=terminal, capture_output=True, text=True, check=True
    )
    return re.sub(r"rows \d+; columns \d+;", "", done.stdout)


@cache
def settings_of_a_new_terminal() -> str:
    """Return what `stty -a` says before any program has changed anything."""
    ends = pty.openpty()
    try:
        return settings(ends[1])
    finally:
        for end in ends:
            os.close(end)


@contextmanager
def started(
    home: Path,
    *words: str,
    ready: bool = True,
    before: Sequence[str] = (),
    redirect: Mapping[str, int] | None = None,
    environ: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Real]:
    """Start the explorer on its demo, by default until the first rows are there.

    `words` are a script and its arguments instead of the command, and `before` what starts it all.
    """
    argv = [*before, sys.executable, "-W", "error", *(words or ("-m", "tui")), "--demo"]
    variables = environment(home, **environ)
    with Real(argv, environ=variables, size=(100, 30), redirect=redirect) as window:
        if ready:
            window.shows(r"row 1\b")
        yield window


@pytest.mark.parametrize(("terminal", "end"), PAIRS if FULL else FEW)
def test_any_terminal_is_whole_after_any_end(home: Path, terminal: str, end: str) -> None:
    number, status = ENDS[end]
    with started(home, environ=TERMINALS[terminal]) as window:
        assert settings(window.slave) != settings_of_a_new_terminal()
        if number:
            window.process.send_signal(number)
        else:
            window.press("q")
        assert window.wait() == status
        window.assert_as_before()
        assert window.shown_last() == ""
        assert not list(home.rglob("crash-*")), "an end that was asked for is no crash"
        if terminal in ("16 colours", "linux", "vt100", "screen"):
            assert not re.search(rb"\x1b\[[0-9;]*[34]8[;:]", window.raw), "no more than 16 colours"
        if terminal == "NO_COLOR":
            assert all(map(is_grey, COLOUR.findall(window.raw)))


MANY_SCREENS = 1000
"""More screens than a terminal takes before its user looks at one."""

COLOUR = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)")


def is_grey(colour: tuple[bytes, bytes, bytes]) -> bool:
    return len(set(colour)) == 1


@pytest.mark.parametrize("where", ["handler", "worker", "thread", "compose", "render"])
def test_a_mistake_anywhere_is_one_line_and_a_report(home: Path, where: str) -> None:
    with started(
        home, str(BROKEN), where, ready=where in ("handler", "worker", "thread")
    ) as window:
        if where in ("handler", "worker", "thread"):
            window.press("+")
        assert window.wait() == 1
        window.assert_as_before()
        (report,) = home.rglob("crash-*.txt")
        assert stat.S_IMODE(report.stat().st_mode) == 0o600
        said = window.shown_last()
        assert said.count("\n") == 1
        assert said.startswith("The explorer stopped on an error (RuntimeError).")
        assert str(report) in said
        text = report.read_text()
        assert "in fail" in text
        assert CANARY not in text and CANARY.encode() not in window.raw
        assert all(line.isprintable() for line in text.splitlines())
        assert b"]0;title" not in window.raw


@pytest.mark.parametrize("ignoring", [False, True], ids=["", "SIGHUP ignored"])
def test_a_terminal_that_is_closed_ends_it(home: Path, ignoring: bool) -> None:
    before = ["/usr/bin/env", "--ignore-signal=HUP"] if ignoring else []
    with started(home, before=before) as window:
        window.hang_up()
        assert window.wait() == 129
        assert not list(home.rglob("crash-*"))


def test_a_terminal_that_stops_reading_is_not_waited_for(home: Path) -> None:
    with started(home) as window:
        # Screen after screen has to be written, and nobody reads them.
        for _ in range(MANY_SCREENS):
            window.resize(*random.choice([(300, 90), (200, 60)]))
            window.press("pagedown", "pageup")
            time.sleep(0.01)
            if not select.select([], [window.slave], [], 0)[1]:
                break
        window.until_stuck()
        window.process.send_signal(signal.SIGTERM)
        assert window.wait(reading=False) == 143
        window.wait()
        window.assert_as_before()


def test_suspended_and_continued_by_the_shells_signals(home: Path) -> None:
    with started(home) as window:
        for _ in range(deep(5, 1)):
            window.process.send_signal(signal.SIGTSTP)
            window.until_stopped()
            window.until(lambda: window.modes()[25], "the normal screen")
            window.assert_as_before()
            window.process.send_signal(signal.SIGCONT)
            window.until(lambda: window.modes()[1049], "the alternate screen")
            move_until_heard(window)
            window.press("home")
            window.shows(r"row 1\b")
        window.press("q")
        assert window.wait() == 0
        window.assert_as_before()


def test_noise_a_storm_and_a_megabyte_are_outlived(home: Path) -> None:
    """Bytes that are no text, sizes that no screen has, and a paste that no prompt can want."""
    sizes = random.Random(7)
    with started(home) as window:
        for noise in (b"\xff", "中文".encode("gbk"), b"\xc3\x28", b"\xed\xa0\x80", b"\x9b"):
            window.send(noise)
        window.press("down")
        window.shows(r"row 2\b")

        for _ in range(deep(1000, 150)):
            window.resize(sizes.choice([1, 2, 20, 40, 100, 300]), sizes.choice([1, 2, 10, 30, 90]))
            window.read(0)
        window.resize(100, 30)
        window.press("ctrl+l")
        window.shows(r"row 2\b")

        window.press("/")
        window.shows(r"filter")
        paste(window, b"x" * 1_000_000)
        window.press("escape")
        window.shows(r"row 2\b")
        window.hides(r"xxxx")
        # With no prompt to take it, a paste is nobody's, and no key of it is pressed.
        paste(window, b"q\n" * 500_000)
        window.press("down")
        window.shows(r"row 3\b")

        window.press("q")
        assert window.wait() == 0
        window.assert_as_before()


def paste(window: Window, content: bytes) -> None:
    """Send a bracketed paste while what comes back is read."""
    sender = threading.Thread(target=send_all, args=(window.master, content), daemon=True)
    sender.start()
    window.until(lambda: not sender.is_alive(), "the end of the paste")


def send_all(descriptor: int, content: bytes) -> None:
    rest = b"\x1b[200~" + content + b"\x1b[201~"
    while rest:
        rest = rest[os.write(descriptor, rest[:4096]) :]


@pytest.mark.parametrize(
    ("stream", "variables", "words"),
    [
        ("stdin", {}, b"standard input is not one"),
        ("stdout", {}, b"standard output is not one"),
        ("stderr", {}, b""),
        ("", {"TERM": "dumb"}, b"TERM is 'dumb'"),
        ("", {"TERM": ""}, b"TERM is not set"),
        ("", {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}, b"needs UTF-8"),
        ("", {"PYTHONUTF8": "0", "PYTHONIOENCODING": "gbk"}, b"needs UTF-8"),
    ],
)
def test_where_it_cannot_start_it_says_so_in_one_sentence(
    home: Path, stream: str, variables: dict[str, str], words: bytes
) -> None:
    redirect = {stream: subprocess.DEVNULL} if stream else None
    with started(home, ready=False, redirect=redirect, environ=variables) as window:
        assert window.wait() == 2
        window.assert_as_before()
        assert b"\x1b" not in window.raw
        assert words in window.raw
        # Where standard error is not the terminal, the sentence is on it and not here.
        assert window.raw.count(b"\n") == (stream != "stderr")
