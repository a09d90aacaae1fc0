"""Types of fields that take whatever the wire sends: texts coerced, nonsense counted as nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, ValidationError, WrapValidator

from tui.api.exact import write

MAX_COUNT: Final = 2**31 - 1
"""The largest count believed; a larger one is nonsense that a database could not hold."""


def _as_text(value: object) -> str:
    """Return any JSON value as text, without surrogates, which no UTF-8 can carry."""
    if value is None:
        return ""
    return _whole(value) if isinstance(value, str) else write(value)


def _whole(text: str) -> str:
    """Return a text with U+FFFD in the place of each lone surrogate."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


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
    """Return the rows of a list that the wire wraps in an object: `{"Tag": [...]}`."""
    if isinstance(value, dict):
        value = value.get(name)
        if isinstance(value, dict):
            return [value]
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


Text = Annotated[str | Annotated[Any, AfterValidator(_as_text)], Field(union_mode="left_to_right")]
"""A string; anything else passes through Python, so that only the odd value costs time."""

Whole = Annotated[Any, AfterValidator(_as_text)]
"""A string of which there is one on a page, so that each may pass through Python."""

Count = Annotated[int, WrapValidator(_as_count)]
"""A number that counts something."""

Total = Annotated[int | None, WrapValidator(_as_total)]
"""A number that counts something, None where it is none."""
