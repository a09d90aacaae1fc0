"""Numbers, lists and times in words, the same in every text about a post-mortem."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from tui.plain import printable

FOLDED: Final = 5
"""Names of a long list that are shown before the rest is counted."""

LONGEST: Final = 200
"""Characters of a foreign text that one line shows."""


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return `1 host`, `1,204 hosts`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def folded(names: Sequence[str], shown: int = FOLDED) -> str:
    """Return the first of `names`, made printable, and how many more there are."""
    if len(names) == shown + 1:
        shown += 1
    words = ", ".join(printable(name, LONGEST) for name in names[:shown])
    more = len(names) - shown
    return f"{words} and {more:,} more" if more > 0 else words


def share(part: int, whole: int) -> str:
    """Return a share in per cent: never 0 % of something, never 100 % of less than all."""
    if not whole:
        return "–"
    percent = round(100 * part / whole)
    if part and not percent:
        return "< 1 %"
    if part < whole and percent == 100:
        return "> 99 %"
    return f"{percent} %"


def moment(value: datetime | None) -> str:
    """Return a time to the second, in UTC."""
    return "–" if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def span(seconds: float | None) -> str:
    """Return a length of time in its two largest units: `4 s`, `12 min 5 s`, `2 d 3 h`."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    for (large, large_name), (small, small_name) in _UNITS:
        if whole >= large:
            rest = whole % large // small
            return f"{whole // large} {large_name}" + (f" {rest} {small_name}" if rest else "")
    raise AssertionError("A minute is the smallest of the units.")


_UNITS: Final = (
    ((86_400, "d"), (3600, "h")),
    ((3600, "h"), (60, "min")),
    ((60, "min"), (1, "s")),
)
