"""The explorer: asks queries, loads their pages, and answers the keys that do."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import BindingType
from textual.timer import Timer
from textual.worker import WorkerCancelled

from tui.api.errors import CredentialsUnavailable
from tui.archive.store import Archive
from tui.records import InvocationSummary, Query, Region
from tui.screens import states
from tui.screens.exporting import Exporting
from tui.screens.inspecting import Inspecting
from tui.screens.keys import EXPLORER_KEYS, bindings
from tui.screens.reading import Reading
from tui.screens.remembering import Remembering
from tui.screens.session import Session
from tui.screens.stage import PANES
from tui.screens.watching import Watching
from tui.widgets.filter_sidebar import FilterSidebar
from tui.widgets.invocation_table import FirstRows, InvocationTable

if TYPE_CHECKING:
    from tui.screens.viewers import Copier

SECOND_PRESS: Final = 3.0
"""Seconds within which ctrl+c must be pressed again to quit."""

COVERING: Final = ("-folded", "-single-width", "-single-height", "-zoomed")
"""Classes of the layouts in which the filters take the place of other panes."""


class Explorer(Exporting, Inspecting, Remembering, Watching):
    """Filters at the left, invocations, and what became of one of them on its instances."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(EXPLORER_KEYS)

    def __init__(
        self,
        session: Session,
        archive: Archive,
        query: Query,
        copier: Copier,
        first: Sequence[InvocationSummary] = (),
        *,
        newcomer: bool = False,
    ) -> None:
        """Show the rows `first` until the archive is open; tell a `newcomer` what can be done."""
        super().__init__(session, archive, query)
        self.copier = copier
        self._interrupted_at = float("-inf")
        self._end_timer: Timer | None = None
        self._first = first
        self._newcomer = newcomer

    def on_mount(self) -> None:
        if self._newcomer:
            self.greet()
        if self._first:
            self.table.show(FirstRows(self._first))
        self.go_to("invocations")
        self.say_status()
        if self.query_shown.region:
            self.open_query(self.query_shown)
        else:
            self.action_region()

    async def on_unmount(self) -> None:
        await self.loader.close()

    # Queries and pages.

    @work(exclusive=True, group="query")
    async def open_query(self, query: Query) -> None:
        """Show what is known of a query, then ask the service for its first page."""
        self.workers.cancel_group(self, "pages")
        self.query_shown = query
        self.marks.clear()
        self.sidebar.show(query)
        self.chips.show(query, "X")
        for group in ("rows", "marks", "failed", "arrange", "watch"):
            self.workers.cancel_group(self, group)
        reading = await self.loader.open(query)
        await self._show_reading(reading)
        if not (self._is_asking() or reading.kept):
            self.load_page()
        await self.loader.remember()
        self.list_recent()

    async def _show_reading(self, reading: Reading) -> None:
        self.table.show(reading.view, keep_cursor=bool(self._first))
        self._first = ()
        self.say_status()
        self.rows_are_unarranged()
        if self.filter_text or self.sort is not None:
            # In a worker of its own, so that esc stops it and leaves the query.
            with contextlib.suppress(WorkerCancelled):
                await self.arrange_rows().wait()
        if self.cursor_wanted:
            wanted, self.cursor_wanted = self.cursor_wanted, ""
            await self.go_to_row(wanted)

    def answer_is_missing(self) -> None:
        """Show what the archive has where nobody answers and nothing is there yet."""
        if not self.loader.count:
            self.open_kept()

    @work(exclusive=True, group="query")
    async def open_kept(self) -> None:
        """Show what the archive has that fits the query, unless that is nothing."""
        failure = self.loader.failure
        anybody = isinstance(failure, CredentialsUnavailable)
        if not await self.loader.keeps(self.query_shown, anybody=anybody):
            return
        self.workers.cancel_group(self, "pages")
        reading = await self.loader.open_kept(self.query_shown, anybody=anybody)
        self.loader.failure = failure
        await self._show_reading(reading)

    @work(exclusive=True, group="pages")
    async def load_page(self) -> None:
        """Bring the next page of the query that is shown, unless that is being opened."""
        if self.loader.reading is None:
            return
        before = self.place, self.table.rows_below
        await self.loader.next_page()
        # A reader who has gone on meanwhile has not asked to stay.
        if self.place == before[0] and self.table.rows_below <= before[1]:
            self.stay_here()
        self.count_all()
        self.ask_caller()
        # What was wished for while the page was on its way was not heard; this is, for the worker
        # has ended by the time that the message arrives.
        self.table.want_more()

    @work(exclusive=True, group="pages")
    async def refresh_pages(self) -> None:
        """Read the query anew from its top; the cursor stays on its invocation."""
        if await self.loader.refresh(self.table.row):
            self.count_all()
        if self.filter_text or self.sort is not None:
            self.arrange_rows()

    @work(exclusive=True, group="pages")
    async def walk_on(self) -> None:
        """Bring page after page until the end."""
        self.count_all()
        await self.loader.walk_on()

    @work(exclusive=True, group="total")
    async def count_all(self) -> None:
        """Ask once how many there are in all."""
        await self.loader.count_all()

    @work(exclusive=True, group="caller")
    async def ask_caller(self) -> None:
        """Learn who the service says that this is, and when the credentials end."""
        await self.loader.ask_caller()
        self._watch_end()

    def _watch_end(self) -> None:
        """Say how long the credentials last, from ten minutes before their end on."""
        expires_at = self.loader.session.expires_at()
        if self._end_timer is not None:
            self._end_timer.stop()
            self._end_timer = None
        self.say_status()
        if expires_at is None:
            return
        left = expires_at - time.time()
        if left > 0:
            self._end_timer = self.set_timer(states.next_look(left), self._watch_end)

    @on(InvocationTable.MoreWanted)
    def more_is_wanted(self, event: InvocationTable.MoreWanted) -> None:
        """Load the next page unless one is under way or the latest one has not come.

        Another order, a local filter or a page that brings nothing to where the reader is asks for
        no other one: the reader does, with the next move.
        """
        loader = self.loader
        if event.pressed:
            self.stay_no_longer()
        if not (
            # A wish can be older than the page that has fulfilled it.
            not self.table.wants_more
            or self._is_asking()
            or self.is_working("arrange")
            or self.is_staying()
            or loader.ended
            or loader.failure is not None
        ):
            self.load_page()

    @on(InvocationTable.Seen)
    def rows_are_seen(self, event: InvocationTable.Seen) -> None:
        """Have the rows around those on the screen at hand."""
        reading = self.loader.reading
        if reading is not None and reading.view.near_edge(event.first, event.last):
            self.hold_rows(event.first, event.last)

    @work(exclusive=True, group="rows")
    async def hold_rows(self, first: int, last: int) -> None:
        """Fetch rows from the archive."""
        if self.loader.reading is not None:
            await self.loader.reading.view.ready(first, last)

    @on(FilterSidebar.Changed)
    def filters_are_changed(self, event: FilterSidebar.Changed) -> None:
        """Ask the new query and go to its rows."""
        self.open_query(event.query)
        self.go_to("invocations")

    @on(FilterSidebar.Left)
    def filters_are_left(self) -> None:
        """Go back to the rows."""
        self.go_to("invocations")

    # Actions.

    def action_pane(self, name: str) -> None:
        """Go to a pane."""
        self.go_to(name)

    def action_next_pane(self, step: int) -> None:
        """Go to the next field of the filters, or to the next pane."""
        if self.pane == "filters" and self.sidebar.step(step):
            return
        self.go_to(PANES[(PANES.index(self.pane) + step) % len(PANES)])

    def action_back(self) -> None:
        """Undo the latest of: a load, an order, a notice, the local filter, one level of detail."""
        if self._is_asking():
            # What would be asked besides would keep the search for credentials going.
            for group in ("pages", "total", "caller"):
                self.workers.cancel_group(self, group)
            self.loader.asking = False
            self.say(states.STOPPED if self.loader.count else states.STOPPED_EMPTY)
        elif self.is_working("export"):
            self.workers.cancel_group(self, "export")
            self.say("Stopped; nothing was saved.")
        elif self.stop_arranging() or self.dismiss_notice():
            pass
        elif self.filter_text:
            self.filter_rows("")
        elif self.pane == "instances" and self.leave_instance():
            pass
        elif self.pane != "invocations":
            self.go_to("invocations")
        else:
            self.welcome.dismiss()

    def action_interrupt(self) -> None:
        """Copy a selection, else stop a load, else quit when it is asked for twice."""
        selection = self.get_selected_text()
        now = time.monotonic()
        if selection:
            self.copy(selection, "selection")
            self.clear_selection()
        elif self._is_asking():
            self.action_back()
        elif now - self._interrupted_at <= SECOND_PRESS:
            self.app.exit()
        else:
            self._interrupted_at = now
            self.say(self.keyed(states.TWICE))

    def action_clear_filters(self) -> None:
        """Ask for everything in the region."""
        if self.query_shown.is_filtered():
            self.open_query(Query(self.query_shown.region))

    def action_load_more(self) -> None:
        """Load the next page now; what is under way already is left to end."""
        if self.loader.ended:
            self.say(self.keyed(states.ALL_LOADED))
        elif self._may_ask():
            self.load_page()

    def action_load_all(self) -> None:
        """Load page after page until the end or esc; a page under way is asked for again."""
        if self.loader.ended:
            self.say(self.keyed(states.ALL_LOADED))
        elif self.loader.retry_in or not self.loader.walking:
            self.walk_on()

    def action_refresh_rows(self) -> None:
        """Read anew from the top."""
        reading = self.loader.reading
        if reading is not None and reading.kept:
            if self.loader.session.offline:
                self.say("Offline: the service is not asked.")
            else:
                self.open_query(self.query_shown)
        elif self._may_ask():
            self.refresh_pages()

    def action_fold(self) -> None:
        """Hide the filters or show them again; where they are folded away, open or leave them.

        What is on the screen is not asked: it may be older than the latest key.
        """
        is_open = self.pane == "filters"
        if any(map(self.has_class, COVERING)):
            self.go_to("invocations" if is_open else "filters")
        elif is_open or not self.has_class("-hide-filters"):
            self.add_class("-hide-filters")
            if is_open:
                self.go_to("invocations")
        else:
            self.remove_class("-hide-filters")

    def action_zoom(self) -> None:
        """Give the pane the whole screen, or the others their places again."""
        self.toggle_class("-zoomed")

    @work(exclusive=True, group="region")
    async def action_region(self) -> None:
        """Pick another region, and ask there."""
        from tui.api.regions import REGIONS
        from tui.screens.regions import RegionScreen

        session = self.loader.session

        async def ask() -> Iterable[Region]:
            return await (await self.loader.service()).regions()

        region = await self.app.push_screen_wait(
            RegionScreen(REGIONS, self.query_shown.region, ask)
        )
        if region is None or region == self.query_shown.region:
            return
        await self.loader.move(session.in_region(region))
        self.open_query(Query(region))

    @work(exclusive=True, group="region")
    async def action_profile(self) -> None:
        """Pick another profile, and ask as it."""
        from tui.screens.profiles import profile_picker

        session = self.loader.session
        if session.as_profile is None:
            self.say("The demo has no profiles.")
            return
        with self.opening():
            profiles = await asyncio.to_thread(session.profiles)
        picked = await self.app.push_screen_wait(profile_picker(profiles, session.identity))
        if picked is None:
            return
        other = await asyncio.to_thread(session.as_profile, picked)
        await self.loader.move(other)
        region = other.region or self.query_shown.region
        if region:
            self.open_query(Query(region))
        else:
            self.action_region()

    def _is_asking(self) -> bool:
        return self.is_working("pages")

    def _may_ask(self) -> bool:
        """Say whether a call may be made now, and to the user why not."""
        if self.loader.retry_in or not self._is_asking():
            return True
        self.say(self.keyed(states.LOADING_ALREADY))
        return False
