"""Which records pass a selection: found by looking at each, once, and remembered.

Sends that have finished never change, so what was found among them stays true; the few newest
are looked at afresh each time.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from tui.emulator import catalogue, labels
from tui.emulator.campaigns import Campaign, Send
from tui.emulator.history import BLOCK
from tui.emulator.parameters import Selection

FRESH: Final = 2000
"""How many records may be looked at afresh for each page before their findings are kept, too."""

Check = Callable[[Send], bool]


class Found(Protocol):
    """The records that pass a selection, newest first, by their place among themselves."""

    def after(self, number: int) -> int:
        """Return the place of the first record that is older than record `number`."""

    def at(self, first: int, count: int) -> Sequence[int]:
        """Return the numbers of up to `count` records from a place on."""

    def total(self) -> int:
        """Return how many there are."""

    def look(self, records: int, *, past: int | None, count: int | None) -> bool:
        """Look at up to `records` more; say whether all is known that a page needs.

        The page is `count` records after record number `past`; without a count, the total.
        """


class Listed:
    """Records whose numbers are known at once: all of them, or the one with an id."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers

    def after(self, number: int) -> int:
        """Return the place of the first record that is older than record `number`."""
        return bisect_right(self._numbers, number)

    def at(self, first: int, count: int) -> Sequence[int]:
        """Return the numbers of up to `count` records from a place on."""
        return self._numbers[first : first + count]

    def total(self) -> int:
        """Return how many there are."""
        return len(self._numbers)

    def look(self, records: int, *, past: int | None, count: int | None) -> bool:
        """Return True: all is known."""
        return True


class Settled:
    """The finished sends of a fleet that pass one selection, as far as they have been looked at."""

    def __init__(self, drawn: Callable[[int], Sequence[Send]], check: Check, first: int) -> None:
        self.first = first
        """The number that the looking began with; what is newer is not in here."""
        self.numbers = array("q")
        self._drawn = drawn
        self._check = check
        self.looked_to = first
        """The number of the first record that has not been looked at."""

    def look(self, wanted: int, records: int) -> None:
        """Look on until `wanted` have been found, or all up to number `records` looked at."""
        while len(self.numbers) < wanted and self.looked_to < records:
            end = min(records, (self.looked_to // BLOCK + 1) * BLOCK)
            self.numbers.extend(self._passing(self.looked_to, end))
            self.looked_to = end

    def from_number(self, first: int) -> Settled:
        """Return the same with the records from number `first` on, which have finished since."""
        longer = Settled(self._drawn, self._check, first)
        longer.look(self.first - first, self.first)
        longer.numbers.extend(self.numbers)
        longer.looked_to = self.looked_to
        return longer

    def _passing(self, start: int, end: int) -> list[int]:
        check, passing = self._check, []
        block, offset = divmod(start, BLOCK)
        number = start
        while number < end:
            for send in self._drawn(block)[offset : offset + end - number]:
                if check(send):
                    passing.append(number)
                number += 1
            block, offset = block + 1, 0
        return passing


class Filtered:
    """The records that pass a selection now: the newest ones looked at afresh, then the settled."""

    def __init__(self, fresh: Sequence[int], settled: Settled, end: int) -> None:
        self._fresh = fresh
        self._settled = settled
        self._end = end
        """The number of the first record that has been forgotten by now."""

    def after(self, number: int) -> int:
        """Return the place of the first record that is older than record `number`."""
        if number < self._settled.first:
            return bisect_right(self._fresh, number)
        settled = self._settled
        while settled.looked_to <= number and settled.looked_to < self._end:
            settled.look(len(settled.numbers) + 1, self._end)
        return len(self._fresh) + bisect_right(settled.numbers, number)

    def at(self, first: int, count: int) -> Sequence[int]:
        """Return the numbers of up to `count` records from a place on."""
        newest = list(self._fresh[first : first + count])
        start = max(0, first - len(self._fresh))
        end = start + count - len(newest)
        self._settled.look(end, self._end)
        older = [number for number in self._settled.numbers[start:end] if number < self._end]
        return newest + older

    def total(self) -> int:
        """Return how many there are."""
        self._settled.look(self._end - self._settled.first, self._end)
        return len(self._fresh) + bisect_left(self._settled.numbers, self._end)

    def look(self, records: int, *, past: int | None, count: int | None) -> bool:
        """Look at up to `records` more; say whether all is known that a page needs."""
        settled, end = self._settled, self._end
        stop = min(end, settled.looked_to + records)
        if past is not None and settled.looked_to <= past:
            settled.look(stop - settled.first, min(stop, past + 1))
            return settled.looked_to >= end
        place = 0 if past is None else self.after(past)
        wanted = end - settled.first if count is None else place + count - len(self._fresh)
        settled.look(wanted, stop)
        return settled.looked_to >= end or len(settled.numbers) >= wanted


def check(selection: Selection, host: int | None, *, status: bool) -> Check:
    """Return what says whether a send passes; its finished status counts only if `status`.

    `host` is the number of the host that the selection names, None where it names none.
    """
    checks: list[Check] = []
    if selection.name:
        checks.append(lambda send: send.name == selection.name)
    if selection.resource_group_id:
        pools = frozenset(
            index
            for index, pool in enumerate(catalogue.pools())
            if pool.service.resource_group == selection.resource_group_id
        )
        checks.append(lambda send: send.campaign.pool in pools)
    if selection.instance_id:
        pool = None if host is None else catalogue.pool_of(host)
        checks.append(
            lambda send: host is not None and send.campaign.pool == pool and send.has(host)
        )
    if selection.tags:
        wanted = selection.tags
        checks.append(lambda send: _tagged(send.campaign, wanted))
    if selection.status and status:
        checks.append(lambda send: send.status == selection.status)
    if len(checks) == 1:
        return checks[0]
    return lambda send: all(one(send) for one in checks)


def _tagged(campaign: Campaign, wanted: Sequence[tuple[str, str | None]]) -> bool:
    """Say whether all the wanted tags are there, by key alone or by key and value."""
    keys = labels.tag_keys(campaign)
    for key, value in wanted:
        if key not in keys:
            return False
        if value is not None and labels.tag_value(campaign, key) != value:
            return False
    return True
