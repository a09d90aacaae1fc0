"""The explorer as its user has it: the command in a real terminal, keys in and a screen out."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.explorer.window import Window, explorer
from tests.read_only import note_log
from tests.terminal.harness import environment
from tui.triage.error_knowledge import KNOWLEDGE

INSTANCE = re.compile(r"(i-bp\w+) [✗] (?:Failed|Invalid|Aborted|Error|Timeout) +(\w+)")

SIZES = [(200, 60), (120, 40), (80, 24), (60, 20)]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_filter_scroll_open_and_come_back(home: Path, size: tuple[int, int]) -> None:
    with explorer(home, size) as window:
        window.shows(r"50 (loaded|of)")
        window.shows(r"✓ Success")

        window.press("f")
        window.shows(r"Resource group")
        window.press("enter")
        window.shows(r"Failed or PartialFailed\n?")
        window.press("down", "enter")
        window.shows(r"status=Failed or PartialFailed")
        window.until(lambda: only_failures(table(window)), "failures only")

        loaded = [window.count()]
        while loaded[-1] < 150:
            window.press("end")
            window.until(lambda: window.count() > loaded[-1], "more rows")
            loaded.append(window.count())
        assert len(loaded) >= 3, "three pages came one after the other"
        last = window.position()
        window.press("up", "up", "up")
        window.shows(rf"row {last - 3}\b")
        window.until(lambda: INSTANCE.search(window.text()) is not None, "the instances")

        window.press("enter")
        window.shows(r"esc back")
        window.press("enter")
        window.shows(r"i-bp\w+ ‹ f-")
        screen = window.shows(r"Layer +\w+")
        assert any(known.code in screen for known in KNOWLEDGE), "the code on its card"
        window.shows(r"Retry +\w+")
        window.press("escape")
        window.shows(r"\d+/\d+ delivered")
        window.press("escape")
        window.shows(r"f filter")
        assert window.position() == last - 3

        window.press("q")
        assert window.wait() == 0
        window.assert_whole()


def test_what_cannot_be_reached_is_said_and_the_screen_stays_usable(home: Path) -> None:
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "canary"}
    nowhere = ("--region", "cn-hangzhou", "-e", "127.0.0.1:9")
    with explorer(home, (120, 40), *nowhere, **keys) as window:
        window.shows(r"127\.0\.0\.1")
        window.shows(r"again in \d+ s")
        window.press("?")
        window.shows(r"Filter on the server")
        window.press("escape")
        window.shows(r"r tries again")
        window.press("q")
        assert window.wait() == 0
        assert b"canary" not in window.raw
        window.assert_whole()


@pytest.mark.parametrize("size", SIZES)
def test_every_key_of_the_map(home: Path, size: tuple[int, int]) -> None:
    with explorer(home, size) as window:
        every_key(window, rows=1000)
        window.assert_whole()


@pytest.mark.parametrize("size", [(120, 40), (60, 20)])
def test_hostile_records_are_only_ever_text(home: Path, size: tuple[int, int]) -> None:
    with emulator(home, "--records", "300", "--fault", "hostile") as facts:
        keys = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": facts["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": facts["access_key_secret"],
        }
        asked = ("--region", facts["region"], "-e", facts["endpoint"], "--no-line-driver")
        with explorer(home, size, *asked, **keys) as window:
            every_key(window, rows=300)
            window.assert_whole()
            assert foreign_controls(bytes(window.raw)) == set()


def every_key(window: Window, *, rows: int) -> None:
    """Use every key of the map, and check what the screen says to it."""
    window.shows(r"50 (loaded|of)")
    window.shows(r"row 1\b")

    for keys, row in (
        (("down", "down", "j", "k"), 3),
        (("g",), 1),
        (("G",), "50|100"),
        (("home",), 1),
        (("down", "up"), 1),
    ):
        window.press(*keys)
        window.shows(rf"row ({row})\b")
    for down, up in (("pagedown", "pageup"), ("ctrl+d", "ctrl+u")):
        window.press(down)
        window.hides(r"row 1\b")
        window.press(up)
        window.shows(r"row 1\b")

    before = window.count()
    window.press("m")
    window.until(lambda: window.count() > before, "another page")

    window.press("/")
    window.shows(r"^ ?filter|\n ?filter")
    window.press(*"status:success", "enter")
    leave(window, r"hidden")

    window.press("s")
    window.shows(r"Sort by")
    window.press("n")
    window.shows(r"Name ▲")
    window.press("S")
    window.shows(r"Name ▼")
    window.press("<")
    window.shows(r"Status ▲")
    window.press(">", ">")
    window.shows(r"OK/total ▲|OK/tota…")
    window.press("s", "c")
    window.shows(r"Created UTC ▲")
    window.press("S")
    window.hides(r"▲|▼  +[A-Z]")

    to_first_row(window)
    window.press("space", "space")
    window.shows(r"2 marked")
    window.press("down", "V")
    window.shows(r"[3-9] marked")
    window.press("u")
    window.hides(r"marked")

    to_first_row(window)
    window.press("e")
    first = rested_position(window, after=1)
    window.press("e")
    rested_position(window, after=first)
    window.press("E")
    window.shows(rf"row {first}\b")

    window.press("y")
    window.shows(r"invoke ID: sent to the terminal, \d+ bytes")
    window.press("down", "up", "c")
    window.shows(r"invoke ID: sent")
    window.press("Y")
    window.shows(r"Copy +i invoke ID")
    window.press("f")
    window.shows(r"\d instance IDs: sent")

    window.press("v")
    window.shows(r'"CreationTime"')
    window.press("/", *"status", "enter")
    window.shows(r"\d+ of \d+")
    window.press("n", "N", "w")
    leave(window, r"S save|w wrap")

    for zone in ("local", "age", "UTC"):
        window.press("z")
        window.shows(rf"Created {zone}|Created…")
    window.press("shift+right", "shift+right", "shift+left", "shift+left")

    window.press("@")
    window.shows(r"API calls")
    leave(window, r"r latest")
    window.press("R")
    window.shows(r"type to narrow")
    window.press(*"tokyo")
    window.shows(r"ap-northeast-1")
    leave(window, r"enter take")
    for key in ("?", "f1"):
        window.press(key)
        leave(window, r"↑ ↓ scroll")
    for key in (":", "ctrl+p"):
        window.press(key)
        leave(window, r"Search for commands")

    window.press("3")
    window.shows(r"esc back")
    window.press("2")
    window.shows(r"f filter")
    window.press("1")
    leave(window, r"tab next field")
    window.press("tab")
    window.shows(r"esc back")
    window.press("shift+tab")
    window.shows(r"f filter")
    window.press("b", "b", "+", "+")

    window.press("enter")
    window.shows(r"esc back")
    window.press("enter")
    window.shows(r" ‹ f-")
    window.press("backspace")
    window.hides(r" ‹ f-")
    window.press("left")
    window.shows(r"f filter")

    window.press("f", "tab", *"no-such-file", "enter")
    window.shows(r"name=no-such-file +X clears")
    window.shows(r"Nothing that was sent matches")
    window.press("X")
    # It is among the recent queries from now on.
    window.hides(r"X clears")
    window.shows(r"\d+ (loaded|of)")
    window.press("r", "ctrl+r", "ctrl+l")
    window.shows(r"row 1\b")

    window.press("!")
    window.shows(r"enter goes back")
    window.press("enter")
    window.shows(r"f filter")
    move_until_heard(window)
    to_first_row(window)

    window.press("ctrl+z")
    window.until_stopped()
    os.kill(window.process.pid, signal.SIGCONT)
    move_until_heard(window)

    window.press("M")
    window.until(lambda: window.count() == rows and "in all" in window.text(), "the end")
    window.press("ctrl+c")
    window.shows(r"once more quits")
    window.press("q")
    assert window.wait() == 0


def rested_position(window: Window, *, after: int) -> int:
    """Return the row that the cursor has come to below another, once the status line rests."""
    seen: list[int] = []

    def rests() -> bool:
        seen.append(window.position())
        return seen[-1] > after and seen[-6:] == [seen[-1]] * 6

    window.until(rests, f"a row below {after}")
    return seen[-1]


def move_until_heard(window: Window) -> None:
    """Press a key until it works: a terminal drops what is typed while a program takes it back."""
    looks = count()

    def moved() -> bool:
        if next(looks) % 50 == 0:
            window.press("down")
        return window.position() > 1

    window.until(moved, "a cursor that moves again")


def leave(window: Window, sign: str) -> None:
    """Wait until what is known by a sign is there, and leave it.

    What comes at once after an escape would be taken for one key with it.
    """
    window.shows(sign)
    window.press("escape")
    window.hides(sign)
    window.shows(r"f filter")


def to_first_row(window: Window) -> None:
    """Go away from the first row and back, so that the row number that is shown is a new one."""
    window.press("end")
    window.hides(r"row 1\b")
    window.press("home")
    window.shows(r"row 1\b")


@contextmanager
def emulator(home: Path, *arguments: str) -> Iterator[dict[str, str]]:
    """Serve an emulator on loopback and yield what it says of itself."""
    given = arguments[arguments.index("--request-log") + 1] if "--request-log" in arguments else ""
    log = Path(given) if given else home / "asked.log"
    argv = [sys.executable, "-m", "tui", "emulate", *arguments, "--request-log", str(log)]
    with subprocess.Popen(argv, env=environment(home), stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait()
            note_log(log)


def foreign_controls(raw: bytes) -> set[str]:
    """Return the control characters and sequences that Textual itself never writes."""
    text = raw.decode("utf-8")
    ours = re.compile(
        r"\x1b\[[0-9;]*[mHABCDGJKfsu]|\x1b\[[?<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p"
        r"|\x1b\[[0-9 ]*q|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|\x1b\]22;\w+\x07|\x1b\[>[0-9]*u"
    )
    rest = ours.sub("", text)
    return {
        f"U+{ord(character):04X}"
        for character in rest
        if not (character.isprintable() or character in "\r\n")
    }


def only_failures(rows: str) -> bool:
    return "! PartialFailed  " in rows and "✓ Success  " not in rows


def table(window: Window) -> str:
    """Return the part of the screen that the table has."""
    lines = window.text().split("\n")
    return "\n".join(lines[: len(lines) // 2])
