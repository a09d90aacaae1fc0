"""What the table shows: ordered, locally filtered invocations, of which a window is held.

A view is a table of positions in SQLite, so its size costs no memory here. The archive's thread
fills the window around the rows that were asked for last; painting takes what is there and never
waits. Rows that arrive meanwhile join at their place. A row whose values change keeps its place,
and stays even where the filter would hide it now, until the view is next rearranged.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tui.archive.arrangement import Arrangement
from tui.archive.positions import Positions, Window
from tui.archive.store import Archive, merge, retire
from tui.records import Invocation, InvocationSummary

MARGIN: Final = 150
"""Rows held before and after those asked for: three pages of the API."""

EVERYTHING_NEWEST_FIRST: Final = Arrangement()


@dataclass(frozen=True, slots=True)
class _Sight:
    """Where the reader is and which rows are wanted, in the positions of one moment."""

    cursor: int = 0
    first: int = 0
    last: int = 0
    moved: int = 0
    """By how much the row under the cursor has moved in all, up to that moment."""
    moves: int = 0
    """How often the reader has moved the cursor, up to that moment."""

    def after(self, moved: int) -> _Sight:
        """Return the same in the positions of another moment."""
        shift = moved - self.moved
        return _Sight(self.cursor + shift, self.first + shift, self.last + shift, moved, self.moves)


@dataclass(frozen=True, slots=True)
class _Change:
    """What the archive's thread has done: figures that belong together."""

    count: int
    hidden: int
    window: Window
    sight: _Sight
    """What the reader saw when asking, in the positions that hold now."""
    added: int = 0
    """How many of a page's invocations were new."""
    exchanged: bool = False
    """Whether every row may have moved otherwise than the one under the cursor."""


