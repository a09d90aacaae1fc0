"""The part of a view that works in the archive's writing thread: where each row stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from tui.archive.arrangement import Arrangement
from tui.archive.connections import Writer
from tui.archive.merging import Arrival, Merged, merge, retire
from tui.archive.places import Connection
from tui.archive.positions import Positions, Window, build
from tui.archive.sources import Answers
from tui.late_dataclass import dataclass
from tui.records import Invocation

MARGIN: Final = 150
"""Rows held before and after those asked for: three pages of the API."""


@dataclass(frozen=True)
class State:
    """Where the rows stand at one moment."""

    positions: Positions
    number: int
    """Of the place where they are kept: in another one the ids mean nothing."""
    moved: int = 0
    """By how much the row under the cursor has moved in all, up to that moment."""


@dataclass(frozen=True)
class Sight:
    """Where the reader is and which rows are wanted, in the positions of one moment."""

    cursor: int = 0
    first: int = 0
    last: int = 0
    moved: int = 0
    """By how much the row under the cursor has moved in all, up to that moment."""
    moves: int = 0
    """How often the reader has moved the cursor, up to that moment."""

    def after(self, moved: int) -> Sight:
        """Return the same in the positions of another moment."""
        shift = moved - self.moved
        return Sight(self.cursor + shift, self.first + shift, self.last + shift, moved, self.moves)

    def stays(self, moved: int) -> Sight:
        """Return the same positions, whatever rows stand there at another moment."""
        return replace(self, moved=moved)


@dataclass(frozen=True)
class Change:
    """What has become of the rows, for the event loop to take over."""

    state: State
    window: Window | None
    moves: int
    """How often the reader had moved when it was asked for."""
    added: int = 0
    """How many of a page's invocations were new."""
    exchanged: bool = False
    """Whether every row may have moved otherwise than the one under the cursor."""


def look(connection: Connection, state: State, first: int, last: int) -> Window | None:
    """Read the rows from `first` to before `last`, and a margin around them.

    There are none if the ids mean nothing where the archive is kept now.
    """
    if state.number != connection.place.number:
        return None
    first = min(max(first, 0), state.positions.count)
    return state.positions.read(connection, first - MARGIN, max(first, last) + MARGIN)


class Arranger:
    """Arranges the rows of one view. Its methods belong to the writing thread.

    Each keeps what it has found only when it is done with reading: the work may be begun anew.
    """

    def __init__(self, state: State, sight: Callable[[], Sight]) -> None:
        """Begin with some rows.

        Args:
            state: where they stand.
            sight: returns where the reader is just now, and is called from the thread.
        """
        self._state = state
        self._sight = sight
        self._lost: int | None = None
        """The invocation that was under the cursor when the filter hid all rows."""

    @property
    def moved(self) -> int:
        """By how much the row under the cursor has moved in all."""
        return self._state.moved

    @property
    def positions(self) -> Positions:
        """Which row stands where."""
        return self._state.positions

    def add(self, writer: Writer, question: int, arrival: Arrival, seen: Sight) -> Change:
        """Keep a page as answers to a question, and let what is new join."""
        merged = writer.write(merge, question, arrival, answers=True)
        return writer.read(self._join, merged, seen)

    def update(self, writer: Writer, question: int, arrival: Arrival, seen: Sight) -> Change:
        """Keep newer news of invocations."""
        writer.write(merge, question, arrival, answers=False)
        return writer.read(self._join, Merged(), seen)

    def retire(
        self,
        writer: Writer,
        question: int,
        kept: Sequence[Invocation],
        seen: Sight,
        *,
        newest: bool,
        oldest: bool,
    ) -> Change:
        """Let go of answers that are given no longer."""
        if writer.write(retire, question, kept, newest=newest, oldest=oldest):
            return writer.read(self._exchange, None, seen)
        return writer.read(self._join, Merged(), seen)

    def arrange(self, writer: Writer, arrangement: Arrangement | None, seen: Sight) -> Change:
        """Show the rows in another arrangement, or in the present one anew."""
        return writer.read(self._exchange, arrangement, seen)

    def mend(self, writer: Writer, seen: Sight) -> Change:
        """Leave out the rows that have gone from the archive."""
        return writer.read(self._exchange, None, seen, checked=True)

    def _join(self, connection: Connection, merged: Merged, seen: Sight) -> Change:
        before = self._state
        if before.number != connection.place.number:
            return self._exchange(connection, None, seen, added=len(merged.fresh))
        cursor = seen.after(before.moved).cursor
        asked = isinstance(before.positions.source, Answers)
        news = merged.fresh if asked else merged.unseen
        joined = before.positions.join(connection, merged.identities, news, cursor)
        state = State(joined.positions, before.number, before.moved + joined.shift)
        sight = self._sight().after(state.moved)
        window = look(connection, state, sight.first, sight.last)
        self._state = state
        return Change(state, window, seen.moves, joined.added, exchanged=not joined.alike)

    def _exchange(
        self,
        connection: Connection,
        arrangement: Arrangement | None,
        seen: Sight,
        *,
        added: int = 0,
        checked: bool = False,
    ) -> Change:
        before = self._state
        source = before.positions.source
        positions = build(
            connection, source, arrangement or before.positions.arrangement, checked=checked
        )
        cursor = seen.after(before.moved).cursor
        place, lost = self._place(positions, cursor, same=before.number == connection.place.number)
        state = State(positions, connection.place.number, before.moved + place - cursor)
        now = self._sight()
        sight = now.after(state.moved) if now.moves == seen.moves else now
        window = look(connection, state, sight.first, sight.last)
        self._state, self._lost = state, lost
        return Change(state, window, seen.moves, added, exchanged=True)

    def _place(self, positions: Positions, cursor: int, *, same: bool) -> tuple[int, int | None]:
        """Return where the cursor belongs in new positions, and what it has lost if there are none.

        Where they are not of the `same` place nothing that was known means anything.
        """
        old = self._state.positions
        if not same:
            return 0, None
        if old.count:
            lost = None if positions.count else old.at(cursor)
            return old.nearest(cursor, positions), lost
        return positions.place(self._lost) or 0, None if positions.count else self._lost
