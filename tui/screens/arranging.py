"""What is done with rows that are loaded: local filter, order, marks, the next failure."""

from __future__ import annotations

import asyncio
from typing import Final

from textual import on, work

from tui.archive.arrangement import Sort, arrangement
from tui.archive.local_filter import parse
from tui.screens.reading import Reading
from tui.screens.stage import Stage
from tui.widgets.columns import COLUMNS
from tui.widgets.key_menu import Choice, KeyMenu
from tui.widgets.prompt import Prompt

TYPING_PAUSE: Final = 0.2
"""Seconds without a key after which what was typed so far is applied."""

SORT_KEYS: Final = "csnoidwmt"
"""The keys of the sort menu, one for each column in its order."""

FILTER: Final = "filter"
"""The label of the prompt for the local filter."""

BUSY_AFTER: Final = 0.3
"""Seconds that rows may take to find their places before it is said that they do."""

MAX_RANGE: Final = 10_000
"""The most rows that one range marks."""


class Arranging(Stage):
    """Actions on the rows that are there; nothing is asked of the service but for `e`."""

    filter_text = ""
    """The local filter as it was typed."""
    sort: Sort | None = None
    """How rows are sorted; None is the service's own order, newest first."""
    _filter_before = ""
    _marked_last = ""
    _arranged: tuple[str, Sort | None] = ("", None)
    """The filter and the order of the rows that are shown."""
    _arranging: object = None
    """Stands for the arrangement that is being made, if one is."""

    # Local filter.

    def action_local_filter(self) -> None:
        """Ask for the local filter; what is typed holds at once."""
        self._filter_before = self.filter_text
        self.prompt.open(FILTER, self.filter_text, "words, field:value, -not")

    @on(Prompt.Changed)
    def filter_is_typed(self, event: Prompt.Changed) -> None:
        """Filter by what was typed so far, once the keys rest."""
        if event.asked == FILTER:
            self.filter_rows(event.value, TYPING_PAUSE)

    @on(Prompt.Submitted)
    def filter_is_given(self, event: Prompt.Submitted) -> None:
        """Keep the filter."""
        if event.asked == FILTER:
            self.filter_rows(event.value)

    @on(Prompt.Cancelled)
    def filter_is_cancelled(self, event: Prompt.Cancelled) -> None:
        """Go back to the filter that held before."""
        if event.asked == FILTER:
            self.filter_rows(self._filter_before)

    def filter_rows(self, text: str, pause: float = 0.0) -> None:
        """Show only the rows that match."""
        problem = parse(text).problem
        self.complain(problem)
        if problem:
            self.workers.cancel_group(self, "arrange")
        else:
            self.arrange_rows(text, pause)

    @work(exclusive=True, group="arrange")
    async def arrange_rows(self, text: str | None = None, pause: float = 0.0) -> None:
        """Show the rows in the order that holds now and through the filter, or another one."""
        await asyncio.sleep(pause)
        if text is not None:
            self.filter_text = text
        reading = self.loader.reading
        if reading is not None:
            await self.rearrange(reading)

    def rows_are_unarranged(self) -> None:
        """Know that rows of another query are shown, in the service's order and all of them."""
        self._arranged = ("", None)

    async def rearrange(self, reading: Reading) -> None:
        """Let the rows find their places; where that takes long it is said."""
        self._arranging = this = object()
        wanted = self.filter_text, self.sort
        busy = self.set_timer(BUSY_AFTER, lambda: self._say_arranging(this))
        try:
            await reading.view.rearrange(arrangement(self.sort, parse(self.filter_text)))
            self._arranged = wanted
        finally:
            busy.stop()
            if self._arranging is this:
                self._arranging, self.loader.arranging = None, False
            self.say_status()
        self.stay_here()

    def _say_arranging(self, this: object) -> None:
        if self._arranging is this:
            self.loader.arranging = True
            self.say_status()

    def stop_arranging(self) -> bool:
        """Leave the rows as they are shown; return whether it was said that others are coming.

        What takes no time to speak of is not stopped: the key is for something else.
        """
        if not (self.loader.arranging and self.is_working("arrange")):
            return False
        self.workers.cancel_group(self, "arrange")
        self.filter_text, self.sort = self._arranged
        self.show_sort()
        self.say("Stopped; the rows stay as they were.")
        reading = self.loader.reading
        if reading is not None and reading.view.finding:
            # What was stopped would also have found the rows that are not there yet.
            self.arrange_rows()
        return True

    # Order.

    def action_sort_menu(self) -> None:
        """Offer the columns."""
        choices = [
            Choice(key, column.title.lower(), column.name)
            for key, column in zip(SORT_KEYS, COLUMNS, strict=True)
        ]
        self.menu.open("sort", "Sort by", choices)

    @on(KeyMenu.Chosen)
    def sort_is_chosen(self, event: KeyMenu.Chosen) -> None:
        """Sort by a column; by the same one again the other way round."""
        if event.menu == "sort":
            same = self.sort is not None and self.sort.column == event.value
            self._sort_by(event.value, descending=same and not self._descending)

    def action_sort_reverse(self) -> None:
        """Turn the order round."""
        self._sort_by(self._sort_column, descending=not self._descending)

    def action_sort_column(self, step: int) -> None:
        """Sort by the column beside the one sorted by."""
        names = [column.name for column in COLUMNS]
        place = (names.index(self._sort_column) + step) % len(names)
        self._sort_by(names[place], descending=names[place] == "created")

    @property
    def _sort_column(self) -> str:
        return self.sort.column if self.sort else "created"

    @property
    def _descending(self) -> bool:
        return self.sort.descending if self.sort else True

    def _sort_by(self, column: str, *, descending: bool) -> None:
        self.sort = None if (column, descending) == ("created", True) else Sort(column, descending)
        self.show_sort()
        self.arrange_rows()

    def show_sort(self) -> None:
        """Mark the title of the column by which the rows are sorted."""
        column = self.sort.column if self.sort else ""
        self.table.show_order(column, "▼" if self._descending else "▲")

    # Marks.

    def action_mark(self) -> None:
        """Mark the row or take its mark away, and go on."""
        row = self.table.row
        if row is None:
            return
        self.marks ^= {row.invoke_id}
        self._marked_last = row.invoke_id
        self.table.redraw_line(self.table.cursor)
        self.table.action_cursor_down()
        self.say_status()

    @work(exclusive=True, group="marks")
    async def action_mark_range(self) -> None:
        """Mark the rows from the one marked last to the cursor."""
        reading, cursor = self.loader.reading, self.table.cursor
        if reading is None:
            return
        start = await reading.view.position_of(self._marked_last) if self._marked_last else None
        first, last = sorted((cursor if start is None else start, cursor))
        if last - first >= MAX_RANGE:
            self.say(f"A range is at most {MAX_RANGE:,} rows.")
            return
        self.marks |= set(await reading.view.invoke_ids(first, last))
        self.remark()

    def action_mark_clear(self) -> None:
        """Clear all marks."""
        self.marks.clear()
        self.remark()

    def remark(self) -> None:
        """Draw the marks that hold now."""
        self.table.refresh(self.table.size.region)
        self.say_status()

    # Failures.

    def action_failed(self, step: int) -> None:
        """Go to the next failed row, or the one before."""
        self.find_failed(step)

    @work(exclusive=True, group="failed")
    async def find_failed(self, step: int) -> None:
        """Look for a failed row; below those that are loaded, load on."""
        found = await self.loader.find_failed(self.table.cursor, step)
        if found is not None:
            await self.show_row(found)
        elif step > 0 and not self.loader.ended and not self.loader.asking:
            self.load_failed()
        else:
            self._say_none_failed(step)

    @work(exclusive=True, group="pages")
    async def load_failed(self) -> None:
        """Load on, within a budget, until there is a failed row below."""
        found = await self.loader.load_failed()
        if found is not None:
            await self.show_row(found)
        else:
            self._say_none_failed(1)

    def _say_none_failed(self, step: int) -> None:
        if self.loader.failure is None:
            where = "below" if step > 0 else "above"
            more = (
                "" if self.loader.ended or step < 0 else " in what is loaded now; e looks further"
            )
            self.say(f"No failed row {where}{more}.")

    async def show_row(self, position: int) -> None:
        """Put the cursor on a row that may not be held yet."""
        reading = self.loader.reading
        if reading is not None:
            height = self.table.visible_height
            await reading.view.ready(max(position - height, 0), position + height)
            self.table.move_cursor(position)
