"""A terminal with a stopwatch: how much a program writes, how soon, and in how much memory."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyte

from tests.terminal.harness import LIMIT, lines_of
from tests.terminal.shaped import Line, ShapedTerminal

AT_HAND: Final = Line(float("inf"), 0.0, buffer=1 << 30)
"""No line at all."""

BURST: Final = 0.05
"""Seconds without output that end what a key does at once."""

QUIET: Final = 0.4
"""Seconds without output after which a screen has settled."""

SIZE: Final = (120, 40)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of one key."""

    at_once: int
    """Bytes up to the first pause."""
    settled: int
    """Bytes until nothing more came."""
    shown_after: float
    """Seconds from the key to the last byte before the first pause."""
    rested_after: float
    """Seconds from the key to the last byte."""


class Meter(ShapedTerminal):
    """A program in a terminal whose output is timed."""

    def __init__(
        self, argv: list[str], *, environ: Mapping[str, str], line: Line = AT_HAND
    ) -> None:
        self.arrivals: list[tuple[float, int]] = []
        """When something arrived, and how much there was in all afterwards."""
        self.started_at = time.monotonic()
        super().__init__(argv, environ=environ, line=line, size=SIZE)

    def _read(self, seconds: float) -> bool:
        arrived = super()._read(seconds)
        if arrived:
            self.arrivals.append((self.arrived_at, len(self.raw)))
        return arrived

    def until_written(self, pattern: bytes) -> float:
        """Read until the output matches; return the seconds since the start."""
        sought = re.compile(pattern)
        self.until(lambda: sought.search(self.raw) is not None, pattern.decode())
        return self.arrived_at - self.started_at

    def settle(self, quiet: float = QUIET) -> int:
        """Read until nothing has come for a while; return how much came."""
        before = len(self.raw)
        end = time.monotonic() + LIMIT
        self.rest(quiet)
        assert time.monotonic() < end, "it never settles"
        return len(self.raw) - before

    def press(self, key: bytes, quiet: float = QUIET) -> Pressed:
        """Press a key and wait until the screen has settled."""
        before, start, first = len(self.raw), time.monotonic(), len(self.arrivals)
        self.send(key)
        self.settle(quiet + self._line.round_trip)
        arrivals = self.arrivals[first:]
        if not arrivals:
            return Pressed(0, 0, 0.0, 0.0)
        shown_at, shown = arrivals[0]
        for at, size in arrivals[1:]:
            if at - shown_at > BURST:
                break
            shown_at, shown = at, size
        last_at, last = arrivals[-1]
        return Pressed(shown - before, last - before, shown_at - start, last_at - start)

    def presses(self, key: bytes, times: int, quiet: float = QUIET) -> list[Pressed]:
        """Press a key several times, each once the screen has settled."""
        return [self.press(key, quiet) for _ in range(times)]

    def resident(self) -> float:
        """Return the memory that the process has now, in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024

    def last_change(self, since: int, columns: slice, rows: slice) -> float:
        """Return when a part of the screen last changed, from the arrival number `since` on."""
        screen = pyte.Screen(*SIZE)
        stream = pyte.ByteStream(screen)
        start = self.arrivals[since - 1][1] if since else 0
        feed(stream, bytes(self.raw[:start]))
        seen, changed_at = part(screen, columns, rows), 0.0
        for at, size in self.arrivals[since:]:
            feed(stream, bytes(self.raw[start:size]))
            start, now = size, part(screen, columns, rows)
            if now != seen:
                seen, changed_at = now, at
        return changed_at


def feed(stream: pyte.ByteStream, data: bytes) -> None:
    """Feed what pyte understands."""
    stream.feed(re.sub(rb"\x1b\[[<>=][0-9;]*[a-z]|\x1b\[\?[0-9]+\$p", b"", data))


def part(screen: pyte.Screen, columns: slice, rows: slice) -> list[str]:
    """Return the text of a part of a screen."""
    return [line[columns] for line in lines_of(screen)[rows]]


def median(values: list[float] | list[int]) -> float:
    """Return the median."""
    return float(statistics.median(values))
