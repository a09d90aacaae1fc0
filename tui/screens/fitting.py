"""The base of all screens: knows how large the terminal is, and says where it is too small."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol, runtime_checkable

from textual.events import DescendantFocus
from textual.geometry import Size
from textual.message import Message
from textual.screen import ScreenResultType
from textual.widget import Widget
from textual.widgets import Static

from tui.widgets.bars import HintLine
from tui.widgets.lines import TonedScreen

WIDTHS: Final = [
    (0, "-too-narrow"),
    (40, "-single-width"),
    (60, "-folded"),
    (100, "-standard"),
    (160, "-wide"),
]
"""Columns of the terminal from which a layout holds."""

HEIGHTS: Final = [(0, "-too-low"), (10, "-single-height"), (20, "-high")]
"""Lines of the terminal from which a layout holds."""


@runtime_checkable
class Paced(Protocol):
    """An application that knows when its terminal can take more."""

    def may_paint(self) -> bool:
        """Tell whether to paint now, and not a little later."""


@runtime_checkable
class Ordered(Protocol):
    """An application that lets keys take effect in the order in which they were struck."""

    def keys_held(self) -> AbstractContextManager[None]:
        """Let keys wait for what is being opened."""


class FittingScreen(TonedScreen[ScreenResultType]):
    """A screen that gives way to one plain line where the terminal is too small for it."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    class Whole(Message):
        """Everything that the screen will need is there."""

    _focused_last: Widget | None = None

    def fit(self, size: Size) -> None:
        """Have the layout for a terminal from the start: a change has all styles applied anew."""
        breakpoints = (size.width, WIDTHS), (size.height, HEIGHTS)
        for length, steps in breakpoints:
            name = [name for least, name in steps if length >= least][-1]
            self.update_classes({name: True}, update=False)

    def on_mount(self) -> None:
        """Make what does not show yet when there is time for it."""
        self.call_later(self._make_whole)

    async def mount_hidden(self) -> None:
        """Have the line at hand."""
        if self.is_attached:
            line = Static("Too small: 40x10 at least", id="too-small", markup=False)
            await self.mount(line)

    async def _make_whole(self) -> None:
        await self.mount_hidden()
        self.post_message(self.Whole())

    def show_hints(self) -> None:
        """Show the keys that help, where there is a line for them."""

    def unsay(self) -> None:
        """Show the keys again where something was said: a key has been struck since."""
        if any(hints.sentence for hints in self.query(HintLine)):
            self.show_hints()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Remember what has the focus: what is not shown loses it."""
        self._focused_last = self.focused or self._focused_last

    def on_resize(self) -> None:
        """Give the focus back to what had it before the terminal was too small for anything."""
        if self.focused is None and self._focused_last is not None:
            self.call_after_refresh(self._focused_last.focus)

    def opening(self) -> AbstractContextManager[None]:
        """Let keys wait: what is struck next is for what is being opened.

        It is for what comes from the archive at once, never for an answer of the service: a key
        that stops such a wait must not wait for it.
        """
        return self.app.keys_held() if isinstance(self.app, Ordered) else nullcontext()

    def _on_timer_update(self) -> None:
        # The timer that calls this goes on until something has been painted.
        if not isinstance(self.app, Paced) or self.app.may_paint():
            super()._on_timer_update()
