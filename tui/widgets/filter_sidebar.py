"""The filter sidebar: the server's own filters; applying them is one new query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import AwaitMount, Widget

from tui.late_dataclass import dataclass
from tui.records import Query
from tui.widgets.bars import Bar, query_words
from tui.widgets.filter_words import LINES_OF_A_FIELD, filter_lines
from tui.widgets.lines import Line, Span, StaticLines, line

if TYPE_CHECKING:
    from tui.widgets.filter_fields import FilterFields

MOST_RECENT: Final = 20
"""Queries of before that are listed."""


class FilterGlance(Bar):
    """What the fields would say, where nobody has wanted to type yet: it costs less to draw."""

    @dataclass
    class FieldWanted(Message):
        """The user wants the field at this place, a negative one counted from the last."""

        place: int

    def show(self, query: Query) -> None:
        """Show the filters of a query."""
        lines = filter_lines(query)
        self.styles.height = len(lines)
        self.set_lines(lines)

    def on_click(self, event: events.Click) -> None:
        """Ask for the field under the mouse."""
        event.stop()
        self.post_message(self.FieldWanted(event.y // LINES_OF_A_FIELD))


class RecentQueries(StaticLines):
    """Queries that were asked before, the latest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "recall", "Ask it again", show=False, id="filters.recall"),
    ]

    @dataclass
    class Picked(Message):
        """The user wants one of them again."""

        number: int

    def action_recall(self) -> None:
        """Ask the query under the cursor again."""
        if self.picked_key:
            self.post_message(self.Picked(int(self.picked_key)))

    def clicked(self, times: int) -> None:
        """Ask what is clicked twice."""
        if times > 1:
            self.action_recall()


class FilterSidebar(VerticalScroll, can_focus=False):
    """Fields for every filter that the API has, and under them the queries of before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="filters.leave"),
        Binding("down", "step(1)", "Next field", show=False, id="filters.next"),
        Binding("up", "step(-1)", "Previous field", show=False, id="filters.previous"),
    ]

    @dataclass
    class Changed(Message):
        """The user asks for another query."""

        query: Query

    @dataclass
    class Recalled(Message):
        """The user asks a query of before again."""

        query: Query

    @dataclass
    class Left(Message):
        """The user goes back without asking."""

    def __init__(self, query: Query, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._query = query
        self._recent: Sequence[tuple[Query, str, int]] = ()
        self._title, self._recent_title = Bar(id="filters-title"), Bar(id="recent-title")
        self.recent = RecentQueries()
        self._glance = FilterGlance()
        self._fields: FilterFields | None = None
        self.fields_mount: AwaitMount | None = None
        """To be awaited by who wants the fields to be there, where they have been made."""

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._glance

    def on_mount(self) -> None:
        self._title.set_lines([line("Filters")])
        self._glance.show(self._query)

    def fields(self) -> FilterFields:
        """Return the fields, which take the place of what is shown of them when first wanted."""
        if self._fields is None:
            # Fields cost a good part of the first frame, and few starts want one.
            from tui.widgets.filter_fields import FilterFields

            self._fields = FilterFields(self._query)
            self.fields_mount = self.mount(*self._fields.widgets(), before=self._glance)
            self._glance.display = False
        return self._fields

    def show_recent(self, recent: Sequence[tuple[Query, str, int]]) -> None:
        """List queries of before, each with when it was asked and how many rows it has."""
        self._recent = recent[:MOST_RECENT]
        lines: list[Line] = []
        for number, (query, when, rows) in enumerate(self._recent):
            words = " ".join(query_words(query)) or "everything"
            lines.append(line(words, key=str(number)))
            lines.append(line(Span(f"  {when}, {rows:,} rows", "dim")))
        if lines and self.is_attached and not self.recent.is_attached:
            self._recent_title.set_lines([line(Span("Recent queries", "dim"))])
            self.mount(self._recent_title, self.recent)
        self.recent.set_lines(lines)
        self.recent.styles.height = len(lines)
        for part in (self.recent, self._recent_title):
            part.display = bool(lines)

    @on(RecentQueries.Picked)
    def recall(self, event: RecentQueries.Picked) -> None:
        """Ask for the query that was picked."""
        event.stop()
        if event.number < len(self._recent):
            self.post_message(self.Recalled(self._recent[event.number][0]))

    def show(self, query: Query) -> None:
        """Show the filters of a query that came from elsewhere."""
        self._query = query
        if self._fields is None:
            self._glance.show(query)
        else:
            self._fields.show(query)

    def step(self, step: int) -> bool:
        """Go to the next field, or the one before; return whether there is one.

        The order is known here: the screen's own is that of what is drawn already, which a sidebar
        that has just been opened is not.
        """
        if self._fields is None:
            # Above the queries of before, which alone can have the focus then.
            if step < 0:
                self.post_message(FilterGlance.FieldWanted(step))
            return step < 0
        order: list[Widget] = self._fields.order
        if self.recent.is_attached and self.recent.display:
            order.append(self.recent)
        focused = self.screen.focused
        place = (order.index(focused) if focused in order else -1) + step
        if not 0 <= place < len(order):
            return False
        self.screen.set_focus(order[place])
        return True

    def action_step(self, step: int) -> None:
        """Go to another field; from the last one to nowhere."""
        self.step(step)

    def on_select_changed(self, event: Message) -> None:
        """Ask with the status that was chosen, unless that is the one of before."""
        event.stop()
        self._apply(again=False)

    def on_input_submitted(self, event: Message) -> None:
        """Ask with what was typed."""
        event.stop()
        self._apply(again=True)

    def action_leave(self) -> None:
        """Go back; the fields say again what holds."""
        self.show(self._query)
        self.post_message(self.Left())

    def _apply(self, *, again: bool) -> None:
        fields = self.fields()
        query, problems = fields.described()
        fields.say(problems)
        if problems or query is None or (query == self._query and not again):
            return
        self._query = fields.query = query
        self.post_message(self.Changed(query))
