"""What the table shows: ordered, locally filtered invocations, of which a window is held.

A view is a table of positions in SQLite, so its size costs no memory here. The archive's thread
fills the window around the rows that were asked for last; painting takes what is there and never
waits. Rows that arrive meanwhile join at their place.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from tui.archive.store import SUMMARY_COLUMNS, Archive, merge, summary_of
from tui.records import Invocation, InvocationSummary

MARGIN: Final = 150
"""Rows held before and after those asked for: three pages of the API."""

_Window = tuple[int, Sequence[InvocationSummary]]
"""The position of the first row that is held, and the rows."""

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which answers a view shows and in what order, as SQL over the table `invocation`."""

    order: str = "invocation.created DESC, invocation.id ASC"
    """Terms of ORDER BY that leave no two rows equal. The default is the API's own order."""
    where: str = "TRUE"
    parameters: tuple[str | float, ...] = ()
    """Values for the question marks of `where`."""


EVERYTHING_NEWEST_FIRST: Final = Arrangement()


class View:
    """An ordered window on the answers to one question; all methods belong to the event loop."""

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
        self._positions = _Positions(f"temp.view_{next(_numbers)}", question, arrangement)
        self._changed = changed
        self._window: Sequence[InvocationSummary] = ()
        self._window_start = 0
        self._wanted = (0, 0)
        self.count = 0
        """How many rows the view has."""
        self.cursor = 0
        """The position at which the reader is; `changed` is told by how much it has moved."""

    async def open(self) -> None:
        """Find the rows; the view is empty before."""
        self.count = await self._archive.run(self._positions.build)
        await self.ready(0, 0)

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

    async def ready(self, start: int, stop: int) -> None:
        """Hold the rows from `start` to before `stop` and a margin around them."""
        self._wanted = wanted = (start, stop)
        while True:
            window = await self._archive.run(self._read, wanted)
            if wanted == self._wanted:
                return self._take(window)
            # Rows have joined above meanwhile, or other rows are wanted by now.
            wanted = self._wanted

    def near_edge(self, start: int, stop: int) -> bool:
        """Say whether rows less than half a margin from `start` or `stop` are not held."""
        half = MARGIN // 2
        return not self.holds(max(start - half, 0), stop + half)

    async def position_of(self, invoke_id: str) -> int | None:
        """Return the position of an invocation in this view, or None if it is not in it."""
        for offset, row in enumerate(self._window):
            if row.invoke_id == invoke_id:
                return self._window_start + offset
        return await self._archive.run(self._positions.find, self._scope, invoke_id)

    async def add(self, invocations: Sequence[Invocation]) -> int:
        """Keep a page's invocations and let the new ones join; return how many were new."""
        added, shift, window = await self._archive.run(
            self._merge, invocations, self.cursor, self._wanted
        )
        self.count = self._positions.count
        self._wanted = (self._wanted[0] + shift, self._wanted[1] + shift)
        self._take(window, shift)
        return added

    async def update(self, invocations: Sequence[Invocation]) -> None:
        """Keep newer news of invocations, wherever they stand, without answering the question."""
        self._take(await self._archive.run(self._update, invocations, self._wanted))

    async def close(self) -> None:
        """Drop the table of positions."""
        await self._archive.run(self._positions.drop)

    def _take(self, window: _Window, shift: int = 0) -> None:
        self._window_start, self._window = window
        self._changed(shift)

    def _merge(
        self,
        connection: sqlite3.Connection,
        invocations: Sequence[Invocation],
        cursor: int,
        wanted: tuple[int, int],
    ) -> tuple[int, int, _Window]:
        added = merge(connection, self._scope, self._question, invocations)
        shift = self._positions.join(connection, added, cursor)
        window = self._read(connection, (wanted[0] + shift, wanted[1] + shift))
        return len(added), shift, window

    def _update(
        self,
        connection: sqlite3.Connection,
        invocations: Sequence[Invocation],
        wanted: tuple[int, int],
    ) -> _Window:
        merge(connection, self._scope, None, invocations)
        return self._read(connection, wanted)

    def _read(self, connection: sqlite3.Connection, wanted: tuple[int, int]) -> _Window:
        first, last = wanted
        return self._positions.read(connection, max(first - MARGIN, 0), last + MARGIN)


