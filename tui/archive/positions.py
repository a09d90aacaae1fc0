"""The table of a view's positions: which row stands where. Belongs to the archive's thread."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from itertools import count, pairwise
from typing import Final

from tui.archive.arrangement import Arrangement
from tui.archive.store import SUMMARY_COLUMNS, summary_of
from tui.records import InvocationSummary

Window = tuple[int, Sequence[InvocationSummary]]
"""The position of the first row that is held, and the rows."""

CHECK_EVERY: Final = 10_000
"""Instructions of SQLite between two looks at whether the work is still wanted."""

FEW: Final = 10_000
"""Rows at either end that are taken out and put back to make room between them.

More are copied inside SQLite into a new table: half a second for a million.
"""

NEAR: Final = 500
"""Rows on either side of a row that has gone in which the one nearest to it is looked for first."""

MOST_IDS: Final = 100_000
"""The most invoke IDs that are told at once."""

_numbers = count(1)


class Positions:
    """Whole numbers in the order of the view, without gaps.

    The first may be negative: new rows at the top then cost no more than new rows at the end.
    """

    def __init__(self, question: int, arrangement: Arrangement) -> None:
        self._table = _new_name()
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
        """Make the table from all answers.

        Raises:
            sqlite3.OperationalError: it was not `wanted` any more and has been given up.
        """
        connection.set_progress_handler(lambda: not wanted(), CHECK_EVERY)
        try:
            _create(connection, self._table)
            # A new row gets the next number, so numbers follow the order of insertion from 1.
            cursor = connection.execute(
                f"INSERT INTO {self._table} (invocation) SELECT invocation.id"
                " FROM answer JOIN invocation ON invocation.id = answer.invocation"
                f" WHERE answer.question = ? AND ({self._arrangement.where})"
                f" ORDER BY {self._arrangement.order}",
                (self._question, *self._arrangement.parameters),
            )
            self._first, self.count = 1, cursor.rowcount
            (self.total,) = connection.execute(
                "SELECT count(*) FROM answer WHERE question = ?", (self._question,)
            ).fetchone()
        finally:
            connection.set_progress_handler(None, 0)

    def again(self) -> Positions:
        """Return positions of the same kind that have yet to be built."""
        return Positions(self._question, self._arrangement)

    def drop(self, connection: sqlite3.Connection) -> None:
        """Remove the table, if there is one."""
        connection.execute(f"DROP TABLE IF EXISTS {self._table}")

    # Looking.

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
            "SELECT id FROM invocation WHERE scope = ? AND invoke_id = ?", (scope, invoke_id)
        ).fetchone()
        return None if row is None else self.position_of(connection, int(row[0]))

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
        """Return where `other` has the row at `index`, or the row nearest to it that it has.

        Of two that are equally near it is the one below; without any it is 0.
        """
        if not other.count:
            return 0
        # Nothing leads from an invocation to its position but a look at all of them. So what is
        # read in full stands first, and of the second SQLite makes an index: of the neighbourhood,
        # or, where none of that is left and thus few rows are likely to be, of these.
        ours = (
            f"(SELECT position, invocation FROM {self._table}"
            " WHERE position BETWEEN :index - :reach AND :index + :reach) AS ours"
        )
        theirs = f"{other._table} AS theirs"
        for first, second, reach in ((theirs, ours, NEAR), (ours, theirs, self.count)):
            row = connection.execute(
                f"SELECT theirs.position FROM {first} CROSS JOIN {second} USING (invocation)"
                " ORDER BY abs(ours.position - :index), ours.position DESC LIMIT 1",
                {"index": self._first + min(index, self.count - 1), "reach": reach},
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
        """Return the invoke IDs from the position `first` to `last`, at most `MOST_IDS` of them."""
        rows = connection.execute(
            f"SELECT invocation.invoke_id FROM {self._table} AS place"
            " JOIN invocation ON invocation.id = place.invocation"
            " WHERE place.position BETWEEN ? AND ? ORDER BY place.position LIMIT ?",
            (self._first + first, self._first + last, MOST_IDS),
        )
        return [str(row[0]) for row in rows]

    # Joining.

    def join(
        self, connection: sqlite3.Connection, added: Sequence[int], cursor: int
    ) -> tuple[int, bool]:
        """Let the invocations `added` take their places; no other rows change places.

        Return by how much that moves the row at the position `cursor`, and whether it moves every
        other row by as much.
        """
        ordered = self._arranged(connection, added)
        self.total += len(added)
        if not ordered:
            return 0, True
        places = self._places(connection, ordered)
        shift = sum(place <= cursor for place in places) if self.count else 0
        self._insert(connection, ordered, places)
        alike = max(places) == 0 or min(places) == self.count
        self.count += len(ordered)
        return shift, alike

    def _arranged(self, connection: sqlite3.Connection, identities: Sequence[int]) -> list[int]:
        rows = connection.execute(
            "SELECT id FROM invocation WHERE id IN (SELECT value FROM json_each(?))"
            f" AND ({self._arrangement.where}) ORDER BY {self._arrangement.order}",
            (json.dumps(identities), *self._arrangement.parameters),
        )
        return [int(row[0]) for row in rows]

    def _places(self, connection: sqlite3.Connection, ordered: Sequence[int]) -> list[int]:
        """Return before which position each of `ordered` belongs."""
        if not self.count or self._precedes(connection, self.count - 1, ordered[0]):
            return [self.count] * len(ordered)
        if not self._precedes(connection, 0, ordered[-1]):
            return [0] * len(ordered)
        places = []
        low = 0
        for identity in ordered:
            high = self.count
            while low < high:
                middle = (low + high) // 2
                if self._precedes(connection, middle, identity):
                    low = middle + 1
                else:
                    high = middle
            places.append(low)
        return places

    def _precedes(self, connection: sqlite3.Connection, index: int, identity: int) -> bool:
        """Say whether the row at a position comes before an invocation that is not in the table."""
        row = connection.execute(
            "SELECT id FROM invocation WHERE id IN (?,"
            f" (SELECT invocation FROM {self._table} WHERE position = ?))"
            f" ORDER BY {self._arrangement.order} LIMIT 1",
            (identity, self._first + index),
        ).fetchone()
        return int(row[0]) != identity

    def _insert(
        self, connection: sqlite3.Connection, ordered: Sequence[int], places: Sequence[int]
    ) -> None:
        above, below = places[-1], self.count - places[0]
        if min(above, below) > FEW:
            self._copy(connection, ordered, places)
        elif below <= above:
            self._rewrite(connection, places[0], self.count, places[0], ordered, places)
        else:
            self._rewrite(connection, 0, above, -len(ordered), ordered, places)
            self._first -= len(ordered)

    def _rewrite(
        self,
        connection: sqlite3.Connection,
        start: int,
        stop: int,
        target: int,
        ordered: Sequence[int],
        places: Sequence[int],
    ) -> None:
        """Put the rows from `start` to before `stop`, and the new ones, to `target` and on."""
        span = (self._first + start, self._first + stop)
        where = "WHERE position >= ? AND position < ?"
        kept = [
            int(row[0])
            for row in connection.execute(
                f"SELECT invocation FROM {self._table} {where} ORDER BY position", span
            )
        ]
        connection.execute(f"DELETE FROM {self._table} {where}", span)
        merged = _merged(kept, ordered, [place - start for place in places])
        connection.executemany(
            f"INSERT INTO {self._table} VALUES (?, ?)", enumerate(merged, self._first + target)
        )

    def _copy(
        self, connection: sqlite3.Connection, ordered: Sequence[int], places: Sequence[int]
    ) -> None:
        old, new = self._table, _new_name()
        _create(connection, new)
        for number, (start, stop) in enumerate(pairwise([0, *places, self.count])):
            connection.execute(
                f"INSERT INTO {new} SELECT position + ?, invocation FROM {old}"
                " WHERE position >= ? AND position < ? ORDER BY position",
                (number, self._first + start, self._first + stop),
            )
            if number < len(ordered):
                place = self._first + stop + number
                connection.execute(f"INSERT INTO {new} VALUES (?, ?)", (place, ordered[number]))
        connection.execute(f"DROP TABLE {old}")
        self._table = new


def _new_name() -> str:
    return f"temp.view_{next(_numbers)}"


def _create(connection: sqlite3.Connection, table: str) -> None:
    connection.execute(f"CREATE TABLE {table} (position INTEGER PRIMARY KEY, invocation INTEGER)")


def _merged(kept: Sequence[int], added: Sequence[int], places: Sequence[int]) -> Iterable[int]:
    """Yield `kept` with each of `added` before its place in it."""
    start = 0
    for identity, place in zip(added, places, strict=True):
        yield from kept[start:place]
        yield identity
        start = place
    yield from kept[start:]
