"""How text fills the cells of a terminal, as far as all terminals agree on it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from rich.cells import get_character_cell_size

RIGHT_HALF: Final = ""
"""What the second cell of a wide character holds."""

DISPUTED: Final = (
    range(0x1160, 0x1200),  # Hangul vowels and finals, which join the syllable before them.
    range(0x1F1E6, 0x1F200),  # Regional indicators: two of them may be one flag.
    range(0x1F3FB, 0x1F400),  # Skin tones, which may change the emoji before them.
)
"""Code points whose width depends on their neighbours and on the terminal."""

_SOLID: Final = frozenset("LNPS")
"""Beginnings of the categories of characters that stand for themselves."""


@lru_cache(4096)
def split(text: str) -> tuple[str, ...] | None:
    """Return what each cell of `text` holds, None when terminals would not agree on it.

    A combining mark belongs to the cell before it; the second cell of a wide character is empty.
    """
    cells: list[str] = []
    for character in text:
        width = width_of(character)
        if width is None or (width == 0 and not cells):
            return None
        if width == 0:
            cells[-2 if cells[-1] == RIGHT_HALF else -1] += character
        else:
            cells.append(character)
            if width == 2:
                cells.append(RIGHT_HALF)
    return tuple(cells)


@lru_cache(4096)
def width_of(character: str) -> int | None:
    """Return the cells that a character takes, 0 for a combining mark, None when disputed."""
    code = ord(character)
    category = unicodedata.category(character)
    if any(code in disputed for disputed in DISPUTED):
        return None
    if unicodedata.combining(character):
        width = 0
    elif unicodedata.east_asian_width(character) in "WF" and category[0] in _SOLID:
        width = 2
    elif category[0] in _SOLID or category in ("Zs", "Co"):
        width = 1
    else:
        return None
    return width if get_character_cell_size(character) == width else None
