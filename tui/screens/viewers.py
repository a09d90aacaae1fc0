"""Viewers over the whole screen: the content of a file, and the API's own JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.getters import query_one

from tui.plain import printable
from tui.records import FileContent, Invocation
from tui.resources import reason, styles_directory
from tui.saving import save_as
from tui.screens.fitting import FittingScreen
from tui.screens.help import HelpScreen
from tui.screens.key_words import keyed, keys_of
from tui.screens.viewed import Viewed, viewed_content, viewed_raw
from tui.widgets.bars import HintLine, Notice
from tui.widgets.hex_pane import HexPane
from tui.widgets.prompt import Prompt
from tui.widgets.text_pane import TextPane
from tui.widgets.viewer_head import ViewerHead

Copier = Callable[[str], Awaitable[str]]
"""Sends text towards the clipboard and says in words what was done with it."""

HINTS: Final = (
    ("viewer.back", "back"),
    ("viewer.search", "search"),
    ("text.next", "next"),
    ("viewer.copy", "copy"),
    ("viewer.save", "save"),
)
"""The actions that help most."""

WRAP_HINT: Final = ("text.wrap", "wrap")
HELP_HINT: Final = ("viewer.help", "help")


class Viewer(FittingScreen[None]):
    """A text over the whole screen, to read, search, copy and save."""

    CSS_PATH = styles_directory() / "viewers.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,backspace,left,h", "dismiss", "Back", show=False, id="viewer.back"),
        Binding("slash", "search", "Search", show=False, id="viewer.search"),
        Binding("y,c", "copy", "Copy all of it, exactly", show=False, id="viewer.copy"),
        Binding("S,ctrl+s", "save", "Save as a file", show=False, id="viewer.save"),
        Binding("question_mark,f1", "help", "Help for this viewer", show=False, id="viewer.help"),
    ]

    head = query_one(ViewerHead)
    hints = query_one(HintLine)
    notice = query_one(Notice)
    prompt = query_one(Prompt)

    def __init__(self, viewed: Viewed, copier: Copier) -> None:
        super().__init__()
        self._viewed = viewed
        self._copier = copier
        self._asked = ""
        """What the prompt is open for."""
        self._wanted = self._wanted_before = ""

    def compose(self) -> ComposeResult:
        controls = self._viewed.controls
        warning = f"It has control characters: {controls}" if controls else ""
        yield ViewerHead(self._viewed.name, self._viewed.facts, warning)
        yield from self.panes()
        yield HintLine()
        yield Notice()
        yield Prompt()

    def panes(self) -> ComposeResult:
        """Yield the panes, of which one is to be seen."""
        yield TextPane(self._viewed.text, empty=self._viewed.nothing)

    @property
    def pane(self) -> TextPane:
        """The pane that is to be seen."""
        return self.query_one(TextPane)

    def on_mount(self) -> None:
        self.pane.focus()
        self.show_hints()

    @on(TextPane.Scrolled)
    def show_hints(self) -> None:
        """Show the keys that help, in place of what was said."""
        self.notice.show("")
        self.hints.show(keyed((*self.hint_pairs, HELP_HINT), keys_of(self)))

    @property
    def hint_pairs(self) -> Sequence[tuple[str, str]]:
        """The actions that help, but for help itself."""
        return (*HINTS, WRAP_HINT)

    def say(self, sentence: str) -> None:
        """Say what was done, in place of the hints or where it is long above them."""
        self.show_hints()
        if cell_len(printable(sentence)) < self.size.width:
            self.hints.say(sentence)
        else:
            self.notice.show(sentence)

    # Searching.

    def action_search(self) -> None:
        """Ask for what to search; what is typed is searched at once."""
        self._asked, self._wanted_before = "search", self._wanted
        self.prompt.open("search", self._wanted, select=True)
        self.pane.begin_search()

    @on(Prompt.Changed)
    def prompt_has_changed(self, event: Prompt.Changed) -> None:
        """Search what was typed so far."""
        if self._asked == "search":
            self.search(event.value)

    @on(Prompt.Submitted)
    def prompt_is_submitted(self, event: Prompt.Submitted) -> None:
        """Do what was asked for."""
        if self._asked == "save":
            self.save(event.value)
        elif event.value != self._wanted:
            self.search(event.value)

    @on(Prompt.Cancelled)
    def prompt_is_cancelled(self) -> None:
        """Go back to where the search began."""
        if self._asked == "search":
            self._wanted = self._wanted_before
            self.pane.cancel_search()

    @on(TextPane.Searched)
    def search_goes_on(self, event: TextPane.Searched) -> None:
        """Say how far a search is."""
        self.head.show_search(event.words)

    def search(self, wanted: str) -> None:
        """Search in the pane that is to be seen."""
        self._wanted = wanted
        self.pane.search(wanted)

    # Copying and saving.

    @work(exclusive=True, group="clipboard")
    async def action_copy(self) -> None:
        """Copy everything exactly, and say what was done and what to beware of."""
        viewed = self._viewed
        if not viewed.copied:
            self.say("There is nothing to copy.")
            return
        done = await self._copier(viewed.copied)
        warning = f", with control characters: {viewed.controls}" if viewed.controls else ""
        self.say(f"{viewed.copied_as}: {done}{warning}")

    def action_save(self) -> None:
        """Ask for the name of a new file."""
        if self._viewed.data:
            self._asked = "save"
            self.prompt.open("save as", self._viewed.file_name, "a name or a path")
        else:
            self.say("There is nothing to save.")

    @work(group="save")
    async def save(self, typed: str) -> None:
        """Save under a name, in the working directory unless it says another."""
        data = self._viewed.data
        try:
            saved = await asyncio.to_thread(save_as, typed, self._viewed.file_name, data)
        except OSError as error:
            self.say(f"Not saved: {reason(error)}.")
            return
        self.say(f"{len(data):,} bytes saved to {saved}")

    def action_help(self) -> None:
        """Explain the keys."""
        self.app.push_screen(HelpScreen(self))


class ContentViewer(Viewer):
    """The content of the file that an invocation sent, as text or as bytes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *Viewer.BINDINGS,
        Binding("t", "other_view", "Text or bytes", show=False, id="viewer.bytes"),
    ]

    def __init__(self, invocation: Invocation, content: FileContent, copier: Copier) -> None:
        super().__init__(viewed_content(invocation, content), copier)
        self._as_bytes = content.text is None

    def panes(self) -> ComposeResult:
        yield TextPane(self._viewed.text, empty=self._viewed.nothing, id="text")
        yield HexPane(self._viewed.data, empty=self._viewed.nothing, id="bytes")

    @property
    def pane(self) -> TextPane:
        return self.query_one("#bytes" if self._as_bytes else "#text", TextPane)

    @property
    def hint_pairs(self) -> Sequence[tuple[str, str]]:
        if self._as_bytes:
            return (*HINTS, ("viewer.bytes", "text"))
        return (*HINTS, ("viewer.bytes", "bytes"), WRAP_HINT)

    def on_mount(self) -> None:
        self._show_pane()

    def action_other_view(self) -> None:
        """Show the bytes in place of the text, or the text again, with the same search."""
        self._as_bytes = not self._as_bytes
        self._show_pane()
        self.pane.begin_search()
        self.pane.search(self._wanted)

    def _show_pane(self) -> None:
        for pane in self.query(TextPane):
            pane.display = pane is self.pane
        self.set_focus(self.pane)
        self.show_hints()


class RawViewer(Viewer):
    """The API's own JSON of an invocation."""

    def __init__(self, invocation: Invocation, copier: Copier) -> None:
        super().__init__(viewed_raw(invocation), copier)

    def search(self, wanted: str) -> None:
        """Search for characters as JSON escapes them."""
        self._wanted = wanted
        self.pane.search("".join(map(_escaped, wanted)))


def _escaped(character: str) -> str:
    return character if character.isascii() else json.dumps(character)[1:-1]
