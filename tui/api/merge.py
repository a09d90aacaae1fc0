"""Several walks read as one, newest first: nothing comes before what another walk may still bring.

The order is by creation time, then by walk, then as the service sent it; within a walk the
service's own order always stands, even where its times are missing or out of order.
"""

from __future__ import annotations

import asyncio
import base64
import json
import math
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

from tui.api.errors import CursorRefused
from tui.late_dataclass import dataclass
from tui.records import Invocation, Page, instant

PREFIX: Final = "merged."
"""How a token for several walks begins, so that it is not taken for one of the service's."""


class PageStream(Protocol):
    """One walk that brings page after page."""

    @property
    def ended(self) -> bool:
        """Whether the last page has arrived."""
        ...

    @property
    def token(self) -> str:
        """Where the next page begins."""
        ...

    async def fetch(self) -> Page:
        """Bring the next page; a failure or a cancellation changes nothing."""
        ...


@dataclass(frozen=True)
class Place:
    """Where a merged reading stands in one of its walks."""

    name: str
    """The status that the walk asks for."""
    token: str = ""
    """Of the page that is being read."""
    anchor: str = ""
    """The invocation of that page that was delivered last; empty where none was."""
    bound: float = math.inf
    """Unix seconds that nothing undelivered of this walk is newer than."""
    ended: bool = False


class Lane:
    """One walk of several: what has arrived of it and has not been delivered."""

    def __init__(self, stream: PageStream, place: Place) -> None:
        self._stream = stream
        self._name = place.name
        self._over = place.ended
        self._waiting: deque[tuple[float, Invocation]] = deque()
        self._page_token = place.token
        self._anchor = place.anchor
        self._seeking = bool(place.anchor)
        """Whether the pages that arrive begin with what was delivered before a resumption."""
        self._bound = place.bound

    @property
    def head(self) -> float | None:
        """The time of the next invocation, in unix seconds; None where none waits."""
        return self._waiting[0][0] if self._waiting else None

    @property
    def bound(self) -> float:
        """The time that nothing still to come from this walk is newer than."""
        return self._bound

    @property
    def exhausted(self) -> bool:
        """Whether nothing waits here and nothing will."""
        return not self._waiting and (self._over or self._stream.ended)

    @property
    def place(self) -> Place:
        """Where a later reading has to go on."""
        if self._waiting:
            return Place(self._name, self._page_token, self._anchor, self._bound)
        anchor = self._anchor if self._seeking else ""
        return Place(self._name, self._stream.token, anchor, self._bound, self.exhausted)

    async def fetch(self) -> str:
        """Bring the next page here and return its request ID; a failure changes nothing."""
        token = self._stream.token
        page = await self._stream.fetch()
        fresh = page.invocations
        if self._seeking:
            fresh = self._beyond_anchor(fresh)
        else:
            self._anchor = ""
        self._page_token = token
        newest = self._bound
        for invocation in fresh:
            moment = instant(invocation.creation_time)
            newest = newest if moment is None else min(newest, moment.timestamp())
            self._waiting.append((newest, invocation))
        return page.request_id

    def take(self) -> Invocation:
        """Deliver the next invocation."""
        self._bound, invocation = self._waiting.popleft()
        self._anchor = invocation.invoke_id
        return invocation

    def _beyond_anchor(self, invocations: tuple[Invocation, ...]) -> tuple[Invocation, ...]:
        """Leave out what was delivered before, and what has come since on top of it."""
        for position, invocation in enumerate(invocations):
            if invocation.invoke_id == self._anchor:
                self._seeking = False
                return invocations[position + 1 :]
        older = tuple(
            invocation
            for invocation in invocations
            if (moment := instant(invocation.creation_time)) and moment.timestamp() <= self._bound
        )
        # A page with something older on it is beyond the anchor, which has gone.
        self._seeking = not older
        return older


class Merge:
    """Reads several lanes as one."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = lanes
        self._latest = math.inf
        self._delivered: set[str] = set()
        """What was delivered with the latest time: a status that changed brings a record twice."""

    @property
    def ended(self) -> bool:
        """Whether everything has been delivered."""
        return all(lane.exhausted for lane in self._lanes)

    @property
    def token(self) -> str:
        """What `places` needs to go on from here; empty at the start."""
        stand = [lane.place for lane in self._lanes]
        if all(place == Place(place.name) for place in stand):
            return ""
        rows = [
            (
                one.name,
                one.token,
                one.anchor,
                None if one.bound == math.inf else one.bound,
                one.ended,
            )
            for one in stand
        ]
        text = json.dumps(rows, separators=(",", ":"))
        return PREFIX + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    async def next(self, size: int) -> Page:
        """Deliver up to `size` invocations; an empty page only where none are left.

        What arrives is kept where another lane fails, so that asking again loses nothing.
        """
        taken: list[Invocation] = []
        request_id = ""
        while len(taken) < size:
            lane, blockers = self._front()
            if lane is not None:
                invocation = lane.take()
                if not self._is_double(lane.bound, invocation.invoke_id):
                    taken.append(invocation)
            elif taken or not blockers:
                break
            else:
                request_id = await _fetch(blockers)
        next_token = "" if self.ended else self.token
        return Page(tuple(taken), next_token=next_token, request_id=request_id)

    def _front(self) -> tuple[Lane | None, list[Lane]]:
        """Return the lane whose head comes next, or the lanes that must bring a page first."""
        order = [
            (-(lane.bound if lane.head is None else lane.head), position)
            for position, lane in enumerate(self._lanes)
        ]
        waiting = [spot for spot in order if self._lanes[spot[1]].head is not None]
        first = min(waiting, default=(math.inf, len(order)))
        blockers = [
            self._lanes[spot[1]]
            for spot in order
            if spot < first and not self._lanes[spot[1]].exhausted
        ]
        return (None if blockers or not waiting else self._lanes[first[1]]), blockers

    def _is_double(self, moment: float, invoke_id: str) -> bool:
        if moment != self._latest:
            self._latest = moment
            self._delivered.clear()
        if not invoke_id:
            return False
        known = invoke_id in self._delivered
        self._delivered.add(invoke_id)
        return known


async def _fetch(lanes: Sequence[Lane]) -> str:
    """Let all lanes fetch at the same time; those that succeed keep their page if others fail."""
    results = await asyncio.gather(*(lane.fetch() for lane in lanes), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return str(results[-1])


def places(token: str, names: Sequence[str]) -> list[Place]:
    """Read a token of a merged reading of walks with these names.

    Raises:
        tui.api.errors.CursorRefused: it is not one.
    """
    if not token:
        return [Place(name) for name in names]
    try:
        text = token.removeprefix(PREFIX).encode("ascii")
        rows = json.loads(base64.b64decode(text + b"=" * (-len(text) % 4), b"-_", validate=True))
        found = [
            Place(str(name), str(page), str(anchor), _bound(bound), ended is True)
            for name, page, anchor, bound, ended in rows
        ]
    except (ValueError, TypeError, RecursionError):
        found = []
    if not token.startswith(PREFIX) or [place.name for place in found] != list(names):
        raise CursorRefused(
            f"The token does not belong to a walk of {' and '.join(names)}.",
            advice="Start the walk again, or give the statuses that the token was made for.",
        )
    return found


def _bound(value: object) -> float:
    """Read the bound of a place; anything but a number of seconds is refused."""
    if value is None:
        return math.inf
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    raise ValueError(value)
