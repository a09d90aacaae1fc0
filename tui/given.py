"""What was given on the command line, read as what it should be, or one sentence on why not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tui.plain import printable
from tui.settings import nearest

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_AGO: Final = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)([smhdw])")
_SHOWN: Final = 60


class UsageError(ValueError):
    """What is wrong with the command line; `str()` of it is one printable sentence."""


class Given:
    """The flags that were given, read as what they should be; each raises `UsageError`."""

    def __init__(self, values: Mapping[str, object]) -> None:
        """Take the values by the destinations of their flags."""
        self._values = values

    def text(self, name: str) -> str:
        """Return a text; empty where there is none."""
        value = self._values.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return every text of a flag that may be repeated."""
        value = self._values.get(name)
        return tuple(map(str, value)) if isinstance(value, list) else ()

    def switch(self, name: str) -> bool:
        """Say whether a switch was given."""
        return bool(self._values.get(name))

    def path(self, name: str) -> Path | None:
        """Return a path; None where there is none."""
        return Path(self.text(name)) if self.text(name) else None

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        text = self.text(name)
        if not text:
            return default
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not least <= int(text) <= most:
            raise _unfit(name, text, f"a whole number from {least} to {most} is expected")
        return int(text)

    def number(self, name: str, default: float, *, least: float = 0.0) -> float:
        """Return a number that is not too small."""
        text = self.text(name)
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= least):
            raise _unfit(name, text, f"a number of {least:g} or more is expected")
        return value

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """Return one of several words; the first where there is none."""
        return chosen(name, self.text(name) or choices[0], choices)

    def seconds(self, name: str) -> float | None:
        """Return a span of time such as `30d` in seconds; None where there is none."""
        text = self.text(name)
        if not text:
            return None
        ago = _AGO.fullmatch(text)
        if ago is None:
            raise _unfit(name, text, "a span such as 12h or 30d is expected")
        return _seconds(ago)

    def moment(self, name: str, clock: Callable[[], float]) -> datetime | None:
        """Return a time, given as such or as an age; None where there is none."""
        text = self.text(name)
        if not text:
            return None
        try:
            if ago := _AGO.fullmatch(text):
                return datetime.fromtimestamp(clock(), UTC) - timedelta(seconds=_seconds(ago))
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise _unfit(
                name, text, "a time such as 2026-11-20T08:00Z, 2h or 3d is expected"
            ) from None


def chosen(name: str, text: str, choices: Sequence[str]) -> str:
    """Return the one of several words that a text is, whatever its case.

    Raises:
        UsageError: it is none of them; the sentence names it by `name`.
    """
    for choice in choices:
        if text.lower() == choice.lower():
            return choice
    near = nearest(text.lower(), [choice.lower() for choice in choices])
    close = next((choice for choice in choices if choice.lower() == near), "")
    advice = f"did you mean {close}?" if close else f"it is one of {', '.join(choices)}."
    where = name if name.isupper() else f"--{name}"
    raise UsageError(f"{where} is {shown(text)}; {advice}")


def _unfit(name: str, text: str, expected: str) -> UsageError:
    return UsageError(f"--{name.replace('_', '-')} is {shown(text)}: {expected}.")


def shown(text: str) -> str:
    """Return a text for a sentence, in quotes."""
    return repr(printable(text, _SHOWN))


def _seconds(ago: re.Match[str]) -> float:
    return float(ago[1]) * _SECONDS[ago[2]]
