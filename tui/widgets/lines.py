"""A pane made of lines, of which only those on the screen are drawn and only the changed redrawn.

A line is spans of text with a tone. Tones are named for their meaning; the style sheets give them
colours. Every span passes the sanitiser here, so no pane can forget it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final, Literal, NamedTuple, Protocol, runtime_checkable

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.screen import Screen, ScreenResultType
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.late_dataclass import dataclass
from tui.plain import printable

Tone = Literal[
    "", "dim", "strong", "accent", "title", "ok", "failed", "warning", "running", "pending", "mark"
]
TONES: Final[tuple[Tone, ...]] = (
    "dim",
    "strong",
    "accent",
    "title",
    "ok",
    "failed",
    "warning",
    "running",
    "pending",
    "mark",
)


CUT: Final = "…"
"""Where a line goes on beyond the edge."""


class Span(NamedTuple):
    """A run of text in one tone."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Line:
    """One line of a pane."""

    spans: tuple[Span, ...] = ()
    key: str = ""
    """What the cursor picks on this line; the cursor passes over lines without one."""

    @property
    def text(self) -> str:
        """The words of the line."""
        return "".join(span.text for span in self.spans)


def line(*parts: str | Span, key: str = "") -> Line:
    """Make a line of plain words and spans."""
    spans = (part if isinstance(part, Span) else Span(part) for part in parts)
    return Line(tuple(spans), key)


@runtime_checkable
class Strained(Protocol):
    """An application that knows when its line cannot carry what a held key would have it draw."""

    def is_strained(self) -> bool:
        """Tell whether that is so now."""


