"""Bytes, and time, by key: the explorer on few and on many records, and its peers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.figures import Figure
from tests.benchmarks.meter import Meter, Pressed, median
from tests.benchmarks.programs import Program

DOWN, UP, PAGE_DOWN = b"\x1b[B", b"\x1b[A", b"\x1b[6~"

HELD: Final = 150
"""Presses of a key that is held down for five seconds."""

PER_SECOND: Final = 30.0
"""Presses a second of a key that is held down."""

TIMES: Final = 10
"""How often each key is pressed."""

START, STEP, STEP_AT_ONCE, HELD_STEP, SCROLL, PAGE, PAGE_SETTLED = (
    "start to settled screen",
    "cursor down, settled",
    "cursor down, at once",
    "cursor down, held, a step",
    "a step that scrolls",
    "page down",
    "page down, settled",
)

BUDGETS: Final = {START: 20_000, STEP: 1_500, HELD_STEP: 350, SCROLL: 3_000, PAGE: 3_500}
"""Bytes that each may take."""

SLOW_BYTES: Final = 0.5
"""Bytes of a page move where less is drawn against those where everything is."""

REST: Final = 1.6
"""Seconds without output after which nothing more follows a key, on a slow line either."""

BYTES_BY_SIZE: Final = 1.1
"""Bytes on the many records against those on the few."""

TIME_BY_SIZE: Final = 1.3
"""The same for times."""

MEMORY_BY_SIZE: Final = 1.5
"""The same for resident memory."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one program took."""

    bytes: dict[str, float]
    step_after: float
    """Seconds from a key to the cursor on its new row, the median."""
    resident: float
    """MiB after all of it."""


def sample(program: Program) -> Sample:
    """Start a program, press keys and return what it took."""
    down, page_down, up = map(program.key, (DOWN, PAGE_DOWN, UP))
    with program.open() as meter:
        program.await_rows(meter)
        start = len(meter.raw)
        # Long enough for what follows a step on a machine that has other work to do.
        steps = meter.presses(down, TIMES, REST)
        step = held(meter, down, HELD)
        meter.hold(up, HELD + 2 * TIMES, PER_SECOND)
        meter.settle()
        pages = meter.presses(page_down, TIMES, REST)
        meter.presses(down, 2)
        scrolls = scrolling(meter, down)
        resident = meter.resident()
    return Sample(
        {
            START: start,
            STEP: median([step.settled for step in steps]),
            STEP_AT_ONCE: median([step.at_once for step in steps]),
            HELD_STEP: step,
            SCROLL: median([step.at_once for step in scrolls]),
            PAGE: median([page.at_once for page in pages]),
            PAGE_SETTLED: median([page.settled for page in pages]),
        },
        median([step.shown_after for step in steps]),
        resident,
    )


def measure_alone(program: Program) -> Iterator[Figure]:
    """Measure another program, without budgets."""
    found = sample(program)
    for what, size in found.bytes.items():
        yield Figure(what, size, "bytes", note=program.name)
    yield Figure("cursor down", found.step_after * 1000, "ms", note=program.name)
    yield Figure("resident memory", found.resident, "MiB", note=program.name)


def held(meter: Meter, down: bytes, presses: int) -> float:
    """Hold the key for a step down; return the bytes for each, the settled screen included."""
    before = len(meter.raw)
    meter.hold(down, presses, PER_SECOND)
    meter.settle()
    return (len(meter.raw) - before) / presses


def scrolling(meter: Meter, down: bytes) -> list[Pressed]:
    """Return what steps take once the cursor is at the lower edge."""
    meter.hold(down, 40, PER_SECOND)
    meter.settle()
    return meter.presses(down, TIMES)


def measure(few: Program, many: Program) -> Iterator[Figure]:
    """Measure the explorer on few and on many records."""
    small, large = sample(few), sample(many)
    for found, program in ((small, few), (large, many)):
        for what, size in found.bytes.items():
            yield Figure(what, size, "bytes", BUDGETS.get(what), note=program.name)
        yield Figure("resident memory", found.resident, "MiB", note=program.name)
    for what, size in large.bytes.items():
        ratio = size / max(small.bytes[what], 1)
        yield Figure(what, ratio, "×", BYTES_BY_SIZE, note="bytes, many records against few")
    ratio = large.resident / small.resident
    yield Figure("resident memory", ratio, "×", MEMORY_BY_SIZE, note="many records against few")
    yield from measure_times(few, many)


def measure_slow(usual: Program, sparing: Program) -> Iterator[Figure]:
    """Measure what is written where less is to be drawn, against what usually is."""
    before, after = sample(usual), sample(sparing)
    for what in (START, STEP, SCROLL, PAGE, PAGE_SETTLED):
        yield Figure(what, after.bytes[what], "bytes", note=sparing.name)
        ratio = after.bytes[what] / before.bytes[what]
        most = SLOW_BYTES if what == PAGE_SETTLED else None
        yield Figure(what, ratio, "×", most, note="--slow against the usual")


def measure_times(few: Program, many: Program) -> Iterator[Figure]:
    """Measure how soon keys are on the screen; both in turns, so that the same falls on both."""
    with few.open() as small, many.open() as large:
        for program, meter in ((few, small), (many, large)):
            program.await_rows(meter)
        for what, key in (("cursor down", DOWN), ("page down", PAGE_DOWN)):
            pairs = [(small.press(key), large.press(key)) for _ in range(2 * TIMES)]
            before, after = (
                median([pressed.shown_after for pressed in column])
                for column in zip(*pairs, strict=True)
            )
            yield Figure(what, after * 1000, "ms", note=many.name)
            ratio = after / before
            yield Figure(what, ratio, "×", TIME_BY_SIZE, note="time, many records against few")
