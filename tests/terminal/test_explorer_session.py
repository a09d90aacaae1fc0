"""The explorer itself, used for a while over a slow line, looks as it does on Textual's driver."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyte
import pytest

from tests.depth import deep
from tests.explorer.window import KEYS

from .harness import environment
from .shaped import Line, ShapedTerminal
from .test_driver import Recording

RECORDED: Final = Path(__file__).with_name("recorded.py")

RECORDS: Final = 150

SIZE: Final = (110, 30)

SLOW: Final = Line(64_000, 0.1)
"""A line that carries less than held keys make."""

FAST: Final = Line(float("inf"), 0.0)

RATE: Final = 30.0
"""Presses a second of a key that is held down."""

LONG: Final = deep(4, 1)
"""Times as long as a key is held."""

Cells = list[list[pyte.screens.Char]]


class Step(NamedTuple):
    """A part of the session."""

    keys: tuple[str, ...]
    shows: str
    """A pattern of what is on the screen once all of it has been done."""
    held: int = 1
    """How often the keys come, as fast as a key repeats."""
    size: tuple[int, int] = SIZE
    """What the terminal's size is from then on."""


SMALL: Final = (80, 24)

SESSION: Final = (
    Step((), f"50 of {RECORDS}"),
    Step(("M",), f"{RECORDS} in all"),
    # The lines for newcomers go, and pages are as long as they are for everybody else.
    Step(("escape",), "r refresh|enter open"),
    Step(("down",), rf"row {20 * LONG + 1}\b", 20 * LONG),
    Step(("up",), rf"row {8 * LONG + 1}\b", 12 * LONG),
    Step(("home",), r"row 1\b"),
    Step(("pagedown",), r"row 76\b", 5),
    Step(("end",), rf"row {RECORDS}\b"),
    Step(("up",), rf"row {RECORDS - 25}\b", 25),
    Step(("b",), rf"row {RECORDS - 25}\b"),
    Step(("pageup",), r"row 65\b", 4),
    Step(("b", "3"), "esc back"),
    Step(("escape", "home"), r"row 1\b"),
    Step((), r"row 1\b", size=SMALL),
    Step(("pagedown",), r"row \d\d\b", 4, size=SMALL),
    # Up to here in every run, and all of it at full depth.
    Step(("f", "tab", "a", "b", "escape"), r"row \d\d\b", size=SMALL),
    Step(("home",), r"row 1\b", size=SMALL),
    Step((), r"row 1\b"),
    Step(("ctrl+d",), r"row \d\d\b", 4),
    Step(("ctrl+u",), r"row 1\b", 4),
    Step(("space", "down"), "5 marked", 5),
    Step(("s", "n", "home"), r"row 1\b"),
    Step(("down",), r"row 13\b", 12),
    Step(("s", "c", "home"), r"row 1\b"),
    Step(("/", "c", "o", "n", "f", "enter"), "hidden"),
    Step(("home", "j", "j", "j"), r"row 4\b"),
    Step(("escape",), f"{RECORDS} in all"),
    Step(("home", "3"), "esc back"),
    Step(("down",), "esc back", 10),
    Step(("2", "home"), r"row 1\b"),
    Step(("v",), "w wrap"),
    Step(("down",), "w wrap", 15),
    Step(("pagedown", "pageup"), "w wrap", 4),
    Step(("escape",), r"row 1\b"),
    Step(("?",), "scroll"),
    Step(("down",), "scroll", 20),
    Step(("escape",), r"row 1\b"),
    Step(("+",), r"row 1\b"),
    Step(("down",), r"row 31\b", 30),
    Step(("+", "ctrl+l"), r"row 31\b"),
    Step(("z", "z", "z"), r"row 31\b"),
)

SEEN: Final = re.compile(r"Seen +\d{4}-")

PART: Final = SESSION[: deep(len(SESSION), 14)]


class Seat(ShapedTerminal):
    """Somebody in front of the explorer."""

    def __init__(self, facts: dict[str, Any], home: Path, driver: str, **arguments: Any) -> None:
        self.others: list[Seat] = []
        """Terminals that carry on while this one is waited for."""
        home.mkdir(mode=0o700)
        self.record = home / "record"
        start = [str(RECORDED), str(self.record)] if driver == "line" else ["-m", "tui"]
        target = ["--endpoint", facts["endpoint"], "--region", facts["region"]]
        plain = [] if driver == "line" else ["--no-line-driver"]
        environ = environment(
            home,
            COLORTERM="truecolor",
            ALIBABA_CLOUD_ACCESS_KEY_ID=facts["access_key_id"],
            ALIBABA_CLOUD_ACCESS_KEY_SECRET=facts["access_key_secret"],
        )
        argv = [sys.executable, "-W", "error", *start, *target, *plain]
        super().__init__(argv, environ=environ, size=SIZE, **arguments)

    def cells(self) -> Cells:
        """Return what is shown, but for the line that says when this one has seen the record."""
        columns = range(self.screen.columns)
        return [
            [self.screen.buffer[y][x] for x in columns]
            for y, text in enumerate(self.display())
            if SEEN.search(text) is None
        ]

    def _read(self, seconds: float) -> bool:
        for other in self.others:
            super(Seat, other)._read(0)
        return super()._read(min(seconds, 0.005))


@pytest.fixture
def service(home: Path) -> Iterator[dict[str, Any]]:
    """Serve the same records to all of them."""
    argv = [sys.executable, "-m", "tui", "emulate", "--records", str(RECORDS)]
    with subprocess.Popen(argv, env=environment(home), stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def take(step: Step, plain: Seat, sparing: list[Seat]) -> None:
    """Do the same at all of them, and wait until all of them show the same."""
    for seat in (plain, *sparing):
        if (seat.screen.columns, seat.screen.lines) != step.size:
            seat.resize(*step.size)
        for number in range(step.held):
            for place, key in enumerate(step.keys):
                pause = (number * len(step.keys) + place) / RATE
                seat.send(KEYS.get(key) or key.encode(), after=pause)
    shows = re.compile(step.shows)
    plain.until(lambda: any(map(shows.search, plain.display())), step.shows)
    plain.rest(0.15)
    for seat in sparing:
        seat.until(lambda seat=seat: seat.cells() == plain.cells(), f"the same after {step}")  # type: ignore[misc]


@pytest.mark.parametrize("repeat", range(deep(10, 1)))
def test_the_explorer_shows_the_same_on_both_drivers(
    home: Path, service: dict[str, Any], repeat: int
) -> None:
    with ExitStack() as stack:

        def seat(name: str, driver: str, line: Line, *, silent: bool = False) -> Seat:
            made = Seat(service, home / name, driver, line=line, silent=silent)
            return stack.enter_context(made)

        plain = seat("plain", "steady", FAST)
        # A terminal that answers has its updates held until it does; a silent one never has.
        sparing = [seat("answers", "line", SLOW), seat("silent", "line", SLOW, silent=True)]
        seats = (plain, *sparing)
        for one in seats:
            one.others = [other for other in seats if other is not one]
        for step in PART:
            take(step, plain, sparing)
        for one in sparing:
            one.rest(0.3)
            assert one.cells() == plain.cells()
            assert len(one.raw) * 2 < len(plain.raw)

        for one in seats:
            one.send(b"q")
        for one in seats:
            assert one.wait() == 0
            one.assert_whole()
        for one in sparing:
            recording = Recording(one.record, SIZE)
            recording.catch_up()
            assert recording.updates > 100
            assert not recording.is_held, "the last update has been sent"
