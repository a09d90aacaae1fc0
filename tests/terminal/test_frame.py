"""What is sent instead of a frame leaves the same screen, in fewer bytes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.terminal.cells import split
from tui.terminal.frame import SYNC_END, SYNC_START, SYNC_WORTH, Frame
from tui.terminal.rendition import PLAIN, Rendition, UnreadableError, applied, change

from .frames import COLUMNS, DEPTH, ROWS, Write, compare, holds, sessions


@settings(deadline=None, max_examples=150 * DEPTH, suppress_health_check=[HealthCheck.too_slow])
@given(sessions(), st.booleans(), holds)
def test_the_screen_is_the_one_that_textual_would_have_left(
    writes: list[Write], erases: bool, holds: list[bool]
) -> None:
    compare(writes, erases=erases, holds=holds)


AWKWARD = {
    "the right half is written over and is in a gap later": [
        "\x1b[1;1Ha中cdef",
        "\x1b[1;3Hb",
        "\x1b[1;1Hx\x1b[1;6Hy",
    ],
    "the left half is written over and is in a gap later": [
        "\x1b[1;1Ha中cdef",
        "\x1b[1;2Hb",
        "\x1b[1;1Hx\x1b[1;6Hy",
    ],
    "a wide character comes and goes in one update": [
        "\x1b[1;1Hzzzzzz",
        SYNC_START,
        "\x1b[1;2H中",
        "\x1b[1;2Hb",
        SYNC_END,
    ],
    "what is lost lies between two changes": [
        "\x1b[1;1Ha中cdef",
        SYNC_START,
        "\x1b[1;3Hb",
        "\x1b[1;1Hx",
        SYNC_END,
    ],
    "a style is left in force": ["\x1b[1;1H\x1b[31mred\x1b[1;5Hred too\x1b[m"],
    "disputed text comes after a style": [
        SYNC_START,
        "\x1b[1;1H\x1b[31mred\x1b[0m",
        "\x1b[2;1H🇩🇪",
        SYNC_END,
    ],
    "what is in a gap is unknown": ["\x1b[1;1H🇩🇪abcdef", "\x1b[1;1Hx\x1b[1;5Hy"],
    "a mark comes before any character": [
        "\x1b[1;1H" + "a" * COLUMNS,
        "\x1b[2;1H\u0301b",
        "\x1b[1;1H" + "a" * COLUMNS,
    ],
    "only the left half changes": ["\x1b[1;1H中文", "\x1b[1;1H国文", "\x1b[1;1H国字"],
    "only the look of a wide character changes": ["\x1b[1;1H中文", "\x1b[1;1H\x1b[7m中\x1b[0m文"],
    "a wide character does not fit": [f"\x1b[1;{COLUMNS}H中", f"\x1b[1;{COLUMNS - 1}Hab"],
    "the last cell of all is written": [f"\x1b[{ROWS};{COLUMNS}Hx\x1b[1;1H", f"\x1b[{ROWS};1Hab"],
}


@pytest.mark.parametrize("writes", AWKWARD.values(), ids=AWKWARD.keys())
def test_awkward_updates_leave_the_same_screen(writes: list[str]) -> None:
    compare([Write(data) for data in writes], erases=True)


looks = st.builds(
    Rendition,
    st.sets(st.sampled_from([1, 2, 3, 4, 7, 9])).map(sorted).map(tuple),
    st.sampled_from(["", "31", "97", "38;5;9", "38;2;1;2;3"]),
    st.sampled_from(["", "44", "100", "48;5;17", "48;2;4;5;6"]),
)


@given(looks, looks)
def test_the_change_from_one_look_to_another_leads_there(
    before: Rendition, after: Rendition
) -> None:
    sequence = change(before, after)
    parameters = sequence.removeprefix("\x1b[").removesuffix("m")
    assert (applied(before, parameters) if sequence else before) == after
    whole = ["0", *map(str, after.attributes), after.foreground, after.background]
    assert len(sequence) <= len(f"\x1b[{';'.join(filter(None, whole))}m")


@pytest.mark.parametrize("parameters", ["38", "38;5", "38;2;1;2", "38;7;1", "10", "73"])
def test_looks_that_nobody_draws_with_are_not_read(parameters: str) -> None:
    with pytest.raises(UnreadableError):
        applied(PLAIN, parameters)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("ab", ("a", "b")),
        ("中a", ("中", "", "a")),
        ("e\u0301x", ("e\u0301", "x")),
        ("中\u0301", ("中\u0301", "")),
        ("🚀", ("🚀", "")),
        ("\ue0b0", ("\ue0b0",)),
        ("\u0301a", None),
        ("🇩🇪", None),
        ("👍🏽", None),
        ("👩\u200d🚀", None),
        ("✈\ufe0f", None),
        ("\u1161", None),
        ("\u0378", None),
    ],
)
def test_text_whose_width_is_disputed_has_no_cells(
    text: str, cells: tuple[str, ...] | None
) -> None:
    assert split(text) == cells


def sent(*writes: str, erases: bool = True) -> list[str]:
    frame = Frame(erases=erases)
    return [frame.write(data, COLUMNS, ROWS) for data in writes]


HOME = "\x1b[1;1H"
BLUE = "\n".join(f"\x1b[{y};1H\x1b[44m{'a line':<{COLUMNS}}\x1b[0m" for y in range(1, ROWS + 1))
"""A whole screen of one colour."""

COLOURFUL = "".join(
    f"\x1b[{y};1H" + "".join(f"\x1b[38;2;{x};{y};9m{x % 10}\x1b[0m" for x in range(COLUMNS))
    for y in range(1, ROWS + 1)
)
"""A screen in which no two cells look the same."""


def test_what_is_there_already_is_not_sent() -> None:
    assert sent(BLUE + HOME, BLUE + HOME, HOME)[1:] == ["", ""]


def test_one_cell_is_sent_alone() -> None:
    changed = BLUE.replace("a line", "a lime", 1)
    assert sent(BLUE + HOME, changed + HOME)[1] == "\x1b[4C\x1b[44mm\x1b[G\x1b[m"


def test_a_look_changes_by_what_differs() -> None:
    look, other = "\x1b[1;38;2;1;2;3;48;2;4;5;6m", "\x1b[1;38;2;9;9;9;48;2;4;5;6m"
    written = sent(f"{HOME}{look}a\x1b[0m{other}b\x1b[0m")[0]
    assert written == f"\x1b[H{look}a\x1b[38;2;9;9;9mb\x1b[m"


def test_a_small_gap_is_written_again() -> None:
    assert sent(f"{HOME}a--b{HOME}", f"{HOME}x--y{HOME}")[1] == "x--y\x1b[G"


def test_a_wide_gap_is_jumped_over() -> None:
    assert sent(f"{HOME}a---------b{HOME}", f"{HOME}x---------y{HOME}")[1] == "x\x1b[9Cy\x1b[G"


def test_blanks_to_the_end_of_the_line_are_erased_where_erasing_colours() -> None:
    blank = BLUE.replace("a line", "a     ", 1) + HOME
    assert sent(BLUE + HOME, blank)[1] == "\x1b[44ma \x1b[K\x1b[G\x1b[m"
    assert sent(BLUE + HOME, blank, erases=False)[1] == "\x1b[44ma     \x1b[G\x1b[m"


def test_blanks_that_show_more_than_their_ground_are_written() -> None:
    for look in ("4", "7;44", "9"):
        line = f"\x1b[1;1H\x1b[{look}m{' ' * COLUMNS}\x1b[0m"
        assert "\x1b[K" not in sent(BLUE, line)[1]


@pytest.mark.parametrize(("look", "is_erased"), [("44", True), ("1;44", True), ("4;44", False)])
def test_blanks_within_a_line_are_erased_where_only_their_ground_shows(
    look: str, is_erased: bool
) -> None:
    line = f"\x1b[1;1H\x1b[{look}m{{}}\x1b[0m\x1b[41m##\x1b[0m{HOME}"
    before, after = line.format("something"), line.format("so       ")
    for erases in (True, False):
        written = sent(before, after, erases=erases)[1]
        assert ("\x1b[7X" in written) == (is_erased and erases)
        compare([Write(before), Write(after)], erases=erases)


def test_a_new_screen_begins_with_its_ground() -> None:
    written, longer = sent(BLUE)[0], sent(BLUE, erases=False)[0]
    assert written.startswith("\x1b[44m\x1b[H\x1b[K\x1b[2H\x1b[K")
    assert len(written) < len(longer)
    assert "\x1b[K" not in longer


def test_a_large_update_is_framed_where_textual_frames_it() -> None:
    framed = sent(SYNC_START, COLOURFUL, SYNC_END)
    assert framed[:2] == ["", ""]
    assert framed[2] == f"{SYNC_START}{sent(COLOURFUL)[0]}{SYNC_END}"
    assert len(framed[2]) > SYNC_WORTH


def test_a_small_update_and_none_are_not_framed() -> None:
    assert sent(SYNC_START, f"{HOME}a", SYNC_END)[2] == "\x1b[Ha"
    assert sent(SYNC_START, SYNC_END) == ["", ""]


def test_what_moves_no_cell_passes_and_forgets_nothing() -> None:
    for other in ("\x07", "\x1b]52;c;eA==\x07", "\x1bP\x1b]52;c;eA==\x07\x1b\\", "\x1b[?1003h"):
        assert sent(BLUE + HOME, other, BLUE + HOME)[1:] == [other, ""]


def test_after_anything_else_all_is_sent_again() -> None:
    for other in ("\x1b[2J", "\x1b[?1049h", "\x1b[5;1Hlast \x1b[1@", "words", "\x1b[6;1Hx\n"):
        first, passed, again = sent(BLUE + HOME, other, BLUE + HOME)
        assert passed == other
        assert again == first


def test_another_size_is_another_screen() -> None:
    frame = Frame()
    first = frame.write(BLUE + HOME, COLUMNS, ROWS)
    frame.write(SYNC_START, COLUMNS, ROWS)
    frame.write(COLOURFUL, COLUMNS, ROWS)
    assert frame.write(SYNC_END, COLUMNS + 1, ROWS) == "", "it was drawn for the old size"
    assert frame.write(BLUE + HOME, COLUMNS, ROWS) == first


def test_a_terminal_without_cells_gets_what_there_is() -> None:
    assert Frame().write(BLUE, 0, 0) == BLUE
