"""When the next update may go over the line while a key is held down, so that none of them queue.

A held key makes more updates than a slow line carries. What is not sent at once waits in buffers on
the way, and the screen runs on for seconds after the key is released. So while a key repeats, an
update waits until the line is free, and what comes meanwhile becomes part of it. That it is free is
known from the answers to questions that every terminal answers, sent behind updates; where none is
answered, updates are only kept apart. No I/O here; the clock is passed in.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

HELD_WITHIN: Final = 0.2
"""Seconds after which the same key once more is another press and not a repeat."""

HELD_REPEATS: Final = 2
"""Repeats from which a key is held: two presses are often meant."""

HELD_RATE: Final = 8_500.0
"""Bytes a second for updates while a key is held: what the eye does not follow is not sent."""

SHARE: Final = 0.8
"""The part of a slow line that they may take, so that none of them finds it busy."""

REST: Final = 2.0
"""Times the pause between two repeats after which the key is taken to have been released."""

PATIENCE: Final = 2.0
"""Seconds after which a question counts as one that is not answered."""

DOUBT: Final = 0.1
"""Seconds that an answer may come later than expected and still be on its way."""

MEASURED: Final = 512
"""Bytes of an update from which its answer says how fast the line is."""

REMEMBERED: Final = 5
"""Measurements that say how fast the line is; the best of them counts."""

ENOUGH: Final = 3
"""Measurements from which the line is known."""

WEIGHT: Final = 0.3
"""The part that the latest pause between repeats has in what is expected of the next."""

SLOW_ROUND_TRIP: Final = 0.25
"""Seconds there and back from which a line is slow."""

SLOW_RATE: Final = 16_000.0
"""Bytes a second below which a line is slow: 128 kbit/s."""


class Question(NamedTuple):
    """A question that is on its way, behind so many bytes."""

    words: str
    asked_at: float
    size: int


class Flow:
    """What is known of the keys and of the line, and when the next update may go."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.question = ""
        """The question that this terminal answers, empty as long as none is known."""
        self.round_trip: float | None = None
        """Seconds that a few bytes take to the terminal, and the answer back; the least seen."""
        self._byte_times = deque[float](maxlen=REMEMBERED)
        self._open = deque[Question]()
        self._key = ""
        self._struck_at = float("-inf")
        self._repeats = 0
        self._pause = HELD_WITHIN
        self._sent_at = float("-inf")
        self._sent = 0

    @property
    def rate(self) -> float | None:
        """Bytes a second that the line carries, where that is known and has a limit."""
        return 1 / self._byte_time if self._byte_time else None

    @property
    def is_slow(self) -> bool:
        """Whether the line is slow, there and back or in what it carries; False until measured."""
        if self.round_trip is None or len(self._byte_times) < ENOUGH:
            return False
        return self.round_trip >= SLOW_ROUND_TRIP or self._byte_time > 1 / SLOW_RATE

    # What happens.

    def struck(self, key: str, at: float) -> None:
        """Note that a key was struck, or repeats."""
        pause = at - self._struck_at
        if key == self._key and pause <= HELD_WITHIN:
            self._repeats += 1
            self._pause += WEIGHT * (pause - self._pause)
        else:
            self._key, self._repeats, self._pause = key, 0, HELD_WITHIN
        self._struck_at = at

    def asked(self, words: str, size: int = 0) -> None:
        """Note that a question is on its way, behind an update of so many bytes."""
        self._open.append(Question(words, self._clock(), size))

    def answered(self, words: str, at: float) -> bool:
        """Note an answer, and return whether its question had been asked."""
        if all(question.words != words for question in self._open):
            return False
        question = self._open.popleft()
        while question.words != words:
            # Answers come in order: this terminal does not know what was asked before.
            question = self._open.popleft()
        if not self.question:
            self.question = words
            self._open = deque(other for other in self._open if other.words == words)
        self._measure(question.size, at - question.asked_at)
        return True

    def sent(self, size: int) -> str:
        """Note that an update was sent, and return the question to send behind it, often none."""
        self._sent_at, self._sent = self._clock(), size
        if self._open and self._gives_up_at() <= self._sent_at:
            self._open.clear()
            self.question = ""
        is_measured = len(self._byte_times) >= ENOUGH or size < MEASURED or self._open
        if not self.question or (is_measured and not self.is_held()):
            return ""
        self.asked(self.question, size)
        return self.question

    def restart(self) -> None:
        """Know of no key that is held, and expect no answers to what was asked before."""
        self._open.clear()
        self._repeats = 0

    # What follows from it.

    def is_held(self) -> bool:
        """Tell whether a key is held down."""
        return self._repeats >= HELD_REPEATS and self._clock() <= self._struck_at + HELD_WITHIN

    def due(self) -> float:
        """Return when an update may go, by the clock; a time that has passed for now."""
        if not self.is_held():
            return float("-inf")
        limit = self._sent_at + self._sent / HELD_RATE
        share = self._sent_at + self._sent * self._byte_time / SHARE
        rest = self._struck_at + REST * self._pause
        return max(self._free_at(), min(max(limit, share), rest))

    def answers_at(self) -> float:
        """Return when the last answer is expected, a time that has passed where none is."""
        if not self._open or not self.question:
            return float("-inf")
        return self._expected_at(self._open[-1])

    @property
    def _byte_time(self) -> float:
        # An answer may be late for many reasons, and is never early.
        return min(self._byte_times, default=0.0)

    def _free_at(self) -> float:
        """Return when nothing more is in the buffers on the way."""
        if not self._open or not self.question:
            return float("-inf")
        is_late = self._clock() > self._expected_at(self._open[0]) + DOUBT
        if is_late or not self._byte_times:
            return self._gives_up_at()
        return self._sent_at + self._sent * self._byte_time

    def _gives_up_at(self) -> float:
        return self._open[0].asked_at + PATIENCE

    def _expected_at(self, question: Question) -> float:
        return question.asked_at + (self.round_trip or 0) + question.size * self._byte_time

    def _measure(self, size: int, took: float) -> None:
        self.round_trip = min(took, took if self.round_trip is None else self.round_trip)
        if size >= MEASURED:
            self._byte_times.append((took - self.round_trip) / size)
