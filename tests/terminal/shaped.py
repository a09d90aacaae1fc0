"""A pseudo-terminal at the end of a line that is slow both ways."""

from __future__ import annotations

import heapq
import os
import select
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from .harness import Terminal

PIECE: Final = 128
"""Bytes that arrive together."""


@dataclass(frozen=True, slots=True)
class Line:
    """How slow a line is."""

    bits_per_second: float
    round_trip: float
    """Seconds there and back."""
    buffer: int = 65_536
    """Bytes on the way after which the program has to wait."""


MODEM: Final = Line(56_000, 0.3)
MOBILE: Final = Line(115_200, 0.2)


class ShapedTerminal(Terminal):
    """A terminal that sees what is written, and is heard, only after a while.

    `raw` is what has arrived; `arrived_at` says when the last of it did.
    """

    def __init__(
        self, argv: list[str], *, environ: Mapping[str, str], line: Line, **arguments: Any
    ) -> None:
        self._line = line
        self._underway = deque[tuple[float, bytes]]()
        self._waiting = 0
        self.most_waiting = 0
        """The most bytes that were on their way at once."""
        self._free_at = 0.0
        self._keys: list[tuple[float, int, bytes]] = []
        self._numbers = count()
        self.arrived_at = 0.0
        super().__init__(argv, environ=environ, **arguments)

    def send(self, data: bytes, *, after: float = 0.0) -> None:
        """Press keys, `after` so many seconds; they arrive later."""
        arrival = time.monotonic() + after + self._line.round_trip / 2
        heapq.heappush(self._keys, (arrival, next(self._numbers), data))

    def hold(self, key: bytes, presses: int, rate: float = 30.0) -> float:
        """Hold a key down; return when the last press will be, by the monotonic clock."""
        for number in range(presses):
            self.send(key, after=number / rate)
        return time.monotonic() + (presses - 1) / rate

    def rest(self, seconds: float) -> None:
        """Read until nothing has arrived for so long and nothing is on its way."""
        start = time.monotonic()

        def rests() -> bool:
            is_moving = self._keys or self._underway
            return not is_moving and time.monotonic() - max(self.arrived_at, start) > seconds

        self.until(rests, "a rest")

    def _read(self, seconds: float) -> bool:
        """Carry on for at most so long; return whether anything has arrived."""
        end = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            self._press(now)
            due = [end, *(at for at, _ in list(self._underway)[:1])]
            due += [self._keys[0][0]] if self._keys else []
            has_room = self.master >= 0 and self._waiting < self._line.buffer
            readable = [self.master] if has_room else []
            if select.select(readable, [], [], max(min(due) - now, 0))[0] and not self._take():
                return False
            now = time.monotonic()
            if self._arrive(now):
                return True
            if now >= end:
                return False

    def _press(self, now: float) -> None:
        while self._keys and self._keys[0][0] <= now:
            os.write(self.master, heapq.heappop(self._keys)[2])

    def _take(self) -> bool:
        try:
            data = os.read(self.master, 4096)
        except OSError:
            return False
        self._free_at = max(self._free_at, time.monotonic())
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            self._free_at += 8 * len(piece) / self._line.bits_per_second
            self._underway.append((self._free_at + self._line.round_trip / 2, piece))
        self._waiting += len(data)
        self.most_waiting = max(self.most_waiting, self._waiting)
        return bool(data)

    def _arrive(self, now: float) -> bool:
        before = len(self.raw)
        while self._underway and self._underway[0][0] <= now:
            self.arrived_at, piece = self._underway.popleft()
            self.raw += piece
            self._waiting -= len(piece)
        if len(self.raw) == before:
            return False
        self._answer()
        return True
