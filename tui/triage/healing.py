"""Still broken or healed: what a host's later sends of the same file say of its failures.

A later success of the same name in the same directory cancels every failure before it, whatever
the content was. `sends.place_in_time` says what counts as later, and how ties are broken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import NamedTuple

from tui.triage.checking import Check, unchecked, watched
from tui.triage.sends import Delivery, place_in_time, seconds


class Target(NamedTuple):
    """One file on one instance."""

    instance_id: str
    target_dir: str
    """Without a slash at its end."""
    name: str

    @classmethod
    def of(cls, delivery: Delivery) -> Target:
        """Return what a delivery was to bring where."""
        directory, name = delivery.sending.file
        return cls(delivery.instance_id, directory, name)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a file stands on an instance after every send of it; at least one has failed."""

    target: Target
    attempts: tuple[Delivery, ...]
    """Oldest first, those that go on last."""

    @property
    def ended(self) -> tuple[Delivery, ...]:
        """The attempts that have ended, oldest first."""
        return tuple(each for each in self.attempts if each.result.finished)

    @property
    def broken(self) -> bool:
        """Whether no success came after the last failure; one that goes on decides nothing."""
        return self.ended[-1].result.failed

    @property
    def healed(self) -> bool:
        """Whether a success came after the last failure."""
        return not self.broken

    @property
    def pending(self) -> bool:
        """Whether a further attempt is still going on."""
        return not all(each.result.finished for each in self.attempts)

    @property
    def flapping(self) -> bool:
        """Whether it failed again after it had healed, however it stands now."""
        return sum(1 for _ in self._spells()) > 1

    @property
    def never_tried_again(self) -> bool:
        """Whether it is broken and nobody has sent the file again after its one failure."""
        return self.broken and not self.pending and len(self._last_spell()) == 1

    @property
    def failures(self) -> int:
        """How many attempts have failed."""
        return sum(each.result.failed for each in self.attempts)

    @property
    def last_failure(self) -> Delivery:
        """The failure that counts: the last one."""
        return self._last_spell()[-1]

    @property
    def broken_since(self) -> datetime | None:
        """When the first failure after the last success before it ended."""
        return self._last_spell()[0].ended

    @property
    def healed_by(self) -> Delivery | None:
        """The first success after the last failure; None while it is broken."""
        found = None
        for each in reversed(self.ended):
            if each.result.failed:
                break
            found = each
        return found

    @property
    def time_to_heal(self) -> float | None:
        """Seconds from `broken_since` to the end of `healed_by`; None where one is not known."""
        healed_by, since = self.healed_by, self.broken_since
        until = healed_by.ended if healed_by else None
        if since is None or until is None:
            return None
        return (until - since).total_seconds()

    def _spells(self) -> Iterator[list[Delivery]]:
        """Yield the failures in runs that no success interrupts."""
        spell: list[Delivery] = []
        for each in self.ended:
            if each.result.failed:
                spell.append(each)
            elif spell:
                yield spell
                spell = []
        if spell:
            yield spell

    def _last_spell(self) -> list[Delivery]:
        *_, last = self._spells()
        return last


@dataclass(frozen=True, slots=True)
class Standings:
    """How all files stand on all instances."""

    broken: tuple[Standing, ...]
    """Broken last first."""
    healed: tuple[Standing, ...]
    """Healed last first."""
    fine: int
    """Files on instances that have arrived and never failed."""
    waiting: tuple[Target, ...]
    """Files on instances where nothing has failed and a send goes on."""

    @property
    def flapping(self) -> tuple[Standing, ...]:
        """Those that failed again after they had healed, the broken ones first."""
        return tuple(each for each in (*self.broken, *self.healed) if each.flapping)

    @property
    def never_tried_again(self) -> tuple[Standing, ...]:
        """The broken ones that nobody has sent again."""
        return tuple(each for each in self.broken if each.never_tried_again)

    @property
    def pending(self) -> tuple[Standing, ...]:
        """The ones that failed and are being tried again right now, the broken ones first."""
        return tuple(each for each in (*self.broken, *self.healed) if each.pending)

    @property
    def targets(self) -> int:
        """How many files on instances there are in all."""
        return len(self.broken) + len(self.healed) + self.fine + len(self.waiting)


def standings(deliveries: Iterable[Delivery], check: Check = unchecked) -> Standings:
    """Return how every file stands on every instance, after `deliveries` in any order."""
    by_target: defaultdict[Target, list[Delivery]] = defaultdict(list)
    for delivery in watched(deliveries, check):
        by_target[Target.of(delivery)].append(delivery)
    broken: list[Standing] = []
    healed: list[Standing] = []
    waiting: list[Target] = []
    fine = 0
    for target, attempts in watched(by_target.items(), check):
        if any(each.result.failed for each in attempts):
            standing = Standing(target, tuple(sorted(attempts, key=place_in_time)))
            (broken if standing.broken else healed).append(standing)
        elif all(each.result.finished for each in attempts):
            fine += 1
        else:
            waiting.append(target)
    broken.sort(key=_newest_failure_first)
    healed.sort(key=_newest_healing_first)
    return Standings(tuple(broken), tuple(healed), fine, tuple(sorted(waiting)))


def _newest_failure_first(standing: Standing) -> tuple[float, Target]:
    return -seconds(standing.last_failure.ended, inf), standing.target


def _newest_healing_first(standing: Standing) -> tuple[float, Target]:
    healed_by = standing.healed_by
    return -seconds(healed_by.ended if healed_by else None, -inf), standing.target
