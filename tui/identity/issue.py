"""Credentials in time: when they were issued, when they are due to be renewed, when they end."""

from __future__ import annotations

from typing import Final

from tui.api.credentials import Credentials
from tui.late_dataclass import dataclass

EARLY: Final = 300.0
"""Credentials are due to be renewed so many seconds before they end, unless their life is short."""

SHARE: Final = 5
"""In a short life they are due when this part of it is left."""


@dataclass(frozen=True)
class Issue:
    """Credentials and when they were issued."""

    credentials: Credentials
    issued_at: float
    """Unix seconds."""

    def over(self, now: float) -> bool:
        """Say whether they have ended."""
        ends = self.credentials.expires_at
        return ends is not None and now >= ends

    @property
    def due_at(self) -> float | None:
        """When it is time to renew them; None for those that last."""
        ends = self.credentials.expires_at
        return None if ends is None else ends - min(EARLY, max(ends - self.issued_at, 0.0) / SHARE)

    def due(self, now: float) -> bool:
        """Say whether it is time to renew them."""
        return self.due_at is not None and now >= self.due_at


class Purse:
    """Where credentials are held in memory; clients of one identity may share it."""

    def __init__(self) -> None:
        self.issue: Issue | None = None
