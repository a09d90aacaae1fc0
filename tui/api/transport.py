"""The one place that speaks HTTP: an exchange of bytes, bounded in size and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

USER_AGENT = "sendfile-explorer"
"""What the program calls itself where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, complete, inflated and bounded."""

    status: int
    reason: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


class Transport(Protocol):
    """Carries a request to where its URL points and brings the answer back."""

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answer:
        """Send one request and return its complete answer, whatever its status.

        Raises:
            OSError: the connection failed (`ConnectionError`) or took too long (`TimeoutError`).
            tui.api.errors.NotReached: the same, with a sentence.
            tui.api.errors.BadAnswer: what came is truncated, too large or not HTTP.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class HttpTransport:
    """HTTP/1.1 over the network."""

    def __init__(
        self,
        *,
        connect_timeout: float = 5.0,
        read_timeout: float = 10.0,
        user_agent: str = USER_AGENT,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._user_agent = user_agent

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answer:
        """Send one request and return its complete answer, whatever its status."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Close all connections."""
