"""Starts, taken in turns: the first frame against a bare Textual application's, and `--version`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

from tests.benchmarks.figures import Figure
from tests.benchmarks.meter import median
from tests.benchmarks.programs import Program, bare
from tests.terminal.harness import environment

STARTS: Final = 15
"""Starts of each; odd, so that one of them is the median."""

FRAME_ALLOWED: Final = 1.5
"""Times a bare application's first frame."""

VERSION_ALLOWED: Final = 2.0
"""Times `python -c pass`."""


def in_turns(starts: int, *takes: Callable[[], float]) -> list[float]:
    """Take times in turns, so that what else the machine does falls on all; return the medians."""
    for take in takes:
        take()
    times = [[take() for take in takes] for _ in range(starts)]
    return [median(list(column)) for column in zip(*times, strict=True)]


def measure(program: Program, starts: int = STARTS) -> Iterator[Figure]:
    """Measure how soon a program shows its first frame, which has the rows in it."""
    least = bare(program.home)
    base, rows = in_turns(
        starts, lambda: shown(least, least.ready), lambda: shown(program, program.ready)
    )
    note = f"{program.name}, median of {starts}"
    yield Figure("first frame", base * 1000, "ms", note=least.name)
    yield Figure("first frame, with rows", rows * 1000, "ms", note=note)
    against = f"against the {least.name}"
    yield Figure("first frame, with rows", rows / base, "×", FRAME_ALLOWED, note=against)


def shown(program: Program, pattern: bytes) -> float:
    """Start a program; return the seconds until its output matches."""
    with program.open() as meter:
        return meter.until_written(pattern)


def measure_version(program: Program, starts: int = STARTS) -> Iterator[Figure]:
    """Measure `--version` against an interpreter that does nothing."""
    environ = environment(program.home)

    def taken(*words: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], env=environ, check=True, capture_output=True)
        return time.perf_counter() - start

    nothing, version = in_turns(
        starts, lambda: taken("-c", "pass"), lambda: taken("-m", "tui", "--version")
    )
    yield Figure("--version", version * 1000, "ms", note=f"median of {starts}")
    yield Figure("--version", version / nothing, "×", VERSION_ALLOWED, note="against -c pass")
