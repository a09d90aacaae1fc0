"""The order of a view's rows: the ids of invocations, four bytes each, never changed once made."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import chain
from typing import Final

from tui.archive.arrangement import Arrangement
from tui.archive.overlay import covers
from tui.archive.rows import Row, find, read_rows
from tui.archive.sources import Source, rows_of
from tui.late_dataclass import dataclass

ID: Final = "I"
"""The kind of array that holds ids: four bytes each."""

SLICE: Final = 50_000
"""Ids looked at in one go, for a millisecond or two in which no other thread runs."""

NEAR: Final = 1_000
"""Rows around one that has gone in which the nearest that is left is looked for first."""

MOST_IDS: Final = 100_000
"""The most invoke IDs that are told at once."""

FEW: Final = 1_000
"""Rows that are looked up at once in a search for the next failed one."""

Window = tuple[int, Sequence[Row | None]]
"""The position of the first row that is held, and the rows; None for one that has gone."""


@dataclass(frozen=True)
class Positions:
    """Which row stands where. What changes it returns another one."""

    source: Source
    arrangement: Arrangement
    ids: array[int]
    total: int
    """How many rows there are, shown or hidden."""

    @property
    def count(self) -> int:
        """How many rows are shown."""
        return len(self.ids)

    # Looking.

    def read(self, connection: sqlite3.Connection, start: int, stop: int) -> Window:
        """Return the position of the first row from `start` on, and those before `stop`."""
        start = min(max(start, 0), self.count)
        ids = self.ids[start : max(stop, start)]
        rows = read_rows(connection, ids)
        return start, [rows.get(identity) for identity in ids]

    def position_of(self, connection: sqlite3.Connection, scope: str, invoke_id: str) -> int | None:
        """Return the position of an invocation, or None if it has none."""
        identity = find(connection, scope, invoke_id)
        return None if identity is None else self.place(identity)

    def place(self, identity: int | None) -> int | None:
        """Return the position of an invocation by its id."""
        if identity is None:
            return None
        return next((place for place, _ in self._among({identity})), None)

    def at(self, index: int) -> int | None:
        """Return the id of the invocation at a position, or at the last one before it."""
        return self.ids[min(index, self.count - 1)] if self.count and index >= 0 else None

    def nearest(self, index: int, other: Positions) -> int:
        """Return where `other` has the row at `index`, or the row nearest to it that it has.

        Of two that are equally near it is the one below; without any it is 0.
        """
        if not self.count or not other.count:
            return 0
        index = min(index, self.count - 1)
        exact = other.place(self.ids[index])
        if exact is not None:
            return exact
        above, below = index, index + 1
        while above > 0 or below < self.count:
            reach = NEAR if below - above == 1 else SLICE
            first, last = max(above - reach, 0), min(below + reach, self.count)
            ring = self.ids[first:above] + self.ids[below:last]
            found = {other.ids[place]: place for place, _ in other._among(set(ring))}
            if found:
                where = chain(range(first, above), range(below, last))
                near = min(
                    (abs(place - index), -place, self.ids[place])
                    for place in where
                    if self.ids[place] in found
                )
                return found[near[2]]
            above, below = first, last
        return 0

    def next_failed(self, connection: sqlite3.Connection, start: int, step: int) -> int | None:
        """Return the position of the next row after `start` with a failed result, or before it."""
        for first, last in self._portions(start, step):
            ids = self.ids[first:last]
            failed = {
                int(row[0])
                for row in connection.execute(
                    "SELECT id FROM invocation WHERE id IN (SELECT value FROM json_each(?))"
                    " AND failed_count > 0",
                    (json.dumps(ids.tolist()),),
                )
            }
            places = [place for place, each in enumerate(ids, first) if each in failed]
            if places:
                return places[0] if step > 0 else places[-1]
        return None

    def invoke_ids(self, connection: sqlite3.Connection, first: int, last: int) -> list[str]:
        """Return the invoke IDs from the position `first` to `last`, at most `MOST_IDS` of them."""
        ids = self.ids[max(first, 0) : max(last + 1, 0)][:MOST_IDS]
        names = dict(
            connection.execute(
                "SELECT id, invoke_id FROM invocation WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(ids.tolist()),),
            )
        )
        return [str(names[identity]) for identity in ids if identity in names]

    def _among(self, wanted: Set[int]) -> Iterator[tuple[int, int]]:
        """Yield the positions and ids of the rows that are among `wanted`."""
        left = len(wanted)
        for start in range(0, self.count, SLICE):
            part = self.ids[start : start + SLICE]
            if not wanted.isdisjoint(part):
                for place, identity in enumerate(part, start):
                    if identity in wanted:
                        yield place, identity
                        left -= 1
            if not left:
                return

    def _portions(self, start: int, step: int) -> Iterator[tuple[int, int]]:
        if step > 0:
            for first in range(max(start + 1, 0), self.count, FEW):
                yield first, min(first + FEW, self.count)
        else:
            for last in range(min(start, self.count), 0, -FEW):
                yield max(last - FEW, 0), last

    # Joining.

    def join(
        self,
        connection: sqlite3.Connection,
        identities: Sequence[int],
        fresh: Set[int],
        cursor: int,
    ) -> Joined:
        """Let what is new of a page take its places; no other rows change places.

        Args:
            connection: to the archive.
            identities: the invocations of the page.
            fresh: those that are news to the archive. Where all rows are shown, others without
                a position are news to the view: another process got them first.
            cursor: the position of the reader.
        """
        shown = self._arranged(connection, identities)
        # Behind a filter it cannot be told from here what was hidden and what was not known.
        known = [] if self.arrangement.filters else [each for each in shown if each not in fresh]
        missed = self._unknown(known)
        ordered = [each for each in shown if each in fresh or each in missed]
        places = self._places(connection, ordered)
        # Others may also have taken an answer back that is given again, and stands here still.
        new = [
            (place, each)
            for place, each in zip(places, ordered, strict=True)
            if self.ids[place : place + 1] != array(ID, [each])
        ]
        added = len(fresh) + len(missed)
        ids = _merged(self.ids, new)
        moved = [place for place, _ in new]
        return Joined(
            replace(self, ids=ids, total=self.total + added),
            added,
            shift=sum(place <= cursor for place in moved) if self.count else 0,
            alike=not moved or max(moved) == 0 or min(moved) == self.count,
        )

    def _unknown(self, identities: Sequence[int]) -> set[int]:
        """Return those of some invocations that have no position."""
        wanted = set(identities)
        return wanted - {identity for _, identity in self._among(wanted)} if wanted else wanted

    def _arranged(self, connection: sqlite3.Connection, identities: Sequence[int]) -> list[int]:
        rows = connection.execute(
            "SELECT id FROM invocation WHERE id IN (SELECT value FROM json_each(?))"
            f" AND ({self.arrangement.where}) ORDER BY {self.arrangement.order}",
            (json.dumps(list(identities)), *self.arrangement.parameters),
        )
        return [int(row[0]) for row in rows]

    def _places(self, connection: sqlite3.Connection, ordered: Sequence[int]) -> list[int]:
        """Return before which position each of `ordered` belongs."""
        if not ordered:
            return []
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
        """Say whether the row at a position comes before an invocation that has none."""
        row = connection.execute(
            f"SELECT id FROM invocation WHERE id IN (?, ?) ORDER BY {self.arrangement.order}"
            " LIMIT 1",
            (identity, self.ids[index]),
        ).fetchone()
        return int(row[0]) != identity


@dataclass(frozen=True)
class Joined:
    """Positions that a page has joined."""

    positions: Positions
    added: int
    """How many of its invocations are new, shown or hidden."""
    shift: int
    """By how much the row under the cursor has moved."""
    alike: bool
    """Whether every other row has moved by as much."""


def build(
    connection: sqlite3.Connection,
    source: Source,
    arrangement: Arrangement,
    *,
    checked: bool = False,
) -> Positions:
    """Find all rows of a source that are shown, in their order.

    Where something may have been removed it has to be `checked` that the rows are still there.
    """
    rows, values = rows_of(connection, source)
    if arrangement.is_plain and not checked:
        # That is the order of the key: nothing is looked up and nothing sorted.
        ids = _ids(connection, f"SELECT id FROM ({rows}) ORDER BY created DESC, id", values)
        return Positions(source, arrangement, ids, len(ids))
    # To look each row up is the fastest, unless it has to be looked for in two places.
    among = (
        f"invocation WHERE id IN (SELECT id FROM ({rows}))"
        if covers(connection)
        else f"({rows}) AS source CROSS JOIN invocation ON invocation.id = source.id WHERE TRUE"
    )
    ids = _ids(
        connection,
        f"SELECT invocation.id FROM {among} AND ({arrangement.where}) ORDER BY {arrangement.order}",
        (*values, *arrangement.parameters),
    )
    total = len(ids)
    if arrangement.filters:
        # What has gone without its answer is not counted as hidden.
        (total,) = connection.execute(f"SELECT count(*) FROM {among}", values).fetchone()
    return Positions(source, arrangement, ids, total)


def first(connection: sqlite3.Connection, source: Source, count: int) -> Positions:
    """Find the newest rows of a source, at most `count` of them."""
    rows, values = rows_of(connection, source)
    ids = _ids(
        connection, f"SELECT id FROM ({rows}) ORDER BY created DESC, id LIMIT ?", (*values, count)
    )
    return Positions(source, Arrangement(), ids, len(ids))


def _ids(connection: sqlite3.Connection, query: str, values: Sequence[object]) -> array[int]:
    try:
        return array(ID, chain.from_iterable(connection.execute(query, values)))
    except (OverflowError, TypeError):
        damage = sqlite3.DatabaseError("an id is none")
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage from None


def _merged(ids: array[int], new: Sequence[tuple[int, int]]) -> array[int]:
    """Return `ids` with others, each before a place in them."""
    merged = array(ID)
    start = 0
    with memoryview(ids).cast("B") as old:
        for place, identity in new:
            stop = place * ids.itemsize
            merged.frombytes(old[start:stop])
            merged.append(identity)
            start = stop
        merged.frombytes(old[start:])
    return merged
