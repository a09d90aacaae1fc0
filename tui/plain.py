"""Foreign text made safe to show: the one sanitiser between the API's strings and every sink.

A control character becomes a visible glyph, so that nothing in a file name can move a cursor, set
a window title or write a clipboard, and two names that differ never look the same.
"""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_COMBINING: Final = 2
"""Combining marks kept on one character; more would climb over the lines above."""

TAB_WIDTH: Final = 8
"""Columns between tab stops in text of several lines."""

_SPACES: Final = frozenset("\u00a0\u3000\u202f\u205f" + "".join(map(chr, range(0x2000, 0x200B))))
"""Spaces that are not `isprintable` and yet harmless: they are shown as one plain space."""


def printable(text: str, limit: int | None = None) -> str:
    """Return `text` as one line that is safe in any terminal, at most `limit` characters long.

    The result of a second call is the result of the first: the glyphs stand for themselves.
    """
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + "…"
    if text.isascii() and text.isprintable():
        return text
    shown = _shown(text)
    if limit is not None and len(shown) > limit:
        shown = shown[: max(limit - 1, 0)] + "…"
    return shown


def paragraph(text: str) -> str:
    """Return `text` safe to show on several lines: line feeds stay and tabs become spaces."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(printable(line.expandtabs(TAB_WIDTH)) for line in lines)


def has_controls(text: str) -> tuple[str, ...]:
    """Name the characters in `text` that would not be shown as they are, each once, in order.

    Line feeds, carriage returns and tabs are the substance of text files and do not count.
    """
    # Each character is looked at once, however often it occurs in a file of megabytes.
    return tuple(
        f"U+{ord(character):04X}"
        for character in dict.fromkeys(text)
        if character not in "\n\r\t" and _glyph(character) != character
    )


def _shown(text: str) -> str:
    characters = set(text)
    if not any(map(_is_mark, characters)):
        if text.isprintable():
            return text
        return text.translate({ord(character): _glyph(character) for character in characters})
    pieces: list[str] = []
    combining = 0
    for character in text:
        if _is_mark(character):
            if 0xFE00 <= ord(character) <= 0xFE0F:
                continue
            combining += 1
            if combining > MAX_COMBINING:
                if combining == MAX_COMBINING + 1:
                    pieces.append("‹…›")
                continue
            pieces.append(character)
            continue
        combining = 0
        pieces.append(_glyph(character))
    return "".join(pieces)


def _is_mark(character: str) -> bool:
    """Say whether a character is drawn over the one before it, or changes how that is drawn."""
    return bool(unicodedata.combining(character)) or unicodedata.category(character) in ("Mn", "Me")


def _glyph(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0x80 <= code < 0xA0:
        return f"‹{code:02X}›"
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if character in _SPACES:
        return " "
    if character.isprintable() or character == "\ufffd":
        return character
    return f"‹U+{code:04X}›"
