"""The last check on the way to the screen: what no text may do to a terminal is taken out.

Text is made safe where it enters a widget; a hit here is a place that forgot to.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

FORBIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""C0, C1 and DEL; bidi, zero-width and tag characters; surrogates; line and paragraph ends."""


class OutputGuard(LineFilter):
    """Deletes control characters and hyperlinks from what is drawn, and counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.hits = 0
        """Characters and links deleted so far."""
        self.found: set[str] = set()
        """What they were: `U+001B`, or `link`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` as they are or, with hits, without what does not belong there."""
        for segment in segments:
            text, style, _ = segment
            if not (text.isprintable() or _is_harmless(text)) or _has_link(style):
                return [self._cleaned(segment) for segment in segments]
        return segments

    def _cleaned(self, segment: Segment) -> Segment:
        text, style, control = segment
        if not text.isprintable():
            text = "".join(map(self._replacement, text))
        if style is not None and _has_link(style):
            self._count("link")
            style = style.update_link(None)
        return Segment(text, style, control)

    def _replacement(self, character: str) -> str:
        if unicodedata.category(character) not in FORBIDDEN_CATEGORIES:
            return character
        self._count(f"U+{ord(character):04X}")
        # The line keeps its width, whatever Textual took the character's to be.
        return " " * cell_len(character)

    def _count(self, what: str) -> None:
        self.hits += 1
        self.found.add(what)


def _has_link(style: Style | None) -> bool:
    return style is not None and style.link is not None


@lru_cache(1024)
def _is_harmless(text: str) -> bool:
    return all(unicodedata.category(character) not in FORBIDDEN_CATEGORIES for character in text)
