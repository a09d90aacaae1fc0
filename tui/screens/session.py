"""Who is asking and where: what the explorer needs of the world behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from tui.api.calls import Observer
from tui.api.pager import PageSource
from tui.api.values import AssistantStatus
from tui.late_dataclass import dataclass
from tui.records import Query, Region
from tui.triage.error_knowledge import BUILT_IN, Knowledge


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


@dataclass(frozen=True)
class Profile:
    """Another identity that could ask, as a picker shows it; nothing of it is secret."""

    name: str
    mode: str
    region: str
    state: str
    """`ready`, or what is in the way and what helps."""
    ready: bool


@dataclass(frozen=True)
class Caller:
    """Who the service says that somebody is; foreign text."""

    account_id: str
    principal: str
    """The user or role, in a few words."""


async def nobody() -> Caller | None:
    """Return that the service does not say who asks."""
    return None


@dataclass(frozen=True)
class Session:
    """One identity against one service in one region."""

    identity: str
    """Words for the status line: the profile, or where the credentials came from."""
    scope: str
    """The name under which the archive keeps what this identity sees."""
    connect: Callable[[Observer], Awaitable[Service]]
    """Makes the client. The wire's libraries are imported here and not before."""
    in_region: Callable[[str], Session]
    """Makes the session of the same identity in another region."""
    page_size: int = 50
    region: str = ""
    """Empty where none is known yet."""
    caller: Callable[[], Awaitable[Caller | None]] = nobody
    """Asks the service who this is, once there is a client."""
    expires_at: Callable[[], float | None] = lambda: None
    """Tells when the credentials in use end, in unix seconds; None where they do not."""
    profiles: Callable[[], Sequence[Profile]] = lambda: ()
    """Reads which other identities there are."""
    as_profile: Callable[[str], Session] | None = None
    """Makes the session of another one, in the region that it names or in this one."""
    offline: bool = False
    """Whether the service is not to be asked: what the archive has is all there is."""
    knowledge: Knowledge = BUILT_IN
    """What is known about error codes."""
    policy: str = ""
    """The permissions that are needed, ready to be copied."""
