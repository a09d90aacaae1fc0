"""A pane for reading bytes: their address, their hexadecimal digits, and the letters of ASCII."""

from __future__ import annotations

from typing import Final

from tui.widgets.lines import Line, Span, Tone
from tui.widgets.search import Search
from tui.widgets.text_pane import TextPane
from tui.widgets.text_rows import HexRows, Rows

ADDRESS: Final = 10
"""Cells of an address and the space behind it."""

HALF: Final = 8
"""Bytes between two wider spaces."""


class HexPane(TextPane):
    """Shows 16 bytes in a row, or 8 where the screen is narrow.

    The bytes are the characters of the text: each is one of the first 256 of Unicode.
    """

    def __init__(self, data: bytes, *, empty: str = "", id: str | None = None) -> None:
        super().__init__(data.decode("latin-1"), wrap=False, numbers=False, empty=empty, id=id)

    def new_rows(self) -> Rows:
        """Return as many bytes in a row as fit."""
        return HexRows(self._text, self._row_size)

    def layout_is_old(self) -> bool:
        """Say whether another number of bytes fits."""
        return not isinstance(self._rows, HexRows) or self._rows.size != self._row_size

    @property
    def _row_size(self) -> int:
        return HALF * 2 if self.size.width >= row_width(HALF * 2) else HALF

    def line_at(self, index: int) -> Line:
        """Return the bytes of a row, twice."""
        size = self._row_size
        (piece,) = self._rows.pieces(index, 0, size)
        digits: list[Span] = []
        letters: list[Span] = []
        for part, tone in self.toned(piece):
            for letter in part:
                plain: Tone = "" if letter.isascii() and letter.isprintable() else "dim"
                digits.append(Span(f"{ord(letter):02x}", tone or plain))
                digits.append(Span("  " if len(letters) % HALF == HALF - 1 else " "))
                letters.append(Span("." if plain else letter, tone or plain))
        used = sum(len(span.text) for span in digits)
        padding = " " * (row_width(size) - size - ADDRESS - used)
        address = Span(f"{piece.start:08x}  ", "dim")
        return Line((address, *digits, Span(padding), *letters))

    def new_search(self, wanted: str) -> Search:
        """Return a search for bytes: those of a text in UTF-8, or `0x` and their digits."""
        return Search(self._text, wanted_bytes(wanted).decode("latin-1"), of_bytes=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take away the actions that are for lines."""
        return action not in {"toggle_wrap", "toggle_numbers", "sideways"}


def row_width(size: int) -> int:
    """Return the cells of a row of `size` bytes."""
    return ADDRESS + size * 3 + size // HALF + size


def wanted_bytes(wanted: str) -> bytes:
    """Return the bytes that a search is for."""
    if wanted[:2] in ("0x", "0X"):
        try:
            return bytes.fromhex(wanted[2:])
        except ValueError:
            # Not digits, or not all of them yet: a text like any other.
            pass
    return wanted.encode("utf-8", "replace")
