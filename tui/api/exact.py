"""JSON whose objects can be written out again as they were sent: on one line, in ASCII.

Python's own reader forgets how a number was spelled, and lets NaN and Infinity in. Documents of the
service hardly ever have a number that is not written as Python would, so only those pay for it.
"""

from __future__ import annotations

import json
from typing import Final

_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


class Document:
    """A JSON document and how to write its parts."""

    def __init__(self, value: object, *, spelled: bool) -> None:
        self.value = value
        self._spelled = spelled

    def text(self, part: object) -> str:
        """Return a part of this document as it was sent, but for white space and escapes."""
        return write(part) if self._spelled else _ENCODER.encode(part)


class SpelledNumber(float):
    """A number that Python would write differently from how it was sent."""

    __slots__ = ("spelling",)

    def __new__(cls, spelling: str) -> SpelledNumber:
        """Keep `spelling`, which JSON's grammar has accepted."""
        number = super().__new__(cls, spelling)
        number.spelling = spelling
        return number

    spelling: str


def load(body: bytes) -> Document:
    """Read a JSON document.

    Raises:
        ValueError: it is not JSON, or not in a Unicode encoding, or has a number of absurd length.
        RecursionError: it is nested absurdly deep.
    """
    spelled = False

    def number(spelling: str) -> float:
        nonlocal spelled
        value = float(spelling)
        if repr(value) == spelling:
            return value
        spelled = True
        return SpelledNumber(spelling)

    def integer(spelling: str) -> int | float:
        return number(spelling) if spelling == "-0" else int(spelling)

    def constant(spelling: str) -> object:
        raise ValueError(f"{spelling} is not JSON")

    value = json.loads(body, parse_float=number, parse_int=integer, parse_constant=constant)
    return Document(value, spelled=spelled)


def write(value: object) -> str:
    """Return a JSON value on one line in ASCII, its numbers as they were sent.

    Raises:
        ValueError: a number is none.
        RecursionError: it is nested absurdly deep.
    """
    if isinstance(value, SpelledNumber):
        return value.spelling
    if isinstance(value, dict):
        return f"{{{','.join(f'{write(key)}:{write(member)}' for key, member in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(write, value))}]"
    return _ENCODER.encode(value)
