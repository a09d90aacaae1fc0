"""Credentials that are valid now: held, kept, renewed before they end, once for all who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from tui.api.credentials import Credentials
from tui.api.errors import ApiError, CredentialsUnavailable
from tui.identity import lock
from tui.identity.asking import Asker
from tui.identity.cache import Cache
from tui.identity.chain import cache_key
from tui.identity.issue import Issue, Purse
from tui.identity.source import Blamed, FixedSource, Source, blamed, named

PAUSE: Final = 10.0
"""Seconds before renewing in the background is tried again after it has failed."""

LONGEST: Final = 86_400.0
"""Seconds that a timer waits at the most."""


class Renewing:
    """A source of credentials for the client, over a source of ours.

    Args:
        source: says where credentials come from, anew each time.
        asker: asks there.
        cache: keeps temporary answers; None: nothing is kept.
        purse: holds what there is.
    """

    def __init__(
        self,
        source: Callable[[], Source],
        asker: Asker,
        *,
        cache: Cache | None = None,
        purse: Purse | None = None,
    ) -> None:
        self._source = source
        self._asker = asker
        self._cache = cache
        self._purse = purse or Purse()
        self._task: asyncio.Task[Issue] | None = None
        self._tasks: set[asyncio.Task[Issue]] = set()
        self._waiting = 0
        self._not_before = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        """Renews what is held when that is due, though nobody asks just then."""
        self._used = False
        """Whether what is held has been asked for; what nobody needs is not renewed."""
        self.is_fixed = False
        """Whether what is held stands somewhere as it is, so that nobody can renew it."""
        self._refused: Credentials | None = None

    @property
    def held(self) -> Credentials | None:
        """The credentials that are held, perhaps of the past; None before the first ones."""
        return self._purse.issue.credentials if self._purse.issue else None

    async def credentials(self) -> Credentials:
        """Return credentials that are valid now; what is due is renewed meanwhile.

        Raises:
            CredentialsUnavailable: there are none, and why.
        """
        now = self._asker.clock()
        issue = self._purse.issue
        self._used = True
        if issue is None or issue.over(now):
            return await self._renewed()
        if issue.due(now) and now >= self._not_before:
            self._under_way()
        return issue.credentials

    async def refreshed(self, stale: Credentials) -> Credentials:
        """Return other credentials than `stale`, which the service has refused.

        Raises:
            CredentialsUnavailable: there are none, and why.
        """
        issue = self._purse.issue
        if issue and not _same(issue.credentials, stale) and not issue.over(self._asker.clock()):
            return issue.credentials
        self._refused = stale
        found = await self._renewed()
        if _same(found, stale):
            # What was under way had begun before anybody knew of the refusal.
            found = await self._renewed()
        if _same(found, stale):
            about = (await asyncio.to_thread(self._source)).about
            raise Blamed(
                f"{about.title} has no newer credentials than those that the service refuses as"
                " expired or wrong.",
                advice=about.remedy,
            )
        return found

    async def aclose(self) -> None:
        """Stop what is under way and wait until it has ended."""
        if self._alarm is not None:
            self._alarm.cancel()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _renewed(self) -> Credentials:
        """Wait for the one renewal; when nobody waits any more, it is stopped."""
        task = self._under_way()
        self._waiting += 1
        try:
            return (await asyncio.shield(task)).credentials
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if task.cancelled() and not (current and current.cancelling()):
                raise CredentialsUnavailable("The search for credentials was stopped.") from None
            if self._waiting == 1 and self._needed():
                task.cancel()
                self._task = None
            raise
        finally:
            self._waiting -= 1

    def _needed(self) -> bool:
        """Say whether there is nothing valid to go on with."""
        issue = self._purse.issue
        return issue is None or issue.over(self._asker.clock())

    def _under_way(self) -> asyncio.Task[Issue]:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._renew())
            self._tasks.add(self._task)
            self._task.add_done_callback(self._ended)
        return self._task

    def _ended(self, task: asyncio.Task[Issue]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        now = self._asker.clock()
        if task.exception() is not None or task.result().due(now):
            self._not_before = now + PAUSE
        elif (due_at := task.result().due_at) is not None and not self.is_fixed:
            if self._alarm is not None:
                self._alarm.cancel()
            loop = asyncio.get_running_loop()
            # A little later, for clocks that are not one.
            self._alarm = loop.call_later(min(due_at - now + 0.05, LONGEST), self._is_due)

    def _is_due(self) -> None:
        """Renew what is held where it has been used: who reads on will need it again."""
        issue = self._purse.issue
        now = self._asker.clock()
        if issue is not None and issue.due(now) and self._used and now >= self._not_before:
            self._used = False
            self._under_way()

    async def _renew(self) -> Issue:
        # A home may be on a network, and files are read anew.
        source = await asyncio.to_thread(self._source)
        try:
            issue = await self._obtained(source)
        except ApiError as error:
            raise blamed(source.about, error) from error
        self.is_fixed = isinstance(source, FixedSource)
        self._purse.issue = Issue(named(issue.credentials, source.about), issue.issued_at)
        return self._purse.issue

    async def _obtained(self, source: Source) -> Issue:
        """Return what another process has kept, or else ask, while the others wait."""
        if self._cache is None or not source.kept:
            return await self._fetched(source)
        cache, key = self._cache, await asyncio.to_thread(cache_key, source)
        kept = await asyncio.to_thread(cache.credentials, key)
        if kept and self._fresh(kept):
            return kept
        clock, sleep = self._asker.clock, self._asker.sleep
        path = await asyncio.to_thread(cache.lock_path, key)
        async with lock.held(path, source.patience, clock=clock, sleep=sleep):
            kept = await asyncio.to_thread(cache.credentials, key)
            if kept and self._fresh(kept):
                return kept
            try:
                issue = await self._fetched(source)
            except ApiError:
                if kept and self._good(kept):
                    return kept
                raise
            await asyncio.to_thread(cache.keep, key, issue)
            return issue

    async def _fetched(self, source: Source) -> Issue:
        credentials = await source.fetch(self._asker)
        return Issue(credentials, self._asker.clock())

    def _fresh(self, issue: Issue) -> bool:
        return self._good(issue) and not issue.due(self._asker.clock())

    def _good(self, issue: Issue) -> bool:
        """Say whether credentials are valid, as far as anybody knows."""
        refused = self._refused is not None and _same(issue.credentials, self._refused)
        return not refused and not issue.over(self._asker.clock())


def _same(one: Credentials, other: Credentials) -> bool:
    return (one.access_key_id, one.access_key_secret, one.security_token) == (
        other.access_key_id,
        other.access_key_secret,
        other.security_token,
    )
