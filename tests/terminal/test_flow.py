"""A held key puts no more on the line than it carries, and the last update is never left out."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.flow import HELD_RATE, HELD_WITHIN, PATIENCE, Flow

ASKED = "\x1b[?2026$p"
ALSO_ASKED = "\x1b[6n"

REPEAT = 1 / 30
"""Seconds between the repeats of a held key."""


@dataclass
class Simulation:
    """A driver, a line and a terminal at the end of it, in a time of their own."""

    rate: float
    """Bytes a second that the line carries."""
    round_trip: float
    answers: bool = True
    size: int = 1000
    """Bytes of each update."""

    now: float = 0.0
    shown: int = 0
    """The number of the key whose effect is on the screen."""
    shown_at: float = 0.0
    updates: int = 0
    most_waiting: float = 0.0
    """The most seconds that an update waited in a buffer on the way."""
    _wanted: int = 0
    _sent: int = 0
    _free_at: float = 0.0
    _wakes_at: float | None = None
    _numbers: count[int] = field(default_factory=count)
    _events: list[tuple[float, int, str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.flow = Flow(lambda: self.now)
        self.ask(ASKED)

    def at(self, time: float, what: str, value: float = 0) -> None:
        heapq.heappush(self._events, (time, next(self._numbers), what, value))

    def ask(self, words: str, size: int = 0) -> None:
        self.flow.asked(words, size)
        if self.answers:
            self.at(self.now + self.round_trip, "answer")

    def press(self, presses: int, every: float = REPEAT) -> None:
        for number in range(presses):
            self.at(self.now + self.round_trip / 2 + number * every, "key")

    def run(self, until: float = float("inf")) -> None:
        """Let everything happen up to a time."""
        while self._events and self._events[0][0] <= until:
            self.now, _, what, value = heapq.heappop(self._events)
            getattr(self, f"_{what}")(value)
        self.now = max(self.now, until) if until < float("inf") else self.now

    def _key(self, _: float) -> None:
        self.flow.struck("down", self.now)
        self._wanted += 1
        self._send_or_wait()

    def _answer(self, _: float) -> None:
        self.flow.answered(ASKED, self.now)
        self._send_or_wait()

    def _show(self, number: float) -> None:
        self.shown, self.shown_at = int(number), self.now

    def _wake(self, time: float) -> None:
        if time == self._wakes_at:
            self._wakes_at = None
            self._send_or_wait()

    def _send_or_wait(self) -> None:
        if self._sent == self._wanted:
            return
        due = self.flow.due()
        if due > self.now:
            if self._wakes_at is None:
                self._wakes_at = due
                self.at(due, "wake", due)
            return
        self._sent = self._wanted
        self.updates += 1
        self.most_waiting = max(self.most_waiting, self._free_at - self.now)
        self._free_at = max(self._free_at, self.now) + self.size / self.rate
        question = self.flow.sent(self.size)
        self.at(self._free_at + self.round_trip / 2, "show", self._sent)
        if question and self.answers:
            self.at(self._free_at + self.round_trip, "answer")


SLOW = (56_000 / 8, 0.3)
FASTER = (115_200 / 8, 0.2)


@pytest.mark.parametrize("line", [SLOW, FASTER, (9_600 / 8, 0.1)])
def test_updates_do_not_queue(line: tuple[float, float]) -> None:
    simulation = Simulation(*line)
    simulation.run(1)
    simulation.press(150)
    simulation.run()
    assert simulation.shown == 150
    # What is there before anything has been measured: the two presses before a key is held.
    assert simulation.most_waiting <= 3 * simulation.size / simulation.rate


@pytest.mark.parametrize("line", [SLOW, FASTER])
@pytest.mark.parametrize("size", [400, 800])
def test_the_screen_stops_soon_after_the_key(line: tuple[float, float], size: int) -> None:
    simulation = Simulation(*line, size=size)
    simulation.run(1)
    simulation.press(150)
    released = simulation.now + 149 * REPEAT
    simulation.run()
    assert simulation.shown == 150
    assert simulation.shown_at - released <= 2 * simulation.round_trip


def test_a_fast_line_is_not_filled_either() -> None:
    simulation = Simulation(10_000_000, 0.001)
    simulation.run(1)
    simulation.press(150)
    simulation.run()
    assert simulation.shown == 150
    assert simulation.updates * simulation.size <= 150 * HELD_RATE * REPEAT * 1.1
    assert simulation.updates * simulation.size >= 150 * HELD_RATE * REPEAT * 0.7


def test_keys_that_are_not_held_are_not_kept_waiting() -> None:
    simulation = Simulation(*SLOW)
    simulation.run(1)
    simulation.press(3, every=HELD_WITHIN * 1.5)
    simulation.run()
    simulation.press(2, every=0.01)
    simulation.run()
    assert simulation.updates == 5


def test_a_terminal_that_answers_nothing_is_not_waited_for() -> None:
    simulation = Simulation(1_000_000, 0.1, answers=False)
    simulation.press(60)
    released = simulation.now + 59 * REPEAT
    simulation.run()
    assert simulation.shown == 60
    assert simulation.shown_at - released < simulation.size / HELD_RATE + 0.2
    assert simulation.flow.question == ""


def test_a_terminal_that_ceases_to_answer_is_waited_for_once() -> None:
    simulation = Simulation(1_000_000, 0.1)
    simulation.run(1)
    simulation.press(30)
    simulation.run(1.5)
    simulation.answers = False
    simulation._events = [event for event in simulation._events if event[2] != "answer"]
    simulation.press(150)
    simulation.run(simulation.now + PATIENCE + 0.5)
    updates = simulation.updates
    simulation.run()
    assert simulation.shown == 180
    assert simulation.updates - updates > 5, "they go on as if it had never answered"


def test_the_question_is_the_one_that_is_answered() -> None:
    now = 0.0
    flow = Flow(lambda: now)
    flow.asked(ASKED)
    flow.asked(ALSO_ASKED)
    assert flow.answered(ALSO_ASKED, 0.2)
    assert flow.question == ALSO_ASKED
    assert flow.round_trip == 0.2
    assert not flow.answered(ASKED, 0.3), "it has been given up"

    flow = Flow(lambda: now)
    flow.asked(ASKED)
    flow.asked(ALSO_ASKED)
    assert flow.answered(ASKED, 0.2)
    assert flow.question == ASKED
    assert not flow.answered(ALSO_ASKED, 0.2), "one is enough"
    assert flow.answers_at() < now


def test_what_was_not_asked_is_no_answer() -> None:
    flow = Flow(lambda: 0.0)
    assert not flow.answered(ASKED, 1.0)
    assert flow.round_trip is None


@pytest.mark.parametrize(
    ("line", "is_slow"),
    [(SLOW, True), (FASTER, True), ((1_000_000, 0.3), True), ((1_000_000, 0.05), False)],
)
def test_a_slow_line_is_known_once_it_has_been_measured(
    line: tuple[float, float], is_slow: bool
) -> None:
    simulation = Simulation(*line, size=2000)
    simulation.run(1)
    assert not simulation.flow.is_slow
    for _ in range(4):
        simulation.press(1)
        simulation.run(simulation.now + 3)
    assert simulation.flow.is_slow == is_slow
    rate = simulation.flow.rate
    assert rate is not None
    assert rate == pytest.approx(simulation.rate, rel=0.05)


def test_questions_stop_once_the_line_is_known() -> None:
    simulation = Simulation(*SLOW, size=2000)
    simulation.run(1)
    for _ in range(4):
        simulation.press(1)
        simulation.run(simulation.now + 3)
    assert simulation.flow.sent(2000) == ""


@given(
    st.sampled_from([300.0, 7_000.0, 14_400.0, 10_000_000.0]),
    st.sampled_from([0.0, 0.05, 0.6]),
    st.booleans(),
    st.lists(st.sampled_from([0.005, REPEAT, 0.15, 0.5, 3.0]), min_size=1, max_size=60),
)
def test_the_last_update_is_always_sent_and_in_time(
    rate: float, round_trip: float, answers: bool, pauses: list[float]
) -> None:
    simulation = Simulation(rate, round_trip, answers=answers, size=300)
    struck_at = 0.0
    for pause in pauses:
        struck_at += pause
        simulation.at(struck_at, "key")
    simulation.run()
    assert simulation.shown == len(pauses)
    # No later than the time limit for answers, and what the line itself needs for all of them.
    assert simulation.shown_at <= struck_at + PATIENCE + round_trip + (len(pauses) * 300) / rate + 1
