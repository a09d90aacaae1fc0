"""An object of JSON without one of its members, everything else of its text left as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

_DECODER: Final = json.JSONDecoder()
_WHITE_SPACE: Final = re.compile(r"[ \t\n\r]*")


def without_member(text: str, name: str) -> str | None:
    """Return an object of JSON without the members of a name, or None where `text` is none.

    Nothing is read and written again: numbers and escapes stay as they are spelled.
    """
    try:
        members = [member for key, member in _members(text) if key != name]
    except (ValueError, IndexError, RecursionError):
        return None
    return f"{{{','.join(members)}}}"


def _members(text: str) -> Iterator[tuple[object, str]]:
    """Yield the key and the text of each member of an object.

    Raises:
        ValueError, IndexError, RecursionError: it is no object, or nested absurdly deep.
    """
    place = _expect(text, _skip(text, 0), "{")
    while text[_skip(text, place)] != "}":
        start = _skip(text, place)
        key, place = _DECODER.raw_decode(text, start)
        place = _expect(text, _skip(text, place), ":")
        _, place = _DECODER.raw_decode(text, _skip(text, place))
        yield key, text[start:place]
        place = _skip(text, place)
        if text[place] != "}":
            place = _expect(text, place, ",")


def _skip(text: str, place: int) -> int:
    """Return where the white space at a place ends."""
    match = _WHITE_SPACE.match(text, place)
    return match.end() if match else place


def _expect(text: str, place: int, character: str) -> int:
    """Return the place behind a character that must be there."""
    if text[place] != character:
        raise ValueError(f"{character} is missing")
    return place + 1
