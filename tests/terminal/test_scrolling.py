"""Lines that have moved are moved by the terminal, and the screen is the one that was wanted."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.terminal.frame import SYNC_END, SYNC_START, Frame
from tui.terminal.rendition import PLAIN
from tui.terminal.row import Row
from tui.terminal.scrolling import Shift, find

from .frames import DEPTH, Screen, Write, compare, holds, styled

COLUMNS, ROWS = 30, 12
SIZE = (COLUMNS, ROWS)

WORDS = ["deploy", "配置文件", "e\u0301te\u0301", "🚀 launch", "x", ""]
"""What lines begin with: narrow, wide and combining text, and nothing."""

LOOKS = ["", "7", "1;31", "38;2;1;2;3;48;2;4;5;6"]


class Pane(NamedTuple):
    """A list of numbered lines in a part of the screen, seen from its line `top` on."""

    left: int
    first: int
    height: int
    top: int
    cursor: int


def padded(text: str, width: int) -> str:
    """Return text that fills so many cells."""
    screen = Screen(COLUMNS, 1)
    screen.feed(text, (COLUMNS, 1))
    return text + " " * (width - screen.screen.cursor.x)


def drawn(pane: Pane) -> str:
    """Return what the compositor writes for all lines of a pane."""
    lines = []
    for row in range(pane.height):
        number = pane.top + row
        word = WORDS[number * 7 % len(WORDS)]
        line = padded(f"{word}{number * number * 7919 % 9_999_991:08}", COLUMNS - pane.left)
        look = "7" if number == pane.cursor else LOOKS[number * 5 % len(LOOKS)]
        lines.append(f"\x1b[{pane.first + row + 1};{pane.left + 1}H{styled(line, look)}")
    return "\n".join(lines)


def beside(left: int) -> str:
    """Return what the compositor writes for a sidebar of labels."""
    labels = [styled(f"{f'label {row}':<{left}}"[:left], "44") for row in range(ROWS)]
    return "\n".join(f"\x1b[{row + 1};1H{label}" for row, label in enumerate(labels))


@st.composite
def scrolled(draw: st.DrawFn) -> list[Write]:
    """Return a session of one pane, beside a sidebar or alone, that moves up and down."""
    left = draw(st.sampled_from([0, 0, 8, 20]))
    first = draw(st.integers(0, 3))
    height = draw(st.integers(5, ROWS - first))
    writes = [Write(beside(left), SIZE)] if left else []
    frames = draw(st.booleans())
    top = 40
    for step in draw(st.lists(st.integers(-5, 5), min_size=2, max_size=6)):
        top += step
        cursor = top + draw(st.integers(0, height))
        data = drawn(Pane(left, first, height, top, cursor)) + "\x1b[1;2H"
        parts = (SYNC_START, data, SYNC_END) if frames else (data,)
        writes += [Write(part, SIZE) for part in parts]
    return writes


@settings(deadline=None, max_examples=60 * DEPTH, suppress_health_check=[HealthCheck.too_slow])
@given(scrolled(), st.booleans(), holds)
def test_a_scrolled_screen_is_the_one_that_textual_would_have_left(
    writes: list[Write], erases: bool, holds: list[bool]
) -> None:
    compare(writes, erases=erases, holds=holds)


def sent(*panes: Pane, frames: bool = True) -> list[str]:
    """Return what is sent for a pane, beside a sidebar where it leaves room, as it moves."""
    frame = Frame()
    written = []
    for number, pane in enumerate(panes):
        data = drawn(pane) + "\x1b[1;2H"
        if not number and pane.left:
            data = beside(pane.left) + data
        if not frames:
            written.append(frame.write(data, *SIZE))
            continue
        frame.write(SYNC_START, *SIZE)
        frame.write(data, *SIZE)
        written.append(frame.write(SYNC_END, *SIZE))
    return written


WHOLE = Pane(left=0, first=1, height=10, top=40, cursor=40)
PART = WHOLE._replace(left=8)


def test_lines_that_go_up_are_moved() -> None:
    _, moved = sent(WHOLE, WHOLE._replace(top=41, cursor=41))
    assert moved.startswith("\x1b[2H\x1b[M\x1b[11H\x1b[L")
    assert len(moved) < 2 * COLUMNS + 60


def test_lines_that_go_down_are_moved() -> None:
    _, moved = sent(WHOLE, WHOLE._replace(top=38, cursor=38))
    assert moved.startswith("\x1b[10H\x1b[2M\x1b[2H\x1b[2L")


def test_a_part_of_the_screen_is_moved_only_where_nobody_sees_the_rest_of_it_move() -> None:
    after = PART._replace(top=41, cursor=41)
    framed = sent(PART, after)[1]
    assert framed.startswith(f"{SYNC_START}\x1b[2H\x1b[M")
    assert framed.endswith(SYNC_END)
    assert "\x1b[M" not in sent(PART, after, frames=False)[1]


def test_another_page_is_written() -> None:
    _, page = sent(WHOLE, WHOLE._replace(top=60, cursor=60))
    assert "M" not in page


def rows(*lines: str) -> list[Row]:
    return [Row(list(f"{line:<{COLUMNS}}"), [PLAIN] * COLUMNS) for line in lines]


def wished(lines: list[Row]) -> tuple[dict[int, Row], dict[int, tuple[int, int]]]:
    return dict(enumerate(lines)), dict.fromkeys(range(len(lines)), (0, COLUMNS))


NUMBERED = [f"{letter * 20} {number}" for number, letter in enumerate("abcdefghij")]


def test_what_moves_is_found() -> None:
    shown = rows(*NUMBERED)
    up = rows(*NUMBERED[2:], "new", "line")
    assert find(shown, *wished(up)) == Shift(0, 9, 2, is_whole=True)
    down = rows("new", *NUMBERED[:-1])
    assert find(shown, *wished(down)) == Shift(0, 9, -1, is_whole=True)


def test_each_line_knows_where_it_comes_from() -> None:
    up, down = Shift(2, 6, 2, is_whole=True), Shift(2, 6, -1, is_whole=True)
    assert [up.source(y) for y in range(1, 8)] == [1, 4, 5, 6, None, None, 7]
    assert [down.source(y) for y in range(1, 8)] == [1, None, 2, 3, 4, 5, 7]


@pytest.mark.parametrize(
    "lines",
    [
        NUMBERED,
        [*NUMBERED[1:4], *NUMBERED[3:]],
        [""] * 10,
        [*NUMBERED[5:], *NUMBERED[:5]][::-1],
    ],
    ids=["nothing moves", "few lines move", "blank lines", "another order"],
)
def test_nothing_is_moved_for_less(lines: list[str]) -> None:
    assert find(rows(*NUMBERED), *wished(rows(*lines))) is None


def test_lines_that_look_alike_have_not_moved() -> None:
    shown = rows("", *["·" * 20] * 8, "")
    assert find(shown, *wished(rows(*["·" * 20] * 9, ""))) is None


def test_what_nobody_knows_is_not_moved() -> None:
    disputed = "\x1b[6;1H🇩🇪"
    after = drawn(WHOLE._replace(top=41, cursor=41))
    frame = Frame()
    frame.write(drawn(WHOLE), *SIZE)
    frame.write(disputed, *SIZE)
    assert "\x1b[M" not in frame.write(after, *SIZE)


def test_nothing_is_moved_where_to_write_it_is_shorter() -> None:
    frame = Frame()
    lines = [f"{number:02}" for number in range(20)]
    written = []
    for top in (0, 1):
        rows = (f"\x1b[{y + 1};1H{lines[top + y]}" for y in range(ROWS))
        written.append(frame.write("".join(rows), *SIZE))
    assert "\x1b[M" not in written[1]
