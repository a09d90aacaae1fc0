"""The identity that a client acts as: credentials, when they end, who the service says it is."""

from __future__ import annotations

import asyncio

from tui.api.credentials import Credentials
from tui.api.errors import ApiError
from tui.identity.asking import Asker
from tui.identity.cache import Cache
from tui.identity.chain import Choice, caller_key
from tui.identity.issue import Purse
from tui.identity.renewing import Renewing
from tui.identity.sts import CallerIdentity, caller_identity


class Identity:
    """A source of credentials for the client, and what a status line wants to know of it.

    Args:
        choice: who is to ask.
        asker: asks for credentials; closed with this.
        cache: keeps temporary answers; None: nothing is kept.
        purse: holds the credentials; clients of the same choice may share one.
        asks_caller: whether the service knows who this is.
    """

    def __init__(
        self,
        choice: Choice,
        asker: Asker,
        *,
        cache: Cache | None = None,
        purse: Purse | None = None,
        asks_caller: bool = True,
    ) -> None:
        self.choice = choice
        self._asker = asker
        self._cache = cache
        self._asks_caller = asks_caller
        self._renewing = Renewing(choice.again, asker, cache=cache, purse=purse)
        self._caller: asyncio.Task[CallerIdentity | None] | None = None

    @property
    def expires_at(self) -> float | None:
        """When the credentials end, in unix seconds.

        None before the first, of lasting ones, and where the next call renews what has ended.
        """
        held = self._renewing.held
        if held is None or held.expires_at is None:
            return None
        is_over = held.expires_at <= self._asker.clock()
        return None if is_over and not self._renewing.is_fixed else held.expires_at

    async def credentials(self) -> Credentials:
        """Return credentials that are valid now.

        Raises:
            tui.api.errors.CredentialsUnavailable: there are none, and why.
        """
        return await self._renewing.credentials()

    async def refreshed(self, stale: Credentials) -> Credentials:
        """Return other credentials than `stale`, which the service has refused as expired.

        Raises:
            tui.api.errors.CredentialsUnavailable: there are none, and why.
        """
        return await self._renewing.refreshed(stale)

    async def caller(self) -> CallerIdentity | None:
        """Return who the service says that this is; None where it cannot be known.

        It is asked once, and never a reason to fail.
        """
        if not self._asks_caller:
            return None
        if self._caller is None or self._caller.cancelled():
            self._caller = asyncio.create_task(self._asked_caller())
        return await asyncio.shield(self._caller)

    async def aclose(self) -> None:
        """Stop what is under way and wait until it has ended."""
        if self._caller is not None:
            self._caller.cancel()
            await asyncio.gather(self._caller, return_exceptions=True)
        await self._renewing.aclose()
        await self._asker.aclose()

    async def _asked_caller(self) -> CallerIdentity | None:
        try:
            credentials = await self.credentials()
            at = self.choice.sts_endpoint()
            key = caller_key(self.choice, credentials, at)
            if self._cache is not None:
                known = await asyncio.to_thread(self._cache.caller, key, self._asker.clock())
                if known is not None:
                    return known
            caller = await caller_identity(self._asker, at, credentials)
        except ApiError:
            return None
        if self._cache is not None:
            await asyncio.to_thread(self._cache.keep_caller, key, caller, self._asker.clock())
        return caller
