"""The fields of the filter sidebar, in which a query is typed; made when somebody wants to type."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Select, Static

from tui.plain import printable
from tui.records import Query, TagFilter
from tui.widgets.filter_words import FIELDS, STATUS_CHOICES, Statuses, text_of

MAX_INPUT: Final = 2000
"""Characters that a field takes: room for 20 tags, and a bound on what a slip can paste."""

UNBALANCED: Final = "The tags have an opening quote without a closing one."


class FilterFields:
    """One field for each filter, and a line for what is wrong with what they say."""

    def __init__(self, query: Query) -> None:
        self.query = query
        """What the fields say, or what they were made of."""
        self.status: Select[Statuses] = Select(
            self._choices(), allow_blank=False, value=query.statuses, id="status", compact=True
        )
        self.inputs = {
            field.name: Input(
                text_of(query, field.name),
                placeholder=field.example,
                id=field.name,
                compact=True,
                max_length=MAX_INPUT,
                select_on_focus=False,
            )
            for field in FIELDS
        }
        for each in self.inputs.values():
            each.cursor_blink = False
        self._problem = Static("", id="problem", markup=False)

    @property
    def order(self) -> list[Widget]:
        """The fields from the top to the bottom."""
        return [self.status, *self.inputs.values()]

    def widgets(self) -> Iterator[Widget]:
        """Return what is to be mounted."""
        yield Label("Status", markup=False)
        yield self.status
        for field in FIELDS:
            yield Label(field.title, markup=False)
            yield self.inputs[field.name]
        yield self._problem

    def show(self, query: Query) -> None:
        """Show the filters of a query that came from elsewhere."""
        self.query = query
        if self.status.is_mounted:
            self._show_status()
        else:
            self.status.call_later(self._show_status)
        for name, field in self.inputs.items():
            with field.prevent(Input.Changed):
                field.value = text_of(query, name)
        self.say(())

    def say(self, problems: tuple[str, ...]) -> None:
        """Say what is wrong, or that nothing is."""
        self._problem.update(Content("\n".join(printable(problem) for problem in problems)))

    def described(self) -> tuple[Query | None, tuple[str, ...]]:
        """Return the query that the fields describe, and what the API would not take of it."""
        values = {name: field.value.strip() for name, field in self.inputs.items()}
        try:
            words = shlex.split(values["tags"])
        except ValueError:
            return None, (UNBALANCED,)
        statuses = self.status.value
        query = replace(
            self.query,
            statuses=statuses if isinstance(statuses, tuple) else (),
            name=values["name"],
            invoke_id=values["invoke-id"],
            instance_id=values["instance-id"],
            resource_group_id=values["resource-group-id"],
            tags=tuple(map(TagFilter.parse, words)),
        )
        return query, query.problems()

    def _show_status(self) -> None:
        with self.status.prevent(Select.Changed):
            self.status.set_options(self._choices())
            self.status.value = self.query.statuses

    def _choices(self) -> list[tuple[Content, Statuses]]:
        choices = dict(STATUS_CHOICES)
        if self.query.statuses not in choices.values():
            choices[" or ".join(self.query.statuses)] = self.query.statuses
        return [(Content(words), statuses) for words, statuses in choices.items()]
