"""Pick one of many: type to narrow the list, enter takes the line under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.getters import query_one
from textual.widgets import Input

from tui.plain import printable
from tui.resources import styles_directory
from tui.screens.fitting import FittingScreen
from tui.screens.key_words import keyed, keys_of
from tui.widgets.bars import Bar, HintLine
from tui.widgets.cells import fit, wrapped
from tui.widgets.lines import Line, Span, StaticLines, Tone, line

NAME_WIDTH: Final = 24
"""Cells for the name of an option, or more where one is longer."""

INDENT: Final = 4
"""Cells before what there is no room for beside a name."""

HINTS: Final = (("picker.take", "take"), ("↑ ↓", "move"), ("picker.leave", "back"))
"""The actions that help."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be picked."""

    key: str
    """What picking it returns."""
    name: str
    notes: tuple[tuple[str, Tone], ...] = ()
    """What is said beside the name, each in its tone."""

    def has(self, wanted: str) -> bool:
        """Say whether its words have what was typed, in whatever case."""
        return wanted in " ".join((self.name, *(words for words, _ in self.notes))).casefold()


class PickerScreen(FittingScreen[str | None]):
    """Ends with the key of what was picked, or None."""

    CSS_PATH = styles_directory() / "list.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="picker.leave"),
        Binding("enter", "take", "Take", priority=True, id="picker.take"),
        Binding("down", "move(1)", "Down", priority=True, id="picker.down"),
        Binding("up", "move(-1)", "Up", priority=True, id="picker.up"),
    ]

    pane = query_one("#options", StaticLines)
    field = query_one(Input)

    def __init__(
        self,
        options: Iterable[Option],
        current: str = "",
        *,
        title: str,
        invitation: str = "type to narrow",
        nothing: str = "Nothing has that in its name.",
        free: bool = False,
    ) -> None:
        """Offer `options`; where the choice is `free`, what is typed can be taken as it is."""
        super().__init__()
        self._options = list(options)
        self._current = current
        self._title = title
        self._invitation = invitation
        self._nothing = nothing
        self._free = free

    def compose(self) -> ComposeResult:
        field = Input(placeholder=self._invitation, compact=True, max_length=64)
        field.cursor_blink = False
        yield Bar(id="title")
        yield field
        yield StaticLines(id="options")
        yield HintLine()

    def on_mount(self) -> None:
        self.query_one("#title", Bar).set_lines([line(Span(f" {self._title}", "strong"))])
        self.field.focus()
        self._show()
        self._go_to(self._current)
        self.show_hints()

    def show_hints(self) -> None:
        """Show the keys that help, as they are now."""
        self.query_one(HintLine).show(keyed(HINTS, keys_of(self)))

    @on(Resize)
    def redraw(self) -> None:
        """Use the new width."""
        self.offer(self._options)

    def offer(self, options: Iterable[Option]) -> None:
        """Offer other options; the cursor stays on its own."""
        under_cursor = self.pane.picked_key
        self._options = list(options)
        self._show()
        self._go_to(under_cursor)

    @on(Input.Changed)
    def narrow(self) -> None:
        """Show the options that have what was typed."""
        self._show()
        self.pane.move_cursor(0)

    def action_take(self) -> None:
        """Take the option under the cursor, or what was typed where that is possible."""
        picked = self.pane.picked_key or (self.field.value.strip() if self._free else "")
        if picked:
            self.dismiss(picked)

    def action_leave(self) -> None:
        """Pick nothing."""
        self.dismiss(None)

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.pane.move_cursor(self.pane.cursor + step)

    def _go_to(self, key: str) -> None:
        for index, each in enumerate(self.pane.lines):
            if key and each.key == key:
                self.pane.move_cursor(index)
                return

    def _show(self) -> None:
        wanted = self.field.value.strip().casefold()
        shown = [option for option in self._options if option.has(wanted)]
        width = max((len(option.name) + 2 for option in shown), default=0)
        width = max(width, NAME_WIDTH)
        lines = [each for option in shown for each in self._lines(option, width)]
        self.pane.set_lines(lines or [line(Span(f"  {self._nothing}", "dim"))])

    def _lines(self, option: Option, width: int) -> Iterator[Line]:
        """Yield the line of an option, and under it what there is no room for in it."""
        room = self.pane.scrollable_content_region.width or self.app.size.width
        mark = Span("* " if option.key == self._current else "  ", "mark")
        spans = [mark, Span(fit(option.name, width), "strong")]
        used = 2 + width
        notes = list(option.notes)
        gap = ""
        while notes and used + len(gap) + cell_len(printable(notes[0][0])) <= room:
            words, tone = notes.pop(0)
            spans.append(Span(f"{gap}{words}", tone))
            used += len(gap) + cell_len(printable(words))
            gap = "  "
        yield line(*spans, key=option.key)
        for words, tone in notes:
            for part in wrapped(words, room - INDENT):
                yield line(" " * INDENT, Span(part, tone))
