"""The explorer: conducts sidebar, table and detail pane over one query at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.getters import query_one
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui.api.errors import ApiError
from tui.archive.store import Archive
from tui.records import UNFINISHED, Query
from tui.screens.calls import Calls
from tui.screens.help import HelpScreen
from tui.screens.reading import Reading
from tui.screens.session import Service, Session
from tui.triage.content import decode
from tui.triage.error_knowledge import explain
from tui.widgets.bars import ChipLine, HintLine, Notice, Status, StatusLine
from tui.widgets.detail_lines import Detail
from tui.widgets.filter_sidebar import FilterSidebar
from tui.widgets.instance_detail import InstanceDetail
from tui.widgets.invocation_table import InvocationTable

REST: Final = 0.08
"""Seconds that the cursor must rest before the detail pane follows it."""

BUSY_AFTER: Final = 0.3
"""Seconds that a call may take before the status line says that one is under way."""

RETRY_FIRST: Final = 5.0
"""Seconds until a page that did not come is asked for again; doubled with each failure."""

RETRY_LAST: Final = 60.0
"""The longest such wait, in seconds."""

PANES: Final = ("filters", "invocations", "instances")
"""The panes in the order of their keys."""

WIDTHS: Final = [
    (0, "-too-narrow"),
    (40, "-single-width"),
    (60, "-folded"),
    (100, "-standard"),
    (160, "-wide"),
]
"""Columns of the terminal from which a layout holds."""

HEIGHTS: Final = [(0, "-too-low"), (10, "-single-height"), (20, "-high")]
"""Lines of the terminal from which a layout holds."""

Asking = Callable[[Service], Awaitable[object]]
"""Something that asks the service."""

HINTS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "filters": (("enter", "apply"), ("tab", "next field"), ("esc", "back"), ("?", "help")),
    "invocations": (
        ("enter", "open"),
        ("f", "filter"),
        ("r", "refresh"),
        ("m", "more"),
        ("z", "time"),
        ("?", "help"),
        ("q", "quit"),
    ),
    "instances": (("enter", "open"), ("esc", "back"), ("r", "refresh"), ("?", "help")),
}
"""The keys that help most in each pane."""


class Explorer(Screen[None]):
    """Filters at the left, invocations, and what became of one of them on its instances."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "pane('filters')", "Filters", show=False, id="pane.filters"),
        Binding("2", "pane('invocations')", "Invocations", show=False, id="pane.invocations"),
        Binding("3", "pane('instances')", "Instances", show=False, id="pane.instances"),
        Binding("tab", "next_pane(1)", "Next pane", show=False, id="pane.next"),
        Binding("shift+tab", "next_pane(-1)", "Previous pane", show=False, id="pane.previous"),
        Binding("f", "pane('filters')", "Filter on the server", id="filters.open"),
        Binding("X", "clear_filters", "Clear the filters", show=False, id="filters.clear"),
        Binding("b", "fold", "Hide or show the filters", show=False, id="filters.fold"),
        Binding("plus", "zoom", "Zoom the pane", show=False, id="pane.zoom"),
        Binding("escape,backspace,h,left", "back", "Back", show=False, id="back"),
        Binding("m", "load_more", "Load a page", show=False, id="load.page"),
        Binding("r,ctrl+r", "refresh_rows", "Refresh", id="refresh"),
        Binding("z", "time_style", "UTC, local time or age", show=False, id="time"),
        Binding("question_mark,f1", "help", "Help", id="help"),
        Binding("q", "app.quit", "Quit", id="quit"),
    ]

    table = query_one(InvocationTable)
    detail = query_one(InstanceDetail)
    sidebar = query_one(FilterSidebar)
    status_bar = query_one(StatusLine)
    chips = query_one(ChipLine)
    notice = query_one(Notice)
    hints = query_one(HintLine)

    def __init__(self, session: Session, archive: Archive, query: Query) -> None:
        super().__init__()
        self._session = session
        self._archive = archive
        self._query = query
        self._reading: Reading | None = None
        self._service: Service | None = None
        self._calls = Calls(self._calls_changed)
        self._connecting = asyncio.Lock()
        self._pane = "invocations"
        self._focused_last: Widget | None = None
        self._instance_id = ""
        self._busy = False
        self._countdown = ""

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield ChipLine()
        with Container(id="panes"):
            yield FilterSidebar(self._query)
            with Container(id="results"):
                yield InvocationTable()
                yield InstanceDetail()
        yield HintLine()
        yield Notice()
        yield Static("Too small: 40x10 at least", id="too-small", markup=False)

    def on_mount(self) -> None:
        self.action_pane("invocations")
        self._say_status()
        self.open_query(self._query)

    async def on_unmount(self) -> None:
        if self._service is not None:
            await self._service.aclose()

    # One query at a time.

    @work(exclusive=True, group="query")
    async def open_query(self, query: Query) -> None:
        """Show what is known of a query, then ask the service for its first page."""
        self.workers.cancel_group(self, "pages")
        self._query = query
        self.sidebar.show(query)
        self.chips.show(query, "X")
        self.notice.show("")
        previous = self._reading
        self._reading = reading = await Reading.open(
            self._session, self._archive, query, self._rows_changed
        )
        self.table.show(reading.view)
        if not self._is_asking():
            self.load_page()
        if previous is not None:
            await previous.close()

    @work(exclusive=True, group="pages")
    async def load_page(self) -> None:
        """Bring the next page of the query that is shown."""
        if self._reading is not None and not self._reading.ended:
            await self._insist(self._reading.load)

    @work(exclusive=True, group="pages")
    async def refresh_pages(self) -> None:
        """Read the query anew from its top; the cursor stays on its invocation."""
        reading, row = self._reading, self.table.row
        if reading is None:
            return

        async def refresh(service: Service) -> None:
            await reading.refresh(service)
            if row is not None and row.status in UNFINISHED:
                await reading.refresh_one(service, row.invoke_id)

        await self._insist(refresh)

    async def _insist(self, ask: Asking) -> None:
        """Ask until an answer comes, the user goes on, or asking again is pointless."""
        wait = RETRY_FIRST
        try:
            while True:
                try:
                    await ask(await self._connected())
                except ApiError as failure:
                    self.notice.show(str(failure))
                    if not failure.retryable:
                        return
                    await self._count_down(max(failure.retry_after or 0.0, wait))
                    wait = min(wait * 2, RETRY_LAST)
                else:
                    self.notice.show("")
                    return
        finally:
            self._countdown = ""
            self._say_status()

    async def _count_down(self, seconds: float) -> None:
        for left in range(round(seconds), 0, -1):
            self._countdown = f"trying again in {left} s (r now, esc not)"
            self._say_status()
            await asyncio.sleep(1)

    async def _connected(self) -> Service:
        async with self._connecting:
            if self._service is None:
                self._service = await self._session.connect(self._calls)
            return self._service

    # What the view, the wire and the widgets say.

    def _rows_changed(self, shift: int) -> None:
        self.table.rows_changed(shift)
        self._say_status()

    def _calls_changed(self) -> None:
        if self._calls.in_flight and not self._busy:
            self.set_timer(BUSY_AFTER, self._say_busy)
        self._busy = bool(self._calls.in_flight)
        if not self._busy:
            self._say_status()

    def _say_busy(self) -> None:
        if self._busy:
            self._say_status()

    @on(InvocationTable.MoreWanted)
    def more_is_wanted(self) -> None:
        """Load the next page unless one is under way or has just failed."""
        if not self._is_asking() and not self.notice.display:
            self.load_page()

    @on(InvocationTable.Seen)
    def rows_are_seen(self, event: InvocationTable.Seen) -> None:
        """Have the rows around those on the screen at hand."""
        if self._reading and self._reading.view.near_edge(event.first, event.last):
            self.hold_rows(event.first, event.last)

    @work(exclusive=True, group="rows")
    async def hold_rows(self, first: int, last: int) -> None:
        """Fetch rows from the archive."""
        if self._reading is not None:
            await self._reading.view.ready(first, last)

    @on(InvocationTable.Moved)
    def cursor_is_elsewhere(self) -> None:
        """Let the detail pane follow."""
        self.follow_cursor()

    @work(exclusive=True, group="detail")
    async def follow_cursor(self, rest: float = REST) -> None:
        """Show the invocation under the cursor once the cursor rests."""
        await asyncio.sleep(rest)
        reading, row = self._reading, self.table.row
        shown = self.detail.detail
        if reading is None or row is None:
            self.detail.show(None)
            return
        invocation = await reading.invocation(row.invoke_id)
        if invocation is None:
            return
        if shown is None or shown.invocation.invoke_id != invocation.invoke_id:
            self._instance_id = ""
        codes = {result.error_code for result in invocation.results}
        self.detail.show(
            Detail(
                invocation,
                decode(invocation),
                {code: explain(code) for code in codes},
                self._instance_id,
                self.table.time_style,
            )
        )
        self._say_status()

    @on(InvocationTable.Picked)
    def invocation_is_picked(self) -> None:
        """Go into the invocation under the cursor."""
        self.follow_cursor(rest=0)
        self.action_pane("instances")

    @on(InstanceDetail.InstancePicked)
    def instance_is_picked(self, event: InstanceDetail.InstancePicked) -> None:
        """Go into one instance."""
        self._instance_id = event.instance_id
        self.follow_cursor(rest=0)

    @on(FilterSidebar.Changed)
    def filters_are_changed(self, event: FilterSidebar.Changed) -> None:
        """Ask the new query and go to its rows."""
        self.open_query(event.query)
        self.action_pane("invocations")

    @on(FilterSidebar.Left)
    def filters_are_left(self) -> None:
        """Go back to the rows."""
        self.action_pane("invocations")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Know the pane that has the focus, however it came to have it."""
        self._focused_last = event.widget
        self._enter_pane(self._pane_of(event.widget))

    def on_resize(self) -> None:
        """Give the focus back to what had it before the terminal was too small for anything."""
        if self.focused is None and self._focused_last is not None:
            self.call_after_refresh(self._focused_last.focus)

    # Actions.

    def action_pane(self, name: str) -> None:
        """Go to a pane, showing it where it is folded away."""
        self._enter_pane(name)
        if name == "filters":
            self.sidebar.focus_first()
        else:
            (self.table if name == "invocations" else self.detail).focus()

    def action_next_pane(self, step: int) -> None:
        """Go to the next field of the filters, or to the next pane."""
        if self._pane == "filters" and not self.sidebar.at_end(step):
            (self.focus_next if step > 0 else self.focus_previous)()
            return
        self.action_pane(PANES[(PANES.index(self._pane) + step) % len(PANES)])

    def action_back(self) -> None:
        """Undo the latest of: a notice, a running load, one level of the drill-down."""
        if self._is_asking():
            self.workers.cancel_group(self, "pages")
        elif self.notice.display:
            self.notice.show("")
        elif self._pane == "instances" and self._instance_id:
            self._instance_id = ""
            self.follow_cursor(rest=0)
        elif self._pane != "invocations":
            self.action_pane("invocations")

    def action_clear_filters(self) -> None:
        """Ask for everything in the region."""
        if self._query.is_filtered():
            self.open_query(Query(self._query.region))

    def action_load_more(self) -> None:
        """Load the next page now; what is under way already is left to end."""
        if self._countdown or not self._is_asking():
            self.load_page()

    def action_refresh_rows(self) -> None:
        """Read anew from the top."""
        if self._countdown or not self._is_asking():
            self.refresh_pages()

    def action_fold(self) -> None:
        """Hide the filters or show them again."""
        self.toggle_class("-hide-filters")
        if self.has_class("-hide-filters") and self._pane == "filters":
            self.action_pane("invocations")

    def action_zoom(self) -> None:
        """Give the pane the whole screen, or the others their places again."""
        self.toggle_class("-zoomed")

    def action_time_style(self) -> None:
        """Show times in the next style."""
        self.table.set_time_style(self.table.time_style.next)
        self.follow_cursor(rest=0)

    def action_help(self) -> None:
        """Explain the keys."""
        self.app.push_screen(HelpScreen(self))

    # Saying.

    def _is_asking(self) -> bool:
        return any(worker.group == "pages" and not worker.is_finished for worker in self.workers)

    def _enter_pane(self, name: str) -> None:
        self._pane = name
        for pane in PANES:
            self.set_class(pane == name, f"-in-{pane}")
        self.hints.show(HINTS[name])

    def _pane_of(self, widget: Widget) -> str:
        if widget is self.table:
            return "invocations"
        return "instances" if widget is self.detail else "filters"

    def _say_status(self) -> None:
        reading, row = self._reading, self.table.row
        count = reading.view.count if reading else 0
        wait = self._calls.wait
        activity = self._countdown or ("loading…" if self._busy else "")
        if wait is not None:
            activity = f"{wait[1].sentence} Trying again."
        self.table.explain_emptiness(*self._why_empty())
        self.status_bar.show(
            Status(
                identity=self._session.identity,
                region=self._query.region,
                loaded=count,
                more=reading is None or not reading.ended,
                total=reading.total if reading else None,
                activity=activity,
                position=f"row {self.table.cursor + 1:,}" if row else "",
            )
        )

    def _why_empty(self) -> tuple[str, ...]:
        reading = self._reading
        if self.notice.display:
            return ("Nothing is loaded, for the reason given below.", "r tries again.")
        if reading is None or not reading.ended:
            return (f"Asking for the files that were sent in {self._query.region}…",)
        if self._query.is_filtered():
            return ("Nothing that was sent matches the filters.", "X clears them, f changes them.")
        return (
            f"The service has no records of files sent in {self._query.region}.",
            "It keeps them for a limited time only. r asks again.",
        )
