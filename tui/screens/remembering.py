"""What was looked at before: recent queries, saved views, the history of one instance."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import on, work

from tui.api.errors import ApiError
from tui.api.pager import Pager
from tui.archive.arrangement import Sort
from tui.archive.history import Sent, read_history
from tui.archive.recents import SavedView, previous_query, recent_queries, save_view, saved_views
from tui.records import Query
from tui.screens.post_mortem import PostMortem
from tui.widgets.bars import query_words
from tui.widgets.cells import fit, wrapped
from tui.widgets.filter_sidebar import FilterSidebar
from tui.widgets.lines import Line, Span, line
from tui.widgets.prompt import Prompt
from tui.widgets.words import duration, moment, status_tone, status_words

if TYPE_CHECKING:
    from tui.screens.question import Draw

SAVE_VIEW: Final = "save this view as"
"""The label of the prompt for the name of a view."""

HISTORY_SIZE: Final = 50
"""Sends to an instance in one answer of the service."""

HISTORY_PAGES: Final = 20
"""Pages that the service is asked for; who was sent more is asked about by a filter."""

HISTORY_SHOWN: Final = 2_000
"""Sends to an instance that are shown."""


class Remembering(PostMortem):
    """Goes back to what was asked before."""

    open_query: Callable[[Query], object]
    cursor_wanted = ""
    """The invoke ID on which the cursor is put once the query is open."""

    @property
    @abstractmethod
    def picked_instance(self) -> str:
        """The instance under the cursor, or an empty string."""

    @work(exclusive=True, group="recent")
    async def list_recent(self) -> None:
        """Bring the list of recent queries up to date."""
        recent = await self.archive.read(recent_queries, self.loader.session.scope)
        here = self.query_shown.region
        self.sidebar.show_recent(
            [
                (each.query, _asked(each.used), each.rows)
                for each in recent
                if each.query.region == here and each.query != self.query_shown
            ]
        )

    @on(FilterSidebar.Recalled)
    def recent_is_picked(self, event: FilterSidebar.Recalled) -> None:
        """Ask a recent query again."""
        self.open_query(event.query)
        self.go_to("invocations")

    @work(exclusive=True, group="recent")
    async def action_previous_query(self) -> None:
        """Ask the query again that was asked before this one."""
        previous = await self.archive.read(
            previous_query, self.loader.session.scope, self.query_shown
        )
        if previous is None:
            self.say("No other query has been asked.")
        elif previous.region == self.query_shown.region:
            self.open_query(previous)
        else:
            await self.loader.move(self.loader.session.in_region(previous.region))
            self.open_query(previous)

    def action_save_view(self) -> None:
        """Ask for a name under which query, filter, order and cursor are kept."""
        self.prompt.open(SAVE_VIEW, "", "a name")

    @on(Prompt.Submitted)
    def view_is_named(self, event: Prompt.Submitted) -> None:
        """Keep the view."""
        if event.asked == SAVE_VIEW and event.value.strip():
            self.keep_view(event.value.strip())

    @work(exclusive=True, group="recent")
    async def keep_view(self, name: str) -> None:
        """Keep query, local filter, order and cursor under a name."""
        row = self.table.row
        view = SavedView(
            name,
            self.query_shown,
            self.sort.column if self.sort else "",
            self.sort.descending if self.sort else False,
            self.filter_text,
            row.invoke_id if row else "",
            self.archive.now(),
        )
        await self.archive.write(save_view, view)
        self.say(f"Saved as {name}; ' opens it again.")

    @work(exclusive=True, group="question")
    async def action_open_view(self) -> None:
        """Pick a saved view and restore it."""
        from tui.screens.picker import Option, PickerScreen

        with self.opening():
            views = {view.name: view for view in await self.archive.read(saved_views)}
        if not views:
            self.say("No view is saved; B saves this one.")
            return
        options = [
            Option(view.name, view.name, ((_view_words(view), "dim"),)) for view in views.values()
        ]
        picked = await self.app.push_screen_wait(
            PickerScreen(options, title="Saved view", nothing="No view has that in its name.")
        )
        if picked is not None:
            await self._restore(views[picked])

    async def _restore(self, view: SavedView) -> None:
        if view.query.region != self.query_shown.region:
            await self.loader.move(self.loader.session.in_region(view.query.region))
        self.filter_text = view.filter_text
        self.sort = Sort(view.sort_column, view.descending) if view.sort_column else None
        self.show_sort()
        self.cursor_wanted = view.invoke_id
        self.open_query(view.query)
        self.go_to("invocations")

    # One instance across all sends.

    @work(exclusive=True, group="question")
    async def action_history(self) -> None:
        """Show everything that was sent to the instance under the cursor."""
        from tui.screens.question import Extent, Question

        instance_id = self.picked_instance
        if not instance_id:
            self.say("Go to an instance first: 3, then i on its line.")
            return

        async def ask(extent: Extent) -> Draw:
            missing = await self._ask_history(instance_id)
            found = await self.archive.read(
                read_history,
                instance_id,
                scope="" if extent is Extent.ANYBODY else self.loader.session.scope,
                region=self.query_shown.region,
                limit=HISTORY_SHOWN + 1,
            )
            return partial(history_lines, found, missing)

        extents = (Extent.EVERYTHING, Extent.ANYBODY)
        await self.show_answer(Question(f"Sent to {instance_id}", ask, extents))

    async def _ask_history(self, instance_id: str) -> str:
        """Ask the service for what it knows of the instance; the archive adds what it forgot.

        Return why that may not be all, or an empty string.
        """
        session = self.loader.session
        if session.offline:
            return "Offline: only what the archive has."
        query = Query(self.query_shown.region, instance_id=instance_id)
        question = await self.archive.question(session.scope, query)
        try:
            pager = Pager(await self.loader.service(), query, size=HISTORY_SIZE)
            while (page := await pager.next()) is not None:
                await self.archive.keep(question, page.invocations)
                if pager.pages == HISTORY_PAGES and not pager.ended:
                    return f"Older sends were not asked for: f with Instance ID {instance_id} does."
        except ApiError as failure:
            return f"Only what the archive has: {failure.sentence}"
        return ""


def history_lines(found: list[Sent], missing: str, width: int) -> Iterator[Line]:
    """Yield a line for each send to an instance, the newest first; it picks the send."""
    if len(found) > HISTORY_SHOWN:
        missing = f"The newest {HISTORY_SHOWN:,} sends; older ones are in the archive."
    for part in wrapped(missing, max(width, 20)) if missing else ():
        yield line(Span(part, "warning"))
    if not found:
        yield line(Span("Nothing that was sent to it has been seen.", "dim"))
        return
    for each in found[:HISTORY_SHOWN]:
        sent, result = each.invocation, each.result
        path = f"{sent.target_dir.rstrip('/')}/{sent.name}"
        yield line(
            Span(fit(moment(sent.creation_time), 21)),
            Span(fit(status_words(result.status), 12), status_tone(result.status)),
            Span(fit(result.error_code, 24), "failed"),
            fit(duration(result.seconds), 8, right=True),
            Span(f"  {path}", "strong"),
            key=f"row {sent.invoke_id}",
        )


def _asked(used: float) -> str:
    """Return when a query was asked, in words that stay true while they are on the screen."""
    return f"{datetime.fromtimestamp(used, UTC):%m-%d %H:%M} UTC"


def _view_words(view: SavedView) -> str:
    order = f"by {view.sort_column}" if view.sort_column else ""
    words = (view.query.region, *query_words(view.query), view.filter_text, order)
    return ", ".join(word for word in words if word)
