"""The filter sidebar: the server's own filters; applying them is one new query."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Select, Static

from tui.plain import printable
from tui.records import OVERALL_STATUSES, Query, TagFilter
from tui.widgets.bars import query_words
from tui.widgets.lines import Line, Span, StaticLines, line

Statuses = tuple[str, ...]

ANY: Final[Statuses] = ()
BROKEN: Final[Statuses] = ("Failed", "PartialFailed")
"""Two walks merged, because the API takes one status at a time."""

STATUS_CHOICES: Final[tuple[tuple[str, Statuses], ...]] = (
    ("any", ANY),
    ("Failed or PartialFailed", BROKEN),
    *((status, (status,)) for status in OVERALL_STATUSES),
)

MOST_RECENT: Final = 20
"""Queries of before that are listed."""

MAX_INPUT: Final = 2000
"""Characters that a field takes: room for 20 tags, and a bound on what a slip can paste."""


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

    FIELDS: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("name", "Name", "exact file name"),
        ("invoke-id", "Invoke ID", "f-…"),
        ("instance-id", "Instance ID", "i-…"),
        ("resource-group-id", "Resource group", "rg-…"),
        ("tags", "Tags", "key=value key …"),
    )

    status = query_one("#status", Select)
    recent = query_one(RecentQueries)

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

    def compose(self) -> ComposeResult:
        yield Static("Filters", classes="pane-title", markup=False)
        yield Label("Status", markup=False)
        yield Select(
            self._choices(),
            allow_blank=False,
            value=self._query.statuses,
            id="status",
            compact=True,
        )
        for identity, title, placeholder in self.FIELDS:
            yield Label(title, markup=False)
            field = Input(
                self._value(identity),
                placeholder=placeholder,
                id=identity,
                compact=True,
                max_length=MAX_INPUT,
                select_on_focus=False,
            )
            field.cursor_blink = False
            yield field
        yield Static("", id="problem", markup=False)
        yield Label("Recent queries", id="recent-title", markup=False)
        yield RecentQueries()

    def on_mount(self) -> None:
        self._list_recent()

    def show_recent(self, recent: Sequence[tuple[Query, str, int]]) -> None:
        """List queries of before, each with when it was asked and how many rows it has."""
        self._recent = recent[:MOST_RECENT]
        self._list_recent()

    def _list_recent(self) -> None:
        lines: list[Line] = []
        for number, (query, when, rows) in enumerate(self._recent):
            words = " ".join(query_words(query)) or "everything"
            lines.append(line(words, key=str(number)))
            lines.append(line(Span(f"  {when}, {rows:,} rows", "dim")))
        # The list can come before the fields are there, and when they are there no more.
        for pane in self.query(RecentQueries):
            pane.set_lines(lines)
            pane.styles.height = len(lines)
        for part in self.query("RecentQueries, #recent-title"):
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
        with self.prevent(Select.Changed, Input.Changed):
            self.status.set_options(self._choices())
            self.status.value = query.statuses
            for identity, _, _ in self.FIELDS:
                self.query_one(f"#{identity}", Input).value = self._value(identity)
        self._say(())

    def step(self, step: int) -> bool:
        """Go to the next field, or the one before; return whether there is one.

        The order is known here: the screen's own is that of what is drawn already, which a sidebar
        that has just been opened is not.
        """
        fields: list[Widget] = [self.status, *self.query(Input)]
        if self.recent.display:
            fields.append(self.recent)
        focused = self.screen.focused
        place = (fields.index(focused) if focused in fields else -1) + step
        if not 0 <= place < len(fields):
            return False
        self.screen.set_focus(fields[place])
        return True

    def action_step(self, step: int) -> None:
        """Go to another field; from the last one to nowhere."""
        self.step(step)

    @on(Select.Changed)
    @on(Input.Submitted)
    def apply(self, event: Message) -> None:
        """Ask for the query that the fields describe, if the API would take it."""
        event.stop()
        query, problems = self._described()
        self._say(problems)
        if problems or query is None:
            return
        if query == self._query and isinstance(event, Select.Changed):
            return
        self._query = query
        self.post_message(self.Changed(query))

    def action_leave(self) -> None:
        """Go back; the fields say again what holds."""
        self.show(self._query)
        self.post_message(self.Left())

    def _described(self) -> tuple[Query | None, tuple[str, ...]]:
        values = {
            identity: self.query_one(f"#{identity}", Input).value.strip()
            for identity, _, _ in self.FIELDS
        }
        try:
            words = shlex.split(values["tags"])
        except ValueError:
            return None, ("The tags have an opening quote without a closing one.",)
        statuses = self.status.value
        query = replace(
            self._query,
            statuses=statuses if isinstance(statuses, tuple) else ANY,
            name=values["name"],
            invoke_id=values["invoke-id"],
            instance_id=values["instance-id"],
            resource_group_id=values["resource-group-id"],
            tags=tuple(map(TagFilter.parse, words)),
        )
        return query, query.problems()

    def _value(self, identity: str) -> str:
        if identity == "tags":
            return shlex.join(map(str, self._query.tags))
        return str(getattr(self._query, identity.replace("-", "_")))

    def _choices(self) -> list[tuple[Content, Statuses]]:
        choices = dict(STATUS_CHOICES)
        if self._query.statuses not in choices.values():
            choices[" or ".join(self._query.statuses)] = self._query.statuses
        return [(Content(words), statuses) for words, statuses in choices.items()]

    def _say(self, problems: tuple[str, ...]) -> None:
        text = "\n".join(printable(problem) for problem in problems)
        self.query_one("#problem", Static).update(Content(text))
