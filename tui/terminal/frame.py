"""The screen as the terminal shows it, and the few bytes that turn it into the next one.

What Textual's compositor writes is read into a grid of cells, and only cells that differ from
what the terminal shows are sent. Whatever reads otherwise is passed on as it is, and what the
terminal shows counts as unknown from there on. No I/O here.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from tui.terminal import scrolling
from tui.terminal.cells import RIGHT_HALF
from tui.terminal.drawing import Drawing
from tui.terminal.pen import Pen
from tui.terminal.reading import Cells, Run, is_harmless, runs
from tui.terminal.rendition import PLAIN, Rendition
from tui.terminal.row import Row

SYNC_START: Final = "\x1b[?2026h"
SYNC_END: Final = "\x1b[?2026l"
"""The frame round an update, which a terminal that knows it shows at once."""

SYNC_WORTH: Final = 1024
"""Characters from which an update is framed; a shorter one arrives in one piece anyway."""


class Frame:
    """What the terminal shows, cell by cell, and what it is to show next.

    `erases` says that erased cells take the current background, as they do nearly everywhere.
    """

    def __init__(self, *, erases: bool = True) -> None:
        self._erases = erases
        self._drawing = Drawing(erases=erases)
        self._columns = self._rows = 0
        self._shown: list[Row] = []
        self._wanted: dict[int, Row] = {}
        self._touched: dict[int, tuple[int, int]] = {}
        self._aim: tuple[int, int] | None = None
        self._framed = False
        self._frames = False
        self._is_torn = False
        self._is_held = False
        self._blind = True
        self._pen = Pen()

    def forget(self) -> None:
        """Take nothing for known and nothing for wanted: the next update meets a new screen."""
        self._shown = [self._unknown() for _ in range(self._rows)]
        self._wanted.clear()
        self._touched.clear()
        self._aim = None
        self._is_held = self._is_torn = False
        self._blind = True
        self._pen.drop()

    @property
    def is_held(self) -> bool:
        """Whether there is an update that `release` returns."""
        return self._is_held

    def release(self) -> str:
        """Return what to send for the updates that have been held back."""
        return self._update() if self._is_held and not self._framed else ""

    def write(self, data: str, columns: int, rows: int, *, hold: bool = False) -> str:
        """Return what to send to a terminal of this size instead of `data`; often nothing.

        With `hold` an update is held back: the next one that is not, or `release`, sends both.
        """
        if columns < 1 or rows < 1:
            self.forget()
            return data
        if (columns, rows) != (self._columns, self._rows):
            self._columns, self._rows = columns, rows
            self.forget()
        if data == SYNC_START:
            self._framed = self._frames = True
            return ""
        if data == SYNC_END:
            self._framed = False
            return self._end_update(hold=hold)
        if is_harmless(data):
            return data

        read = runs(data, rows)
        if read is None:
            pending = self._update()
            self.forget()
            return pending + data
        for run in read:
            self._draw(run)
        return "" if self._framed else self._end_update(hold=hold)

    def _unknown(self) -> Row:
        return Row([None] * self._columns, [PLAIN] * self._columns)

    # What is wanted.

    def _draw(self, run: Run) -> None:
        x, y, cells, _ = run
        if cells is not None and not cells.glyphs:
            self._aim = (min(x, self._columns - 1), min(y, self._rows - 1))
            return
        end = x + len(cells.glyphs) if cells is not None else 0
        if cells is None or y >= self._rows or end > self._columns:
            self._pass_on(run)
            return
        self._put(x, y, cells)
        # Terminals differ over where the cursor is after the last column.
        self._aim = (end, y) if end < self._columns else None

    def _put(self, x: int, y: int, cells: Cells) -> None:
        end = x + len(cells.glyphs)
        row = self._wanted_row(y)
        if row.glyphs[x] == RIGHT_HALF or self._holds_half(row, end):
            # What becomes of the other half of a wide character is the terminal's affair, so
            # it has to see the whole one first.
            self._flush()
            row = self._wanted_row(y)
            if row.glyphs[x] == RIGHT_HALF:
                row.glyphs[x - 1] = None
            if self._holds_half(row, end):
                row.glyphs[end] = None
        row.glyphs[x:end] = cells.glyphs
        row.looks[x:end] = cells.looks
        left, right = self._touched.get(y, (x, end))
        self._touched[y] = (min(left, x), max(right, end))

    def _holds_half(self, row: Row, x: int) -> bool:
        return x < self._columns and row.glyphs[x] == RIGHT_HALF

    def _wanted_row(self, y: int) -> Row:
        row = self._wanted.get(y)
        if row is None:
            row = self._wanted[y] = self._shown[y].copy()
        return row

    def _pass_on(self, run: Run) -> None:
        """Send a run as it came where terminals may differ over which cells it fills."""
        self._flush()
        self._pen.pass_on(run.raw)
        self._aim = None
        self._blind = False
        y = min(run.y, self._rows - 1)
        self._shown[y] = self._unknown()
        if y:
            # A combining mark without a character before it may go to the end of the line above.
            self._shown[y - 1].glyphs[-1] = None

    # What is sent.

    def _end_update(self, *, hold: bool) -> str:
        if hold:
            self._is_held = True
            return ""
        return self._update()

    def _update(self) -> str:
        self._is_held = False
        self._flush()
        if self._aim is not None:
            self._pen.move(*self._aim)
            self._aim = None
        sent = self._pen.take()
        is_worth_it = self._is_torn or len(sent) >= SYNC_WORTH
        self._is_torn = False
        return f"{SYNC_START}{sent}{SYNC_END}" if self._frames and is_worth_it else sent

    def _flush(self) -> None:
        if self._blind and len(self._touched) == self._rows:
            self._clear()
        drawn = self._pen.branch()
        self._drawing.draw(drawn, self._shown, self._wanted, self._touched)
        self._pen.join(drawn if self._blind else self._shorter_by_moving(drawn))
        self._blind = self._blind and not self._touched
        for y, row in self._wanted.items():
            self._shown[y] = row
        self._wanted.clear()
        self._touched.clear()

    def _shorter_by_moving(self, drawn: Pen) -> Pen:
        """Return what has been drawn, or less: the terminal moves lines and the rest is drawn.

        What is beside the lines moves as well and is drawn again, which only a framed update hides.
        """
        shift = scrolling.find(self._shown, self._wanted, self._touched)
        if shift is None or not (shift.is_whole or self._frames):
            return drawn
        region = range(shift.top, shift.bottom + 1)
        wanted = {y: self._wanted.get(y, self._shown[y]) for y in region}
        if any(None in row.glyphs for y in region for row in (wanted[y], self._shown[y])):
            return drawn
        moved = self._shown.copy()
        for y in region:
            source = shift.source(y)
            moved[y] = self._unknown() if source is None else self._shown[source]
        instead = self._pen.branch()
        instead.shift_lines(shift.top, shift.bottom, shift.lines)
        touched = self._touched | dict.fromkeys(region, (0, self._columns))
        self._drawing.draw(instead, moved, self._wanted | wanted, touched)
        if len(instead) >= len(drawn):
            return drawn
        self._is_torn = self._is_torn or not shift.is_whole
        return instead

    def _clear(self) -> None:
        """Begin a screen of which nothing is known with the ground that most of it has."""
        grounds = Counter[Rendition]()
        for row in self._wanted.values():
            if None in row.glyphs:
                return
            blanks = zip(row.glyphs, row.looks, strict=True)
            grounds.update(look for glyph, look in blanks if glyph == " ")
        erasable = [look for look in grounds if self._erases and look.is_erasable]
        if not erasable:
            return
        ground = max(erasable, key=grounds.__getitem__)
        self._pen.turn(ground)
        for y in range(self._rows):
            self._pen.move(0, y)
            self._pen.erase_line()
        self._shown = [
            Row([" "] * self._columns, [ground] * self._columns) for _ in range(self._rows)
        ]
