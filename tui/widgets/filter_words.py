"""The filters of the sidebar in words: their titles and choices, and what a query says of each."""

from __future__ import annotations

import shlex
from typing import Final, NamedTuple

from tui.records import OVERALL_STATUSES, Query
from tui.widgets.lines import Line, Span, line

Statuses = tuple[str, ...]

ANY: Final[Statuses] = ()
BROKEN: Final[Statuses] = ("Failed", "PartialFailed")
"""Two walks merged, because the API takes one status at a time."""

STATUS_CHOICES: Final[tuple[tuple[str, Statuses], ...]] = (
    ("any", ANY),
    ("Failed or PartialFailed", BROKEN),
    *((status, (status,)) for status in OVERALL_STATUSES),
)


class Field(NamedTuple):
    """A filter that is typed."""

    name: str
    title: str
    example: str


FIELDS: Final = (
    Field("name", "Name", "exact file name"),
    Field("invoke-id", "Invoke ID", "f-…"),
    Field("instance-id", "Instance ID", "i-…"),
    Field("resource-group-id", "Resource group", "rg-…"),
    Field("tags", "Tags", "key=value key …"),
)

LINES_OF_A_FIELD: Final = 3
"""An empty one, the title, and what the field says."""


def text_of(query: Query, name: str) -> str:
    """Return what a query says of one field, as it is typed."""
    if name == "tags":
        return shlex.join(map(str, query.tags))
    return str(getattr(query, name.replace("-", "_")))


def filter_lines(query: Query) -> list[Line]:
    """Return the lines that show a query as its fields would."""
    chosen = {statuses: words for words, statuses in STATUS_CHOICES}
    status = chosen.get(query.statuses) or " or ".join(query.statuses)
    lines = [line(), line(Span("Status", "dim")), line(status)]
    for field in FIELDS:
        text = text_of(query, field.name)
        shown = Span(text) if text else Span(field.example, "dim")
        lines += [line(), line(Span(field.title, "dim")), line(shown)]
    return lines
