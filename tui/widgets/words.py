"""How times, counts, statuses and sizes are written: pure functions from records to words."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Final

from tui.records import Invocation, InvocationSummary, instant
from tui.widgets.lines import Tone

STATUS_LOOK: Final[dict[str, tuple[str, Tone]]] = {
    "Pending": ("⋯", "pending"),
    "Running": ("▸", "running"),
    "Success": ("✓", "ok"),
    "Failed": ("✗", "failed"),
    "PartialFailed": ("!", "warning"),
    "Invalid": ("✗", "failed"),
    "Aborted": ("✗", "failed"),
    "Error": ("✗", "failed"),
    "Timeout": ("✗", "failed"),
}
"""The glyph and tone of each documented status, overall and on an instance.

The glyphs are one cell wide in East Asian locales too.
"""

UNKNOWN_LOOK: Final[tuple[str, Tone]] = ("?", "warning")
"""The look of a status that the API's page does not name."""


class TimeStyle(Enum):
    """How times are shown; the zone is part of every column title."""

    UTC = "UTC"
    LOCAL = "local"
    AGE = "age"

    @property
    def next(self) -> TimeStyle:
        """The style after this one, in a circle."""
        styles = list(TimeStyle)
        return styles[(styles.index(self) + 1) % len(styles)]


def status_words(status: str) -> str:
    """Return glyph and word, so that a status never depends on colour."""
    glyph, _ = STATUS_LOOK.get(status, UNKNOWN_LOOK)
    return f"{glyph} {status or '(none)'}"


def status_tone(status: str) -> Tone:
    """Return the tone of a status."""
    return STATUS_LOOK.get(status, UNKNOWN_LOOK)[1]


def moment(text: str, style: TimeStyle = TimeStyle.UTC, *, now: datetime | None = None) -> str:
    """Return a time of the API in 19 cells or fewer; text that is no time is returned as it is."""
    when = instant(text)
    if when is None:
        return text
    if style is TimeStyle.UTC:
        return when.strftime("%Y-%m-%d %H:%M:%S")
    if style is TimeStyle.LOCAL:
        return when.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return age((now or datetime.now(UTC)).timestamp() - when.timestamp())


def age(seconds: float) -> str:
    """Return how long ago something was, in one unit and a part of it, or how soon it will be."""
    if seconds < 0:
        return f"in {duration(-seconds)}"
    return f"{duration(seconds)} ago"


def duration(seconds: float | None) -> str:
    """Return a length of time in its two largest units; an empty string where it is not known."""
    if seconds is None:
        return ""
    whole = int(seconds)
    for size, unit, smaller_size, smaller in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "m"),
        (60, "m", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // smaller_size
            return f"{whole // size}{unit}" + (f" {rest}{smaller}" if rest else "")
    return f"{whole}s"


def byte_count(size: int) -> str:
    """Return a size in bytes, exactly, and in KiB where that reads better."""
    return f"{size:,} bytes" if size < 1024 else f"{size:,} bytes ({size / 1024:.1f} KiB)"


def delivered(row: Invocation | InvocationSummary) -> str:
    """Return how many instances have the file, of how many: `47/50`."""
    return f"{row.ok_count}/{row.total_count}"


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: `1 instance`, `1,024 instances`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
