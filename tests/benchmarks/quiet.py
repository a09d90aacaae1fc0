"""What is written while nobody does anything, wherever the focus is, and while the mouse moves."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.benchmarks.figures import Figure
from tests.benchmarks.meter import Meter
from tests.benchmarks.programs import Program

IDLE: Final = 60.0
"""Seconds of idleness."""

WATCHED: Final = "a table that is watched"

PLACES: Final = {
    "the table": b"",
    "an input": b"f\t",
    "a viewer": b"v",
    "a watched send": b"\x1b[FW",
}
"""Keys that lead from the table to where the focus is."""

WAKES: Final = 1.0
"""Times a second that the event loop may wake up for a timer."""

MOVES: Final = 100
"""Moves of the mouse."""


def measure(program: Program, idle: float = IDLE) -> Iterator[Figure]:
    """Measure all places at once."""
    with ExitStack() as stack:
        meters = {}
        for place, keys in PLACES.items():
            meter = stack.enter_context(program.open())
            program.await_rows(meter)
            if keys:
                meter.send(keys)
            meter.settle(1.0)
            meters[place] = meter, len(meter.raw)
        wakes = {place: woken(meter) for place, (meter, _) in meters.items()}
        end = time.monotonic() + idle
        while time.monotonic() < end:
            for meter, _ in meters.values():
                meter.read(0.05)
        for place, (meter, before) in meters.items():
            what = f"idle for {idle:.0f} s, focus in {place}"
            yield Figure(what, len(meter.raw) - before, "bytes", 0, note=program.name)
            often = (woken(meter) - wakes[place]) / idle
            # What is watched is asked for, and every answer wakes somebody.
            most = None if place == WATCHED else WAKES
            yield Figure(f"{what}, wakes", often, "a second", most, note=program.name)
        meter, _ = meters["the table"]
        yield Figure(f"{MOVES} mouse moves", moved(meter), "bytes", 0, note=program.name)


def woken(meter: Meter) -> int:
    """Return how often the main thread has gone to sleep, and so has been woken up."""
    process = meter.process.pid
    status = Path(f"/proc/{process}/task/{process}/status").read_text()
    found = re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", status)
    assert found is not None
    return int(found[1])


def moved(meter: Meter, moves: int = MOVES) -> int:
    """Move the mouse over the table; return how many bytes that took."""
    before = len(meter.raw)
    for number in range(moves):
        column, row = 40 + number % 60, 4 + number % 16
        meter.send(b"\x1b[<35;%d;%dM" % (column, row))
        meter.read(0.005)
    meter.settle()
    return len(meter.raw) - before
