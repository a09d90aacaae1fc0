"""Lines that have moved up or down together, found so that the terminal can move them itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from tui.terminal.row import Row, spans

PLACE: Final = 6
"""Bytes that it takes to go to where something changes, about."""

MOVE: Final = 25
"""Bytes that it takes to move lines."""

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
    shown: Sequence[Row],
    wanted: Mapping[int, Row],
    touched: Mapping[int, tuple[int, int]],
    *,
    in_part: bool = True,
) -> Shift | None:
    """Return what to move so that `wanted` takes fewer bytes, None where nothing does.

    `touched` names the columns, from the first to before the last, in which a wanted line may
    differ from the one that is shown. `in_part` allows to move what is beside those columns.
    """
    shift = _moved_most(shown, wanted, touched)
    if shift is None or not (in_part or shift.is_whole):
        return None
    region = range(shift.top, shift.bottom + 1)
    if any(None in shown[y].glyphs or (y in wanted and None in wanted[y].glyphs) for y in region):
        return None
    as_it_is = moved = 0
    for y in region:
        row = wanted.get(y, shown[y])
        source = shift.source(y)
        as_it_is += _cost(row, shown[y])
        moved += PLACE + row.ground_from() if source is None else _cost(row, shown[source])
    return shift if moved + MOVE < as_it_is else None


def _moved_most(
    shown: Sequence[Row], wanted: Mapping[int, Row], touched: Mapping[int, tuple[int, int]]
) -> Shift | None:
    """Return the move that brings the most lines to where they are wanted."""
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


def _cost(wanted: Row, shown: Row) -> int:
    columns = len(wanted.glyphs)
    changed = wanted.differences(shown, 0, columns)
    if not changed:
        return 0
    ground = wanted.ground_from()
    found = spans(wanted, 0, changed, ground if changed[-1] >= ground else columns)
    return sum(PLACE if span.is_ground else PLACE + span.end - span.start for span in found)
