"""The columns of the invocations table: what they say, how wide they are and which are dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.late_dataclass import dataclass
from tui.records import InvocationSummary
from tui.widgets.cells import fit
from tui.widgets.lines import Line, Span, Tone
from tui.widgets.words import TimeStyle, delivered, moment, status_tone, status_words

GAP: Final = "  "
"""Between two columns."""

GUTTER: Final = 2
"""Cells at the left for the mark and the space after it."""

INVOKE_ID_WIDTH: Final = 22
"""Cells for an invoke ID until a longer one is seen; it is never shortened."""


@dataclass(frozen=True)
class Context:
    """What the cells of a row depend on besides the row."""

    time_style: TimeStyle = TimeStyle.UTC
    now: datetime | None = None
    """The moment that ages count from; it moves only when the user asks."""


@dataclass(frozen=True)
class Column:
    """A column of the table."""

    name: str
    title: str
    width: int
    text: Callable[[InvocationSummary, Context], str]
    tone: Callable[[InvocationSummary], Tone] = lambda row: ""
    right: bool = False
    middle: bool = False
    grows: int = 0
    """The share of spare width that the column takes."""

    def cell(self, row: InvocationSummary, context: Context) -> Span:
        """Return the column's cell of a row, exactly as wide as the column."""
        text = fit(self.text(row, context), self.width, right=self.right, middle=self.middle)
        return Span(text, self.tone(row))


def _delivered_tone(row: InvocationSummary) -> Tone:
    return "failed" if row.failed_count else ""


COLUMNS: Final[tuple[Column, ...]] = (
    Column(
        "created",
        "Created",
        19,
        lambda row, context: moment(row.creation_time, context.time_style, now=context.now),
    ),
    Column(
        "status",
        "Status",
        15,
        lambda row, context: status_words(row.status),
        lambda row: status_tone(row.status),
    ),
    Column("name", "Name", 16, lambda row, context: row.name, middle=True, grows=3),
    Column(
        "ok",
        "OK/total",
        8,
        lambda row, context: delivered(row),
        _delivered_tone,
        right=True,
    ),
    Column("id", "Invoke ID", INVOKE_ID_WIDTH, lambda row, context: row.invoke_id),
    Column("dir", "Target dir", 20, lambda row, context: row.target_dir, middle=True, grows=2),
    Column("owner", "Owner", 10, lambda row, context: _owner(row)),
    Column("mode", "Mode", 5, lambda row, context: row.file_mode),
    Column("tags", "Tags", 24, lambda row, context: _tags(row), grows=3),
)
"""All columns in their order. The first four are never dropped."""

ALWAYS: Final = 4
"""How many columns from the left are shown at any width."""

NARROW_NAME: Final = 10
"""Cells that the name keeps where the columns that are never dropped must share little room."""

NARROW_CREATED: Final = 14
"""Cells of the creation time there: the year is left out."""


SHORT_NAME: Final = 12
"""Cells of the name where less is to be drawn."""

SHORT_CREATED: Final = 11
"""Cells of the creation time there: without the year and the seconds."""

SHORT_ORDER: Final = ("created", "ok", "name", "status")
"""The order there: what differs from row to row side by side, as each gap costs a jump."""


def arrange(
    width: int, *, scrolled: int = 0, id_width: int = INVOKE_ID_WIDTH, fewest: bool = False
) -> tuple[Column, ...]:
    """Return the columns that fit in `width` cells, widened to fill it.

    The first four are always there, and the others follow as far as they fit. Scrolled sideways
    by a number of columns, the first ones make room so that the column come to is there whole:
    they are narrowed, and where that is not enough only status and name stay. With `fewest` none
    follows that has not been scrolled to, the first are short and in another
    order, and the rest stays empty.
    """
    columns = [
        replace(column, width=id_width) if column.name == "id" else column for column in COLUMNS
    ]
    pinned, others = columns[:ALWAYS], columns[ALWAYS:]
    if fewest:
        pinned = sorted(map(_shortened, pinned), key=lambda column: SHORT_ORDER.index(column.name))
    if scrolled:
        unscrolled = _width([*pinned, others[0]]) <= width
        others = others[min(scrolled - (0 if unscrolled else 1), len(others) - 1) :]
        pinned = _make_room(pinned, width - len(GAP) - others[0].width)
    else:
        pinned = _squeezed(pinned, width)
    chosen = list(pinned)
    for column in others[: bool(scrolled)] if fewest else others:
        if _width([*chosen, column]) > width and not (scrolled and column is others[0]):
            break
        chosen.append(column)
    return tuple(chosen) if fewest else _widened(chosen, width - _width(chosen))


