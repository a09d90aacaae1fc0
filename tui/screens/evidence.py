"""What a post-mortem is about: the marked rows, one push, the view, or all that was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui.archive.evidence import MOST, all_sent, count_seen, same_name, sent
from tui.archive.store import Archive
from tui.archive.view import View
from tui.screens.question import Extent
from tui.screens.thinking import thought_over
from tui.triage.campaigns import CampaignKey, pushes
from tui.triage.checking import Check
from tui.triage.sends import Delivery, Sends, sending_of

READ_AT_ONCE: Final = 1_000
"""Sends read in one go, so that rows for the screen never wait long behind them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a question finds its facts."""

    archive: Archive
    scope: str
    view: View
    marks: frozenset[str]
    """Invoke IDs of the marked rows."""
    here: str
    """The invoke ID under the cursor, or an empty string."""

    @property
    def extents(self) -> tuple[Extent, ...]:
        """What can be asked about, the likeliest first."""
        marked = (Extent.MARKED,) if self.marks else ()
        push = (Extent.PUSH,) if self.here else ()
        return (*marked, Extent.VIEW, *push, Extent.EVERYTHING)

    async def sends(self, extent: Extent) -> Sends:
        """Return the sends that a question is about, with their results.

        Of more than `MOST` it is the newest, or the first of the view.
        """
        if extent is Extent.PUSH:
            return await self._push()
        return await self._read(await self.ids(extent))

    async def ids(self, extent: Extent) -> Sequence[str]:
        """Return the invoke IDs of the sends that a question is about."""
        match extent:
            case Extent.MARKED:
                return sorted(self.marks)
            case Extent.VIEW:
                return await self.view.invoke_ids(0, MOST - 1)
            case Extent.PUSH:
                return [each.invoke_id for each in (await self._push()).sendings]
            case _:
                return await self.archive.run(all_sent, self.scope)

    async def left_out(self, extent: Extent) -> int:
        """Return how many sends a question is not asked of, because there are more than `MOST`."""
        match extent:
            case Extent.VIEW:
                there = self.view.count
            case Extent.EVERYTHING:
                there = await self.archive.run(count_seen, self.scope)
            case _:
                there = 0
        return max(there - MOST, 0)

    async def same_name(self) -> Sends:
        """Return everything seen of files with the name of the one under the cursor."""
        return await self._read(await self.archive.run(same_name, self.scope, self.here))

    async def _push(self) -> Sends:
        alike = await self.same_name()
        return await thought_over(lambda check: push_of(alike, self.here, check))

    async def _read(self, invoke_ids: Sequence[str]) -> Sends:
        sendings, deliveries = [], []
        for start in range(0, len(invoke_ids), READ_AT_ONCE):
            some = invoke_ids[start : start + READ_AT_ONCE]
            for invocation, content_hash in await self.archive.run(sent, self.scope, some):
                sending = sending_of(invocation, content_hash)
                sendings.append(sending)
                deliveries += [Delivery(sending, result) for result in invocation.results]
        return Sends(tuple(sendings), tuple(deliveries))


def push_of(sends: Sends, invoke_id: str, check: Check) -> Sends:
    """Return of many sends those that belong to the same push as one of them."""
    this = next((each for each in sends.sendings if each.invoke_id == invoke_id), None)
    if this is None:
        return Sends((), ())
    key = CampaignKey.of(this)
    alike = [each for each in sends.sendings if CampaignKey.of(each) == key]
    push = next(push for push in pushes(alike, check=check) if this in push)
    wanted = {each.invoke_id for each in push}
    deliveries = tuple(each for each in sends.deliveries if each.invoke_id in wanted)
    return Sends(push, deliveries)
