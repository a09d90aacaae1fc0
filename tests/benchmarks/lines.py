"""The explorer at the end of slow lines: how soon a key is on the screen, and a held key's end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.benchmarks.figures import Figure
from tests.benchmarks.keys import DOWN, HELD, PAGE_DOWN, PER_SECOND, TIMES
from tests.benchmarks.meter import Meter, median
from tests.benchmarks.programs import Program
from tests.terminal.shaped import MOBILE, MODEM, Line

LINES: Final = {"56 kbit/s, 300 ms": MODEM, "115 kbit/s, 200 ms": MOBILE}

STEP_ALLOWED: Final = 120.0
"""Milliseconds on top of a round trip until a step is on the screen."""

PAGE_ALLOWED: Final = 1200.0
"""Milliseconds until a page is on the screen."""

RELEASE_TRIPS: Final = 2.0
"""Round trips after its release within which a held key has ended."""

HOLDS: Final = 5
"""How often the key is held down; where it is released in a cycle of updates is chance."""

ESCAPE: Final = b"\x1b"

TABLE_COLUMNS, TABLE_ROWS = slice(28, None), slice(2, 23)
"""Where the rows are on the screen."""


def measure(program: Program, *, times: int = TIMES, presses: int = HELD) -> Iterator[Figure]:
    """Measure the explorer over each line."""
    for name, line in LINES.items():
        yield from over(program, line, f"{program.name}, {name}", times, presses)


def over(program: Program, line: Line, note: str, times: int, presses: int) -> Iterator[Figure]:
    """Measure a program over one line."""
    trip = line.round_trip * 1000
    with program.open(line) as meter:
        after = meter.until_written(program.ready)
        meter.settle()
        yield Figure("rows on the screen after the start", after, "s", note=note)
        # The words of a first start go, and the table has the place that it has ever after.
        meter.send(ESCAPE)
        meter.settle()
        steps = meter.presses(DOWN, times)
        step = median([step.shown_after * 1000 for step in steps])
        yield Figure("cursor down, on the screen", step, "ms", trip + STEP_ALLOWED, note=note)
        pages = meter.presses(PAGE_DOWN, times)
        page = median([page.shown_after * 1000 for page in pages])
        yield Figure("page down, on the screen", page, "ms", PAGE_ALLOWED, note=note)

        lags = [hold(meter, presses, line) for _ in range(HOLDS)]
        for what, column, most in (
            ("held key, rows at rest after release", 0, RELEASE_TRIPS * trip),
            ("held key, everything at rest", 1, None),
        ):
            lag = median([lag[column] for lag in lags]) * 1000
            yield Figure(what, lag, "ms", most, note=f"{note}, median of {HOLDS}")
        size = median([lag[2] for lag in lags])
        yield Figure("cursor down, held, a step", size, "bytes", note=note)


def hold(meter: Meter, presses: int, line: Line) -> tuple[float, float, float]:
    """Hold a key down; return the seconds to rest of the rows, of all, and the bytes a step."""
    first, before = len(meter.arrivals), len(meter.raw)
    released = meter.hold(DOWN, presses, PER_SECOND)
    meter.settle(2 * line.round_trip)
    rows_rest = meter.last_change(first, TABLE_COLUMNS, TABLE_ROWS)
    size = (len(meter.raw) - before) / presses
    return max(rows_rest - released, 0.0), max(meter.arrived_at - released, 0.0), size