class TonedScreen(Screen[ScreenResultType]):
    """A screen on which panes of lines can be: it has the styles of their tones."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{tone}" for tone in TONES}


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Base of the panes: gives tones their styles, moves a cursor and scrolls without animation.

    Its screen has the styles of the tones, for each style that a widget has of its own is looked
    up again with every change of that widget; a pane has those that change with its focus.
    """

    own_tones: ClassVar[tuple[Tone, ...]] = ()
    """Tones that look otherwise in this kind of pane than on the rest of the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "Down", show=False, id="move.down"),
        Binding("up,k", "cursor_up", "Up", show=False, id="move.up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="move.page_down"),
        Binding("pageup", "page_up", "Page up", show=False, id="move.page_up"),
        Binding("ctrl+d", "half_down", "Half a page down", show=False, id="move.half_down"),
        Binding("ctrl+u", "half_up", "Half a page up", show=False, id="move.half_up"),
        Binding("home,g", "first", "First row", show=False, id="move.first"),
        Binding("end,G", "last", "Last row", show=False, id="move.last"),
    ]

    marks_cuts: ClassVar[bool] = True
    """Whether a line that is too long ends in a mark; a pane that scrolls sideways needs none."""

    header_height: ClassVar[int] = 0
    """Lines at the top that stay where they are when the rest scrolls."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cursor = 0
        """The index of the line under the cursor."""

    # What a pane says of itself.

    def line_count(self) -> int:
        """Return how many lines scroll."""
        raise NotImplementedError

    def line_at(self, index: int) -> Line:
        """Return one of the lines that scroll."""
        raise NotImplementedError

    def header_line(self, index: int) -> Line:
        """Return one of the lines that stay."""
        return Line()

    def line_below(self, index: int) -> Line:
        """Return one of the lines under the last one, where there is room for any."""
        return Line()

    def lines_below(self) -> int:
        """Return how many of those lines scroll where there is no room for them."""
        return 0

    def selectable(self, index: int) -> bool:
        """Say whether the cursor can rest on a line."""
        return True

    def cursor_moved(self) -> None:
        """Do what follows from a move of the cursor."""

    # Drawing.

    @property
    def visible_height(self) -> int:
        """How many of the scrolling lines fit on the screen."""
        return max(self.scrollable_content_region.height - self.header_height, 1)

    def resize_lines(self, width: int = 0) -> None:
        """Tell the scrolling machinery that the number or width of the lines has changed."""
        size = Size(width, self.line_count() + self.lines_below() + self.header_height)
        if size != self.virtual_size:
            self.virtual_size = size

    def redraw_line(self, index: int) -> None:
        """Draw one line again if it is on the screen."""
        y = index - self.scroll_offset.y + self.header_height
        if self.header_height <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def redraw_header(self) -> None:
        """Draw the lines that stay again."""
        self.refresh(Region(0, 0, self.size.width, self.header_height))

    def render_line(self, y: int) -> Strip:
        """Draw the line at `y` of the pane."""
        width = self.size.width
        index = y - self.header_height + self.scroll_offset.y
        if y < self.header_height:
            strip = self._strip(self.header_line(y), cursor=False)
        elif index < self.line_count():
            at_cursor = index == self.cursor and self.selectable(index) and self.shows_cursor
            strip = self._strip(self.line_at(index), cursor=at_cursor)
        else:
            strip = self._strip(self.line_below(index - self.line_count()), cursor=False)
        fill = strip._segments[-1].style if strip._segments else self.rich_style
        if self.marks_cuts and strip.cell_length > width > 0:
            kept = strip.crop(0, width - 1)
            strip = Strip([*kept, Segment(CUT, kept._segments[-1].style)]) if width > 1 else kept
        return strip.crop_extend(self.scroll_offset.x, self.scroll_offset.x + width, fill)

    @property
    def shows_cursor(self) -> bool:
        """Whether the line under the cursor is drawn as such."""
        return True

    def _strip(self, line: Line, *, cursor: bool) -> Strip:
        base = self.rich_style
        cursor_style = self.get_component_rich_style("line--cursor") if cursor else None
        segments = [
            Segment(text, cursor_style or self._tone_style(tone, base))
            for text, tone in _joined(line.spans, one_tone=cursor)
        ]
        return Strip(segments)

    def _tone_style(self, tone: Tone, base: Style) -> Style:
        if not tone:
            return base
        name = f"line--{tone}"
        if tone in self.own_tones:
            return self.get_component_rich_style(name)
        return base + self.screen.get_component_rich_style(name, partial=True)

    def plain_lines(self) -> Iterator[str]:
        """Return the words of the lines that stay and of those on the screen, made printable."""
        top = self.scroll_offset.y
        for index in range(self.header_height):
            yield printable(self.header_line(index).text).rstrip()
        for index in range(top, min(top + self.visible_height, self.line_count())):
            yield printable(self.line_at(index).text).rstrip()

    # Moving.

    def move_cursor(self, index: int, *, scroll: bool = True) -> None:
        """Put the cursor on the line `index`, or the nearest that can be selected."""
        target = self._nearest_selectable(index, 1 if index >= self.cursor else -1)
        if target is None:
            return
        if target != self.cursor:
            previous, self.cursor = self.cursor, target
            self.redraw_line(previous)
            self.redraw_line(target)
            self.cursor_moved()
        if scroll:
            self.scroll_to_cursor()

    def scroll_to_cursor(self) -> None:
        """Scroll as little as needed to have the cursor on the screen.

        While a key is held at the end of a slow line it is half a pane: each line more has all
        lines written, and that for every step takes longer than the steps do.
        """
        top, height = self.scroll_offset.y, self.visible_height
        if top <= self.cursor < top + height:
            return
        app = self.app
        jump = height // 2 if isinstance(app, Strained) and app.is_strained() else 0
        if self.cursor < top:
            self._scroll_to_line(self.cursor - jump)
        else:
            self._scroll_to_line(self.cursor - height + 1 + jump)

    def _scroll_to_line(self, top: int) -> None:
        self.scroll_to(y=top, animate=False)

    def _nearest_selectable(self, index: int, step: int) -> int | None:
        count = self.line_count()
        if not count:
            return None
        index = min(max(index, 0), count - 1)
        down, up = range(index, count), range(index, -1, -1)
        for candidates in (down, up) if step > 0 else (up, down):
            for candidate in candidates:
                if self.selectable(candidate):
                    return candidate
        return None

    def _step(self, lines: int) -> None:
        before = self.cursor
        self.move_cursor(self.cursor + lines)
        if self.cursor == before:
            self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_cursor_down(self) -> None:
        """Move the cursor one line down; where it cannot move, scroll."""
        self._step(1)

    def action_cursor_up(self) -> None:
        """Move the cursor one line up; where it cannot move, scroll."""
        self._step(-1)

    def action_page_down(self) -> None:
        """Move the view and the cursor down by the height of the pane."""
        self._page(self.visible_height)

    def action_page_up(self) -> None:
        """Move the view and the cursor up by the height of the pane."""
        self._page(-self.visible_height)

    def action_half_down(self) -> None:
        """Move the view and the cursor down by half the height of the pane."""
        self._page(max(self.visible_height // 2, 1))

    def action_half_up(self) -> None:
        """Move the view and the cursor up by half the height of the pane."""
        self._page(-max(self.visible_height // 2, 1))

    def action_first(self) -> None:
        """Move to the first line."""
        self.move_cursor(0)
        self._scroll_to_line(0)

    def action_last(self) -> None:
        """Move to the last line."""
        self.move_cursor(self.line_count() - 1)
        self._scroll_to_line(self.line_count())

    def _page(self, lines: int) -> None:
        top = self.scroll_offset.y
        self._scroll_to_line(top + lines)
        self.move_cursor(self.cursor + lines)

    def on_hide(self, event: events.Hide) -> None:
        """Keep the focus: who hides a pane says where it goes, and may have done so since."""
        event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse clicked."""
        index = event.y - self.header_height + self.scroll_offset.y
        if event.y >= self.header_height and 0 <= index < self.line_count():
            event.stop()
            if self.selectable(index):
                self.move_cursor(index)
                self.clicked(event.chain)

    def clicked(self, times: int) -> None:
        """Do what follows from a click on the line under the cursor."""


PANE_TONES: Final[tuple[Tone, ...]] = ("title",)
"""What changes in a pane with its focus."""

PANE_CLASSES: Final = frozenset({"line--cursor", "line--title"})
"""The styles of a pane that has a cursor."""


class GivenLines(LineView):
    """Lines given at once; new ones are compared with the old and only what differs is redrawn."""

    def __init__(self, lines: Sequence[Line] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[Line] = tuple(lines)

    @property
    def lines(self) -> Sequence[Line]:
        """The lines that the pane shows."""
        return self._lines

    def set_lines(self, lines: Iterable[Line]) -> None:
        """Show other lines: what stays the same is not drawn again."""
        old, self._lines = self._lines, tuple(lines)
        self.resize_lines()
        for index in range(max(len(old), len(self._lines))):
            if old[index : index + 1] != self._lines[index : index + 1]:
                self.redraw_line(index)
        self.cursor = self._nearest_selectable(self.cursor, 1) or 0

    def line_count(self) -> int:
        """Return how many lines there are."""
        return len(self._lines)

    def line_at(self, index: int) -> Line:
        """Return one line."""
        return self._lines[index]

    def selectable(self, index: int) -> bool:
        """Say whether the line has something to pick."""
        return bool(self._lines[index].key)

    @property
    def picked_key(self) -> str:
        """The key of the line under the cursor, or an empty string."""
        return self._lines[self.cursor].key if self.cursor < len(self._lines) else ""


class StaticLines(GivenLines):
    """A pane of given lines with a cursor."""

    own_tones = PANE_TONES
    COMPONENT_CLASSES: ClassVar[set[str]] = {*PANE_CLASSES}


def _joined(spans: Iterable[Span], *, one_tone: bool) -> Iterator[Span]:
    """Join neighbours of one tone, so that each costs one change of style on the wire."""
    text = ""
    tone: Tone = ""
    for span in spans:
        span_tone: Tone = "" if one_tone else span.tone
        if text and span_tone != tone:
            yield Span(printable(text), tone)
            text = ""
        text, tone = text + span.text, span_tone
    if text:
        yield Span(printable(text), tone)
