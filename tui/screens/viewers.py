"""Viewers over the whole screen: the content of a file, and the API's own JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.records import FileContent, Invocation
from tui.resources import styles_directory
from tui.widgets.bars import HintLine
from tui.widgets.lines import StaticLines, line
from tui.widgets.prompt import Prompt

Copier = Callable[[str], Awaitable[str]]
"""Sends text towards the clipboard and says in words what was done with it."""


class Viewer(Screen[None]):
    """A text over the whole screen."""

    CSS_PATH = styles_directory() / "viewers.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,backspace,left,h", "dismiss", "Back", show=False, id="viewer.back"),
    ]

    def __init__(self, invocation: Invocation, text: str, copier: Copier) -> None:
        super().__init__()
        self._invocation = invocation
        self._text = text
        self._copier = copier

    def compose(self) -> ComposeResult:
        yield StaticLines([line(each) for each in self._text.split("\n")])
        yield HintLine()
        yield Prompt()

    def on_mount(self) -> None:
        self.query_one(StaticLines).focus()
        self.query_one(HintLine).show([("esc", "back")])


class ContentViewer(Viewer):
    """The content of the file that an invocation sent."""

    def __init__(self, invocation: Invocation, content: FileContent, copier: Copier) -> None:
        super().__init__(invocation, content.text or "", copier)


class RawViewer(Viewer):
    """The API's own JSON of an invocation."""

    def __init__(self, invocation: Invocation, copier: Copier) -> None:
        super().__init__(invocation, invocation.raw, copier)
