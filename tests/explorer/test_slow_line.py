"""A slow line is noticed, less is drawn for it, and the mouse can be left to the terminal."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests.explorer.window import KEYS, Window, explorer
from tests.terminal.harness import environment
from tests.terminal.shaped import MODEM, ShapedTerminal
from tui.screens.inspecting import SLOW_REST

SIZE: Final = (120, 40)

MOUSE_MODES: Final = (1000, 1003, 1006)


def has_mouse(window: Window) -> set[bool]:
    """Return whether the modes that report the mouse are on."""
    return {window.modes()[mode] for mode in MOUSE_MODES}


def test_the_mouse_is_left_to_the_terminal_and_taken_again(home: Path) -> None:
    with explorer(home, SIZE) as window:
        window.shows(r"50 (loaded|of)")
        assert has_mouse(window) == {True}
        window.press("ctrl+o")
        window.shows("The mouse is the terminal's")
        assert has_mouse(window) == {False}
        window.press("v")
        window.shows("w wrap")
        window.press("ctrl+o")
        window.shows("The mouse works in the explorer")
        assert has_mouse(window) == {True}
        window.press("ctrl+o")
        window.shows("The mouse is the terminal's")

        window.press("escape")
        window.shows("f filter")
        window.press("!")
        window.shows("enter goes back")
        window.press("enter")
        # What the explorer had drawn before is still on the screen; this it asks for anew, last.
        window.until(lambda: window.modes()[2004], "the explorer")
        window.shows("f filter")
        assert has_mouse(window) == {False}, "it stays the terminal's"
        window.press("ctrl+q")
        assert window.wait() == 0
        window.assert_whole()


def test_without_the_mouse_it_can_still_be_taken(home: Path) -> None:
    with explorer(home, SIZE, "--demo", "--no-mouse") as window:
        window.shows(r"50 (loaded|of)")
        assert has_mouse(window) == {False}
        window.press(":")
        window.shows("Search for commands")
        window.press(*"mouse to the")
        window.shows("ctrl\\+o|\\^o")
        window.press("down", "enter")
        window.shows("The mouse works in the explorer")
        assert has_mouse(window) == {True}


def test_less_is_drawn_where_it_is_wished(home: Path) -> None:
    with explorer(home, SIZE, "--demo", "--slow", COLORTERM="truecolor") as window:
        screen = window.shows(r"50 (loaded|of)")
        assert "Filters" not in screen
        assert "Invoke ID  " not in screen.partition("\n")[2].partition("\n")[0]
        assert b";2;" not in window.raw, "256 colours"
        window.press("L")
        window.shows("Everything is drawn")
        assert "Filters" in window.shows("Filters .*Invoke ID")
        window.press("L")
        window.shows("Less is drawn")
        window.hides("Filters")


def page_bytes(window: Window, *, zoomed: bool) -> int:
    """Return what four moves by a page take, with what the pane of details shows of each."""
    window.shows(r"50 (loaded|of)")
    window.press("M")
    window.shows(r"200 in all")
    window.press("+" if zoomed else "home", "home")
    window.shows(r"row 1\b")
    window.press("pagedown", "pageup")
    window.shows(r"row 1\b")
    before = len(window.raw)
    for _ in range(4):
        row = window.position()
        window.press("pagedown")
        window.until(lambda row=row: window.position() > row, "another page")  # type: ignore[misc]
        settle(window)
    return len(window.raw) - before


def settle(window: Window) -> None:
    """Read until nothing has come for longer than the details wait for the cursor to rest."""
    seen, since = len(window.raw), time.monotonic()
    while time.monotonic() - since < SLOW_REST + 0.5:
        window.read(0.05)
        if len(window.raw) != seen:
            seen, since = len(window.raw), time.monotonic()


@pytest.mark.parametrize("zoomed", [False, True], ids=["all panes", "the table alone"])
def test_a_page_takes_half_where_less_is_drawn(home: Path, zoomed: bool) -> None:
    words = ("--demo", "--records", "200")
    with (
        explorer(home, SIZE, *words, COLORTERM="truecolor") as usual,
        explorer(home, SIZE, *words, "--slow", COLORTERM="truecolor") as sparing,
    ):
        assert page_bytes(sparing, zoomed=zoomed) * 2 <= page_bytes(usual, zoomed=zoomed)


def test_the_rest_of_the_details_comes_when_they_are_opened(home: Path) -> None:
    with explorer(home, SIZE, "--demo", "--slow") as window:
        window.shows(r"50 (loaded|of)")
        window.press("e")
        window.shows("The rest comes when this is opened")
        window.hides("i-bp1")
        window.press("enter")
        window.shows("i-bp1")
        window.press("escape", "down")
        window.shows("The rest comes when this is opened")
        window.press("3")
        window.hides("The rest comes when this is opened")


def test_a_slow_line_is_said_with_what_helps(home: Path) -> None:
    argv = [sys.executable, "-W", "error", "-m", "tui", "--demo"]
    with ShapedTerminal(argv, environ=environment(home), line=MODEM, size=SIZE) as terminal:
        terminal.until_shown("50 of")
        for _ in range(6):
            terminal.send(KEYS["pagedown"])
            terminal.rest(0.5)
        terminal.until_shown("slow line: L draws less")
        terminal.send(b"L")
        terminal.until_shown("Less is drawn")
        terminal.until_gone("slow line")
