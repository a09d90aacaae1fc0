"""A line that asks for a few words, over the line of hints, so that nothing else moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from tui.plain import printable

MAX_LENGTH: Final = 500
"""Characters that the line takes: a bound on what a slip of the mouse can paste."""


class Prompt(Horizontal):
    """Takes the focus while it is open, and gives it back.

    `enter` submits and `esc` cancels. A user who goes elsewhere does neither: the prompt closes,
    what its changes did stays done and what submitting it would have done is not done.
    """

    DEFAULT_CSS = """
    Prompt {
        layer: over;
        dock: bottom;
        display: none;
        height: 1;
        background: $panel;

        & > Static { width: auto; height: 1; padding: 0 1; color: $text-primary; text-style: bold; }
        & > Input { width: 1fr; height: 1; background: $panel; }
        & > Input:focus { background: $panel; background-tint: transparent; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Close without taking it", show=False, id="prompt.cancel"),
    ]

    @dataclass
    class Changed(Message):
        """The user has typed."""

        value: str
        asked: str
        """The label under which it was asked for; the same in the messages below."""

    @dataclass
    class Submitted(Message):
        """The user has finished typing and wants it done."""

        value: str
        asked: str

    @dataclass
    class Cancelled(Message):
        """The user wants things to be as they were before the prompt."""

        asked: str

    field = query_one(Input)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.asked = ""
        """The label under which something is asked for, or was last."""
        self._came_from: Widget | None = None

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)
        field = Input(compact=True, max_length=MAX_LENGTH, select_on_focus=False)
        field.cursor_blink = False
        yield field

    def open(
        self, label: str, value: str = "", placeholder: str = "", *, select: bool = False
    ) -> None:
        """Ask; `value` is there to be changed, or when it is selected to be typed over."""
        self.asked = label
        self.query_one(Static).update(Content(printable(label)))
        with self.prevent(Input.Changed):
            self.field.value = value[:MAX_LENGTH]
        self.field.placeholder = printable(placeholder)
        length = len(self.field.value)
        self.field.selection = Selection(0 if select else length, length)
        if not self.display:
            self._came_from = self.screen.focused
        self.display = True
        self.screen.set_focus(self.field, scroll_visible=False)

    def close(self) -> None:
        """Hide, and give the focus back."""
        came_from, self._came_from = self._came_from, None
        if came_from is not None and came_from.is_attached and self.field.has_focus:
            self.screen.set_focus(came_from, scroll_visible=False)
        self.display = False

    @on(Input.Changed)
    def pass_on_change(self, event: Input.Changed) -> None:
        """Tell what is there so far."""
        event.stop()
        if self.display:
            self.post_message(self.Changed(event.value, self.asked))

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Tell what was typed, and close."""
        event.stop()
        self.close()
        self.post_message(self.Submitted(event.value, self.asked))

    def action_cancel(self) -> None:
        """Close without taking what was typed."""
        self.close()
        self.post_message(self.Cancelled(self.asked))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Close when the user goes elsewhere, but not when the whole terminal loses the focus."""
        if self.display and self.app.app_focus and not self.field.has_focus:
            self._came_from = None
            self.display = False
