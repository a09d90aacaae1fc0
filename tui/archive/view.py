"""What the table shows: ordered, locally filtered invocations, of which a window is held.

A view is four bytes for each row, and the rows around those that were asked for last. Painting
takes what is there and never waits. Rows that arrive meanwhile join at their place. A row whose
values change keeps its place, and stays even where the filter would hide it now, until the view
is next rearranged.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Final

from tui.archive.arrangement import Arrangement
from tui.archive.arranging import MARGIN, Arranger, Change, Sight, State, look
from tui.archive.connections import GivenUp, Writer
from tui.archive.places import Connection
from tui.archive.positions import ID, Positions, Window, first
from tui.archive.rows import Row
from tui.archive.sources import Answers, Fitting
from tui.archive.store import Archive
from tui.archive.walks import Step
from tui.records import Invocation, InvocationSummary

EVERYTHING_NEWEST_FIRST: Final = Arrangement()

FIRST_ROWS: Final = 2 * MARGIN
"""Rows that a view opens with; a million take half a second to be found."""


class View:
    """An ordered window on the answers to one question; its methods belong to the event loop.

    What changes the order is done in the archive's writing thread, in the order of asking. Where
    the reader was when asking is brought up to date there by what has moved since. Rows are read
    in the other thread, for the order that is shown when they are asked for.
    """

    def __init__(
        self,
        archive: Archive,
        scope: str,
        question: int | Fitting,
        *,
        arrangement: Arrangement = EVERYTHING_NEWEST_FIRST,
        changed: Callable[[int], None] = lambda shift: None,
    ) -> None:
        """Show nothing yet.

        Args:
            archive: where the rows are.
            scope: the identity that asks; empty: any that has seen a row.
            question: a number from `Archive.question`, or all that fits a query, which takes
                pages, too, if somebody asks.
            arrangement: which rows are shown, and in what order.
            changed: is told whenever rows have changed, and by how much the row under the
                cursor has moved.
        """
        self._archive = archive
        self._scope = scope
        self._question = question if isinstance(question, int) else 0
        source = question if isinstance(question, Fitting) else Answers(question)
        self._changed = changed
        self._shown = State(Positions(source, arrangement, array(ID), 0), 0)
        self._sight = Sight()
        self.count = 0
        """How many rows the view has."""
        self.hidden = 0
        """How many rows its filter keeps out."""
        self.finding = False
        """Whether there are more rows than `count`, which are being found."""
        self._window: Sequence[Row | None] = ()
        self._window_start = 0
        self._arrangements = 0
        self._arranger = self._new_arranger(self._shown)
        self._filling: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def open(self) -> None:
        """Find the rows; the view is empty before.

        Where there are many in the API's own order it has the newest ones at once, and all of
        them some time later.
        """
        source = self._shown.positions.source
        at_once = self._shown.positions.arrangement.is_plain
        if isinstance(source, Fitting):
            at_once &= source.is_everything
            if self._scope:
                self._question = await self._archive.question(self._scope, source.query)
        if not at_once:
            await self.rearrange()
            return
        change = await self._archive.read(self._find_first)
        self._arranger = self._new_arranger(change.state)
        self._take(change)
        if self.count == FIRST_ROWS:
            self.finding = True
            self._start(self._rearranged(None))

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
        return [row.summary if row else None for row in self._held(start, stop)]

    def scopes(self, start: int, stop: int) -> list[str]:
        """Return who has seen the rows from `start` to before `stop`; empty for those not held."""
        return [row.scope if row else "" for row in self._held(start, stop)]

    def holds(self, start: int, stop: int) -> bool:
        """Say whether every existing row from `start` to before `stop` is held."""
        end = self._window_start + len(self._window)
        return self._window_start <= max(start, 0) and min(stop, self.count) <= end

    def near_edge(self, start: int, stop: int) -> bool:
        """Say whether rows less than half a margin from `start` or `stop` are not held."""
        half = MARGIN // 2
        return not self.holds(start - half, stop + half)

    async def ready(self, start: int, stop: int) -> None:
        """Hold the rows from `start` to before `stop` and a margin around them.

        Whoever is cancelled gets them all the same, unless others are wanted meanwhile.
        """
        self._sight = replace(self._sight, first=start, last=stop)
        await asyncio.shield(self._fill())

    # Places.

    async def position_of(self, invoke_id: str) -> int | None:
        """Return the position of an invocation in this view, or None if it is not in it."""
        for place, row in enumerate(self._window, self._window_start):
            if row is not None and row.summary.invoke_id == invoke_id:
                return place
        while True:
            shown = self._shown
            found = await self._archive.read(shown.positions.position_of, self._scope, invoke_id)
            if shown is self._shown:
                return found

    async def find_failed(self, start: int, step: int) -> int | None:
        """Return the position of the next row after `start` with failed results, or before it.

        The sign of `step` gives the direction.
        """
        moved = self._sight.moved

        def work(connection: Connection) -> int | None:
            from_here = start + self._arranger.moved - moved
            return self._arranger.positions.next_failed(connection, from_here, step)

        return await self._archive.run(work)

    async def invoke_ids(self, first: int, last: int) -> list[str]:
        """Return the invoke IDs from the position `first` to `last`, both included.

        There are at most `positions.MOST_IDS` of them.
        """
        moved = self._sight.moved

        def work(connection: Connection) -> list[str]:
            shift = self._arranger.moved - moved
            return self._arranger.positions.invoke_ids(connection, first + shift, last + shift)

        return await self._archive.run(work)

    # Changes. Who may be cancelled shields them, and then has them all the same.

    async def add(self, invocations: Sequence[Invocation], step: Step | None = None) -> int:
        """Keep a page's invocations and let the new ones join; return how many were new.

        With a `step` the walk that has brought them is on record.
        """
        arrival = self._archive.arrival(invocations, step)
        change = await self._archive.submit(
            self._arranger.add, self._question, arrival, self._sight
        )
        self._take(change)
        return change.added

    async def update(self, invocations: Sequence[Invocation]) -> None:
        """Keep newer news of invocations, wherever they stand, without answering the question."""
        arrival = self._archive.arrival(invocations)
        self._take(
            await self._archive.submit(self._arranger.update, self._question, arrival, self._sight)
        )

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
        self._take(
            await self._archive.submit(
                self._arranger.retire,
                self._question,
                kept,
                self._sight,
                newest=newest,
                oldest=oldest,
            )
        )

    async def rearrange(self, arrangement: Arrangement | None = None) -> None:
        """Show the rows in another order or through another filter, or in the present ones anew.

        The row under the cursor stays under it, or the nearest one that is not hidden takes its
        place; a reader who moves meanwhile stays where they went. Until then the rows stay as
        they are. A later call overtakes an earlier one, and a cancelled one is given up.
        """
        await self._rearranged(arrangement)

    async def close(self) -> None:
        """Give up what is under way; nothing changes any more."""
        self._closed = True
        self._arrangements += 1
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # What goes on by itself.

    def _take(self, change: Change) -> None:
        """Show what the writing thread has done."""
        before, moved = self._sight, change.state.moved
        sight = before.after(moved)
        if change.exchanged and change.moves != before.moves:
            # A reader who has moved meanwhile is where they want to be.
            sight = before.stays(moved)
        self._shown = change.state
        self.finding &= not change.exchanged
        self.count = change.state.positions.count
        self.hidden = change.state.positions.total - self.count
        self._sight = replace(sight, cursor=max(min(sight.cursor, self.count - 1), 0))
        self._show(change.window, sight.cursor - before.cursor)

    def _show(self, window: Window | None, shift: int) -> None:
        self._window_start, self._window = window or (0, ())
        if self._closed:
            return
        if window is None or None in self._window:
            self._start(self._mend())
        self._changed(shift)

    def _fill(self) -> asyncio.Task[None]:
        """Read the rows that are wanted, until they are those that are wanted then."""
        if self._filling is None or self._filling.done():
            self._filling = self._start(self._read_wanted())
        return self._filling

    async def _read_wanted(self) -> None:
        while not self._closed:
            shown, sight = self._shown, self._sight
            window = await self._archive.read(look, shown, sight.first, sight.last)
            if shown is not self._shown:
                continue
            self._show(window, 0)
            if (sight.first, sight.last) == (self._sight.first, self._sight.last):
                return

    async def _mend(self) -> None:
        """Leave out what somebody has removed from the archive."""
        self._take(await self._archive.submit(self._arranger.mend, self._sight))

    def _rearranged(self, arrangement: Arrangement | None) -> Coroutine[Any, Any, None]:
        """Ask for an arrangement now, and return what waits for it."""
        self._arrangements += 1
        number = self._arrangements
        answer = self._archive.submit(self._rearrange, arrangement, number, self._sight)

        async def take() -> None:
            change = await answer
            if change is not None:
                self._take(change)

        async def wait() -> None:
            try:
                # Once it is too late to give up, what the thread has done must arrive here.
                await asyncio.shield(take())
            except asyncio.CancelledError:
                if number == self._arrangements:
                    self._arrangements += 1
                raise

        return wait()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _held(self, start: int, stop: int) -> list[Row | None]:
        stop = min(stop, self.count)
        first, last = self._window_start, self._window_start + len(self._window)
        return [
            self._window[index - first] if first <= index < last else None
            for index in range(start, stop)
        ]

    def _new_arranger(self, state: State) -> Arranger:
        return Arranger(state, lambda: self._sight)

    # In the archive's threads.

    def _find_first(self, connection: Connection) -> Change:
        positions = first(connection, self._shown.positions.source, FIRST_ROWS)
        state = State(positions, connection.place.number)
        return Change(state, look(connection, state, 0, 0), moves=0)

    def _rearrange(
        self, writer: Writer, arrangement: Arrangement | None, number: int, seen: Sight
    ) -> Change | None:
        def wanted() -> bool:
            return number == self._arrangements

        if not wanted():
            return None
        try:
            with writer.only_while(wanted):
                return self._arranger.arrange(writer, arrangement, seen)
        except GivenUp:
            return None
