"""A menu on one line: each choice has a key, and the key chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui.late_dataclass import dataclass
from tui.widgets.lines import GivenLines, Span, line


class Choice(NamedTuple):
    """One of the things that can be chosen."""

    key: str
    """A character."""
    words: str
    value: str


class KeyMenu(GivenLines):
    """Takes the focus while it is open, and gives it back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Close the menu", show=False, id="menu.cancel"),
    ]

    @dataclass
    class Chosen(Message):
        """The user has chosen."""

        menu: str
        """The name under which the menu was opened."""
        value: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._menu = ""
        self._choices: dict[str, Choice] = {}
        self._came_from: Widget | None = None

    def open(self, menu: str, title: str, choices: Sequence[Choice]) -> None:
        """Offer choices."""
        self._menu = menu
        self._choices = {choice.key: choice for choice in choices}
        lines = [[Span(f" {title}  ", "strong")]]
        used = len(title) + 3
        for choice in choices:
            needed = len(choice.key) + len(choice.words) + 3
            if used + needed > self.app.size.width:
                lines.append([Span(" ")])
                used = 1
            lines[-1] += [Span(choice.key, "accent"), Span(f" {choice.words}  ")]
            used += needed
        self.styles.height = len(lines)
        self.set_lines(line(*spans) for spans in lines)
        if not self.display:
            self._came_from = self.screen.focused
        self.display = True
        # At once: the key that chooses may have been struck already.
        self.screen.set_focus(self, scroll_visible=False)

    def close(self) -> None:
        """Hide, and give the focus back."""
        self.display = False
        if self._came_from is not None:
            self._came_from.focus()

    def action_cancel(self) -> None:
        """Close without choosing."""
        self.close()

    def on_key(self, event: events.Key) -> None:
        """Choose by the key of a choice; any other key chooses nothing."""
        if event.key == "escape" or not event.character:
            return
        event.stop()
        event.prevent_default()
        choice = self._choices.get(event.character)
        if choice is not None:
            self.close()
            self.post_message(self.Chosen(self._menu, choice.value))

    def on_blur(self) -> None:
        """Close when the user goes elsewhere, but not when the whole terminal loses the focus."""
        if self.app.app_focus:
            self.display = False
