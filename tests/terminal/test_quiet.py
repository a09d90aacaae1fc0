"""Nothing is written while nobody does anything, wherever the focus is, nor for the mouse."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.explorer.window import Window, explorer

IDLE: Final = 60.0 if os.environ.get("SENDFILE_EXPLORER_TEST_DEPTH") == "full" else 2.0
"""Seconds of idleness."""

QUIET: Final = 0.7
"""Seconds without output after which a screen has come to rest."""

MOVES: Final = 100


def rest(window: Window) -> None:
    """Read until nothing has come for a while."""
    end, seen = time.monotonic() + QUIET, len(window.raw)

    def rests() -> bool:
        nonlocal end, seen
        if len(window.raw) > seen:
            end, seen = time.monotonic() + QUIET, len(window.raw)
        return time.monotonic() > end

    window.until(rests, "a rest")


def move_the_mouse(window: Window) -> None:
    """Move it over the table."""
    for number in range(MOVES):
        place = (30 + number * 7 % 85, 3 + number * 3 % 20)
        window.send(b"\x1b[<35;%d;%dM" % place)
        window.read(0.002)


def test_nothing_is_written_in_idleness_nor_for_a_mouse_that_moves(home: Path) -> None:
    places = {
        "table": ((), r"f filter"),
        "input": (("f", "tab"), r"tab next field"),
        "viewer": (("v",), r"w wrap"),
        "watched send": (("end", "W"), r"(?i)finished|watch"),
    }
    with ExitStack() as stack:
        windows = {place: stack.enter_context(explorer(home, (120, 40))) for place in places}
        for place, (keys, sign) in places.items():
            windows[place].shows(r"50 (loaded|of)")
            windows[place].press(*keys)
            windows[place].shows(sign)
        for window in windows.values():
            rest(window)
        before = {place: len(window.raw) for place, window in windows.items()}
        end = time.monotonic() + IDLE
        while time.monotonic() < end:
            for window in windows.values():
                window.read(0.05)
        for place, window in windows.items():
            assert bytes(window.raw[before[place] :]) == b"", f"idle: {place}"

        table = windows["table"]
        move_the_mouse(table)
        rest(table)
        assert bytes(table.raw[before["table"] :]) == b"", "the mouse"
        table.press("down")
        table.shows(r"row 2\b")
