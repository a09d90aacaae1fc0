"""The invocations table: asks a view for the rows it draws, so it costs what the screen is high."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from tui.late_dataclass import dataclass
from tui.records import InvocationSummary
from tui.widgets import columns
from tui.widgets.cells import wrapped
from tui.widgets.columns import INVOKE_ID_WIDTH, Column, Context
from tui.widgets.lines import PANE_CLASSES, PANE_TONES, Line, LineView, Span
from tui.widgets.words import TimeStyle

ROWS_AHEAD: Final = 10
"""More rows are asked for when the cursor is this near to the last one that is loaded."""

MAX_ID_WIDTH: Final = 64
"""Cells that a very long invoke ID can take before the rest of it is reached by scrolling."""


class RowSource(Protocol):
    """What the table shows: something with numbered rows, of which some may be on their way."""

    count: int
    cursor: int
    """Where the reader is: the table keeps it up to date."""

    def rows(self, start: int, stop: int) -> Sequence[InvocationSummary | None]:
        """Return the rows from `start` to before `stop`, None for those not there yet."""


class NoRows:
    """The source of an empty table."""

    count = 0
    cursor = 0

    def rows(self, start: int, stop: int) -> Sequence[InvocationSummary | None]:
        """Return nothing."""
        return ()


class FirstRows:
    """A source of a few rows that are all there."""

    cursor = 0

    def __init__(self, rows: Sequence[InvocationSummary]) -> None:
        self._rows = rows
        self.count = len(rows)

    def rows(self, start: int, stop: int) -> Sequence[InvocationSummary | None]:
        """Return the rows from `start` to before `stop`."""
        return self._rows[start:stop]


class InvocationTable(LineView):
    """Rows of invocations with a cursor; it knows where it stands by invoke ID, not by number."""

    own_tones = PANE_TONES
    COMPONENT_CLASSES: ClassVar[set[str]] = {*PANE_CLASSES}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,l,right", "pick", "Open", id="open"),
        Binding("shift+left", "sideways(-1)", "Columns left", show=False, id="columns.left"),
        Binding("shift+right", "sideways(1)", "Columns right", show=False, id="columns.right"),
    ]

    header_height = 1

    @dataclass
    class Moved(Message):
        """The cursor is on another row, or the row under it has changed."""

        row: InvocationSummary | None

        def can_replace(self, message: Message) -> bool:
            """Only the last of a burst of moves matters."""
            return isinstance(message, InvocationTable.Moved)

    @dataclass
    class Picked(Message):
        """The user opens the row under the cursor."""

        row: InvocationSummary

    @dataclass
    class Seen(Message):
        """The table shows these rows, or wants to; some of them may not be held."""

        first: int
        last: int
        """One past the last row."""

        def can_replace(self, message: Message) -> bool:
            """Only where the table is now matters."""
            return isinstance(message, InvocationTable.Seen)

    @dataclass
    class MoreWanted(Message):
        """The cursor is near the last row that is loaded."""

        pressed: bool = False
        """Whether a key wanted to go beyond it."""

        def can_replace(self, message: Message) -> bool:
            """One wish is enough, of several the one with the most behind it."""
            return isinstance(message, InvocationTable.MoreWanted) and (
                message.pressed or not self.pressed
            )

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source: RowSource = NoRows()
        self._cell_context = Context()
        self._columns: tuple[Column, ...] = ()
        self._scrolled = 0
        """Columns that the table is scrolled sideways by."""
        self._id_width = INVOKE_ID_WIDTH
        self._draws_less = False
        self._sorted_by, self._arrow = "", ""
        self._why_empty: tuple[str, ...] = ()
        self._empty_lines: Sequence[str] = ()
        """The same as lines of the width that there is."""
        self._last_seen: tuple[int, InvocationSummary] | None = None
        """The row that was under the cursor last, and where it is now."""
        self.marks: Container[str] = ()
        """Invoke IDs of the rows that are marked."""

    def show(self, source: RowSource, *, keep_cursor: bool = False) -> None:
        """Show another source, from its first row unless it has the same rows at the top."""
        self._source = source
        if not keep_cursor:
            self._last_seen = None
            self._scrolled = 0
            self.cursor = 0
            self.scroll_to(y=0, animate=False)
        self.rows_changed()

    def rows_changed(self, shift: int = 0) -> None:
        """Draw what the source has now; the row under the cursor has moved by `shift`.

        Rows that came in above move neither the cursor nor the rows on the screen.
        """
        if self._last_seen is not None:
            self._last_seen = (self._last_seen[0] + shift, self._last_seen[1])
        self.cursor = min(max(self.cursor + shift, 0), max(self._source.count - 1, 0))
        self._fit_ids()
        self._lay_out_emptiness()
        if shift:
            self.scroll_to(y=self.scroll_offset.y + shift, animate=False)
        self.refresh(self.size.region)
        self.cursor_moved()

    def explain_emptiness(self, *sentences: str) -> None:
        """Say these sentences where there are no rows."""
        if sentences != self._why_empty:
            self._why_empty = sentences
            if not self._source.count:
                self._lay_out_emptiness()
                self.refresh(self.size.region)

    @property
    def row(self) -> InvocationSummary | None:
        """The row under the cursor, where it is there.

        What is held are the rows around those on the screen. Where the mouse has scrolled the
        cursor far out of it, this is the row as it was seen last.
        """
        rows = self._source.rows(self.cursor, self.cursor + 1)
        if not rows:
            return None
        if rows[0] is not None:
            self._last_seen = (self.cursor, rows[0])
        if self._last_seen is not None and self._last_seen[0] == self.cursor:
            return self._last_seen[1]
        return None

    @property
    def rows_below(self) -> int:
        """How many rows there are below the cursor."""
        return max(self._source.count - self.cursor - 1, 0)

    @property
    def time_style(self) -> TimeStyle:
        """How times are shown."""
        return self._cell_context.time_style

    def set_time_style(self, style: TimeStyle, now: datetime | None = None) -> None:
        """Show times in another style; ages count from `now`."""
        self._cell_context = Context(style, now or datetime.now(UTC))
        self.refresh(self.size.region)

    def draw_less(self, less: bool) -> None:
        """Show no columns but those that are never dropped and those that are scrolled to."""
        self._draws_less = less
        self._choose_columns()

    def show_order(self, column: str, arrow: str) -> None:
        """Mark the title of the column by which the source is sorted."""
        self._sorted_by, self._arrow = column, arrow
        self.refresh(self.size.region)

    # The lines.

    def render_line(self, y: int) -> Strip:
        """Draw a line; the first of all come before the table is told how large it is."""
        if not self._columns:
            self._columns = self._arranged(0)
        return super().render_line(y)

    def line_count(self) -> int:
        """Return how many rows there are."""
        return self._source.count

    def line_at(self, index: int) -> Line:
        """Return the line of one row; a row on its way is a line of dots."""
        row = next(iter(self._source.rows(index, index + 1)), None)
        if row is None:
            return Line((Span("  ·", "dim"),), key="")
        mark = "*" if row.invoke_id in self.marks else ""
        return columns.row_line(row, self._columns, self._cell_context, mark)

    def line_below(self, index: int) -> Line:
        """Return what is said in an empty table."""
        if index < self.lines_below():
            return Line((Span(f"  {self._empty_lines[index]}", "dim"),))
        return Line()

    def lines_below(self) -> int:
        """Return how many lines say why there are no rows."""
        return 0 if self._source.count else len(self._empty_lines)

    def _lay_out_emptiness(self) -> None:
        """Wrap what is said in an empty table, without its gaps where it is too long for them."""
        lines = [""]
        for sentence in self._why_empty:
            words = sentence.lstrip()
            indent = " " * (len(sentence) - len(words))
            first, *rest = wrapped(words, self.size.width - len(indent) - 4)
            lines += [indent + first, *(f"{indent}  {each}" for each in rest)]
        if len(lines) > self.visible_height:
            lines = [each for each in lines if each.strip()]
        self._empty_lines = lines
        self.resize_lines()

    def header_line(self, index: int) -> Line:
        """Return the titles."""
        return columns.header(self._columns, self._cell_context, self._sorted_by, self._arrow)

    def cursor_moved(self) -> None:
        """Say where the cursor is, what is on the screen, and whether the end is near."""
        self._source.cursor = self.cursor
        self.post_message(self.Moved(self.row))
        top = self.scroll_offset.y
        self.post_message(self.Seen(top, top + self.visible_height))
        self.want_more()

    def move_cursor(self, index: int, *, scroll: bool = True) -> None:
        """Put the cursor on a row; beyond the last one that is loaded, ask for more."""
        before, last = self.cursor, self._source.count - 1
        super().move_cursor(index, scroll=scroll)
        if index >= last == before == self.cursor:
            self.post_message(self.MoreWanted(pressed=True))

    def want_more(self) -> None:
        """Ask for more rows where they are wanted."""
        if self.wants_more:
            self.post_message(self.MoreWanted())

    @property
    def wants_more(self) -> bool:
        """Whether the cursor or the screen is near the last row."""
        bottom = self.scroll_offset.y + self.visible_height
        return max(self.cursor + ROWS_AHEAD, bottom) >= self._source.count

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for the rows that a scroll brings onto the screen."""
        super().watch_scroll_y(old_value, new_value)
        top = round(new_value)
        self.post_message(self.Seen(top, top + self.visible_height))

    def on_resize(self, event: events.Resize) -> None:
        """Choose the columns that fit, and keep the cursor on the screen."""
        self._choose_columns()
        self._lay_out_emptiness()
        self.scroll_to_cursor()
        self.post_message(
            self.Seen(self.scroll_offset.y, self.scroll_offset.y + self.visible_height)
        )

    def on_focus(self) -> None:
        """Draw the cursor as the one that the keys move."""
        self.redraw_line(self.cursor)

    def on_blur(self) -> None:
        """Draw the cursor as one that rests."""
        self.redraw_line(self.cursor)

    def clicked(self, times: int) -> None:
        """Open a row that is clicked twice."""
        if times > 1:
            self.action_pick()

    # Actions.

    def action_pick(self) -> None:
        """Open the row under the cursor."""
        if (row := self.row) is not None:
            self.post_message(self.Picked(row))

    def action_sideways(self, step: int) -> None:
        """Scroll the columns after the first four by one."""
        scrolled = max(self._scrolled + step, 0)
        before = self._columns
        self._choose_columns(scrolled)
        if step < 0 or self._columns != before:
            self._scrolled = scrolled

    def _choose_columns(self, scrolled: int | None = None) -> None:
        chosen = self._arranged(self._scrolled if scrolled is None else scrolled)
        if chosen != self._columns:
            self._columns = chosen
            self.refresh(self.size.region)

    def _arranged(self, scrolled: int) -> tuple[Column, ...]:
        return columns.arrange(
            self.size.width,
            scrolled=scrolled,
            id_width=self._id_width,
            fewest=self._draws_less,
        )

    def _fit_ids(self) -> None:
        top = self.scroll_offset.y
        rows = self._source.rows(top, top + 2 * self.visible_height)
        longest = max((len(row.invoke_id) for row in rows if row), default=0)
        if longest > self._id_width:
            self._id_width = min(longest, MAX_ID_WIDTH)
            self._choose_columns()
