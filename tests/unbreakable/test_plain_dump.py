"""The pane as plain text on the normal screen: whatever comes in between, the explorer is back."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.explorer.test_in_a_terminal import move_until_heard
from tests.explorer.window import Window, explorer

PROMPT = b"enter goes back to the explorer "


def test_keys_that_come_at_once_and_a_walk_that_goes_on(home: Path) -> None:
    with explorer(home, (80, 24)) as window:
        window.shows(r"row 1\b")
        window.send(b"M!!")
        answered = 0

        def walk_has_ended() -> bool:
            nonlocal answered
            # The second key is part of the first dump, or asks for one of its own.
            if (asked := window.raw.count(PROMPT)) > answered:
                answered = asked
                window.press("enter")
            return "1,000 in all" in window.text()

        window.until(walk_has_ended, "the end of the walk, which went on meanwhile")
        move_until_heard(window)
        window.press("q")
        assert window.wait() == 0
        window.assert_whole()


def test_stopped_and_continued_it_goes_back_to_the_explorer(home: Path) -> None:
    with explorer(home, (80, 24)) as window:
        window.shows(r"row 1\b")
        dump(window)
        # With the stop, the terminal drops the line before it that nobody has read yet.
        window.send(b"\n\x1a")
        window.until_stopped()
        window.assert_whole()
        os.kill(window.process.pid, signal.SIGCONT)
        move_until_heard(window)

        dump(window)
        window.process.send_signal(signal.SIGTERM)
        assert window.wait() == 143
        window.assert_whole()


def dump(window: Window) -> None:
    """Have the pane written out."""
    before = window.raw.count(PROMPT)
    window.press("!")
    window.until(lambda: window.raw.count(PROMPT) > before, "the prompt")
