"""What is copied inside tmux and inside screen arrives at the terminal outside of them."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .harness import Terminal, environment

COPIER = Path(__file__).with_name("copier.py")

TEXT = "i-bp1abc"

SEQUENCE = re.compile(rb"\x1b\]52;[^;]*;([A-Za-z0-9+/=]+)(?:\x07|\x1b\\)")
"""What a terminal takes for its clipboard."""


def arrived(terminal: Terminal) -> list[str]:
    """Return what the terminal was given for its clipboard."""
    return [base64.b64decode(found).decode() for found in SEQUENCE.findall(terminal.raw)]


def copying(home: Path, times: int) -> list[str]:
    return [sys.executable, str(COPIER), str(times), str(home), TEXT]


@contextmanager
def tmux(home: Path, command: list[str]) -> Iterator[Terminal]:
    """Run a command in a tmux that nobody has configured."""
    program, socket = shutil.which("tmux"), str(home / "tmux")
    assert program is not None
    argv = [program, "-S", socket, "-f", "/dev/null", "new-session", *command]
    with Terminal(argv, environ=environment(home)) as terminal:
        try:
            yield terminal
        finally:
            subprocess.run([program, "-S", socket, "kill-server"], capture_output=True)


@contextmanager
def screen(home: Path, command: list[str]) -> Iterator[Terminal]:
    """Run a command in a screen that nobody has configured."""
    program, directory = shutil.which("screen"), home / "screen"
    assert program is not None
    directory.mkdir(mode=0o700)
    argv = [program, "-c", "/dev/null", "-S", "test", *command]
    environ = environment(home, SCREENDIR=str(directory))
    with Terminal(argv, environ=environ) as terminal:
        try:
            yield terminal
        finally:
            subprocess.run([program, "-S", "test", "-X", "quit"], env=environ, capture_output=True)


@pytest.mark.parametrize("times", [1, 4_000])
def test_tmux_passes_on_what_it_is_given(home: Path, times: int) -> None:
    with tmux(home, copying(home, times)) as terminal:
        terminal.until_shown(f"said: given to tmux, {len(TEXT) * times:,} bytes")
        terminal.until(lambda: arrived(terminal) == [TEXT * times], "the text outside of tmux")


@pytest.mark.parametrize("times", [1, 4_000])
def test_screen_passes_on_what_it_is_sent_in_pieces(home: Path, times: int) -> None:
    with screen(home, copying(home, times)) as terminal:
        terminal.until_shown(f"said: sent to the terminal, {len(TEXT) * times:,} bytes")
        terminal.until(lambda: arrived(terminal) == [TEXT * times], "the text outside of screen")


def test_a_terminal_alone_gets_the_sequence_itself(home: Path) -> None:
    with Terminal(copying(home, 1), environ=environment(home)) as terminal:
        terminal.until_shown("said: sent to the terminal, 8 bytes")
        assert arrived(terminal) == [TEXT]


def test_a_file_is_named_where_nothing_else_works(home: Path) -> None:
    environ = environment(home) | {"TERM": "linux", "PATH": str(home)}
    with Terminal(copying(home, 1), environ=environ, size=(200, 24)) as terminal:
        terminal.until_shown(f"said: no clipboard here: written to {home / 'clipboard.txt'}")
        assert arrived(terminal) == []
        assert (home / "clipboard.txt").read_text() == TEXT
