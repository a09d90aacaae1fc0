"""What differs between the lines that are shown and those that are wanted, drawn with a pen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from tui.terminal.cells import RIGHT_HALF
from tui.terminal.pen import Pen
from tui.terminal.rendition import change
from tui.terminal.row import Row, Span, by_look, spans

MAX_GAP: Final = 6
"""Unchanged cells that may be cheaper to write again than to jump over."""

MIN_ERASED: Final = 4
"""Changed blanks at the end of a line from which to erase is shorter than to write."""

MIN_CLEARED: Final = 6
"""Changed blanks within a line from which to erase is shorter than to write."""


class Drawing:
    """Draws changed cells; `erases` says that erased ones take the current background."""

    def __init__(self, *, erases: bool) -> None:
        self._erases = erases

    def draw(
        self,
        pen: Pen,
        shown: Sequence[Row],
        wanted: Mapping[int, Row],
        touched: Mapping[int, tuple[int, int]],
    ) -> None:
        """Turn lines that are shown into those that are wanted.

        `touched` names for each wanted line the columns, from the first to before the last,
        outside of which it is as shown.
        """
        found = [
            span
            for y, (left, right) in sorted(touched.items())
            for span in self._changes(wanted[y], shown[y], y, left, right)
        ]
        for span in by_look(found):
            self._send(pen, span)

    def _changes(self, wanted: Row, shown: Row, y: int, left: int, right: int) -> Iterator[Span]:
        if wanted.glyphs != shown.glyphs or wanted.looks != shown.looks:
            changed = wanted.differences(shown, left, right)
            if changed:
                yield from spans(wanted, y, changed, self._erased_from(wanted, changed))

    def _send(self, pen: Pen, span: Span) -> None:
        row, start, end = span.row, span.start, span.end
        _go(pen, row, start, span.y)
        if span.is_ground:
            pen.turn(span.look)
            pen.erase_line()
            return
        blank = self._cleared_from(span)
        glyphs = [glyph for glyph in row.glyphs[start:blank] if glyph is not None]
        pen.write(glyphs, row.looks[start:blank], len(row.glyphs))
        if blank < end:
            pen.turn(span.look)
            pen.clear(end - blank)

    def _erased_from(self, wanted: Row, changed: list[int]) -> int:
        """Return the column from which the line is erased, the number of columns for none."""
        columns = len(wanted.glyphs)
        if not self._erases or not wanted.looks[-1].is_erasable:
            return columns
        ground = wanted.ground_from()
        blanks = [x for x in changed if x >= ground]
        return blanks[0] if len(blanks) >= MIN_ERASED else columns

    def _cleared_from(self, span: Span) -> int:
        """Return the column from which blanks that end the span are erased, its end for none."""
        blank = span.end
        while blank > span.start and span.row.glyphs[blank - 1] == " ":
            blank -= 1
        is_shorter = span.end - blank >= MIN_CLEARED
        return blank if is_shorter and self._erases and span.look.is_erasable else span.end


def _go(pen: Pen, row: Row, x: int, y: int) -> None:
    """Move to a cell of the row, or write what lies in between again."""
    if pen.y == y and pen.x is not None and 0 < x - pen.x <= MAX_GAP:
        glyphs = row.glyphs[pen.x : x]
        looks = row.looks[pen.x : x]
        if None not in glyphs and glyphs[0] != RIGHT_HALF:
            known = [glyph for glyph in glyphs if glyph is not None]
            ways = [pen.look, *looks, row.looks[x]]
            turns = sum(len(change(*pair)) for pair in pairwise(ways))
            jump = len(pen.path(x, y)) + len(change(pen.look, row.looks[x]))
            if len("".join(known).encode()) + turns < jump:
                pen.write(known, looks, len(row.glyphs))
                return
    pen.move(x, y)
