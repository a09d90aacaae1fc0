"""Contents of files seen in this session: the latest ones, in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from tui.records import Invocation

MOST: Final = 16 << 20
"""Characters of contents and of the JSON around them that are remembered: some ten full pages."""


class Contents:
    """Remembers what was seen last, as far as there is room for it."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._size = 0
        self._seen: OrderedDict[str, tuple[str, str]] = OrderedDict()

    def remember(self, invocations: Iterable[Invocation]) -> None:
        """Remember contents that have just come; the oldest make room for them."""
        for invocation in invocations:
            if not invocation.content:
                continue
            self._forget(invocation.invoke_id)
            self._seen[invocation.invoke_id] = (invocation.content, invocation.raw)
            self._size += len(invocation.content) + len(invocation.raw)
            while self._size > self._most:
                self._forget(next(iter(self._seen)))

    def fill(self, invocation: Invocation) -> Invocation:
        """Return an invocation with its content, if that is remembered."""
        if invocation.content or invocation.invoke_id not in self._seen:
            return invocation
        content, raw = self._seen[invocation.invoke_id]
        return replace(invocation, content=content, raw=raw)

    def _forget(self, invoke_id: str) -> None:
        content, raw = self._seen.pop(invoke_id, ("", ""))
        self._size -= len(content) + len(raw)
