"""Campaigns: the sends of one push together, because one send reaches 50 instances at most.

Sends belong together when file, directory, content, owner, group and mode are the same and each
was created at most `GAP` after the one before. A retry within that time is part of the campaign,
so its row says what has become of every host by now; a later one is a campaign of its own, and
what it has mended is a question for `healing`. Whether the file may be overwritten plays no part:
a retry that may is the usual answer to a file that is already there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import inf
from typing import Final

from tui.records import Invocation
from tui.triage.checking import Check, unchecked, watched
from tui.triage.sends import Delivery, Sending, Sends, place_in_time, seconds

GAP: Final = timedelta(minutes=30)
"""The longest time between a send and the next of the same campaign.

Twenty sends of one push follow each other within seconds, and the failed hosts are tried again
while somebody is still looking at them. What is sent again on a schedule mostly comes once an hour
or more rarely.
"""


@dataclass(frozen=True, slots=True)
class CampaignKey:
    """What the sends of a campaign have in common."""

    name: str
    target_dir: str
    """Without a slash at its end."""
    content_hash: str
    owner: str
    group: str
    mode: str

    @classmethod
    def of(cls, sending: Sending) -> CampaignKey:
        """Return the key of a send."""
        directory, name = sending.file
        return cls(
            name, directory, sending.content_hash, sending.owner, sending.group, sending.mode
        )


@dataclass(frozen=True, slots=True)
class Campaign:
    """One push with its retries; each host is in one of three lists, as it stands now."""

    key: CampaignKey
    sendings: tuple[Sending, ...]
    """In the order of their creation."""
    succeeded: tuple[str, ...]
    """Instance IDs; like the two other lists in the order in which hosts first appear."""
    failed: tuple[str, ...]
    pending: tuple[str, ...]
    """Hosts on which a send is still going on, whatever became of those before."""
    healed: tuple[str, ...]
    """Those of `succeeded` that had failed before within the campaign."""
    unseen: int
    """Deliveries that `VmCount` promises and nobody has shown: those of a narrower query."""
    started: datetime | None
    """When the first send was created; None where none says so."""
    finished: datetime | None
    """When the last delivery ended; None while one goes on, or where none says so."""

    @property
    def invocations(self) -> tuple[str, ...]:
        """The IDs of the sends."""
        return tuple(sending.invoke_id for sending in self.sendings)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every instance, once."""
        return self.succeeded + self.failed + self.pending

    @property
    def success_share(self) -> float | None:
        """How many of the hosts have the file, from 0 to 1; None where no host is known."""
        return len(self.succeeded) / len(self.hosts) if self.hosts else None

    @property
    def duration(self) -> float | None:
        """The time from the first creation to the last end, in seconds, where both are known."""
        if self.started is None or self.finished is None:
            return None
        return max((self.finished - self.started).total_seconds(), 0.0)


def campaigns_of(
    invocations: Iterable[Invocation], *, gap: timedelta = GAP, check: Check = unchecked
) -> tuple[Campaign, ...]:
    """Return the campaigns of `invocations`, which come in any order; newest first."""
    sends = Sends.of(invocations, check)
    return campaigns(sends.sendings, sends.deliveries, gap=gap, check=check)


def campaigns(
    sendings: Iterable[Sending],
    deliveries: Iterable[Delivery],
    *,
    gap: timedelta = GAP,
    check: Check = unchecked,
) -> tuple[Campaign, ...]:
    """Return the campaigns of sends and their deliveries, both in any order; newest first."""
    groups = pushes(sendings, gap=gap, check=check)
    number_of = {
        sending.invoke_id: number for number, group in enumerate(groups) for sending in group
    }
    found: list[list[Delivery]] = [[] for _ in groups]
    for delivery in watched(deliveries, check):
        number = number_of.get(delivery.invoke_id)
        if number is not None:
            found[number].append(delivery)
    made = [
        campaign_of(group, theirs)
        for group, theirs in watched(zip(groups, found, strict=True), check)
    ]
    made.sort(key=lambda campaign: seconds(campaign.started, -inf), reverse=True)
    return tuple(made)


def pushes(
    sendings: Iterable[Sending], *, gap: timedelta = GAP, check: Check = unchecked
) -> list[tuple[Sending, ...]]:
    """Group sends into campaigns without a look at their deliveries.

    Sends whose creation time is unknown or unreadable make one group for each key.
    """
    by_key: defaultdict[CampaignKey, list[Sending]] = defaultdict(list)
    for sending in watched(sendings, check):
        by_key[CampaignKey.of(sending)].append(sending)
    return [
        push
        for alike in watched(by_key.values(), check)
        for push in _apart(sorted(alike, key=_creation), gap)
    ]


def campaign_of(sendings: tuple[Sending, ...], deliveries: Iterable[Delivery]) -> Campaign:
    """Return the campaign that sends of one push make with all of their deliveries."""
    by_host: defaultdict[str, list[Delivery]] = defaultdict(list)
    shown: Counter[str] = Counter()
    for delivery in deliveries:
        by_host[delivery.instance_id].append(delivery)
        shown[delivery.invoke_id] += 1
    succeeded, failed, pending, healed = [], [], [], []
    for host, theirs in by_host.items():
        last = theirs[0] if len(theirs) == 1 else max(theirs, key=place_in_time)
        if not last.result.finished:
            pending.append(host)
        elif last.result.failed:
            failed.append(host)
        else:
            succeeded.append(host)
            if any(delivery.result.failed for delivery in theirs):
                healed.append(host)
    ends = [delivery.ended for theirs in by_host.values() for delivery in theirs]
    return Campaign(
        key=CampaignKey.of(sendings[0]),
        sendings=sendings,
        succeeded=tuple(succeeded),
        failed=tuple(failed),
        pending=tuple(pending),
        healed=tuple(healed),
        unseen=sum(max(each.vm_count - shown[each.invoke_id], 0) for each in sendings),
        started=min((moment for each in sendings if (moment := each.created)), default=None),
        finished=None if pending else max((end for end in ends if end), default=None),
    )


def _creation(sending: Sending) -> tuple[float, str]:
    return seconds(sending.created, -inf), sending.invoke_id


def _apart(ordered: list[Sending], gap: timedelta) -> Iterator[tuple[Sending, ...]]:
    """Cut sends of one key, in the order of their creation, where more than `gap` passes."""
    start = 0
    for index, (earlier, later) in enumerate(pairwise(ordered), 1):
        before, after = earlier.created, later.created
        if before is None and after is None:
            continue
        if before is None or after is None or after - before > gap:
            yield tuple(ordered[start:index])
            start = index
    yield tuple(ordered[start:])
