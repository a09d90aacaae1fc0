"""Text cut and padded to a number of terminal cells, where wide characters take two."""

from __future__ import annotations

import re
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size

from tui.plain import printable

ROOM: Final = 8
"""Characters for each cell that are looked at; of a longer text the middle makes no difference."""


MOST: Final = 8_192
"""Characters of a wrapped text: more than any field of the service, and a dozen screens of it."""


def fit(text: str, width: int, *, right: bool = False, middle: bool = False) -> str:
    """Return `text`, made printable, in exactly `width` cells.

    What does not fit is cut at the end, or in the middle where both ends matter as in paths.
    """
    is_long = len(text) > 2 * (room := ROOM * max(width, 1))
    if is_long:
        text = text[:room] + text[-room:]
    text = printable(text)
    size = cell_len(text)
    if size > width or is_long:
        return _cut_middle(text, width) if middle else _cut_end(text, width)
    padding = " " * (width - size)
    return padding + text if right else text + padding


def wrapped(text: str, width: int) -> list[str]:
    """Return `text`, made printable, in lines of at most `width` cells, broken at spaces.

    A word that is too long for a line is broken anywhere. There is always at least one line, and
    what goes beyond `MOST` characters is left out.
    """
    lines = [""]
    for gap, word in re.findall(r"(\s*)(\S+)", printable(text, MOST).rstrip()):
        joined = f"{lines[-1]}{gap}{word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        first, *rest = chop_cells(word, max(width, 2))
        lines[-1:] = [lines[-1], first] if lines[-1] else [first]
        lines += rest
    return lines


def _cut_end(text: str, width: int) -> str:
    if width <= 0:
        return ""
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def _cut_middle(text: str, width: int) -> str:
    if width < 5:
        return _cut_end(text, width)
    tail_width = (width - 1) * 2 // 3
    head = set_cell_size(text, width - 1 - tail_width)
    tail = ""
    for character in reversed(text):
        if cell_len(character + tail) > tail_width:
            break
        tail = character + tail
    return set_cell_size(f"{head}…{tail}", width)
