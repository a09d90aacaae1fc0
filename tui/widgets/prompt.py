"""A line that asks for a few words, over the line of hints, so that nothing else moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget

from tui.late_dataclass import dataclass
from tui.plain import printable
from tui.widgets.bars import Bar
from tui.widgets.lines import Span, line

if TYPE_CHECKING:
    from textual.widgets import Input

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

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.asked = ""
        """The label under which something is asked for, or was last."""
        self._came_from: Widget | None = None
        self._label = Bar()
        self._field: Input | None = None

    @property
    def field(self) -> Input:
        """Where the user types, made when it is first wanted: few starts ask for anything."""
        if self._field is None:
            from textual.widgets import Input

            self._field = Input(compact=True, max_length=MAX_LENGTH, select_on_focus=False)
            self._field.cursor_blink = False
            self.mount(self._label, self._field)
        return self._field

    def open(
        self, label: str, value: str = "", placeholder: str = "", *, select: bool = False
    ) -> None:
        """Ask; `value` is there to be changed, or when it is selected to be typed over."""
        self.asked = label
        field = self.field
        self._label.set_lines([line(Span(f" {label} ", "accent"))])
        self._label.styles.width = cell_len(printable(label)) + 2
        with self.prevent(type(field).Changed):
            field.value = value[:MAX_LENGTH]
        field.placeholder = printable(placeholder)
        end = len(field.value)
        field.selection = type(field.selection)(0 if select else end, end)
        if not self.display:
            self._came_from = self.screen.focused
        self.display = True
        self.screen.set_focus(field, scroll_visible=False)

    def close(self) -> None:
        """Hide, and give the focus back."""
        came_from, self._came_from = self._came_from, None
        has_focus = self._field is not None and self._field.has_focus
        if came_from is not None and came_from.is_attached and has_focus:
            self.screen.set_focus(came_from, scroll_visible=False)
        self.display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what is there so far."""
        event.stop()
        if self.display:
            self.post_message(self.Changed(event.value, self.asked))

    def on_input_submitted(self, event: Input.Submitted) -> None:
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
