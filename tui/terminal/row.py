"""One line of a screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.terminal.cells import RIGHT_HALF
from tui.terminal.rendition import Rendition


class Row:
    """The cells of one line: what they hold, None where nobody knows, and how they look."""

    __slots__ = ("glyphs", "looks")

    def __init__(self, glyphs: list[str | None], looks: list[Rendition]) -> None:
        self.glyphs = glyphs
        self.looks = looks

    def copy(self) -> Row:
        """Return a row of the same cells that can be changed by itself."""
        return Row(self.glyphs.copy(), self.looks.copy())

    def differences(self, shown: Row, left: int, right: int) -> list[int]:
        """Return the columns from `left` to before `right` where a known cell is not as shown."""
        part = slice(left, right)
        pairs = zip(
            self.glyphs[part], shown.glyphs[part], self.looks[part], shown.looks[part], strict=True
        )
        return [
            x
            for x, (glyph, old, look, before) in enumerate(pairs, left)
            if glyph is not None and (glyph != old or (look is not before and look != before))
        ]

    def ground_from(self) -> int:
        """Return where the blanks begin that end the row and look alike."""
        look = self.looks[-1]
        start = len(self.glyphs)
        while start and self.glyphs[start - 1] == " " and self.looks[start - 1] == look:
            start -= 1
        return start


class Span(NamedTuple):
    """Neighbouring cells that look alike and are to be written."""

    row: Row
    """The line they are on."""
    y: int
    """Where that line is, from 0."""
    start: int
    """The first column."""
    end: int
    """The column after the last."""
    look: Rendition
    """How all of them look."""
    is_ground: bool
    """They are blank up to the end of the line and can be erased."""


def spans(row: Row, y: int, changed: list[int], ground: int) -> Iterator[Span]:
    """Yield what to write for the changed cells, erasing from column `ground` on.

    The right half of a wide character never changes alone, its left half may.
    """
    columns = len(row.glyphs)
    start = end = -1
    for x in changed:
        if x >= ground:
            break
        if x < end:
            continue
        if x > end or row.looks[x] != row.looks[start]:
            if start >= 0:
                yield Span(row, y, start, end, row.looks[start], is_ground=False)
            start = x
        end = x + 1
        while end < columns and row.glyphs[end] == RIGHT_HALF:
            end += 1
    if start >= 0:
        yield Span(row, y, start, end, row.looks[start], is_ground=False)
    if ground < columns:
        yield Span(row, y, ground, columns, row.looks[ground], is_ground=True)


def by_look(found: list[Span]) -> list[Span]:
    """Order spans so that cells which look alike, or nearly so, come one after the other.

    A place takes a third of the bytes that a colour takes.
    """
    looks: dict[Rendition, int] = {}
    grounds: dict[str, int] = {}
    for span in found:
        looks.setdefault(span.look, len(looks))
        grounds.setdefault(span.look.background, len(grounds))

    def rank(span: Span) -> tuple[int, tuple[int, ...], int]:
        return grounds[span.look.background], span.look.attributes, looks[span.look]

    return sorted(found, key=rank)
