"""Everything that is asked of a set of sends at once: what a hand-off is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tui.triage.campaigns import Campaign, campaigns
from tui.triage.checking import Check, unchecked, watched
from tui.triage.clusters import Cluster, clusters
from tui.triage.healing import Standings, Target, standings
from tui.triage.sends import Delivery, Sends
from tui.triage.timeline import TIMEOUT, Timeline, timeline


@dataclass(frozen=True, slots=True)
class Findings:
    """The answers to every question about some sends."""

    sends: Sends
    campaigns: tuple[Campaign, ...]
    clusters: tuple[Cluster, ...]
    standings: Standings
    timeline: Timeline


def findings(
    sends: Sends,
    now: datetime,
    *,
    history: Iterable[Delivery] = (),
    timeout: float = TIMEOUT,
    check: Check = unchecked,
) -> Findings:
    """Ask every question about `sends`.

    Args:
        sends: of a campaign, of what is marked, of a view, or everything.
        now: with a time zone; how far what goes on has come.
        history: deliveries of any other sends; those of the same files to the same instances
            count where the question is what is still broken, because they may have healed it.
        timeout: seconds after which a delivery that goes on is overdue.
        check: raises to give up.
    """
    return Findings(
        sends,
        campaigns(sends.sendings, sends.deliveries, check=check),
        clusters(sends.deliveries, check),
        standings((*sends.deliveries, *_others(sends, history, check)), check),
        timeline(sends.deliveries, now, timeout=timeout, check=check),
    )


def _others(sends: Sends, history: Iterable[Delivery], check: Check) -> Iterator[Delivery]:
    """Yield what else was sent to the same places."""
    targets = {Target.of(delivery) for delivery in sends.deliveries}
    known = {sending.invoke_id for sending in sends.sendings}
    for delivery in watched(history, check):
        if delivery.invoke_id not in known and Target.of(delivery) in targets:
            yield delivery
