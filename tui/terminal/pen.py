"""The terminal's cursor and how it writes, moved about in as few bytes as possible."""

from __future__ import annotations

from collections.abc import Sequence

from tui.terminal.rendition import PLAIN, Rendition, change


class Pen:
    """Collects what to send. A place of None is one that nobody knows."""

    def __init__(self) -> None:
        self.x: int | None = None
        self.y: int | None = None
        self.look = PLAIN
        self._sequences: list[str] = []

    def __len__(self) -> int:
        """Return how many characters have been collected."""
        return sum(map(len, self._sequences))

    def branch(self) -> Pen:
        """Return a pen that is where this one is and has collected nothing."""
        pen = Pen()
        pen.x, pen.y, pen.look = self.x, self.y, self.look
        return pen

    def join(self, branch: Pen) -> None:
        """Go on from where a branch is, with what it has collected."""
        self.x, self.y, self.look = branch.x, branch.y, branch.look
        self._sequences += branch._sequences

    def take(self) -> str:
        """Return what has been collected, ending with a reset, and start anew."""
        self.turn(PLAIN)
        collected = "".join(self._sequences)
        self._sequences.clear()
        return collected

    def drop(self) -> None:
        """Throw away what has been collected, and note that the cursor may be anywhere."""
        self._sequences.clear()
        self.look = PLAIN
        self.x = self.y = None

    def turn(self, look: Rendition) -> None:
        """Write like this from now on."""
        if look is not self.look:
            self._sequences.append(change(self.look, look))
            self.look = look

    def move(self, x: int, y: int) -> None:
        """Put the cursor there."""
        self._sequences.append(self.path(x, y))
        self.x, self.y = x, y

    def path(self, x: int, y: int) -> str:
        """Return the shortest way there, empty when the cursor is there."""
        row, column = str(y + 1) if y else "", str(x + 1) if x else ""
        if self.y != y or self.x is None:
            return f"\x1b[{row};{column}H" if x else f"\x1b[{row}H"
        away = x - self.x
        if away == 0:
            return ""
        relative = f"\x1b[{'' if abs(away) == 1 else abs(away)}{'C' if away > 0 else 'D'}"
        absolute = f"\x1b[{column}G"
        return min(relative, absolute, key=len)

    def write(self, glyphs: Sequence[str], looks: Sequence[Rendition], columns: int) -> None:
        """Write cells from where the cursor is on."""
        start, count = 0, len(glyphs)
        while start < count:
            look = looks[start]
            end = start + 1
            while end < count and looks[end] is look:
                end += 1
            self.turn(look)
            self._sequences.append("".join(glyphs[start:end]))
            start = end
        assert self.x is not None
        self.x += count
        if self.x >= columns:
            # Terminals differ over where the cursor is after the last column.
            self.x = None

    def erase_line(self) -> None:
        """Fill the line from the cursor on with the ground."""
        self._sequences.append("\x1b[K")

    def clear(self, count: int) -> None:
        """Fill so many cells from the cursor on with the ground; the cursor stays."""
        self._sequences.append(f"\x1b[{count}X")

    def shift_lines(self, top: int, bottom: int, lines: int) -> None:
        """Move what is from the line `top` to the line `bottom` up, or down below 0.

        To take lines away at one end and add as many at the other leaves no margins behind.
        """
        self.turn(PLAIN)
        count = "" if abs(lines) == 1 else str(abs(lines))
        end = bottom - abs(lines) + 1
        taken, added = (top, end) if lines > 0 else (end, top)
        for y, final in ((taken, "M"), (added, "L")):
            self.move(0, y)
            self._sequences.append(f"\x1b[{count}{final}")
        # Terminals differ over which column the cursor is in after that.
        self.x = None

    def pass_on(self, raw: str) -> None:
        """Send this as it is; it begins and ends without a style."""
        self.turn(PLAIN)
        self._sequences.append(raw)
        self.x = self.y = None
