"""The records of one region: what was sent to its hosts, each a function of seed and number.

A number names a record for good: 0 is the newest at the start, larger numbers are older, and
what arrives later takes -1, -2 and so on. Nothing is stored, so a million records cost no memory.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from tui.emulator import catalogue, regions, results
from tui.emulator.campaigns import Send
from tui.emulator.history import History
from tui.emulator.identifiers import Identifiers
from tui.emulator.matches import FRESH, Filtered, Found, Listed, Settled, check
from tui.emulator.parameters import Selection

SECONDS_A_DAY: Final = 86_400

REMEMBERED: Final = 6
"""Selections whose findings are kept; one takes up to eight bytes a record that passes."""

_OFFSET: Final = 1 << 40
"""Added to a record's number to make it positive, for its id."""

_HOST_OFFSET: Final = 1 << 20
"""Added to a host's number, so that the first hosts have no simpler ids than the others."""


class Fleet:
    """The records of a region under a clock of its own speed."""

    def __init__(
        self,
        records: int = 1000,
        seed: int = 7,
        *,
        clock: Callable[[], float] = time.time,
        start: float | None = None,
        arrive_per_minute: float = 0.0,
        clock_speed: float = 1.0,
        region: str = regions.HOME,
    ) -> None:
        facts = regions.REGIONS[region]
        self.records = records
        self.seed = seed
        self.region = region
        self.arrive_per_minute = arrive_per_minute
        self.clock_speed = clock_speed
        self.start = float(math.floor(clock() if start is None else start))
        self._clock = clock
        self._history = History(f"{seed} {region}", records)
        self._invocations = Identifiers(f"f-{facts.letters}0", 14, f"invocation {region} {seed}")
        self._hosts = Identifiers(f"i-{facts.instance_letters}", 17, f"host {region} {seed}")
        self._settled: OrderedDict[Selection, Settled] = OrderedDict()
        self.instance_id = lru_cache(maxsize=8192)(self._instance_id)
        """Returns the id of the host of a number."""

    def in_region(self, region: str) -> Fleet:
        """Return the fleet of another region under the same clock: smaller, with other records."""
        share = regions.REGIONS[region].share
        return Fleet(
            round(self.records * share),
            self.seed,
            clock=self._clock,
            start=self.start,
            arrive_per_minute=self.arrive_per_minute * share,
            clock_speed=self.clock_speed,
            region=region,
        )

    def now(self) -> float:
        """Return the emulator's time in unix seconds: from `start` on, at its own speed."""
        return self.start + (self._clock() - self.start) * self.clock_speed

    def numbers(self, retention_days: float | None = None) -> range:
        """Return the numbers of the records that can be seen now, newest first."""
        newest, oldest = -self._arrived(self.now()), self.records
        if retention_days is not None:
            horizon = self.now() - retention_days * SECONDS_A_DAY
            oldest = self._first_created_before(horizon, newest)
        return range(newest, oldest)

    def number_of(self, invoke_id: str) -> int | None:
        """Return the number of the record with this id, seen or not, or None where none has it."""
        number = self._invocations.number(invoke_id)
        return None if number is None else number - _OFFSET

    def host_of(self, instance_id: str) -> int | None:
        """Return the number of the host with this id, or None where none has it."""
        number = self._hosts.number(instance_id)
        host = -1 if number is None else number - _HOST_OFFSET
        return None if catalogue.pool_of(host) is None else host

    def created(self, number: int) -> float:
        """Return when a record was made, in unix seconds."""
        if number < 0:
            return self.start - number * 60.0 / self.arrive_per_minute
        return self.start - self.send(number).age

    def send(self, number: int) -> Send:
        """Return the send that a record shows."""
        send = self._history.send(number)
        return send if number >= 0 else send._replace(pace=results.ARRIVING)

    def status(self, number: int) -> str:
        """Return the overall status of a record as it is now."""
        return results.status(self.send(number), self.now() - self.created(number))

    def invocation(self, number: int) -> dict[str, object]:
        """Return a record in the API's own field names, as it stands by the emulator's clock."""
        return results.invocation(
            self.send(number),
            invoke_id=self.invoke_id(number),
            created=self.created(number),
            now=self.now(),
            instance_id=self.instance_id,
        )

    def invoke_id(self, number: int) -> str:
        """Return the id of a record."""
        return self._invocations.of(number + _OFFSET)

    def matching(self, selection: Selection, retention_days: float | None = None) -> Found:
        """Return the records that can be seen now and pass the selection, newest first."""
        numbers = self.numbers(retention_days)
        if not selection.scans and not selection.invoke_id:
            return Listed(numbers)
        host = self.host_of(selection.instance_id)
        passes = check(selection, host, status=False)

        def now(number: int) -> bool:
            send = self.send(number)
            return passes(send) and selection.status in ("", self.status(number))

        if selection.invoke_id:
            number = self.number_of(selection.invoke_id)
            return Listed(
                [number] if number is not None and number in numbers and now(number) else []
            )
        settled = self._settled_for(selection, host)
        newest = range(numbers.start, min(settled.first, numbers.stop))
        fresh = [number for number in newest if now(number)]
        return Filtered(fresh, settled, numbers.stop)

    def _settled_for(self, selection: Selection, host: int | None) -> Settled:
        """Return what is known of a selection among the records that have finished."""
        first = self._first_settled()
        settled = self._settled.pop(selection, None)
        if settled is None:
            drawn = self._history.drawn
            settled = Settled(drawn, check(selection, host, status=True), first)
        elif settled.first - first > FRESH:
            settled = settled.from_number(first)
        self._settled[selection] = settled
        while len(self._settled) > REMEMBERED:
            self._settled.popitem(last=False)
        return settled

    def _first_settled(self) -> int:
        """Return the number from which on every record has finished."""
        settled_before = self.now() - results.SETTLED
        if settled_before >= self.start:
            return -self._arrived(settled_before)
        return self._first_created_before(settled_before, 0)

    def _first_created_before(self, moment: float, first: int) -> int:
        """Return the number of the newest record from `first` on made at `moment` or before."""
        low, high = first, self.records
        while low < high:
            middle = (low + high) // 2
            if self.created(middle) > moment:
                low = middle + 1
            else:
                high = middle
        return low

    def _arrived(self, moment: float) -> int:
        """Return how many records have arrived between the start and a moment."""
        return max(0, math.floor((moment - self.start) * self.arrive_per_minute / 60.0))

    def _instance_id(self, host: int) -> str:
        return self._hosts.of(host + _HOST_OFFSET)
