"""Help: every key that works in the pane that was left, with what it does."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.resources import styles_directory
from tui.screens.fitting import FittingScreen
from tui.widgets.bars import HintLine
from tui.widgets.cells import fit
from tui.widgets.lines import Line, Span, StaticLines, line

KEY_WIDTH = 24
"""Cells for the keys of an action."""


class HelpScreen(FittingScreen[None]):
    """A list of keys; any of the usual keys closes it."""

    CSS_PATH = styles_directory() / "list.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,backspace,left,h", "dismiss", "Close", id="help.close"),
    ]

    def __init__(self, left: Screen[Any]) -> None:
        super().__init__()
        self._lines = help_lines(left)

    def compose(self) -> ComposeResult:
        yield StaticLines(self._lines)
        yield HintLine()

    def on_mount(self) -> None:
        self.query_one(StaticLines).focus()
        self.query_one(StaticLines).resize_lines()
        self.query_one(HintLine).show([("esc", "back"), ("↑ ↓", "scroll")])


def help_lines(screen: Screen[Any]) -> list[Line]:
    """Return a line for every binding that is active on `screen`, in the order of the panes."""
    lines = [line(Span("Keys", "title")), line()]
    keys: dict[str, list[str]] = {}
    for active in screen.active_bindings.values():
        if active.binding.description and not active.binding.system:
            display = active.node.app.get_key_display(active.binding)
            keys.setdefault(active.binding.description, []).append(display)
    for description, displays in keys.items():
        lines.append(line(Span(fit("  ".join(displays), KEY_WIDTH), "accent"), description))
    return lines
