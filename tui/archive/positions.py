"""The table of a view's positions: which row stands where. Belongs to the archive's thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from itertools import count
from typing import Final

from tui.archive.arrangement import Arrangement
from tui.archive.store import SUMMARY_COLUMNS, summary_of
from tui.records import InvocationSummary

Window = tuple[int, Sequence[InvocationSummary]]
"""The position of the first row that is held, and the rows."""

CHECK_EVERY: Final = 10_000
"""Instructions of SQLite between two looks at whether the work is still wanted."""

_numbers = count(1)


class Positions:
    """Whole numbers in the order of the view, without gaps.

    The first may be negative: new rows at the top then cost no more than new rows at the end.
    """

    def __init__(self, question: int, arrangement: Arrangement) -> None:
        self._table = f"temp.view_{next(_numbers)}"
        self._question = question
        self._arrangement = arrangement
        self._first = 0
        self.count = 0
        """How many rows are shown."""
        self.total = 0
        """How many answers there are, shown or hidden."""

    def build(
        self, connection: sqlite3.Connection, wanted: Callable[[], bool] = lambda: True
    ) -> None:
        """Make the table anew from all answers.

        Raises:
            sqlite3.OperationalError: it was not `wanted` any more and has been given up.
        """
        connection.set_progress_handler(lambda: not wanted(), CHECK_EVERY)
        try:
            self._build(connection)
        finally:
            connection.set_progress_handler(None, 0)

    def _build(self, connection: sqlite3.Connection) -> None:
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
        (self.total,) = connection.execute(
            "SELECT count(*) FROM answer WHERE question = ?", (self._question,)
        ).fetchone()

    def again(self) -> Positions:
        """Return positions of the same kind that have yet to be built."""
        return Positions(self._question, self._arrangement)

    def drop(self, connection: sqlite3.Connection) -> None:
        """Remove the table, if there is one."""
        connection.execute(f"DROP TABLE IF EXISTS {self._table}")

    def read(self, connection: sqlite3.Connection, start: int, stop: int) -> Window:
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
        self.total += len(added)
        shift = 0
        if not ordered:
            return 0
        if self.count == 0:
            self._insert(connection, self._first, ordered)
        elif self._in_order(connection, self.at(connection, self.count), ordered[0]):
            self._insert(connection, self._first + self.count, ordered)
        elif self._in_order(connection, ordered[-1], self.at(connection, 0)):
            shift = len(ordered)
            self._first -= shift
            self._insert(connection, self._first, ordered)
        else:
            at_cursor = self.at(connection, cursor)
            self.build(connection)
            place = self.position_of(connection, at_cursor)
            return 0 if place is None else place - cursor
        self.count += len(ordered)
        return shift

    def _insert(
        self, connection: sqlite3.Connection, position: int, identities: Sequence[int]
    ) -> None:
        connection.executemany(
            f"INSERT INTO {self._table} VALUES (?, ?)", enumerate(identities, position)
        )

    def position_of(self, connection: sqlite3.Connection, identity: int | None) -> int | None:
        """Return the position of an invocation by its number in the archive."""
        row = connection.execute(
            f"SELECT position FROM {self._table} WHERE invocation = ?", (identity,)
        ).fetchone()
        return None if row is None else int(row[0]) - self._first

    def at(self, connection: sqlite3.Connection, index: int) -> int | None:
        """Return the number of the invocation at a position, or at the last one before it."""
        row = connection.execute(
            f"SELECT invocation FROM {self._table} WHERE position <= ?"
            " ORDER BY position DESC LIMIT 1",
            (self._first + index,),
        ).fetchone()
        return None if row is None else int(row[0])

    def nearest(self, connection: sqlite3.Connection, index: int, other: Positions) -> int:
        """Return where `other` has the row at `index`, or the row nearest to it that it has."""
        found = other.position_of(connection, self.at(connection, index))
        if found is not None:
            return found
        for comparison, direction in ((">=", "ASC"), ("<", "DESC")):
            row = connection.execute(
                f"SELECT theirs.position FROM {self._table} AS ours JOIN {other._table} AS theirs"
                f" USING (invocation) WHERE ours.position {comparison} ?"
                f" ORDER BY ours.position {direction} LIMIT 1",
                (self._first + index,),
            ).fetchone()
            if row is not None:
                return int(row[0]) - other._first
        return 0

    def next_failed(self, connection: sqlite3.Connection, start: int, step: int) -> int | None:
        """Return the position of the next row after `start` with a failed result, or before it."""
        comparison, direction = (">", "ASC") if step > 0 else ("<", "DESC")
        row = connection.execute(
            f"SELECT place.position FROM {self._table} AS place"
            " JOIN invocation ON invocation.id = place.invocation"
            f" WHERE place.position {comparison} ? AND invocation.failed_count > 0"
            f" ORDER BY place.position {direction} LIMIT 1",
            (self._first + start,),
        ).fetchone()
        return None if row is None else int(row[0]) - self._first

    def invoke_ids(self, connection: sqlite3.Connection, first: int, last: int) -> list[str]:
        """Return the invoke IDs from the position `first` to `last`, both included."""
        rows = connection.execute(
            f"SELECT invocation.invoke_id FROM {self._table} AS place"
            " JOIN invocation ON invocation.id = place.invocation"
            " WHERE place.position BETWEEN ? AND ? ORDER BY place.position",
            (self._first + first, self._first + last),
        )
        return [str(row[0]) for row in rows]

    def _in_order(
        self, connection: sqlite3.Connection, first: int | None, second: int | None
    ) -> bool:
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