def header(
    columns: Iterable[Column], context: Context, sorted_by: str = "", arrow: str = ""
) -> Line:
    """Return the line of column titles; the title of the time column names the zone."""
    cells = []
    for column in columns:
        title = column.title
        if column.name == "created":
            title = f"{title} {context.time_style.value}"
        if column.name == sorted_by:
            title = f"{title} {arrow}"
        cells.append(fit(title, column.width, right=column.right))
    return Line((Span(" " * GUTTER + GAP.join(cells), "title"),))


def row_line(
    row: InvocationSummary, columns: Sequence[Column], context: Context, mark: str = ""
) -> Line:
    """Return the line of one invocation."""
    spans = [Span(fit(mark, GUTTER), "mark")]
    for number, column in enumerate(columns):
        if number:
            spans.append(Span(GAP, spans[-1].tone))
        spans.append(column.cell(row, context))
    return Line(tuple(spans), key=row.invoke_id)


def _width(columns: Sequence[Column]) -> int:
    return GUTTER + sum(column.width for column in columns) + len(GAP) * (len(columns) - 1)


def _make_room(columns: Sequence[Column], width: int) -> list[Column]:
    squeezed = _squeezed(columns, width)
    if _width(squeezed) <= width:
        return squeezed
    return [column for column in squeezed if column.name in ("status", "name")]


def _squeezed(columns: Sequence[Column], width: int) -> list[Column]:
    """Narrow first the name and then the creation time, as far as needed and sensible."""
    squeezed = list(columns)
    for number, column in enumerate(columns):
        missing = _width(squeezed) - width
        if column.name == "name" and missing > 0:
            squeezed[number] = replace(column, width=max(column.width - missing, NARROW_NAME))
    if _width(squeezed) > width and squeezed[0].width > NARROW_CREATED:
        squeezed[0] = replace(squeezed[0], width=NARROW_CREATED, text=_created_without_year)
    return squeezed


def _shortened(column: Column) -> Column:
    """Return a column as it is where less is to be drawn: its words say all, without colours."""
    if column.name == "created":
        return replace(column, width=SHORT_CREATED, text=_created_to_the_minute)
    if column.name == "status":
        # The sign before the word says the same, and takes three bytes.
        return replace(column, tone=lambda row: "", text=lambda row, context: row.status)
    width = SHORT_NAME if column.name == "name" else column.width
    return replace(column, width=width, tone=lambda row: "")


def _created_to_the_minute(row: InvocationSummary, context: Context) -> str:
    words = moment(row.creation_time, context.time_style, now=context.now)
    return words[5:16] if len(words) > NARROW_CREATED else words


def _created_without_year(row: InvocationSummary, context: Context) -> str:
    words = moment(row.creation_time, context.time_style, now=context.now)
    return words[5:] if len(words) > NARROW_CREATED else words


def _widened(columns: Sequence[Column], spare: int) -> tuple[Column, ...]:
    shares = sum(column.grows for column in columns)
    if spare <= 0 or not shares:
        return tuple(columns)
    widened = []
    for column in columns:
        extra = spare * column.grows // shares
        widened.append(replace(column, width=column.width + extra))
    return tuple(widened)


def _owner(row: InvocationSummary) -> str:
    if row.file_group in ("", row.file_owner):
        return row.file_owner
    return f"{row.file_owner}:{row.file_group}"


def _tags(row: InvocationSummary) -> str:
    return " ".join(f"{tag.key}={tag.value}" if tag.value else tag.key for tag in row.tags)
