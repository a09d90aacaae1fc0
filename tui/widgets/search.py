"""A search for some characters in a long text, done in slices; pure of any screen."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from typing import Final

WINDOW: Final = 200_000
"""Characters that one step looks through at most."""

MATCHES: Final = 10_000
"""Matches after which a step ends."""


class Search:
    """The places of `wanted` in `text`; capitals count only where there are any in `wanted`.

    Where the characters stand for bytes, only those of ASCII have capitals.
    """

    def __init__(self, text: str, wanted: str, *, of_bytes: bool = False) -> None:
        self.wanted = wanted
        self.done = not wanted
        self.starts = array("I")
        """Where the matches begin, as far as they are found."""
        self._text = text
        flags = re.ASCII if of_bytes else re.NOFLAG
        if not any(each.isupper() and (each.isascii() or not of_bytes) for each in wanted):
            flags |= re.IGNORECASE
        self._pattern = re.compile(re.escape(wanted), flags)
        self._at = 0

    def step(self) -> None:
        """Look on through a slice of the text."""
        if self.done:
            return
        stop = self._at + WINDOW
        for _ in range(MATCHES):
            # A match that begins in the window may end beyond it.
            found = self._pattern.search(self._text, self._at, stop + len(self.wanted) - 1)
            if found is None:
                self._at = stop
                break
            self.starts.append(found.start())
            self._at = found.end()
        self.done = self._at >= len(self._text)

    def at_or_after(self, offset: int) -> int:
        """Return the index of the first match from `offset` on; it may not be found yet."""
        return bisect_left(self.starts, offset)

    def within(self, start: int, end: int) -> range:
        """Return the indices of the matches that have a character from `start` to `end`."""
        first = self.at_or_after(start - len(self.wanted) + 1)
        return range(first, self.at_or_after(end))
