"""How a long text lies on rows of terminal cells, worked out in slices; pure of any screen.

Offsets are characters of the text as it came. What a row shows is made of it only when it is
drawn, so a text of a megabyte costs what is on the screen.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from rich.cells import cell_len

from tui.plain import MAX_COMBINING, TAB_WIDTH, printable

SLICE: Final = 10_000
"""What one step lays out: rows, and characters that have to be looked at one by one."""

BLOCK: Final = 256
"""Characters between two places of a long line of which the cell is known."""

MARKS_IN_ROW: Final = 4
"""Characters for each cell of a row at most: some take no cell, and a row has to end."""


OMITTED: Final = 3
"""Cells of what is shown in place of more marks on one character than can be shown."""

_TABS: Final = re.compile(r"\t|[^\t]+")


class Piece(NamedTuple):
    """A part of the text in a row."""

    start: int
    end: int
    cell: int
    """Where it begins in its row."""


class Rows(Protocol):
    """A text laid out; `step` goes on until `done`."""

    done: bool

    def __len__(self) -> int:
        """Return how many rows there are so far."""

    def step(self) -> None:
        """Lay out as much as one slice."""

    def number(self, row: int) -> int | None:
        """Return the number of the line that begins in a row, from 1; None for its other rows."""

    def start(self, row: int) -> int:
        """Return the offset of the first character of a row."""

    def row_of(self, offset: int) -> int | None:
        """Return the row that has a character, or None where it is not laid out yet."""

    def cell_of(self, offset: int) -> int:
        """Return the cell of its row at which a character begins."""

    def pieces(self, row: int, left: int, width: int) -> Iterator[Piece]:
        """Yield what a row has in the `width` cells from `left` on."""

    @property
    def width(self) -> int:
        """The cells of the widest row so far."""


class WrappedRows:
    """Rows of at most `width` cells; a line that is longer goes on in the next row."""

    def __init__(self, text: str, width: int, line_end: str = "\n") -> None:
        self.done = not text
        self.width = width
        self._text = text
        self._line_end = line_end
        self._starts = array("I")
        self._ends = array("I")
        self._first_rows = array("I")
        """For each line its first row."""
        self._at = 0
        self._stop: int | None = None
        """Where the line ends in whose middle the last row ended."""

    def __len__(self) -> int:
        return len(self._starts)

    def step(self) -> None:
        """Lay out as much as one slice."""
        text, width, budget = self._text, self.width, SLICE
        while budget > 0 and not self.done:
            if self._stop is None:
                self._first_rows.append(len(self._starts))
                found = text.find(self._line_end, self._at)
                self._stop = len(text) if found < 0 else found
            start, stop = self._at, self._stop
            end = min(start + width, stop)
            row = text[start:end]
            if not (row.isascii() and row.isprintable()):
                end = row_end(text, start, stop, width)
                budget -= end - start
            budget -= 1
            self._starts.append(start)
            self._ends.append(end)
            self._at = end
            if end == stop:
                self._at, self._stop = stop + len(self._line_end), None
                self.done = self._at >= len(text)

    def number(self, row: int) -> int | None:
        """Return the number of the line that begins in a row, from 1; None for its other rows."""
        number = bisect_right(self._first_rows, row)
        return number if self._first_rows[number - 1] == row else None

    def start(self, row: int) -> int:
        """Return the offset of the first character of a row."""
        return self._starts[row]

    def row_of(self, offset: int) -> int | None:
        """Return the row that has a character, or None where it is not laid out yet."""
        return (
            None if offset >= self._at and not self.done else bisect_right(self._starts, offset) - 1
        )

    def cell_of(self, offset: int) -> int:
        """Return the cell of its row at which a character begins."""
        start = self._starts[bisect_right(self._starts, offset) - 1]
        return cells(self._text, start, offset)

    def pieces(self, row: int, left: int, width: int) -> Iterator[Piece]:
        """Yield what a row has: all of it, since it is as wide as the screen."""
        yield Piece(self._starts[row], self._ends[row], 0)


class UnwrappedRows:
    """One row for each line, however long."""

    def __init__(self, text: str, line_end: str = "\n") -> None:
        self.done = not text
        self.width = 0
        self._text = text
        self._line_end = line_end
        self._starts = array("I")
        self._ends = array("I")
        self._blocks: dict[int, array[int]] = {}
        """For a long line that is not plain ASCII: the cell at which each block begins."""
        self._measured: int | None = None
        """How far a long line is measured."""

    def __len__(self) -> int:
        return len(self._starts)

    def step(self) -> None:
        """Lay out as much as one slice."""
        budget = SLICE
        while budget > 0 and not self.done:
            if self._measured is None:
                self._find_line()
                budget -= 1
            else:
                budget -= self._measure_block()

    def _find_line(self) -> None:
        text = self._text
        start = self._ends[-1] + len(self._line_end) if self._ends else 0
        found = text.find(self._line_end, start)
        end = len(text) if found < 0 else found
        self._starts.append(start)
        self._ends.append(end)
        line = text[start:end]
        if line.isascii() and line.isprintable():
            self._end_line(len(line))
        else:
            self._blocks[len(self._starts) - 1] = array("I", [0])
            self._measured = start

    def _measure_block(self) -> int:
        row = len(self._starts) - 1
        blocks, start, stop = self._blocks[row], self._measured or 0, self._ends[row]
        end = min(start + BLOCK, stop)
        cell = cells(self._text, start, end, blocks[-1])
        if end < stop:
            blocks.append(cell)
            self._measured = end
        else:
            self._end_line(cell)
        return end - start

    def _end_line(self, width: int) -> None:
        self._measured = None
        self.width = max(self.width, width)
        self.done = self._ends[-1] + len(self._line_end) >= len(self._text)

    def number(self, row: int) -> int | None:
        """Return the number of the line that begins in a row, from 1."""
        return row + 1

    def start(self, row: int) -> int:
        """Return the offset of the first character of a row."""
        return self._starts[row]

    def row_of(self, offset: int) -> int | None:
        """Return the row that has a character, or None where it is not laid out yet."""
        known = (
            self._measured if self._measured is not None else self._ends[-1] if self._ends else 0
        )
        return None if offset > known and not self.done else bisect_right(self._starts, offset) - 1

    def cell_of(self, offset: int) -> int:
        """Return the cell of its row at which a character begins."""
        row = bisect_right(self._starts, offset) - 1
        blocks = self._blocks.get(row)
        if blocks is None:
            return offset - self._starts[row]
        block = min((offset - self._starts[row]) // BLOCK, len(blocks) - 1)
        return cells(self._text, self._starts[row] + block * BLOCK, offset, blocks[block])

    def pieces(self, row: int, left: int, width: int) -> Iterator[Piece]:
        """Yield what a row has in the `width` cells from `left` on."""
        start, end = self._starts[row], self._ends[row]
        blocks = self._blocks.get(row)
        if blocks is None:
            start = min(start + left, end)
            yield Piece(start, min(start + width, end), left)
            return
        for block in range(max(bisect_right(blocks, left) - 1, 0), len(blocks)):
            cell = blocks[block]
            if cell >= left + width:
                return
            if block + 1 < len(blocks) and blocks[block + 1] == cell:
                continue
            first = start + block * BLOCK
            last = min(first + BLOCK, end)
            if cell < left:
                first, cell = _at_cell(self._text, first, last, cell, left)
            yield Piece(first, last, cell)


class HexRows:
    """Rows of a fixed number of bytes, each a character of the text."""

    done = True

    def __init__(self, text: str, size: int) -> None:
        self.size = size
        self.width = 0
        self._length = len(text)

    def __len__(self) -> int:
        return -(-self._length // self.size)

    def step(self) -> None:
        """There is nothing to lay out."""

    def number(self, row: int) -> int | None:
        """Return the address of the first byte of a row."""
        return row * self.size

    def start(self, row: int) -> int:
        """Return the offset of the first byte of a row."""
        return row * self.size

    def row_of(self, offset: int) -> int | None:
        """Return the row that has a byte."""
        return offset // self.size

    def cell_of(self, offset: int) -> int:
        """Return 0: all of a row is on the screen."""
        return 0

    def pieces(self, row: int, left: int, width: int) -> Iterator[Piece]:
        """Yield all bytes of a row."""
        start = row * self.size
        yield Piece(start, min(start + self.size, self._length), 0)


def shown(text: str, cell: int) -> str:
    """Return a part of a text as it is shown from a cell of its row on: tabs become spaces."""
    pieces: list[str] = []
    for part in _TABS.findall(text):
        piece = " " * _to_stop(cell) if part == "\t" else printable(part)
        cell += cell_len(piece)
        pieces.append(piece)
    return "".join(pieces)


def cells(text: str, start: int, end: int, cell: int = 0) -> int:
    """Return the cell at which the text from `start` to `end` ends if it begins at `cell`."""
    part = text[start:end]
    if part.isascii() and part.isprintable():
        return cell + len(part)
    marks = 0
    for character in part:
        size, marks = _size(character, cell, marks)
        cell += size
    return cell


def row_end(text: str, start: int, stop: int, width: int) -> int:
    """Return where a row ends that begins at `start`: one character at least is on it."""
    stop = min(stop, start + max(width, 1) * MARKS_IN_ROW)
    cell = marks = 0
    for at in range(start, stop):
        size, marks = _size(text[at], cell, marks)
        if cell + size > width and at > start:
            return at
        cell += size
    return stop


def _size(character: str, cell: int, marks: int) -> tuple[int, int]:
    """Return the cells of a character at a cell, and how many marks are on one up to here."""
    if character == "\t":
        return _to_stop(cell), 0
    size = _cells_of(character)
    if size >= 0:
        return size, marks if size == 0 else 0
    return OMITTED if marks == MAX_COMBINING else 0, marks + 1


def _to_stop(cell: int) -> int:
    """Return the cells from a cell to the next tab stop."""
    return TAB_WIDTH - cell % TAB_WIDTH


@lru_cache(maxsize=8192)
def _cells_of(character: str) -> int:
    """Return the cells of a character as it is shown, or -1 for a mark on the one before it."""
    if 0xFE00 <= ord(character) <= 0xFE0F:
        return 0
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return -1
    return cell_len(printable(character))


def _at_cell(text: str, start: int, end: int, cell: int, left: int) -> tuple[int, int]:
    """Return the first character that begins at `left` or right of it, and its cell."""
    for at in range(start, end):
        if cell >= left and _cells_of(text[at]) >= 0:
            return at, cell
        cell = cells(text, at, at + 1, cell)
    return end, cell
