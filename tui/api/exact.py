"""JSON whose objects can be written out again as they were sent: on one line, in ASCII.

Python's own reader forgets how a number was spelled, and lets NaN and Infinity in. Documents of the
service hardly ever have a number that is not written as Python would, so only those pay for it.
"""

from __future__ import annotations

import json
import re
from typing import Final

MAX_VALUES: Final = 100_000
"""Commas and opening brackets in one document; a page of 50 tasks on 50 instances has 27,000.

Thirty megabytes of `{},{},` would take minutes to read, and gigabytes to hold.
"""

MAX_DIGITS: Final = 40
"""Digits of a whole number that is read as one: the time for many goes with their square."""

ABSURD_DIGITS: Final = 4_300
"""Digits of a whole number with which a document is none."""

MAX_HALF: Final = 4 * 1024 * 1024
"""Bytes of a document that may have halves of pairs unescaped, which a codec asks for one by one.

Sixteen megabytes of them would freeze the screen for a second.
"""

_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False)

_STRING_OR_MARK: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{,]', re.DOTALL)
"""A string as a whole, so that what is in it does not count, or one mark of the structure."""


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
        ValueError: it is not JSON, or not in a Unicode encoding, or has a number of absurd length
            or more than `MAX_VALUES` values.
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
        if len(spelling) > ABSURD_DIGITS:
            raise ValueError(f"a number has {len(spelling):,} digits")
        is_odd = spelling == "-0" or len(spelling) > MAX_DIGITS
        return number(spelling) if is_odd else int(spelling)

    def constant(spelling: str) -> object:
        raise ValueError(f"{spelling} is not JSON")

    text = bounded(body)
    value = json.loads(text, parse_float=number, parse_int=integer, parse_constant=constant)
    return Document(value, spelled=spelled)


def bounded(body: bytes) -> str:
    """Return the text of a JSON document that does not take for ever to read.

    Raises:
        ValueError: it is in no Unicode encoding, or has more than `MAX_VALUES` values.
    """
    text = _decoded(body).removeprefix("\ufeff")
    # Mostly the quick count, which takes in what is written in strings, is enough.
    if sum(map(text.count, ",[{")) > MAX_VALUES and _has_too_many(text):
        raise ValueError(f"it has more than {MAX_VALUES:,} values")
    return text


def _decoded(body: bytes) -> str:
    encoding = json.detect_encoding(body)
    return body.decode(encoding, "surrogatepass" if len(body) <= MAX_HALF else "strict")


def _has_too_many(text: str) -> bool:
    marks = 0
    for found in _STRING_OR_MARK.finditer(text):
        marks += text[found.start()] != '"'
        if marks > MAX_VALUES:
            return True
    return False


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
