"""Types of fields that take whatever the wire sends: texts coerced, nonsense counted as nothing.

A text has a limit, so that nothing behind the wire needs one: the raw JSON keeps all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, WrapValidator

from tui.api.exact import write

MAX_COUNT: Final = 2**31 - 1
"""The largest count believed; a larger one is nonsense that a database could not hold."""

MAX_TEXT: Final = 8_192
"""Characters kept of a field; the service's own limit is 512, and less for most."""

MAX_ROWS: Final = 1_000
"""Rows of one list that are taken; the service has 50 at most in any, and somewhat more regions."""

_LONE: Final = re.compile("[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")
"""A surrogate without the other half of its pair."""


def _as_any_text(value: object) -> str:
    """Return any JSON value as text, without surrogates, which no UTF-8 can carry."""
    if value is None:
        return ""
    return _whole(value) if isinstance(value, str) else write(value)


def _as_text(value: object) -> str:
    """Return any JSON value as text of at most `MAX_TEXT` characters."""
    text = _as_any_text(value)
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def _whole(text: str) -> str:
    """Return a text with U+FFFD in the place of each lone surrogate."""
    # A codec takes ten times as long to replace what it cannot read.
    return _LONE.sub("\ufffd", text).encode("utf-16", "surrogatepass").decode("utf-16")


def wholly(value: Any) -> Any:
    """Return a JSON value whose texts have no lone surrogates."""
    if isinstance(value, dict):
        return {_whole(name): wholly(member) for name, member in value.items()}
    if isinstance(value, list):
        return [wholly(member) for member in value]
    return _whole(value) if isinstance(value, str) else value


def _as_count(value: object, inner: Callable[[object], int]) -> int:
    try:
        count = inner(value)
    except ValidationError:
        return 0
    return count if 0 <= count <= MAX_COUNT else 0


def _as_total(value: object, inner: Callable[[object], int]) -> int | None:
    try:
        total = inner(value) if value is not None else -1
    except ValidationError:
        return None
    return total if 0 <= total <= MAX_COUNT else None


def nested(name: str, value: object) -> list[object]:
    """Return the first `MAX_ROWS` of a list that the wire wraps in an object: `{"Tag": [...]}`."""
    if isinstance(value, dict):
        value = value.get(name)
        if isinstance(value, dict):
            return [value]
    rows = value[:MAX_ROWS] if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, dict)]


Text = Annotated[
    Annotated[str, StringConstraints(max_length=MAX_TEXT)]
    | Annotated[Any, AfterValidator(_as_text)],
    Field(union_mode="left_to_right"),
]
"""A string; anything else passes through Python, so that only the odd value costs time."""

LongText = Annotated[
    str | Annotated[Any, AfterValidator(_as_any_text)], Field(union_mode="left_to_right")
]
"""A string without a limit of its own."""

Whole = Annotated[Any, AfterValidator(_as_text)]
"""A string of which there is one on a page, so that each may pass through Python."""

Token = Annotated[Any, AfterValidator(_as_any_text)]
"""A string that has to go back as it came."""

Count = Annotated[int, WrapValidator(_as_count)]
"""A number that counts something."""

Total = Annotated[int | None, WrapValidator(_as_total)]
"""A number that counts something, None where it is none."""
