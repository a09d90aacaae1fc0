"""What the explorer needs of the world: sessions of one identity after the other, in any region."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.commands import connecting
from tui.identity.permissions import policy
from tui.late_dataclass import dataclass
from tui.screens.session import Caller, Profile, Session
from tui.triage.error_knowledge import Knowledge

if TYPE_CHECKING:
    from tui.api.calls import Observer
    from tui.api.client import Client


@dataclass(frozen=True)
class Sessions:
    """Makes sessions that have these things in common."""

    target_of: Callable[[str], connecting.Target]
    """Returns whom to ask, and as whom, for the name of a profile."""
    offline: bool
    """Whether the service is not to be asked."""
    knowledge: Knowledge

    def session(self, target: connecting.Target, region: str) -> Session:
        """Return the session of an identity in a region, which is empty where it is to be chosen.

        The client is made when it is needed, and in a thread: the wire's libraries take a tenth of
        a second to import, and keys go on meanwhile.
        """
        connected: list[connecting.Connection] = []

        async def connect(observer: Observer) -> Client:
            connection = await asyncio.to_thread(
                connecting.connect, target, region or connecting.ANY_REGION, observer=observer
            )
            connected[:] = [connection]
            return connection.client

        async def caller() -> Caller | None:
            identity = connected[0].identity if connected else None
            found = await identity.caller() if identity else None
            return Caller(found.account_id, found.principal) if found else None

        def expires_at() -> float | None:
            identity = connected[0].identity if connected else None
            return identity.expires_at if identity else None

        def as_profile(name: str) -> Session:
            other = self.target_of(name)
            return self.session(other, other.region or region)

        is_demo = target.emulator is not None
        return Session(
            identity=target.words if target.known_scope or not self.offline else "all identities",
            scope=target.known_scope if self.offline else target.scope,
            connect=connect,
            in_region=lambda elsewhere: self.session(target, elsewhere),
            offline=self.offline,
            page_size=target.settings.page_size,
            region=region,
            caller=caller,
            expires_at=expires_at,
            profiles=list if is_demo else lambda: _profiles(target),
            as_profile=None if is_demo else as_profile,
            knowledge=self.knowledge,
            policy=policy(optional=True),
        )


def _profiles(target: connecting.Target) -> list[Profile]:
    return [
        Profile(each.name, each.mode, each.region, each.state, each.ready)
        for each in connecting.profiles(target.settings)
    ]
