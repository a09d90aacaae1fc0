"""A few lines for somebody who is here for the first time; they take no focus and no key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tui.widgets.bars import Bar
from tui.widgets.lines import Line, Span, line

LESSONS: Final[tuple[tuple[str, tuple[tuple[str, str], ...]], ...]] = (
    ("Look", (("open", "opens a row"), ("back", "goes back"), ("help", "explains"))),
    ("Find", (("failed.next", "next failure"), ("filters.open", "filter"), ("filter", "search"))),
    ("Why", (("causes", "causes"), ("outcomes", "still broken"), ("course", "timeline"))),
    ("Take", (("export", "hand-off, retry list"), ("copy.id", "copy ID"), ("copy.menu", "more"))),
)
"""What one can do, and the names of the actions that do it."""

CLOSING: Final = "These lines go once you open a row"
"""Said last, with the key that lets them go at once."""


class Welcome(Bar):
    """Shown on a first start, until it is dismissed."""

    def greet(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Show the lines, with the keys that the actions have now."""
        lines = welcome_lines(keys)
        self.styles.height = len(lines)
        self.set_lines(lines)
        self.add_class("-greeting")

    def dismiss(self) -> None:
        """Take the lines away."""
        self.remove_class("-greeting")


def welcome_lines(keys: Mapping[str, Sequence[str]]) -> list[Line]:
    """Return the lines, none of them wider than the narrowest screen with several panes."""
    lines = []
    for title, lessons in LESSONS:
        spans = [Span(f" {title:<5}", "dim")]
        for name, does in lessons:
            spans += [Span(f" {keys[name][0]}", "accent"), Span(f" {does} ")]
        lines.append(line(*spans))
    lines.append(line(Span(f" {CLOSING}, or press {keys['back'][0]}.", "dim")))
    return lines
