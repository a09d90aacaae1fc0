"""The screen of a question: what it is asked of, a busy word where it takes long, the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final, Protocol, runtime_checkable

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize

from tui.resources import styles_directory
from tui.screens.fitting import FittingScreen
from tui.screens.help import HelpScreen
from tui.screens.key_words import Hint, keyed, keys_of, with_keys
from tui.screens.viewers import Copier
from tui.widgets.bars import Bar, HintLine
from tui.widgets.lines import Line, Span, StaticLines, line

BUSY_AFTER: Final = 0.3
"""Seconds after which it is said that an answer is being looked for."""

Draw = Callable[[int], Iterable[Line]]
"""Makes the lines of an answer for a width."""

HINTS: Final[tuple[Hint, ...]] = (
    ("question.take", "go to the rows"),
    ("question.extent", "of something else"),
    ("question.copy", "copy"),
    ("question.leave", "back"),
    ("question.help", "help"),
)
"""The actions that help most."""


@runtime_checkable
class Folding(Protocol):
    """An answer of which some lines unfold into more."""

    def fold(self, key: str) -> bool:
        """Unfold the line with a key, or fold it again; return whether it is such a line."""


class Extent(Enum):
    """What a question is asked of, in the words that the screen says."""

    MARKED = "the marked rows"
    PUSH = "this push and its retries"
    VIEW = "the rows of the view"
    EVERYTHING = "everything seen in this region"
    ANYBODY = "everything seen by anybody here"
    TWO = "two sends"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is asked of the records."""

    title: str
    ask: Callable[[Extent], Awaitable[Draw]]
    extents: Sequence[Extent]
    """What it can be asked of; the first is asked of at once."""


class QuestionScreen(FittingScreen[str]):
    """Shows an answer; ends with the key of the line that was picked, or an empty string."""

    CSS_PATH = styles_directory() / "list.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,backspace,left,h", "leave", "Back", id="question.leave"),
        Binding("enter,l,right", "take", "Go to the rows", id="question.take"),
        Binding("s", "extent", "Ask it of something else", id="question.extent"),
        Binding("y,c", "copy", "Copy the ID on the line", id="question.copy"),
        Binding("question_mark,f1", "help", "Help", id="question.help"),
    ]

    def __init__(self, question: Question, copier: Copier) -> None:
        super().__init__()
        self._question = question
        self._copier = copier
        self._extent = 0
        self._draw: Draw = lambda width: ()
        # Kept and not looked for: an answer may come when the screen is being left.
        self.head = Bar(id="title")
        self.pane = StaticLines(id="answer")
        self.hints = HintLine()

    def compose(self) -> ComposeResult:
        yield self.head
        yield self.pane
        yield self.hints

    def on_mount(self) -> None:
        self.pane.focus()
        self.show_hints()
        self.ask()

    def show_hints(self) -> None:
        """Show the keys that help, as they are now."""
        alone = len(self._question.extents) == 1
        wanted = [hint for hint in HINTS if not (alone and hint[0] == "question.extent")]
        self.hints.show(keyed(wanted, keys_of(self)))

    @on(Resize)
    def redraw(self) -> None:
        """Use the new width."""
        self.pane.set_lines(self._draw(self.pane.size.width))

    @work(exclusive=True, group="answer")
    async def ask(self) -> None:
        """Look for the answer; the old one stays until the new one is there."""
        self._title(busy=False)
        busy = self.set_timer(BUSY_AFTER, lambda: self._title(busy=True))
        try:
            self._draw = await self._question.ask(self._question.extents[self._extent])
        finally:
            busy.stop()
        self._title(busy=False)
        self.pane.set_lines(self._draw(self.pane.size.width))
        self.pane.action_first()

    def _title(self, *, busy: bool) -> None:
        extent = self._question.extents[self._extent].value
        parts = [Span(f" {self._question.title}", "strong"), Span(f" · {extent}", "dim")]
        if busy:
            words = with_keys("looking…, {question.leave} stops", keys_of(self))
            parts.append(Span(f" · {words}", "running"))
        self.head.set_lines([line(*parts)])

    def action_take(self) -> None:
        """Go to the rows that the line under the cursor is about, or unfold it."""
        key = self.pane.picked_key
        if isinstance(self._draw, Folding) and self._draw.fold(key):
            self.redraw()
        elif key:
            self.dismiss(key)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss("")

    def action_extent(self) -> None:
        """Ask the same of the next of what it can be asked of."""
        self._extent = (self._extent + 1) % len(self._question.extents)
        self.ask()

    def action_help(self) -> None:
        """Explain the keys."""
        self.app.push_screen(HelpScreen(self))

    @work(exclusive=True, group="copy")
    async def action_copy(self) -> None:
        """Copy what the line under the cursor names: an instance, a code, a send."""
        kind, _, name = self.pane.picked_key.partition(" ")
        if name:
            what = {"host": "instance ID", "code": "error code"}.get(kind, "invoke ID")
            self.hints.say(f"{what}: {await self._copier(name)}")
