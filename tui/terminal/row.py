"""One line of a screen."""

from __future__ import annotations

from collections.abc import Iterator

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


def stretches(row: Row, changed: list[int], limit: int) -> Iterator[tuple[int, int]]:
    """Yield where the changed cells before `limit` begin and end, wide characters whole."""
    start = end = -1
    for x in changed:
        if x >= limit:
            break
        # The right half of a wide character never changes alone, its left half may.
        after = x + 1
        while after < len(row.glyphs) and row.glyphs[after] == RIGHT_HALF:
            after += 1
        if x > end:
            if start >= 0:
                yield start, end
            start = x
        end = after
    if start >= 0:
        yield start, end
