"""Help: the keys of the pane that was left, the words of the API, and a search in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Input

from tui.resources import styles_directory
from tui.screens.fitting import FittingScreen
from tui.screens.key_words import keyed, keys_of
from tui.screens.keys import EXPLORER_KEYS, GROUPS
from tui.triage.error_knowledge import KNOWLEDGE
from tui.triage.terms import TERMS
from tui.widgets.bars import Bar, HintLine
from tui.widgets.cells import fit, wrapped
from tui.widgets.lines import Line, Span, StaticLines, line

NAME_WIDTH: Final = 21
"""Cells for keys or for a word, and the space behind them."""

HERE: Final = "In this pane"
"""The heading of the keys that only the focused pane has."""

WORDS: Final = "Words of the API"
CODES: Final = "Error codes"

SEARCH: Final = "type a key, a word or a code"
"""What the field says while it is empty."""


class Entry(NamedTuple):
    """Something that is explained."""

    group: str
    name: str
    words: str


class HelpScreen(FittingScreen[None]):
    """A list of entries; any of the usual keys closes it."""

    CSS_PATH = styles_directory() / "list.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,backspace,left,h", "leave", "Close", id="help.close"),
        Binding("slash", "search", "Search", id="help.search"),
        Binding("down", "read", "Go to what was found", id="help.read"),
    ]

    head = query_one("#title", Bar)
    pane = query_one("#entries", StaticLines)
    field = query_one(Input)
    hints = query_one(HintLine)

    def __init__(self, left: Screen[Any]) -> None:
        super().__init__()
        self._entries = (*key_entries(left), *word_entries())

    def compose(self) -> ComposeResult:
        field = Input(placeholder=SEARCH, compact=True, max_length=64, id="search")
        field.cursor_blink = False
        yield Bar(id="title")
        yield field
        yield StaticLines(id="entries")
        yield HintLine()

    def on_mount(self) -> None:
        self.head.set_lines([line(Span(" Help", "strong"), Span(" · keys, words, codes", "dim"))])
        self.pane.focus()
        self.show_hints()

    def show_hints(self) -> None:
        """Show the keys that help, as they are now."""
        wanted = (("help.search", "search"), ("help.close", "back"), ("↑ ↓", "scroll"))
        self.hints.show(keyed(wanted, keys_of(self)))

    @on(Resize)
    def use_width(self) -> None:
        """Wrap the words to the new width once the list has it."""
        self.call_after_refresh(self.show_entries)

    @on(Input.Changed)
    def show_entries(self) -> None:
        """Show the entries that have what was typed, in the present width."""
        wanted = self.field.value.strip().casefold()
        found = [
            entry for entry in self._entries if wanted in f"{entry.name} {entry.words}".casefold()
        ]
        nothing = line(Span("Nothing has that in its name or words.", "dim"))
        self.pane.set_lines(list(entry_lines(found, self.pane.size.width)) or [nothing])
        self.pane.scroll_to(y=0, animate=False)

    def action_search(self) -> None:
        """Go to the field."""
        self.field.focus()

    @on(Input.Submitted)
    def action_read(self) -> None:
        """Go back from the field to the list."""
        if self.field.has_focus:
            self.pane.focus()

    def action_leave(self) -> None:
        """Leave the field and what was typed in it, or else close."""
        if self.field.has_focus or self.field.value:
            self.field.value = ""
            self.pane.focus()
        else:
            self.dismiss()


def key_entries(screen: Screen[Any]) -> Iterator[Entry]:
    """Yield every action that can be heard on `screen` now, those of its focused pane first."""
    keys = keys_of(screen)
    groups = {key.id: key.group for key in EXPLORER_KEYS}
    words = {
        active.binding.id: active.binding.description
        for active in screen.active_bindings.values()
        if active.binding.id
    }
    order = {group: number for number, group in enumerate((HERE, *GROUPS), 1)}

    def place(identity: str) -> int:
        return order.get(groups.get(identity, ""), 0 if identity not in _AT_THE_END else 99)

    for identity in sorted(words, key=place):
        group = groups.get(identity, GROUPS[-1] if identity in _AT_THE_END else HERE)
        yield Entry(group, "  ".join(keys[identity]), words[identity])


def word_entries() -> Iterator[Entry]:
    """Yield the words of the API and the documented error codes."""
    for term in TERMS:
        yield Entry(WORDS, term.name, term.meaning)
    for known in KNOWLEDGE:
        yield Entry(CODES, known.code, f"{known.meaning} {known.remedy}")


def entry_lines(entries: Sequence[Entry], width: int) -> Iterator[Line]:
    """Yield the lines of entries under the headings of their groups."""
    for number, group in enumerate(dict.fromkeys(entry.group for entry in entries)):
        if number:
            yield line()
        yield line(Span(group, "accent"))
        for entry in entries:
            if entry.group == group:
                yield from _entry_lines(entry, width)


def _entry_lines(entry: Entry, width: int) -> Iterator[Line]:
    parts = wrapped(entry.words, max(width - NAME_WIDTH, 20))
    if len(entry.name) >= NAME_WIDTH:
        yield line(Span(entry.name, "strong"))
    else:
        yield line(Span(fit(entry.name, NAME_WIDTH), "strong"), parts.pop(0))
    for part in parts:
        yield line(" " * NAME_WIDTH, part)


_AT_THE_END: Final = frozenset(
    {"quit.at_once", "palette.anywhere", "suspend", "redraw", "mouse", "draw.less"}
)
"""Actions of the whole application."""