class View:
    """An ordered window on the answers to one question; its methods belong to the event loop.

    What it asks of the archive's thread is answered in the order of asking, so `_positions` is
    exchanged there and the figures that follow from it arrive here in the same order. Where the
    reader was when asking is brought up to date there by what has moved since (`_Sight.moved`).
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
        self._changed = changed
        self._window: Sequence[InvocationSummary] = ()
        self._window_start = 0
        self._sight = _Sight()
        self._arrangements = 0
        self.count = 0
        """How many rows the view has."""
        self.hidden = 0
        """How many answers its filter keeps out."""
        # These belong to the archive's thread.
        self._positions = Positions(question, arrangement)
        self._moved = 0
        self._lost: int | None = None
        """The invocation that was under the cursor when the filter hid all rows."""

    async def open(self) -> None:
        """Find the rows; the view is empty before."""
        self._take(await self._archive.run(self._open))

    @property
    def cursor(self) -> int:
        """The position at which the reader is; it moves along with its row, as `changed` tells."""
        return self._sight.cursor

    @cursor.setter
    def cursor(self, position: int) -> None:
        sight = self._sight
        if position != sight.cursor:
            self._sight = replace(sight, cursor=position, moves=sight.moves + 1)

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
        self._sight = replace(self._sight, first=start, last=stop)
        while True:
            change = await self._archive.run(self._read, self._sight)
            self._take(change)
            if (change.sight.first, change.sight.last) == (self._sight.first, self._sight.last):
                return
            # Other rows are wanted by now, perhaps by somebody who has not waited for them.

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
        """Return the position of the next row after `start` with failed results, or before it.

        The sign of `step` gives the direction.
        """
        moved = self._sight.moved
        return await self._archive.run(
            lambda connection: self._positions.next_failed(
                connection, start + self._moved - moved, step
            )
        )

    async def invoke_ids(self, first: int, last: int) -> list[str]:
        """Return the invoke IDs from the position `first` to `last`, both included.

        There are at most `positions.MOST_IDS` of them.
        """
        moved = self._sight.moved
        return await self._archive.run(
            lambda connection: self._positions.invoke_ids(
                connection, first + self._moved - moved, last + self._moved - moved
            )
        )

    # Changes. Who may be cancelled shields them, and then has them all the same.

    async def add(self, invocations: Sequence[Invocation]) -> int:
        """Keep a page's invocations and let the new ones join; return how many were new."""
        change = await self._archive.run(self._add, invocations, self._sight)
        self._take(change)
        return change.added

    async def update(self, invocations: Sequence[Invocation]) -> None:
        """Keep newer news of invocations, wherever they stand, without answering the question."""
        self._take(await self._archive.run(self._update, invocations, self._sight))

    async def retire(
        self, kept: Sequence[Invocation], *, newest: bool, oldest: bool = False
    ) -> None:
        """Let go of answers that the service gives no longer: `kept` is a page of a fresh walk.

        What lies between the oldest and the newest of `kept` and is not among them goes, and what
        is above, if it is the `newest` page. The seconds at either end are left alone, because
        the page may have a part of them: an answer there goes with the page that covers it. Below
        the `oldest` page only that goes which cannot be an answer any more, by its status. Where
        anything goes the view is arranged anew.
        The archive keeps the invocations; the question is no longer answered by them.
        """
        self._take(await self._archive.run(self._retire, kept, newest, oldest, self._sight))

    async def rearrange(self, arrangement: Arrangement | None = None) -> None:
        """Show the answers in another order or through another filter, or in the present ones anew.

        The row under the cursor stays under it, or the nearest one that is not hidden takes its
        place; a reader who moves meanwhile stays where they went. Until then the rows stay as
        they are. A later call overtakes an earlier one, and a cancelled one is given up.
        """
        self._arrangements += 1
        number = self._arrangements
        answer = self._archive.submit(self._rearrange, arrangement, number, self._sight)

        async def take() -> None:
            change = await answer
            if change is not None:
                self._take(change)

        try:
            # Once it is too late to give up, what the thread has done must arrive here.
            await asyncio.shield(take())
        except asyncio.CancelledError:
            if number == self._arrangements:
                self._arrangements += 1
            raise

    async def close(self) -> None:
        """Drop the table of positions."""
        self._arrangements += 1
        await self._archive.run(lambda connection: self._positions.drop(connection))

    def _take(self, change: _Change) -> None:
        self.count, self.hidden = change.count, change.hidden
        self._window_start, self._window = change.window
        before = self._sight
        sight = before.after(change.sight.moved)
        if change.exchanged and change.sight.moves != before.moves:
            # A reader who has moved meanwhile is where they want to be.
            sight = replace(before, moved=change.sight.moved)
        self._sight = replace(sight, cursor=max(min(sight.cursor, self.count - 1), 0))
        self._changed(sight.cursor - before.cursor)

    # In the archive's thread.

    def _open(self, connection: sqlite3.Connection) -> _Change:
        self._positions.build(connection)
        return self._read(connection, _Sight())

    def _read(self, connection: sqlite3.Connection, seen: _Sight) -> _Change:
        sight = seen.after(self._moved)
        return self._look(connection, sight, sight.first, sight.last)

    def _look(
        self, connection: sqlite3.Connection, sight: _Sight, first: int, last: int
    ) -> _Change:
        positions = self._positions
        window = positions.read(connection, max(first - MARGIN, 0), max(last + MARGIN, 0))
        return _Change(positions.count, positions.total - positions.count, window, sight)

    def _add(
        self, connection: sqlite3.Connection, invocations: Sequence[Invocation], seen: _Sight
    ) -> _Change:
        added = merge(connection, self._scope, self._question, invocations)
        cursor = seen.after(self._moved).cursor
        shift, alike = self._positions.join(connection, added, cursor)
        self._moved += shift
        return replace(self._read(connection, seen), added=len(added), exchanged=not alike)

    def _update(
        self, connection: sqlite3.Connection, invocations: Sequence[Invocation], seen: _Sight
    ) -> _Change:
        merge(connection, self._scope, None, invocations)
        return self._read(connection, seen)

    def _retire(
        self,
        connection: sqlite3.Connection,
        kept: Sequence[Invocation],
        newest: bool,
        oldest: bool,
        seen: _Sight,
    ) -> _Change:
        if not retire(connection, self._question, kept, newest=newest, oldest=oldest):
            return self._read(connection, seen)
        self._exchange(connection, self._positions.again(), seen)
        return replace(self._read(connection, seen), exchanged=True)

    def _rearrange(
        self,
        connection: sqlite3.Connection,
        arrangement: Arrangement | None,
        number: int,
        seen: _Sight,
    ) -> _Change | None:
        def wanted() -> bool:
            return number == self._arrangements

        if not wanted():
            return None
        positions = self._positions.again()
        if arrangement is not None:
            positions = Positions(self._question, arrangement)
        try:
            self._exchange(connection, positions, seen, wanted)
        except sqlite3.OperationalError:
            positions.drop(connection)
            if wanted():
                raise
            return None
        sight = seen.after(self._moved)
        around_cursor = self._look(connection, sight, sight.cursor, sight.cursor)
        return replace(around_cursor, exchanged=True)

    def _exchange(
        self,
        connection: sqlite3.Connection,
        positions: Positions,
        seen: _Sight,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        positions.build(connection, wanted)
        cursor, old = seen.after(self._moved).cursor, self._positions
        if old.count:
            place = old.nearest(connection, cursor, positions)
            self._lost = None if positions.count else old.at(connection, cursor)
        else:
            place = positions.position_of(connection, self._lost) or 0
            self._lost = None if positions.count else self._lost
        old.drop(connection)
        self._positions = positions
        self._moved += place - cursor
