"""What stands above a text: its name, what is known of it, and what to beware of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from textual.events import Resize

from tui.plain import printable
from tui.widgets.bars import SEPARATOR, Bar
from tui.widgets.cells import fit, wrapped
from tui.widgets.lines import Line, Span, line

LOW: Final = 16
"""Lines of the screen below which the heading and the warning have to do."""


class ViewerHead(Bar):
    """A few lines, as many as the words need at the width of the screen."""

    def __init__(self, heading: str, facts: Sequence[str], warning: str = "") -> None:
        super().__init__()
        self._heading = heading
        self._facts = facts
        self._warning = warning
        self._search = ""

    def show_search(self, words: str) -> None:
        """Say in the first line how far a search is."""
        self._search = words
        self.show()

    def on_resize(self, event: Resize) -> None:
        """Use the new width."""
        self.show()

    def show(self) -> None:
        """Say everything anew."""
        size = self.app.size
        facts = self._facts if size.height >= LOW else ()
        self.set_lines(head_lines(self._heading, facts, self._warning, self._search, size.width))
        self.styles.height = len(self.lines)


def head_lines(
    heading: str, facts: Iterable[str], warning: str, search: str, width: int
) -> Iterator[Line]:
    """Yield the lines of a head: the heading with the search at its right, facts, a warning."""
    room = max(width - cell_len(search) - 3, 8)
    yield line(" ", Span(fit(heading, room, middle=True), "strong"), " ", Span(search, "running"))
    for words in filled(facts, width - 2):
        yield line(" ", Span(words, "dim"))
    if warning:
        for words in wrapped(warning, max(width - 2, 8)):
            yield line(Span(f" {words}", "warning"))


def filled(facts: Iterable[str], width: int) -> Iterator[str]:
    """Put facts beside each other as long as they fit; break those that are longer than a line."""
    words = ""
    for fact in map(printable, facts):
        joined = f"{words}{SEPARATOR.text}{fact}" if words else fact
        if cell_len(joined) <= width:
            words = joined
            continue
        if words:
            yield words
        *whole, words = wrapped(fact, max(width, 8))
        yield from whole
    if words:
        yield words
