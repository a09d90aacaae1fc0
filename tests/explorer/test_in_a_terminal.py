"""The explorer as its user has it: the command in a real terminal, keys in and a screen out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal.harness import Terminal, environment
from tui.triage.error_knowledge import KNOWLEDGE

DOWN = b"\x1b[B"
UP = b"\x1b[A"
END = b"\x1b[F"
ENTER = b"\r"
ESCAPE = b"\x1b"

INSTANCE = re.compile(r"(i-bp\w+) [✗] (?:Failed|Invalid|Aborted|Error|Timeout) +(\w+)")


class Window(Terminal):
    """A terminal whose screen can be read."""

    def text(self) -> str:
        """Return the text of the screen as a terminal shows it now."""
        return "\n".join(row.rstrip() for row in self.display())

    def shows(self, pattern: str) -> str:
        """Read until the screen matches, and return it."""
        self.until(lambda: re.search(pattern, self.text()) is not None, pattern)
        return self.text()


@contextmanager
def explorer(home: Path, size: tuple[int, int], *arguments: str) -> Iterator[Window]:
    argv = [sys.executable, "-W", "error", "-m", "tui", "--demo", *arguments]
    with Window(argv, environ=environment(home), size=size) as window:
        yield window


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_filter_scroll_open_and_come_back(home: Path, size: tuple[int, int]) -> None:
    with explorer(home, size) as window:
        window.shows(r"50 (loaded|of)")
        window.shows(r"✓ Success")

        window.send(b"f")
        window.shows(r"Resource group")
        window.send(ENTER)
        window.shows(r"Failed or PartialFailed\n?")
        window.send(DOWN + ENTER)
        window.shows(r"status=Failed or PartialFailed")
        window.until(lambda: only_failures(table(window.text(), size)), "failures only")

        loaded = [count(window.text())]
        while loaded[-1] < 150:
            window.send(END)
            window.until(lambda: count(window.text()) > loaded[-1], "more rows")
            loaded.append(count(window.text()))
        assert len(loaded) >= 3, "three pages came one after the other"
        last = int(position(window.text()).split()[1])
        window.send(UP * 3)
        window.shows(rf"row {last - 3}\b")
        window.until(lambda: INSTANCE.search(window.text()) is not None, "the instances")
        before = position(window.text())

        window.send(ENTER)
        window.shows(r"esc back")
        window.send(ENTER)
        window.shows(r"i-bp\w+ ‹ f-")
        screen = window.shows(r"Layer +\w+")
        assert any(known.code in screen for known in KNOWLEDGE), "the code on its card"
        window.shows(r"Retry +\w+")
        window.send(ESCAPE)
        window.shows(r"\d+/\d+ delivered")
        window.send(ESCAPE)
        window.shows(r"f filter")
        assert position(window.text()) == before

        window.send(b"q")
        assert window.wait() == 0
        window.assert_whole()


def test_what_cannot_be_reached_is_said_and_the_screen_stays_usable(home: Path) -> None:
    argv = [sys.executable, "-m", "tui", "--region", "cn-hangzhou", "-e", "127.0.0.1:9"]
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "canary"}
    with Window(argv, environ=environment(home, **keys), size=(120, 40)) as window:
        window.shows(r"127\.0\.0\.1")
        window.shows(r"again in \d+ s")
        window.send(b"?")
        window.shows(r"Filter on the server")
        window.send(ESCAPE)
        window.shows(r"r tries again")
        window.send(b"q")
        assert window.wait() == 0
        assert b"canary" not in window.raw
        window.assert_whole()


def count(screen: str) -> int:
    """Return how many rows the status line says are there."""
    match = re.search(r"([\d,]+) (?:loaded|in all|of)", screen)
    return int(match[1].replace(",", "")) if match else 0


def position(screen: str) -> str:
    match = re.search(r"row [\d,]+", screen)
    assert match is not None
    return match[0]


def only_failures(rows: str) -> bool:
    return "! PartialFailed  " in rows and "✓ Success  " not in rows


def table(screen: str, size: tuple[int, int]) -> str:
    """Return the part of the screen that the table has."""
    return "\n".join(screen.split("\n")[: size[1] // 2])
