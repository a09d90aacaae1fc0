"""What Textual's compositor writes, read back: runs of styled text at positions, nothing else."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tui.terminal.rendition import PLAIN, Rendition, UnreadableError, applied


class Run(NamedTuple):
    """Text from one position on, up to the next position or the end of the line."""

    x: int
    """The first column, from 0."""
    y: int
    """The row, from 0."""
    look: Rendition
    """How the terminal writes when the run begins."""
    pieces: list[tuple[str, Rendition]]
    """The text and how each part of it looks."""
    raw: str
    """All of it as it came, the position included."""


_TOKEN: Final = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([0-9;]*)m|(\n)|([^\x00-\x1f\x7f-\x9f]+)")

_HARMLESS: Final = re.compile(
    r"""(?x) (?:
        \x07
      | \x1b\] [^\x07\x1b]* (?: \x07 | \x1b\\ )
      | \x1bP (?: [^\x1b] | \x1b (?!\\) )* \x1b\\
      | \x1b\[\? (?: 25 | 1000 | 100[2346] | 101[56] | 2004 | 2026 | 2048 ) [hl]
      | \x1b\[\? \d+ \$p
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
    look = PLAIN
    at = 0
    run: Run | None = None
    start = 0
    for token in _TOKEN.finditer(data):
        if token.start() != at:
            return None
        row, column, parameters, newline, text = token.groups()
        if text is not None:
            if run is None:
                return None
            run.pieces.append((text, look))
        elif parameters is not None:
            try:
                look = applied(look, parameters)
            except UnreadableError:
                return None
        else:
            if run is not None:
                found.append(run._replace(raw=data[start:at]))
            if newline is None:
                start = at
                run = Run(max(int(column), 1) - 1, max(int(row), 1) - 1, look, [], "")
            elif run is None or run.y >= rows - 1:
                return None
            else:
                run = None
        at = token.end()
    if at != len(data) or look != PLAIN:
        return None
    if run is not None:
        found.append(run._replace(raw=data[start:at]))
    return found
