"""Long questions that can be given up: the caller's check is asked every few thousand rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

T = TypeVar("T")

Check = Callable[[], None]
"""Called now and then while a question is worked on; what it raises ends the work."""

CHECK_EVERY: Final = 2_000
"""Rows between two checks: a few milliseconds of work."""


def unchecked() -> None:
    """Let the work go on to its end."""


def watched(rows: Iterable[T], check: Check, every: int = CHECK_EVERY) -> Iterator[T]:
    """Yield `rows`, asking `check` before the first and then before every so many."""
    for number, row in enumerate(rows):
        if number % every == 0:
            check()
        yield row
