"""A pane for reading a long text: wrapped or not, with line numbers and a search."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from rich.cells import cell_len
from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.widgets.lines import PANE_CLASSES, PANE_TONES, Line, LineView, Span, Tone
from tui.widgets.search import Search
from tui.widgets.text_rows import Piece, Rows, UnwrappedRows, WrappedRows, shown


class TextPane(LineView):
    """Shows what of a text is on the screen; the rest is laid out and searched in slices."""

    own_tones = (*PANE_TONES, "mark", "accent")
    COMPONENT_CLASSES: ClassVar[set[str]] = {*PANE_CLASSES, "line--mark", "line--accent"}

    marks_cuts = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "toggle_wrap", "Wrap long lines or not", show=False, id="text.wrap"),
        Binding("number_sign", "toggle_numbers", "Line numbers", show=False, id="text.numbers"),
        Binding(
            "shift+left,less_than_sign",
            "sideways(-1)",
            "Half a screen to the left",
            show=False,
            id="text.left",
        ),
        Binding(
            "shift+right,greater_than_sign",
            "sideways(1)",
            "Half a screen to the right",
            show=False,
            id="text.right",
        ),
        Binding("n", "next_match(1)", "Next match", show=False, id="text.next"),
        Binding("N", "next_match(-1)", "Previous match", show=False, id="text.previous"),
    ]

    @dataclass
    class Searched(Message):
        """There is something else to say of the search."""

        words: str
        """Such as `3 of 17`; empty where nothing is searched."""

    @dataclass
    class Scrolled(Message):
        """The user has moved in the text."""

    def __init__(
        self,
        text: str = "",
        *,
        wrap: bool = True,
        numbers: bool = True,
        empty: str = "",
        id: str | None = None,
    ) -> None:
        """Show `text`, or the words `empty` where there is none."""
        super().__init__(id=id)
        self.wrap = wrap
        self.numbers = numbers
        self._text = text
        self._empty = empty
        self._rows: Rows = WrappedRows("", 1)
        self._line_end = line_end_of(text)
        # A text that ends its last line has no other line after it.
        lines = text.count(self._line_end) + (not text.endswith(self._line_end))
        self._number_width = len(str(lines)) + 1
        self._left = 0
        """The cell of the rows at which the pane begins."""
        self._wanted_top: int | None = None
        """The character to have at the top once its row is known."""
        self._wanted_match: int | None = None
        """The character to have on the screen once its row is known."""
        self._search = Search("", "")
        self._match: int | None = None
        """The index of the match that the user is at."""
        self._search_from = 0
        self._turned = ""
        self._before: tuple[Search, int | None, int] = (self._search, None, 0)

    # What is shown.

    def line_count(self) -> int:
        """Return how many rows are laid out."""
        return len(self._rows)

    def line_at(self, index: int) -> Line:
        """Return what the screen shows of a row."""
        spans = [self._number(index)] if self.numbers else []
        cell = self._left
        for piece in self._rows.pieces(index, self._left, self._text_width):
            spans.append(Span(" " * (piece.cell - cell)))
            cell = piece.cell
            for part, tone in self.toned(piece):
                words = shown(part, cell)
                cell += cell_len(words)
                spans.append(Span(words, tone))
        return Line(tuple(spans))

    def line_below(self, index: int) -> Line:
        """Say that there is nothing."""
        return Line((Span(f" {self._empty}", "dim"),) if not index and not self._text else ())

    def toned(self, piece: Piece) -> Iterator[tuple[str, Tone]]:
        """Yield the parts of a piece of the text with their tones: matches stand out."""
        parts: list[tuple[int, Tone]] = [(piece.start, "")]
        for match in self._search.within(piece.start, piece.end):
            first = self._search.starts[match]
            start = max(first, piece.start)
            tone: Tone = "accent" if match == self._match else "mark"
            # Matches beside each other are one part: a row may have a hundred.
            if parts[-1][0] == start:
                parts.pop()
            if not parts or parts[-1][1] != tone:
                parts.append((start, tone))
            parts.append((first + len(self._search.wanted), ""))
        parts.append((piece.end, ""))
        for (start, tone), (end, _) in pairwise(parts):
            yield self._text[start : min(end, piece.end)], tone

    def _number(self, index: int) -> Span:
        number = self._rows.number(index)
        return Span(f"{number or '':>{self._number_width - 1}} ", "dim")

    @property
    def _text_width(self) -> int:
        return max(self.size.width - self._number_width * self.numbers, 1)

    @property
    def shows_cursor(self) -> bool:
        """There is no cursor: the arrows scroll."""
        return False

    def move_cursor(self, index: int, *, scroll: bool = True) -> None:
        """Stay where the user goes: what was to be shown once it is laid out no longer matters."""
        self._wanted_top = self._wanted_match = None

    def action_last(self) -> None:
        """Go to the last row, as soon as it is laid out."""
        super().action_last()
        if not self._rows.done:
            self._wanted_top = len(self._text) - 1

    # Laying out.

    def on_resize(self) -> None:
        """Wrap at the new width."""
        if self.size.width and self.layout_is_old():
            self.lay_out()

    def layout_is_old(self) -> bool:
        """Say whether the rows have to be laid out for the size that the pane has."""
        rows = self._rows
        return not len(rows) or (self.wrap and rows.width != self._text_width)

    def new_rows(self) -> Rows:
        """Return rows for the size that the pane has, not laid out yet."""
        if self.wrap:
            return WrappedRows(self._text, self._text_width, self._line_end)
        return UnwrappedRows(self._text, self._line_end)

    def lay_out(self) -> None:
        """Lay the text out anew; what is at the top of the screen stays there."""
        if self._wanted_top is None:
            self._wanted_top = self._top
        self._rows = self.new_rows()
        self._go_on()

    def _go_on(self) -> None:
        self._advance()
        if not (self._rows.done and self._search.done):
            self.work_on()

    @work(exclusive=True, group="text")
    async def work_on(self) -> None:
        """Lay out and search slice by slice, and let others run in between."""
        while not (self._rows.done and self._search.done):
            await asyncio.sleep(0)
            self._advance()

    def _advance(self) -> None:
        self._rows.step()
        self._search.step()
        self.resize_lines()
        if self._wanted_top is not None:
            row = self._rows.row_of(self._wanted_top) if len(self._rows) else 0
            if row is not None:
                self._wanted_top = None
                self._scroll_to_line(row)
        self._settle_match()
        self._reveal()
        self.refresh()

    @property
    def _top(self) -> int:
        """The offset of the first character on the screen."""
        if not len(self._rows):
            return 0
        return self._rows.start(min(self.scroll_offset.y, len(self._rows) - 1))

    # Searching.

    def begin_search(self) -> None:
        """Remember where the search begins, to go back there if it is cancelled."""
        self._search_from = self._top
        self._before = (self._search, self._match, self._top)

    def search(self, wanted: str) -> None:
        """Go to the first match from where the search began, or stay there.

        Searching nothing ends the search.
        """
        self._search = self.new_search(wanted)
        self._match, self._turned, self._wanted_match = None, "", None
        self._wanted_top = self._search_from
        self._go_on()
        self._say()

    def cancel_search(self) -> None:
        """Go back to where the search began, and to what was found before it."""
        self._search, self._match, self._wanted_top = self._before
        self._turned, self._wanted_match = "", None
        self._go_on()
        self._say()

    def new_search(self, wanted: str) -> Search:
        """Return a search in the text that has not begun."""
        return Search(self._text, wanted)

    @property
    def search_words(self) -> str:
        """What there is to say of the search."""
        if not self._search.wanted:
            return ""
        if self._match is None:
            return "no match" if self._search.done else "searching…"
        more = "" if self._search.done else "+"
        return f"{self._match + 1:,} of {len(self._search.starts):,}{more}{self._turned}"

    def _settle_match(self) -> None:
        """Find the match to go to, and say how many there are."""
        found = self._search.starts
        if self._match is None and found:
            match = self._search.at_or_after(self._search_from)
            if match < len(found):
                self._go_to(match)
            elif self._search.done:
                self._go_to(0, ", from the top again")
        if self._search.wanted:
            self._say()

    def _go_to(self, match: int, turned: str = "") -> None:
        self._match, self._turned = match, turned
        self._wanted_match = self._search.starts[match]

    def _reveal(self) -> None:
        """Have the match on the screen, a third from the top where that takes scrolling."""
        if self._wanted_match is None:
            return
        row = self._rows.row_of(self._wanted_match) if len(self._rows) else None
        if row is None:
            return
        top, height = self.scroll_offset.y, self.visible_height
        if not top <= row < top + height:
            self._scroll_to_line(max(row - height // 3, 0))
        cell, width = self._rows.cell_of(self._wanted_match), self._text_width
        last = cell + len(self._search.wanted)
        if not self.wrap and not self._left <= cell <= last <= self._left + width:
            self._left = 0 if last <= width else max(cell - width // 3, 0)
        self._wanted_match = None

    def _say(self) -> None:
        self.post_message(self.Searched(self.search_words))

    # Actions.

    def action_next_match(self, step: int) -> None:
        """Go to the next match, after the last one to the first."""
        count = len(self._search.starts)
        if self._match is None or not count:
            return
        match, turned = self._match + step, ""
        if not 0 <= match < count:
            if not self._search.done:
                return
            turned = ", from the top again" if step > 0 else ", from the end again"
        self._go_to(match % count, turned)
        self._reveal()
        self._say()
        self.refresh()

    def action_toggle_wrap(self) -> None:
        """Let long lines go on in the next row, or over the edge of the screen."""
        self.wrap, self._left = not self.wrap, 0
        self.lay_out()
        self.post_message(self.Scrolled())

    def action_toggle_numbers(self) -> None:
        """Show the numbers of the lines or not."""
        self.numbers = not self.numbers
        self.lay_out()

    def action_sideways(self, step: int) -> None:
        """Show what is half a screen to the left or right, where lines are not wrapped."""
        if self.wrap:
            return
        width = self._text_width
        furthest = max(self._rows.width - width, 0)
        self._left = min(max(self._left + step * max(width // 2, 1), 0), furthest)
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell that the user has moved."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())


def line_end_of(text: str) -> str:
    r"""Return what ends the lines of a text: `\r\n` where all of them end so, else `\n`."""
    ends = text.count("\n")
    return "\r\n" if ends and text.count("\r\n") == ends else "\n"
