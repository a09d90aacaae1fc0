"""A key that is held down keeps up over a slow line, and the screen is the right one afterwards."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import pyte
import pytest

from .harness import environment
from .shaped import Line, ShapedTerminal
from .test_driver import SESSION as TABLE
from .test_driver import Recording

SCROLLER: Final = Path(__file__).with_name("scroller.py")

IS_FULL: Final = os.environ.get("SENDFILE_EXPLORER_TEST_DEPTH") == "full"

CASES: Final = [((), False), (("wide",), True), *([((), True), (("wide",), False)] * IS_FULL)]
"""Words for the program, and whether the terminal answers nothing."""

SLOW: Final = Line(32_000, 0.08)
"""A line that carries much less than held keys make."""

FASTER: Final = Line(100_000, 0.08)

FAST: Final = Line(float("inf"), 0.0)

SIZE: Final = (90, 24)

DOWN, UP, PAGE_DOWN, PAGE_UP, END = b"\x1b[B", b"\x1b[A", b"\x1b[6~", b"\x1b[5~", b"\x1b[F"

SESSION: Final = [(DOWN, 34), (PAGE_DOWN, 9), (UP, 25), (PAGE_UP, 6), (END, 1), (UP, 8), (DOWN, 5)]
"""Keys, and how often each comes while it is held."""

QUEUED: Final = 3_000
"""Bytes on their way that are no queue yet: what is sent before a key is held, and an update."""

Cells = list[list[pyte.screens.Char]]


class Scroller(ShapedTerminal):
    """The list at the end of a slow line."""

    def __init__(self, home: Path, driver: str, *words: str, silent: bool = False) -> None:
        report = str(home / "slow")
        argv = [sys.executable, "-W", "error", str(SCROLLER), driver, report, *words]
        environ = environment(home, COLORTERM="truecolor")
        line = SLOW if driver == "line" else FAST
        super().__init__(argv, environ=environ, line=line, size=SIZE, silent=silent)
        self.others: list[Scroller] = []
        """Terminals that carry on while this one is waited for."""
        self.queued = 0
        """The most bytes that were on their way while the first key was held."""

    def cells(self) -> Cells:
        self.display()
        return [[self.screen.buffer[y][x] for x in range(SIZE[0])] for y in range(SIZE[1])]

    def _read(self, seconds: float) -> bool:
        for other in self.others:
            super(Scroller, other)._read(0)
        return super()._read(min(seconds, 0.005) if self.others else seconds)


def scroll(*terminals: Scroller) -> list[Cells]:
    """Go through the session in all terminals at once and return their screens at its end."""
    for terminal in terminals:
        terminal.others = [other for other in terminals if other is not terminal]
        terminal.until_shown("0 keys")
        terminal.rest(0.2)
        terminal.most_waiting = 0
    count = 0
    for key, presses in SESSION:
        count += presses
        for terminal in terminals:
            terminal.hold(key, presses, rate=40)
        for terminal in terminals:
            terminal.until_shown(f"{count} keys")
            terminal.queued = terminal.queued or terminal.most_waiting
    for terminal in terminals:
        terminal.rest(0.3)
    return [terminal.cells() for terminal in terminals]


@pytest.mark.parametrize(("words", "silent"), CASES)
@pytest.mark.parametrize("repeat", range(10 if IS_FULL else 1))
def test_the_screen_is_the_one_without_flow_control(
    home: Path, words: tuple[str, ...], silent: bool, repeat: int
) -> None:
    with (
        Scroller(home, "steady", *words) as plain,
        Scroller(home, "line", *words, silent=silent) as sparing,
    ):
        expected, shown = scroll(plain, sparing)
        assert any("0399" in line for line in sparing.display()), "it has been scrolled"
        assert shown == expected
        assert len(sparing.raw) * 2 < len(plain.raw)
    report = home / "slow"
    if silent:
        assert not report.exists(), "nothing is known of it"
    else:
        assert sparing.queued < QUEUED, "updates queue on the way"
        round_trip, rate = map(float, report.read_text().split())
        assert round_trip >= SLOW.round_trip
        assert rate <= 2 * SLOW.bits_per_second / 8


@pytest.mark.parametrize("repeat", range(10 if IS_FULL else 1))
def test_what_textuals_own_table_draws_is_what_is_shown(home: Path, repeat: int) -> None:
    record = home / "record"
    argv = [sys.executable, "-W", "error", str(TABLE), str(record)]
    environ = environment(home, COLORTERM="truecolor")
    with ShapedTerminal(argv, environ=environ, line=FASTER) as terminal:
        recording = Recording(record)
        terminal.until_shown("detail of 0")
        for key, presses in [(DOWN, 30), (PAGE_DOWN, 4), (UP, 20), (PAGE_UP, 4), (DOWN, 10)]:
            terminal.hold(key, presses, rate=45)
            terminal.rest(0.2)
        recording.catch_up()
        assert not recording.is_held
        assert recording.updates > 20
        terminal.send(b"\t")
        terminal.until_shown("focus on Input")
        terminal.send(b"leave\r")
        assert terminal.wait() == 0
