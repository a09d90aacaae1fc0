"""Long and hostile texts on rows of cells: laying out, searching, indenting JSON."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.screens.json_text import indented
from tui.widgets.hex_pane import wanted_bytes
from tui.widgets.search import MATCHES, WINDOW, Search
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
