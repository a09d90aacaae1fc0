"""Campaigns: one file pushed to many hosts in several sends, and sent again where it failed.

A campaign ranks its hosts by an affine permutation of their positions; those with the lowest
ranks fail, and each further wave fails on fewer of them. So what became of a host is arithmetic,
and nothing has to be remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from tui.emulator import catalogue
from tui.emulator.causes import BY_CODE, CAUSES, Cause

SEND_SIZE: Final = 50
"""The most instances that one send goes to."""

_STEPS: Final = (7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43)
"""Primes to step through the hosts by; the first that does not divide their number is taken."""


class Campaign(NamedTuple):
    """One file for the hosts of one pool; a plain tuple, because scans make a great many."""

    salt: int
    """A number of its own, from which everything small is derived."""
    kind: int
    """The index of its file in `catalogue.FILES`."""
    pool: int
    """The index of its hosts in `catalogue.pools()`."""
    first: int
    """The position of its first host in the pool."""
    hosts: int
    failing: tuple[int, ...] = ()
    """How many hosts still fail after each wave; never more than after the wave before."""
    primary: Cause = CAUSES[0]
    """What the lower three quarters of the failing ranks fail of."""
    secondary: Cause = CAUSES[0]
    """What the others fail of."""
    flapping: bool = False
    """Whether rank 0 is the pool's flapping host, which fails in a way of its own."""
    step: int = 1
    shift: int = 0

    @property
    def name(self) -> str:
        """The name of the file."""
        return catalogue.file_name(self.kind, catalogue.pools()[self.pool].service.name)

    def rank(self, position: int) -> int:
        """Return the rank of the host at a position of the campaign."""
        return (self.step * position + self.shift) % self.hosts

    def position(self, rank: int) -> int:
        """Return the position of the host of a rank."""
        return pow(self.step, -1, self.hosts) * (rank - self.shift) % self.hosts

    def cause(self, rank: int) -> Cause:
        """Return what the host of this rank fails of, if it fails."""
        if rank == 0 and self.flapping:
            return BY_CODE["ClientNotResponse"]
        return self.primary if rank < self._lower() else self.secondary

    def host(self, rank: int) -> int:
        """Return the number of the host of a rank: a ghost where the instance is gone."""
        pool = catalogue.pools()[self.pool]
        if self.failing and rank < self.failing[0] and self.cause(rank).gone:
            return pool.ghost(rank)
        return pool.host(self.first + self.position(rank))

    def rank_of(self, host: int) -> int | None:
        """Return the rank of a host in this campaign, or None where it takes no part."""
        pool = catalogue.pools()[self.pool]
        offset = host - pool.first
        if offset >= pool.size:
            rank = offset - pool.size
        else:
            position = (offset - self.first) % pool.size
            if position >= self.hosts:
                return None
            rank = self.rank(position)
        return rank if rank < self.hosts and self.host(rank) == host else None

    def asked(self, wave: int) -> int:
        """Return how many hosts a wave goes to."""
        return self.hosts if wave == 0 else self.failing[wave - 1]

    def left(self, wave: int) -> int:
        """Return how many hosts fail in a wave."""
        return self.failing[wave] if wave < len(self.failing) else 0

    def _lower(self) -> int:
        return (3 * self.failing[0] + 3) // 4 if self.failing else 0


class Send(NamedTuple):
    """One invocation of a campaign; a plain tuple, because scans make a great many."""

    age: float
    """Seconds before the start of the emulator."""
    campaign: Campaign
    wave: int
    chunk: int
    """Which of the sends of its wave."""
    size: int
    failed: int
    """How many of its instances fail in the end."""
    pace: str = ""
    """How fast it goes; `waiting` and `underway` are still going when the emulator starts."""

    @property
    def status(self) -> str:
        """The overall status once everything has finished."""
        if not self.failed:
            return "Success"
        return "Failed" if self.failed == self.size else "PartialFailed"

    @property
    def name(self) -> str:
        """The name of the file; the first try fails where it is no name for a file."""
        campaign = self.campaign
        if campaign.failing and not self.wave and campaign.primary.code == "FileNameInvalid":
            return f"{campaign.name}:new"
        return campaign.name

    def targets(self) -> list[tuple[int, int]]:
        """Return rank and number of each of its hosts, in the order of its results."""
        campaign = self.campaign
        start = self.chunk * SEND_SIZE
        places = range(start, start + self.size)
        if self.wave:
            return [(rank, campaign.host(rank)) for rank in places]
        pool = catalogue.pools()[campaign.pool]
        step, shift, hosts = campaign.step, campaign.shift, campaign.hosts
        offset, fails = campaign.first, campaign.failing[0] if campaign.failing else 0
        targets = []
        for position in places:
            rank = (step * position + shift) % hosts
            host = pool.first + (offset + position) % pool.size
            targets.append((rank, campaign.host(rank) if rank < fails else host))
        return targets

    def has(self, host: int) -> bool:
        """Say whether a host is among its targets."""
        rank = self.campaign.rank_of(host)
        if rank is None:
            return False
        if self.wave:
            return rank < self.campaign.asked(self.wave) and rank // SEND_SIZE == self.chunk
        return self.campaign.position(rank) // SEND_SIZE == self.chunk


def ranked(campaign: Campaign) -> Campaign:
    """Return a campaign that fails with its hosts ranked, the pool's flapping host first."""
    facts = catalogue.pools()[campaign.pool]
    step = _step(campaign.hosts)
    position = (facts.flapping - campaign.first) % facts.size
    flapping = facts.flapping >= 0 and position < campaign.hosts and not campaign.primary.gone
    shift = -step * position if flapping else campaign.salt
    return campaign._replace(step=step, shift=shift % campaign.hosts, flapping=flapping)


@cache
def _step(hosts: int) -> int:
    return next(prime for prime in _STEPS if hosts % prime)


def sends(campaign: Campaign, ages: Sequence[float], apart: float, youngest: float) -> list[Send]:
    """Return the sends of a campaign, whose waves begin at `ages`.

    Those of one wave are `apart` seconds apart, and none gets younger than `youngest`.
    """
    if campaign.hosts <= SEND_SIZE and not campaign.failing:
        return [Send(ages[0], campaign, 0, 0, campaign.hosts, 0)]
    made: list[Send] = []
    for wave, age in enumerate(ages):
        asked, left = campaign.asked(wave), campaign.left(wave)
        chunks = -(-asked // SEND_SIZE)
        failed = _failed(campaign, wave, chunks, left)
        for chunk in range(chunks):
            size = min(SEND_SIZE, asked - chunk * SEND_SIZE)
            sent = max(youngest, age - chunk * apart)
            made.append(Send(sent, campaign, wave, chunk, size, failed[chunk]))
    return made


def _failed(campaign: Campaign, wave: int, chunks: int, left: int) -> list[int]:
    """Return how many hosts fail in each send of a wave."""
    if chunks == 1:
        return [left]
    if wave:
        return [min(SEND_SIZE, max(0, left - chunk * SEND_SIZE)) for chunk in range(chunks)]
    counts = [0] * chunks
    if left:
        back = pow(campaign.step, -1, campaign.hosts)
        for rank in range(left):
            counts[back * (rank - campaign.shift) % campaign.hosts // SEND_SIZE] += 1
    return counts
