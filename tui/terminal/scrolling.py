"""Lines that have moved up or down together, found so that the terminal can move them itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from tui.terminal.row import Row

LEAST: Final = 4
"""Lines that have to be found again, fewer may be alike by chance."""


class Shift(NamedTuple):
    """Lines of the screen that move, as wide as the screen is."""

    top: int
    """The first of the lines between which all moves, from 0."""
    bottom: int
    """The last of them."""
    lines: int
    """How far up, or down where it is below 0; as many lines are empty afterwards."""
    is_whole: bool
    """What was wanted to move is as wide as the screen; otherwise what is beside it moves too."""

    def source(self, y: int) -> int | None:
        """Return which line moves to `y`, None for a line that becomes empty."""
        source = y + self.lines if self.top <= y <= self.bottom else y
        moves = self.top <= source <= self.bottom or source == y
        return source if moves else None


def find(
    shown: Sequence[Row], wanted: Mapping[int, Row], touched: Mapping[int, tuple[int, int]]
) -> Shift | None:
    """Return the move that brings the most lines to where they are wanted, None for no such move.

    `touched` names the columns, from the first to before the last, in which a wanted line may
    differ from the one that is shown; lines in which they are the same move together.
    """
    if len(touched) < LEAST:
        return None
    (left, right), _ = Counter(touched.values()).most_common(1)[0]
    part = slice(left, right)
    places: dict[tuple[str | None, ...], int | None] = {}
    for y, row in enumerate(shown):
        words = tuple(row.glyphs[part])
        # What is there twice, blank lines above all, says nothing about what has moved.
        places[words] = None if words in places else y
    found: dict[int, list[int]] = {}
    for y, columns in touched.items():
        source = places.get(tuple(wanted[y].glyphs[part])) if columns == (left, right) else None
        if source is not None:
            found.setdefault(source - y, []).append(y)
    lines = max(found, key=lambda lines: len(found[lines]), default=0)
    if lines == 0 or len(found[lines]) < LEAST:
        return None
    ys = found[lines]
    top, bottom = min(*ys, *(y + lines for y in ys)), max(*ys, *(y + lines for y in ys))
    return Shift(top, bottom, lines, left == 0 and right == len(shown[0].glyphs))
