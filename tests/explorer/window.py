"""The explorer's command in a pseudo-terminal whose screen can be read."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.terminal.harness import Terminal, environment

KEYS: Final = {
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "enter": b"\r",
    "escape": b"\x1b",
    "backspace": b"\x7f",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "shift+left": b"\x1b[1;2D",
    "shift+right": b"\x1b[1;2C",
    "space": b" ",
    "f1": b"\x1bOP",
    "ctrl+c": b"\x03",
    "ctrl+d": b"\x04",
    "ctrl+l": b"\x0c",
    "ctrl+o": b"\x0f",
    "ctrl+p": b"\x10",
    "ctrl+q": b"\x11",
    "ctrl+r": b"\x12",
    "ctrl+u": b"\x15",
    "ctrl+z": b"\x1a",
}
"""What a terminal sends for keys that are not one character."""


class Window(Terminal):
    """A terminal whose screen is looked at."""

    def press(self, *keys: str) -> None:
        """Send keys."""
        for key in keys:
            self.send(KEYS.get(key) or key.encode())

    def text(self) -> str:
        """Return the text of the screen as a terminal shows it now."""
        return "\n".join(row.rstrip() for row in self.display())

    def shows(self, pattern: str) -> str:
        """Read until the screen matches, and return it."""
        self.until(lambda: re.search(pattern, self.text()) is not None, pattern)
        return self.text()

    def hides(self, pattern: str) -> None:
        """Read until the screen does not match."""
        self.until(lambda: re.search(pattern, self.text()) is None, f"no {pattern}")

    def count(self) -> int:
        """Return how many rows the status line says are there."""
        match = re.search(r"([\d,]+) (?:loaded|in all|of)", self.text())
        return int(match[1].replace(",", "")) if match else 0

    def position(self) -> int:
        """Return the row that the status line says the cursor is on."""
        match = re.search(r"row ([\d,]+)", self.text())
        return int(match[1].replace(",", "")) if match else 0


@contextmanager
def explorer(
    home: Path, size: tuple[int, int], *arguments: str, **variables: str
) -> Iterator[Window]:
    """Open the explorer; without arguments, on the demo."""
    argv = [sys.executable, "-W", "error", "-m", "tui", *(arguments or ("--demo",))]
    with Window(argv, environ=environment(home, **variables), size=size) as window:
        yield window
