"""Failure clusters: which errors there are, by code and then by what the texts have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tui.plain import printable
from tui.triage.checking import Check, unchecked, watched
from tui.triage.masks import masked
from tui.triage.sends import Delivery

NO_CODE: Final = "no error code"
"""The title of failures of which the API gives no code."""

NO_INFO: Final = "no error text"
"""The title of failures of which the API gives no text."""

MASKED_BETWEEN_CHECKS: Final = 500
"""Failures between two checks: each may have a text of its own to be masked."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Failures that have something in common."""

    code: str
    """As the API gave it; empty where it gave none."""
    info: str
    """The masked text, empty where there is none; of a whole code's cluster that of its largest
    part."""
    count: int
    """Failed deliveries; an instance that failed in two sends counts twice."""
    total: int
    """All failed deliveries that were asked about, in this cluster or not."""
    first: datetime | None
    """When the first of them ended; None where no time is known."""
    last: datetime | None
    instances: tuple[str, ...]
    """Each once, in the order of appearance."""
    invocations: tuple[str, ...]
    """Each once, in the order of appearance."""
    parts: tuple[Cluster, ...] = ()
    """Of a code's cluster: the same failures by their texts, largest first."""

    @property
    def share(self) -> float:
        """How many of all failures these are, from 0 to 1."""
        return self.count / self.total

    @property
    def title(self) -> str:
        """The code in words that are safe to show."""
        return printable(self.code) or NO_CODE

    @property
    def text(self) -> str:
        """The masked error text in words that are safe to show."""
        return printable(self.info) or NO_INFO


def clusters(deliveries: Iterable[Delivery], check: Check = unchecked) -> tuple[Cluster, ...]:
    """Return a cluster for each error code of the failed among `deliveries`, largest first.

    Of two equally large ones the first in the alphabet comes first. A status that nobody has
    documented counts as failed, and one without a code is a cluster of its own.
    """
    by_code: dict[str, _Code] = {}
    known: dict[str, str] = {}
    total = 0
    for delivery in watched(deliveries, check, MASKED_BETWEEN_CHECKS):
        result = delivery.result
        if not result.failed:
            continue
        total += 1
        info = known.get(result.error_info)
        if info is None:
            info = known[result.error_info] = masked(result.error_info)
        code = by_code.get(result.error_code)
        if code is None:
            code = by_code[result.error_code] = _Code()
        code.add(info, delivery)
    return _largest_first(code.cluster(name, total) for name, code in by_code.items())


@dataclass(slots=True)
class _Tally:
    """What is counted of one cluster while the failures go by."""

    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    instances: dict[str, None] = field(default_factory=dict)
    invocations: dict[str, None] = field(default_factory=dict)

    def add(self, delivery: Delivery) -> None:
        self.count += 1
        self.instances[delivery.instance_id] = None
        self.invocations[delivery.invoke_id] = None
        moment = delivery.ended
        if moment is not None:
            self.first = moment if self.first is None else min(self.first, moment)
            self.last = moment if self.last is None else max(self.last, moment)

    def cluster(self, code: str, info: str, total: int, parts: tuple[Cluster, ...] = ()) -> Cluster:
        return Cluster(
            code,
            info,
            self.count,
            total,
            self.first,
            self.last,
            tuple(self.instances),
            tuple(self.invocations),
            parts,
        )


@dataclass(slots=True)
class _Code:
    """The tallies of one code: of all its failures, and of each masked text."""

    whole: _Tally = field(default_factory=_Tally)
    by_info: dict[str, _Tally] = field(default_factory=dict)

    def add(self, info: str, delivery: Delivery) -> None:
        self.whole.add(delivery)
        self.by_info.setdefault(info, _Tally()).add(delivery)

    def cluster(self, code: str, total: int) -> Cluster:
        parts = _largest_first(
            tally.cluster(code, info, total) for info, tally in self.by_info.items()
        )
        return self.whole.cluster(code, parts[0].info, total, parts)


def _largest_first(found: Iterable[Cluster]) -> tuple[Cluster, ...]:
    return tuple(sorted(found, key=lambda each: (-each.count, each.code, each.info)))
