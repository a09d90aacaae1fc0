"""A question to the service as the call log shows it, and who wants to know of one."""

from __future__ import annotations

from typing import Protocol

from tui.api.errors import ApiError
from tui.late_dataclass import dataclass


@dataclass
class Call:
    """One question to the service with all its attempts, as the call log shows it."""

    operation: str
    parameters: tuple[tuple[str, str], ...]
    """As sent, without anything secret."""
    started_at: float
    """Unix seconds."""
    attempts: int = 0
    milliseconds: float | None = None
    """None until it has ended."""
    status: int | None = None
    """Of the last answer; None where none came."""
    request_id: str = ""
    error: ApiError | None = None
    """None where it succeeded, is under way or was abandoned."""


class Observer(Protocol):
    """Somebody who wants to know what is asked: a log, a status line, a countdown."""

    def call_started(self, call: Call) -> None:
        """Take note that a call begins."""

    def call_waiting(self, call: Call, seconds: float, fault: ApiError) -> None:
        """Take note that a call waits before it tries again, and why."""

    def call_ended(self, call: Call) -> None:
        """Take note that a call is over: answered, failed or abandoned."""


class Unobserved:
    """An observer who looks away."""

    def call_started(self, call: Call) -> None:
        """Do nothing."""

    def call_waiting(self, call: Call, seconds: float, fault: ApiError) -> None:
        """Do nothing."""

    def call_ended(self, call: Call) -> None:
        """Do nothing."""