class _Positions:
    """The table of a view's positions; all methods belong to the archive's thread.

    Positions are whole numbers in the order of the view without gaps, and the first may be
    negative: new rows at the top then cost no more than new rows at the end.
    """

    def __init__(self, table: str, question: int, arrangement: Arrangement) -> None:
        self._table = table
        self._question = question
        self._arrangement = arrangement
        self._first = 0
        self.count = 0

    def build(self, connection: sqlite3.Connection) -> int:
        """Make the table anew from all answers; return the count."""
        self.drop(connection)
        connection.execute(
            f"CREATE TABLE {self._table} (position INTEGER PRIMARY KEY, invocation INTEGER)"
        )
        cursor = connection.execute(
            f"INSERT INTO {self._table}"
            f" SELECT row_number() OVER (ORDER BY {self._arrangement.order}) - 1, invocation.id"
            " FROM answer JOIN invocation ON invocation.id = answer.invocation"
            f" WHERE answer.question = ? AND ({self._arrangement.where})",
            (self._question, *self._arrangement.parameters),
        )
        self._first, self.count = 0, cursor.rowcount
        return self.count

    def drop(self, connection: sqlite3.Connection) -> None:
        """Remove the table, if there is one."""
        connection.execute(f"DROP TABLE IF EXISTS {self._table}")

    def read(self, connection: sqlite3.Connection, start: int, stop: int) -> _Window:
        """Return `start` and the summaries from there to before `stop`."""
        rows = connection.execute(
            f"SELECT {SUMMARY_COLUMNS} FROM {self._table} AS place"
            " JOIN invocation ON invocation.id = place.invocation"
            " WHERE place.position >= ? AND place.position < ? ORDER BY place.position",
            (self._first + start, self._first + stop),
        )
        return start, [summary_of(row) for row in rows]

    def find(self, connection: sqlite3.Connection, scope: str, invoke_id: str) -> int | None:
        """Return the position of an invocation, or None if it has none."""
        row = connection.execute(
            f"SELECT position FROM {self._table} WHERE invocation ="
            " (SELECT id FROM invocation WHERE scope = ? AND invoke_id = ?)",
            (scope, invoke_id),
        ).fetchone()
        return None if row is None else int(row[0]) - self._first

    def join(self, connection: sqlite3.Connection, added: Sequence[int], cursor: int) -> int:
        """Let the invocations `added` take their places.

        Return by how much that moves the row at the position `cursor`.
        """
        ordered = self._arranged(connection, added)
        shift = 0
        if not ordered:
            return 0
        if self.count == 0:
            self._insert(connection, self._first, ordered)
        elif self._in_order(connection, self._at(connection, self.count - 1), ordered[0]):
            self._insert(connection, self._first + self.count, ordered)
        elif self._in_order(connection, ordered[-1], self._at(connection, 0)):
            shift = len(ordered)
            self._first -= shift
            self._insert(connection, self._first, ordered)
        else:
            at_cursor = self._at(connection, min(cursor, self.count - 1))
            self.build(connection)
            return self._position_of(connection, at_cursor) - cursor
        self.count += len(ordered)
        return shift

    def _insert(
        self, connection: sqlite3.Connection, position: int, identities: Sequence[int]
    ) -> None:
        connection.executemany(
            f"INSERT INTO {self._table} VALUES (?, ?)", enumerate(identities, position)
        )

    def _position_of(self, connection: sqlite3.Connection, identity: int) -> int:
        row = connection.execute(
            f"SELECT position FROM {self._table} WHERE invocation = ?", (identity,)
        ).fetchone()
        return int(row[0]) - self._first

    def _at(self, connection: sqlite3.Connection, index: int) -> int:
        row = connection.execute(
            f"SELECT invocation FROM {self._table} WHERE position = ?", (self._first + index,)
        ).fetchone()
        return int(row[0])

    def _in_order(self, connection: sqlite3.Connection, first: int, second: int) -> bool:
        row = connection.execute(
            "SELECT id FROM invocation WHERE id IN (?, ?)"
            f" ORDER BY {self._arrangement.order} LIMIT 1",
            (first, second),
        ).fetchone()
        return int(row[0]) == first

    def _arranged(self, connection: sqlite3.Connection, identities: Sequence[int]) -> list[int]:
        places = ", ".join("?" * len(identities))
        rows = connection.execute(
            f"SELECT id FROM invocation WHERE id IN ({places}) AND ({self._arrangement.where})"
            f" ORDER BY {self._arrangement.order}",
            (*identities, *self._arrangement.parameters),
        )
        return [int(row[0]) for row in rows]
