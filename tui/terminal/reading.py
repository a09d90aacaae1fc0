"""What Textual's compositor writes, read back: lines of styled text at positions, nothing else."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from tui.terminal.cells import split
from tui.terminal.rendition import PLAIN, Rendition, UnreadableError, applied


class Cells(NamedTuple):
    """What a run fills, cell by cell."""

    glyphs: tuple[str, ...]
    looks: tuple[Rendition, ...]


class Run(NamedTuple):
    """Text from one position on, up to the next position or the end of the line."""

    x: int
    """The first column, from 0."""
    y: int
    """The row, from 0."""
    cells: Cells | None
    """What it fills, None where terminals may differ over it."""
    raw: str
    """All of it as it came, the position included."""


_STYLED: Final = r"(?:\x1b\[[0-9;]*m|[^\x00-\x1f\x7f-\x9f]++)*+"
_RUN: Final = re.compile(rf"\x1b\[(\d+);(\d+)H({_STYLED})(\n?)")
_PIECE: Final = re.compile(r"\x1b\[([0-9;]*)m|([^\x1b]+)")

_HARMLESS: Final = re.compile(
    r"""(?x) (?:
        \x07
      | \x1b\] [^\x07\x1b]* (?: \x07 | \x1b\\ )
      | \x1bP (?: [^\x1b] | \x1b (?!\\) )* \x1b\\
      | \x1b\[\? (?: 25 | 1000 | 100[2346] | 101[56] | 2004 | 2026 | 2048 ) [hl]
      | \x1b\[\? \d+ \$p
      | \x1b\[6n
      | \x1b\[ [<>=] \d* u
    )+"""
)


def is_harmless(data: str) -> bool:
    """Tell whether `data` leaves all cells, their looks and the cursor's place as they are."""
    return _HARMLESS.fullmatch(data) is not None


def runs(data: str, rows: int) -> list[Run] | None:
    """Return the runs that `data` consists of, None when it is anything else.

    A line feed in the last of the `rows` would scroll; it counts as anything else.
    """
    found: list[Run] = []
    at = 0
    while at < len(data):
        run = _RUN.match(data, at)
        if run is None:
            return None
        row, column, text, newline = run.groups()
        x, y = max(int(column), 1) - 1, max(int(row), 1) - 1
        if newline and y >= rows - 1:
            return None
        try:
            filled = cells(text)
        except UnreadableError:
            return None
        found.append(Run(x, y, filled, data[at : run.end(3)]))
        at = run.end()
    return found


@lru_cache(512)
def cells(text: str) -> Cells | None:
    """Return what styled text fills, None where terminals may differ over it.

    Raises:
        UnreadableError: a style is unknown, or is left in force at the end.
    """
    glyphs: list[str] = []
    looks: list[Rendition] = []
    agreed = True
    look = PLAIN
    for parameters, words in _PIECE.findall(text):
        if not words:
            look = applied(look, parameters)
            continue
        filled = split(words)
        if filled is None:
            agreed = False
        else:
            glyphs += filled
            looks += [look] * len(filled)
    if look != PLAIN:
        raise UnreadableError(text)
    return Cells(tuple(glyphs), tuple(looks)) if agreed else None
