"""Long and hostile texts on rows: laying out, searching, and reading them by keys."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.pilot import Pilot

from tui.plain import printable
from tui.resources import styles_directory
from tui.screens.json_text import indented
from tui.terminal.application import GuardedApp
from tui.widgets.hex_pane import HexPane, wanted_bytes
from tui.widgets.search import MATCHES, WINDOW, Search
from tui.widgets.text_pane import TextPane
from tui.widgets.text_rows import (
    BLOCK,
    SLICE,
    Rows,
    UnwrappedRows,
    WrappedRows,
    cells,
    row_end,
    shown,
)

PATIENCE = 20.0
"""Seconds after which a test stops waiting and fails."""

MEGABYTE = 1 << 20
EMPTY_LINES = "\n" * (1 << 17)
"""More lines than any content has."""

LETTERS = st.sampled_from(
    [*"ab \t\n\r", "中", "é", "e\u0301", "\u0301", "\x1b", "\u202e", "\ufe0f"]
)
TEXTS = st.lists(LETTERS, max_size=60).map("".join)


def laid_out(rows: Rows) -> Rows:
    while not rows.done:
        rows.step()
    return rows


def row_text(text: str, rows: Rows, row: int, left: int = 0, width: int = 1 << 30) -> str:
    """Return what a row shows between two cells, blanks for what is not known there."""
    result = ""
    for piece in rows.pieces(row, left, width):
        result += " " * (piece.cell - left - cell_len(result))
        result += shown(text[piece.start : piece.end], piece.cell)
    return result


# Laying out.


@given(TEXTS, st.integers(8, 30))
def test_wrapped_rows_hold_every_character_once_and_fit(text: str, width: int) -> None:
    rows = laid_out(WrappedRows(text, width))
    pieces = [next(iter(rows.pieces(row, 0, width))) for row in range(len(rows))]
    joined = "".join(text[piece.start : piece.end] for piece in pieces)
    assert joined == text.replace("\n", "")
    assert all(cell_len(row_text(text, rows, row)) <= width for row in range(len(rows)))


@given(TEXTS, st.integers(8, 30))
def test_a_character_is_found_in_its_row(text: str, width: int) -> None:
    for rows in (laid_out(WrappedRows(text, width)), laid_out(UnwrappedRows(text))):
        for row in range(len(rows)):
            for piece in rows.pieces(row, 0, 1 << 30):
                if piece.start < piece.end:
                    assert rows.row_of(piece.start) == row
                    assert rows.row_of(piece.end - 1) == row


@given(TEXTS)
def test_measured_is_shown(text: str) -> None:
    assert cells(text, 0, len(text)) == cell_len(shown(text, 0))


def test_a_wide_character_is_never_cut() -> None:
    rows = laid_out(WrappedRows("中" * 5, 5))
    assert [row_text("中" * 5, rows, row) for row in range(len(rows))] == ["中中", "中中", "中"]


def test_a_tab_goes_to_the_next_stop_in_cells() -> None:
    assert shown("中\tx\ty", 0) == "中      x       y"
    assert shown("\tx", 6) == "  x"


def test_lines_have_numbers_and_their_other_rows_none() -> None:
    rows = laid_out(WrappedRows("abcdefghij\n\nk\n", 8))
    assert [rows.number(row) for row in range(len(rows))] == [1, None, 2, 3]
    rows = laid_out(UnwrappedRows("abcdefghij\n\nk\n"))
    assert [rows.number(row) for row in range(len(rows))] == [1, 2, 3]


@pytest.mark.parametrize("character", ["x", "中", "\x1b", "\u202e", "\u0301", "\t", "\ufe0f"])
def test_a_long_line_is_seen_from_any_cell(character: str) -> None:
    text = "begin " + character * 3000 + " end"
    rows = laid_out(UnwrappedRows(text))
    whole = row_text(text, rows, 0)
    width = rows.width
    assert cell_len(whole) == width
    assert row_text(text, rows, 0, 0, 40).startswith("begin ")
    assert row_text(text, rows, 0, width - 10, 40).endswith(" end")
    if character != "\u0301":
        # Marks beyond the second are told in each block anew, so that what is seen may begin there.
        middle = width // 2
        assert cell_len(whole[: len(row_text(text, rows, 0, 0, middle))]) >= middle
    assert rows.cell_of(len(text) - 3) == width - 3


@pytest.mark.parametrize("text", [EMPTY_LINES, "x" * MEGABYTE, "中" * MEGABYTE, "\x1b" * MEGABYTE])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_megabyte_is_laid_out_in_slices(text: str, wrapped: bool) -> None:
    rows: Rows = WrappedRows(text, 100) if wrapped else UnwrappedRows(text)
    lengths = [0]
    while not rows.done:
        rows.step()
        lengths.append(len(rows))
    assert max(after - before for before, after in pairwise(lengths)) <= SLICE
    if text[0] != "x":
        assert len(lengths) > len(text) // SLICE // 2, "every character or row counts"
    assert rows.row_of(len(text) - 1) == len(rows) - 1


def test_marks_that_take_no_cell_do_not_make_an_endless_row() -> None:
    assert row_end("a" + "\u0301" * MEGABYTE, 0, MEGABYTE, 100) <= 400


def test_what_takes_no_cell_costs_nothing_to_draw() -> None:
    rows = laid_out(UnwrappedRows("a" + "\ufe0f" * MEGABYTE + "b"))
    pieces = list(rows.pieces(0, 0, 100))
    assert sum(piece.end - piece.start for piece in pieces) <= 2 * BLOCK


def test_what_is_not_laid_out_has_no_row_yet() -> None:
    rows = WrappedRows("\n" * MEGABYTE, 80)
    rows.step()
    assert rows.row_of(5) == 5
    assert rows.row_of(MEGABYTE - 1) is None


# Searching.


def found(text: str, wanted: str) -> list[int]:
    search = Search(text, wanted)
    while not search.done:
        search.step()
    return list(search.starts)


def test_capitals_count_only_where_there_are_any() -> None:
    assert found("Error error ERROR", "error") == [0, 6, 12]
    assert found("Error error ERROR", "Error") == [0]
    assert found("Größe GRÖßE", "größe") == [0, 6]


def test_what_is_wanted_is_no_pattern() -> None:
    assert found("a.b a+b axb (", "a.b") == [0]
    assert found("(", "(") == [0]
    assert found("", "a") == []
    assert found("a", "") == []


def test_a_match_over_the_edge_of_a_slice_is_found_once() -> None:
    text = "x" * (WINDOW - 2) + "match" + "x" * WINDOW + "match"
    assert found(text, "match") == [WINDOW - 2, 2 * WINDOW + 3]


def test_a_step_ends() -> None:
    search = Search("a" * MEGABYTE, "a")
    search.step()
    assert len(search.starts) == MATCHES
    assert not search.done
    assert len(found("a" * 25_000, "a")) == 25_000


def test_matches_of_a_part_of_the_text() -> None:
    search = Search("..abab..", "ab")
    search.step()
    assert list(search.within(3, 4)) == [0]
    assert list(search.within(3, 5)) == [0, 1]
    assert list(search.within(6, 8)) == []


def test_bytes_are_wanted_by_digits_or_as_text() -> None:
    assert wanted_bytes("0x7f45") == b"\x7fE"
    assert wanted_bytes("0x7") == b"0x7"
    assert wanted_bytes("中") == "中".encode()
    search = Search("\xe3\xc3", "\xc3", of_bytes=True)
    search.step()
    assert list(search.starts) == [1], "bytes beyond ASCII have no capitals"


# JSON.


def test_json_is_indented_and_nothing_in_it_is_changed() -> None:
    text = r'{"b":1.50,"b":1E400,"a":[],"c":{},"d":["\u4e2d\"{[,:",{"e":null}],"f":[[]]}'
    assert indented(text) == (
        '{\n  "b": 1.50,\n  "b": 1E400,\n  "a": [],\n  "c": {},\n  "d": [\n'
        '    "\\u4e2d\\"{[,:",\n    {\n      "e": null\n    }\n  ],\n  "f": [\n    []\n  ]\n}'
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON, st.booleans())
def test_any_json_is_indented_as_python_does(value: Any, compact: bool) -> None:
    text = json.dumps(value, separators=(",", ":") if compact else None)
    assert indented(text) == json.dumps(value, indent=2)


@given(st.text(alphabet='{}[],:"\\a 1\n'))
def test_what_is_no_json_only_gains_white_space(text: str) -> None:
    def bare(text: str) -> str:
        return "".join(text.split())

    assert bare(indented(text)) == bare(text)


def test_deep_json_does_not_explode() -> None:
    assert len(indented("[" * 10_000 + "]" * 10_000)) < 20_000 * 100


# Reading by keys.


class Host(GuardedApp[None]):
    """A pane alone on a screen."""

    CSS_PATH = styles_directory() / "application.tcss"

    def __init__(self, pane: TextPane) -> None:
        super().__init__()
        self.pane = pane
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_mount(self) -> None:
        self.pane.focus()

    def on_text_pane_searched(self, event: TextPane.Searched) -> None:
        self.said.append(event.words)


class Reader:
    """A running pane and the hands on its keys."""

    def __init__(self, app: Host, pilot: Pilot[None]) -> None:
        self.app = app
        self.pane = app.pane
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while any(not worker.is_finished for worker in self.app.workers):
                await asyncio.sleep(0)
            await self.pilot.pause()

    async def search(self, wanted: str) -> str:
        self.pane.begin_search()
        self.pane.search(wanted)
        await self.settle()
        return self.app.said[-1]

    @property
    def lines(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]

    def toned(self, y: int, tone: str) -> str:
        """Return what has a tone in a row of the screen."""
        style = self.pane.get_component_rich_style(f"line--{tone}")
        segments = self.app.screen._compositor.render_strips()[y]
        return "".join(
            segment.text
            for segment in segments
            if segment.style and segment.style.color == style.color
        )


@asynccontextmanager
async def reading(pane: TextPane, size: tuple[int, int] = (40, 10)) -> AsyncIterator[Reader]:
    app = Host(pane)
    async with app.run_test(size=size) as pilot:
        reader = Reader(app, pilot)
        await reader.settle()
        yield reader
        assert app.output_guard.hits == 0, "something reached the screen unsanitised"


def numbered(count: int) -> Iterator[str]:
    for number in range(1, count + 1):
        yield f"line {number}"


@pytest.mark.anyio
async def test_arrows_scroll() -> None:
    async with reading(TextPane("\n".join(numbered(100)))) as reader:
        assert reader.lines[0] == "  1 line 1"
        await reader.press("down")
        assert reader.lines[0] == "  2 line 2"
        await reader.press("G")
        assert reader.lines[-1] == "100 line 100"
        await reader.press("up", "pageup")
        assert reader.lines[0] == " 80 line 80"
        await reader.press("g")
        assert reader.lines[0] == "  1 line 1"


@pytest.mark.anyio
async def test_lines_wrap_or_run_over_the_edge() -> None:
    text = "a" * 50 + "b" * 50 + "\nshort"
    async with reading(TextPane(text, numbers=False)) as reader:
        assert reader.lines[:4] == ["a" * 40, "a" * 10 + "b" * 30, "b" * 20, "short"]
        await reader.press("w")
        assert reader.lines[:3] == ["a" * 40, "short", ""]
        await reader.press("greater_than_sign", "shift+right")
        assert reader.lines[0] == "a" * 10 + "b" * 30
        await reader.press("greater_than_sign", "greater_than_sign")
        assert reader.lines[0] == "b" * 40, "not beyond the end"
        await reader.press("less_than_sign")
        assert reader.lines[0] == "a" * 10 + "b" * 30
        await reader.press("w")
        assert reader.lines[2] == "b" * 20


@pytest.mark.anyio
async def test_numbers_come_and_go() -> None:
    async with reading(TextPane("x" * 45 + "\ny\n")) as reader:
        assert reader.lines[:4] == ["1 " + "x" * 38, "  " + "x" * 7, "2 y", ""]
        await reader.press("number_sign")
        assert reader.lines[:4] == ["x" * 40, "x" * 5, "y", ""]


@pytest.mark.anyio
async def test_the_place_is_kept_when_the_width_changes() -> None:
    text = "\n".join(f"{number:03}" + "x" * 97 for number in range(100))
    async with reading(TextPane(text, numbers=False)) as reader:
        await reader.search("050")
        await reader.press("down", "down", "down")
        assert reader.lines[0].startswith("050")
        await reader.pilot.resize_terminal(60, 12)
        await reader.settle()
        assert reader.lines[0].startswith("050")


@pytest.mark.anyio
async def test_matches_stand_out_and_are_walked_around() -> None:
    text = "\n".join(f"{'Needle' if number % 40 == 5 else 'hay'} {number}" for number in range(100))
    async with reading(TextPane(text, numbers=False)) as reader:
        assert await reader.search("needle") == "1 of 3"
        assert reader.toned(5, "accent") == "Needle"
        await reader.press("n")
        assert reader.app.said[-1] == "2 of 3"
        assert "Needle 45" in reader.lines
        await reader.press("n", "n")
        assert reader.app.said[-1] == "1 of 3, from the top again"
        assert "Needle 5" in reader.lines
        await reader.press("N")
        assert reader.app.said[-1] == "3 of 3, from the end again"
        assert await reader.search("hay 99") == "1 of 1"
        assert await reader.search("nothing") == "no match"
        await reader.press("n")
        assert await reader.search("") == ""


@pytest.mark.anyio
async def test_a_search_begins_where_the_reader_is() -> None:
    text = "\n".join(f"x {number}" for number in range(100))
    async with reading(TextPane(text, numbers=False)) as reader:
        await reader.press("pagedown")
        assert await reader.search("x") == "11 of 100"
        await reader.press("G")
        assert await reader.search("x 1") == "1 of 11, from the top again"
        reader.pane.cancel_search()
        await reader.settle()
        assert reader.lines[-1] == "x 99", "where the search began"
        assert reader.app.said[-1] == "11 of 100"


@pytest.mark.anyio
async def test_all_matches_of_a_row_stand_out_across_its_rows() -> None:
    async with reading(TextPane("-" * 38 + "abcd" + "-ABCD-", numbers=False)) as reader:
        assert await reader.search("abcd") == "1 of 2"
        assert reader.toned(0, "accent") == "ab"
        assert reader.toned(1, "accent") == "cd"
        assert reader.toned(1, "mark") == "ABCD"


@pytest.mark.anyio
async def test_a_match_far_to_the_right_is_brought_on_the_screen() -> None:
    text = "中" * 20_000 + "needle" + "中" * 20_000
    async with reading(TextPane(text, wrap=False)) as reader:
        assert await reader.search("needle") == "1 of 1"
        assert reader.toned(0, "accent") == "needle"


HOSTILE = (
    "\x1b]52;c;aGk=\x07 \x1b[2J \x9b31m \x00 \x7f \u202etxt\u2066 [/b] [red]x[/] "
    "[@click=app.quit]go[/] a" + "\u0301" * 20 + " \u200b\ufeff \ud800"
)


@pytest.mark.anyio
@pytest.mark.parametrize("wrap", [True, False])
async def test_hostile_text_is_shown_and_does_nothing(wrap: bool) -> None:
    async with reading(TextPane(HOSTILE, wrap=wrap, numbers=False), (300, 4)) as reader:
        assert reader.lines[0] == printable(HOSTILE)
        assert "␛]52;c;aGk=␇" in reader.lines[0]
        assert "‹U+202E›txt" in reader.lines[0]
        assert "[@click=app.quit]go[/]" in reader.lines[0]
        await reader.pilot.click(TextPane, (60, 0))
        assert reader.app.is_running
        assert await reader.search("\u202e") == "1 of 1"
        assert reader.toned(0, "accent") == "‹U+202E›"


@pytest.mark.anyio
@pytest.mark.parametrize("wrap", [True, False])
@pytest.mark.parametrize(
    ("unit", "last"),
    [("x", "xxx"), ("\n", ""), ("中", "中"), ("\x1b", "␛"), ("line\n", "line"), ("\u0301", "")],
)
async def test_a_megabyte_is_read_to_its_end(unit: str, last: str, wrap: bool) -> None:
    text = (EMPTY_LINES if unit == "\n" else unit * (MEGABYTE // len(unit))) + "end"
    async with reading(TextPane(text, wrap=wrap, numbers=False)) as reader:
        assert await reader.search("end") == "1 of 1"
        shown_now = [line for line in reader.lines if "end" in line]
        assert len(shown_now) == 1
        assert last in shown_now[0] or last in "".join(reader.lines)


@pytest.mark.anyio
async def test_nothing_is_said_in_words() -> None:
    async with reading(TextPane("", empty="There is nothing.")) as reader:
        assert reader.lines[0] == " There is nothing."
        await reader.press("w", "number_sign", "down", "G", "n")
        assert await reader.search("x") == "no match"


@pytest.mark.anyio
async def test_lines_that_all_end_in_crlf_show_no_carriage_return() -> None:
    async with reading(TextPane("a\r\nb\r\n", numbers=False)) as reader:
        assert reader.lines[:3] == ["a", "b", ""]
    async with reading(TextPane("a\r\nb\nc\rd", numbers=False)) as reader:
        assert reader.lines[:3] == ["a␍", "b", "c␍d"]


@pytest.mark.anyio
async def test_bytes_are_shown_as_many_as_fit() -> None:
    data = bytes(range(256))
    async with reading(HexPane(data), (80, 20)) as reader:
        assert reader.lines[4] == (
            "00000040  40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO"
        )
        assert reader.lines[15].endswith("fe ff  " + "." * 16)
        assert await reader.search("0x4142") == "1 of 1"
        assert reader.toned(4, "accent") == "4142AB"
        await reader.press("w", "number_sign", "greater_than_sign")
        assert reader.lines[0].startswith("00000000  00 01")
    async with reading(HexPane(data[:12]), (60, 20)) as reader:
        assert reader.lines[0] == "00000000  00 01 02 03 04 05 06 07  ........"
        assert reader.lines[1] == "00000008  08 09 0a 0b              ...."
