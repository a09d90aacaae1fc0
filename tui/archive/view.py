"""What the table shows: ordered, locally filtered invocations, of which a window is held.

A view is a table of positions in SQLite, so its size costs no memory here. The archive's thread
fills the window around the rows that were asked for last; painting takes what is there and never
waits. Rows that arrive meanwhile join at their place.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tui.archive.arrangement import Arrangement
from tui.archive.positions import Positions, Window
from tui.archive.store import Archive, merge, retire
from tui.records import Invocation, InvocationSummary

MARGIN: Final = 150
"""Rows held before and after those asked for: three pages of the API."""

EVERYTHING_NEWEST_FIRST: Final = Arrangement()


@dataclass(frozen=True, slots=True)
class _Change:
    """What the archive's thread has done: figures that belong together."""

    count: int
    hidden: int
    shift: int
    """By how much the row under the cursor has moved."""
    window: Window


class View:
    """An ordered window on the answers to one question; its methods belong to the event loop.

    What it asks of the archive's thread is answered in the order of asking, so `_positions` is
    exchanged there and the figures that follow from it arrive here in the same order.
    """

    def __init__(
        self,
        archive: Archive,
        scope: str,
        question: int,
        *,
        arrangement: Arrangement = EVERYTHING_NEWEST_FIRST,
        changed: Callable[[int], None] = lambda shift: None,
    ) -> None:
        self._archive = archive
        self._scope = scope
        self._question = question
        self._positions = Positions(question, arrangement)
        self._changed = changed
        self._window: Sequence[InvocationSummary] = ()
        self._window_start = 0
        self._wanted = (0, 0)
        self._arrangements = 0
        self.count = 0
        """How many rows the view has."""
        self.hidden = 0
        """How many answers its filter keeps out."""
        self.cursor = 0
        """The position at which the reader is; `changed` is told by how much it has moved."""

    async def open(self) -> None:
        """Find the rows; the view is empty before."""
        self._take(await self._archive.run(self._open))

    # Rows.

    def rows(self, start: int, stop: int) -> list[InvocationSummary | None]:
        """Return the rows from `start` to before `stop`; None for those not held yet."""
        stop = min(stop, self.count)
        first, last = self._window_start, self._window_start + len(self._window)
        return [
            self._window[index - first] if first <= index < last else None
            for index in range(start, stop)
        ]

    def holds(self, start: int, stop: int) -> bool:
        """Say whether every existing row from `start` to before `stop` is held."""
        end = self._window_start + len(self._window)
        return self._window_start <= start and min(stop, self.count) <= end

    def near_edge(self, start: int, stop: int) -> bool:
        """Say whether rows less than half a margin from `start` or `stop` are not held."""
        half = MARGIN // 2
        return not self.holds(max(start - half, 0), stop + half)

    async def ready(self, start: int, stop: int) -> None:
        """Hold the rows from `start` to before `stop` and a margin around them."""
        self._wanted = wanted = (start, stop)
        while True:
            change = await self._archive.run(self._read, wanted)
            if wanted == self._wanted:
                return self._take(change)
            # Rows have joined above meanwhile, or other rows are wanted by now.
            wanted = self._wanted

    # Places.

    async def position_of(self, invoke_id: str) -> int | None:
        """Return the position of an invocation in this view, or None if it is not in it."""
        for offset, row in enumerate(self._window):
            if row.invoke_id == invoke_id:
                return self._window_start + offset
        return await self._archive.run(
            lambda connection: self._positions.find(connection, self._scope, invoke_id)
        )

    async def find_failed(self, start: int, step: int) -> int | None:
        """Return the position of the next failed row after `start`, or before it."""
        return await self._archive.run(
            lambda connection: self._positions.next_failed(connection, start, step)
        )

    async def invoke_ids(self, first: int, last: int) -> list[str]:
        """Return the invoke IDs from the position `first` to `last`, both included."""
        return await self._archive.run(
            lambda connection: self._positions.invoke_ids(connection, first, last)
        )

    # Changes.

    async def add(self, invocations: Sequence[Invocation]) -> int:
        """Keep a page's invocations and let the new ones join; return how many were new."""
        added, change = await self._archive.run(self._merge, invocations, self.cursor, self._wanted)
        self._take(change)
        return added

    async def update(self, invocations: Sequence[Invocation]) -> None:
        """Keep newer news of invocations, wherever they stand, without answering the question."""
        self._take(await self._archive.run(self._update, invocations, self._wanted))

    async def retire(self, kept: Sequence[Invocation], *, newest: bool) -> None:
        """Let go of answers that the service gives no longer: `kept` is a page of a fresh walk.

        Only what lies between the oldest and the newest of `kept` goes (and above, if it is the
        `newest` page), without the seconds at either end, of which the page may have a part. The
        archive keeps the invocations; the question is no longer answered by them.
        """
        self._take(await self._archive.run(self._retire, kept, newest, self.cursor, self._wanted))

    async def rearrange(self, arrangement: Arrangement) -> None:
        """Show the answers in another order or through another filter.

        The row under the cursor stays under it, or the nearest one that is not hidden takes its
        place. Until then the rows stay as they are. A later call overtakes an earlier one.
        """
        self._arrangements += 1
        number = self._arrangements
        positions = Positions(self._question, arrangement)

        async def exchange() -> None:
            change = await self._archive.run(self._rearrange, positions, number, self.cursor)
            if change is not None:
                self._take(change)

        # The thread has exchanged the positions even where the caller has gone meanwhile.
        await asyncio.shield(exchange())

    async def close(self) -> None:
        """Drop the table of positions."""
        await self._archive.run(lambda connection: self._positions.drop(connection))

    def _take(self, change: _Change) -> None:
        self.count, self.hidden = change.count, change.hidden
        self._window_start, self._window = change.window
        first, last = self._wanted
        self._wanted = (first + change.shift, last + change.shift)
        self._changed(change.shift)

    # In the archive's thread.

    def _open(self, connection: sqlite3.Connection) -> _Change:
        self._positions.build(connection)
        return self._read(connection, (0, 0))

    def _read(
        self, connection: sqlite3.Connection, wanted: tuple[int, int], shift: int = 0
    ) -> _Change:
        positions = self._positions
        first, last = wanted[0] + shift, wanted[1] + shift
        window = positions.read(connection, max(first - MARGIN, 0), max(last + MARGIN, 0))
        return _Change(positions.count, positions.total - positions.count, shift, window)

    def _merge(
        self,
        connection: sqlite3.Connection,
        invocations: Sequence[Invocation],
        cursor: int,
        wanted: tuple[int, int],
    ) -> tuple[int, _Change]:
        added = merge(connection, self._scope, self._question, invocations)
        shift = self._positions.join(connection, added, cursor)
        return len(added), self._read(connection, wanted, shift)

    def _update(
        self,
        connection: sqlite3.Connection,
        invocations: Sequence[Invocation],
        wanted: tuple[int, int],
    ) -> _Change:
        merge(connection, self._scope, None, invocations)
        return self._read(connection, wanted)

    def _retire(
        self,
        connection: sqlite3.Connection,
        kept: Sequence[Invocation],
        newest: bool,
        cursor: int,
        wanted: tuple[int, int],
    ) -> _Change:
        shift = 0
        if retire(connection, self._question, kept, newest=newest):
            shift = self._exchange(connection, self._positions.again(), cursor)
        return self._read(connection, wanted, shift)

    def _rearrange(
        self, connection: sqlite3.Connection, positions: Positions, number: int, cursor: int
    ) -> _Change | None:
        try:
            shift = self._exchange(
                connection, positions, cursor, lambda: number == self._arrangements
            )
        except sqlite3.OperationalError:
            if number == self._arrangements:
                raise
            positions.drop(connection)
            return None
        return self._read(connection, (cursor, cursor), shift)

    def _exchange(
        self,
        connection: sqlite3.Connection,
        positions: Positions,
        cursor: int,
        wanted: Callable[[], bool] = lambda: True,
    ) -> int:
        positions.build(connection, wanted)
        place = self._positions.nearest(connection, cursor, positions)
        self._positions.drop(connection)
        self._positions = positions
        return place - cursor
