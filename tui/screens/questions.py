"""The questions of a post-mortem: from sends and their results to what the screen shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from tui.archive.rows import Known
from tui.records import Invocation
from tui.screens import findings
from tui.screens.question import Draw, Folding
from tui.triage.campaigns import campaigns
from tui.triage.checking import Check
from tui.triage.clusters import clusters
from tui.triage.comparing import compare, previous_of
from tui.triage.content import decode
from tui.triage.error_knowledge import Knowledge
from tui.triage.healing import standings
from tui.triage.sends import Delivery, Sends, sending_of
from tui.triage.timeline import timeline
from tui.widgets.lines import Line, line

Finder = Callable[[Sends, Check], Draw]
"""Finds an answer in sends and their results; long work asks its check now and then."""


def causes(knowledge: Knowledge, sends: Sends, check: Check) -> Draw:
    """Why it failed, with what is known about each error code."""
    found = clusters(sends.deliveries, check)
    return partial(findings.cluster_lines, found, explain=knowledge.explain)


def outcomes(sends: Sends, check: Check) -> Draw:
    """What is still broken."""
    return partial(findings.standing_lines, standings(sends.deliveries, check))


def course(sends: Sends, check: Check) -> Draw:
    """How it went in time."""
    return partial(findings.timeline_of, timeline(sends.deliveries, datetime.now(UTC), check=check))


def pushes(sends: Sends, check: Check) -> Draw:
    """What was pushed, and how each push stands."""
    found = campaigns(sends.sendings, sends.deliveries, check=check)
    by_send: defaultdict[str, list[Delivery]] = defaultdict(list)
    for delivery in sends.deliveries:
        by_send[delivery.invoke_id].append(delivery)
    return findings.Pushes(found, by_send)


@dataclass(frozen=True, slots=True)
class Prefaced:
    """An answer that begins with how many sends it was not asked of."""

    answer: Draw
    left_out: int
    read: int

    def fold(self, key: str) -> bool:
        """Fold a line of the answer, where it has such lines."""
        return isinstance(self.answer, Folding) and self.answer.fold(key)

    def __call__(self, width: int) -> Iterator[Line]:
        """Yield the lines for a width."""
        yield findings.left_out_line(self.left_out, self.read)
        yield line()
        yield from self.answer(width)


def difference(before: Known, after: Known) -> Draw:
    """What two sends of a file differ in."""
    found = compare(
        before.invocation,
        after.invocation,
        before_content=None if before.content_missing else decode(before.invocation),
        after_content=None if after.content_missing else decode(after.invocation),
    )
    return partial(findings.comparison_lines, found)


def previous_send(this: Invocation, sends: Sends, check: Check) -> str:
    """Return the invoke ID of the send of the same file before `this`, or an empty string.

    One that shares an instance with it comes before any other: the sends of one push follow each
    other within seconds and share none.
    """
    hosts = {result.instance_id for result in this.results}
    sharing = {each.invoke_id for each in sends.deliveries if each.instance_id in hosts}
    sending = sending_of(this)
    found = previous_of(
        sends.sendings, sending, wanted=lambda each: each.invoke_id in sharing, check=check
    ) or previous_of(sends.sendings, sending, check=check)
    return found.invoke_id if found else ""
