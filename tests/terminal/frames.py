"""Random updates as Textual writes them, and the two screens on which they are compared."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple

import pyte
from hypothesis import strategies as st

from tui.terminal.frame import SYNC_END, SYNC_START, Frame

DEPTH = 10 if os.environ.get("SENDFILE_EXPLORER_TEST_DEPTH") == "full" else 1
"""Times as many examples."""

COLUMNS, ROWS = 14, 6

GLYPHS = [
    *"ab  ",
    "é",
    "─",
    "中",
    "\uff57",
    "🚀",
    "e\u0301",
    "中\u0301",
    "\u0301",
    "👩\u200d🚀",
    "🇩🇪",
    "👍🏽",
    "✈\ufe0f",
    "\u1161",
    "\ue0b0",
]
"""Narrow, wide, combining and disputed text."""

LOOKS = ["", "1", "3;4", "7", "9;31", "32;44", "38;5;9;48;5;17", "38;2;1;2;3;48;2;4;5;6", "91;100"]


OTHERS = "\x1b[2J\x1b[2;2Ha word of others 中\x1b[m"
"""What something else writes on the screen, behind the driver's back."""

FORGOTTEN = "forgotten"
"""Stands for such words, and a driver that is told to forget what was there."""


class Write(NamedTuple):
    """What a driver is told, and the size of the terminal at that time."""

    data: str
    size: tuple[int, int] = (COLUMNS, ROWS)


def styled(text: str, look: str) -> str:
    return f"\x1b[{look}m{text}\x1b[0m" if look else text


segments = st.builds(
    styled, st.lists(st.sampled_from(GLYPHS), max_size=8).map("".join), st.sampled_from(LOOKS)
)
lines = st.lists(segments, max_size=3).map("".join)
ground = st.sampled_from(LOOKS)


@st.composite
def runs(draw: st.DrawFn) -> str:
    """Return what the compositor writes for the spans that have changed."""
    spans = draw(
        st.lists(
            st.tuples(st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1), lines),
            min_size=1,
            max_size=5,
        )
    )
    written = []
    for number, (y, x, line) in enumerate(spans):
        written.append(f"\x1b[{y + 1};{x + 1}H{line}")
        if number + 1 < len(spans) and y < ROWS - 1 and draw(st.booleans()):
            written.append("\n")
    return "".join(written)


@st.composite
def screens(draw: st.DrawFn) -> str:
    """Return what the compositor writes for a whole screen."""
    ground_look = draw(ground)
    rows = []
    for y in range(ROWS):
        head = draw(st.text("abc ", max_size=COLUMNS))
        look = draw(ground)
        rest = styled(" " * (COLUMNS - len(head)), ground_look)
        rows.append(f"\x1b[{y + 1};1H{styled(head, look)}{rest}")
    return "\n".join(rows)


places = st.tuples(st.integers(1, ROWS), st.integers(1, COLUMNS)).map(
    lambda place: f"\x1b[{place[0]};{place[1]}H"
)
updates = st.builds(str.__add__, st.one_of(runs(), runs(), screens()), places)
others = st.sampled_from(
    [
        "\x07",
        "\x1b]52;c;eA==\x07",
        "\x1b[?1003h",
        "\x1b[2J",
        "\x1b[3;3Hx\x1b[2;2H\x1b[1Jy\x1b[1;1H",
        "\x1b[2;2Hfoo\x1b[1@",
        "\x1b[6;1Hlast\n\x1b[1;1H",
        "\x1b[2;1Hred \x1b[31mgreen\x1b[1;1H\x1b[m",
        "text without a place",
    ]
)
sizes = st.sampled_from([(COLUMNS, ROWS)] * 6 + [(COLUMNS - 4, ROWS - 2), (COLUMNS + 3, ROWS + 2)])


@st.composite
def sessions(draw: st.DrawFn) -> list[Write]:
    """Return updates, framed or not, with other sequences and changes of size in between."""
    writes: list[Write] = []
    for _ in range(draw(st.integers(1, 7))):
        if draw(st.integers(0, 5)) == 0:
            # All is drawn again, as it is after a suspension, a dump or on the user's wish.
            writes += [Write(FORGOTTEN), Write(draw(screens()) + draw(places))]
        size = draw(sizes)
        if draw(st.integers(0, 5)) == 0:
            writes.append(Write(draw(others), size))
        if draw(st.booleans()):
            parts = draw(st.lists(updates, min_size=1, max_size=2))
            if draw(st.integers(0, 7)) == 0:
                parts.append(draw(others))
            writes += [Write(data, size) for data in (SYNC_START, *parts, SYNC_END)]
        else:
            writes.append(Write(draw(updates), size))
    return writes


holds = st.one_of(st.just([False]), st.lists(st.booleans(), min_size=1, max_size=8))
"""Which updates are held back, over and over."""


class Screen:
    """What a terminal with line wrap off shows."""

    def __init__(self, columns: int = COLUMNS, rows: int = ROWS) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed("\x1b[?7l")

    def feed(self, data: str, size: tuple[int, int]) -> None:
        if size != (self.screen.columns, self.screen.lines):
            for row in self.screen.buffer.values():
                # pyte keeps what an insertion has pushed over the edge, and no terminal does.
                for x in [x for x in row if x >= self.screen.columns]:
                    del row[x]
            self.screen.resize(size[1], size[0])
        self.stream.feed(data)

    def cells(self) -> list[list[pyte.screens.Char]]:
        screen = self.screen
        return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]

    def cursor(self) -> tuple[int, int]:
        return min(self.screen.cursor.x, self.screen.columns - 1), self.screen.cursor.y


def compare(writes: list[Write], *, erases: bool, holds: Sequence[bool] = (False,)) -> None:
    """Compare two screens after each update that is not held back, and at the end."""
    size = writes[0].size
    plain, sparing, frame = Screen(*size), Screen(*size), Frame(erases=erases)
    framed = False
    for (data, after), hold in zip(writes, cycle(holds), strict=False):
        if after != size:
            # What is held back for another size is dropped, for all is drawn anew.
            sparing.feed(frame.release(), size)
            size = after
        if data == FORGOTTEN:
            frame.forget()
            sparing.feed(OTHERS, size)
            continue
        plain.feed(data, size)
        sparing.feed(frame.write(data, *size, hold=hold), size)
        framed = data == SYNC_START or (framed and data != SYNC_END)
        if not framed and not frame.is_held:
            assert sparing.cells() == plain.cells()
            if data.endswith("H"):
                assert sparing.cursor() == plain.cursor()
    sparing.feed(frame.release(), size)
    assert sparing.cells() == plain.cells()
