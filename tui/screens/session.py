"""Who is asking and where: what the explorer needs of the world behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tui.api.calls import Observer
from tui.api.pager import PageSource
from tui.api.values import AssistantStatus
from tui.records import Query, Region


class Service(PageSource, Protocol):
    """The service, or whatever stands in for it."""

    async def total(self, query: Query) -> int:
        """Return how many invocations a query has."""

    async def regions(self) -> tuple[Region, ...]:
        """Return the regions that the service names."""

    async def assistant_status(
        self, region: str, instance_ids: Sequence[str]
    ) -> tuple[AssistantStatus, ...]:
        """Return how the agents on instances are."""

    async def aclose(self) -> None:
        """Cancel what is under way."""


@dataclass(frozen=True, slots=True)
class Session:
    """One identity against one service."""

    identity: str
    """Words for the status line: the profile, or where the credentials came from."""
    scope: str
    """The key under which the archive keeps what this identity sees in this region."""
    connect: Callable[[Observer], Awaitable[Service]]
    """Makes the client. The wire's libraries are imported here and not before."""
    in_region: Callable[[str], Session]
    """Makes the session of the same identity in another region."""
    page_size: int = 50
