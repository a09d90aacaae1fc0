"""Which rows a view shows and in what order, as SQL over the table `invocation`."""

from __future__ import annotations

from typing import Final

from tui.archive.local_filter import LocalFilter
from tui.late_dataclass import dataclass

NEWEST_FIRST: Final = "invocation.created DESC, invocation.id ASC"
"""The API's own order; it leaves no two rows equal."""

_SEVERITY: Final = (
    "CASE invocation.status WHEN 'Failed' THEN 0 WHEN 'PartialFailed' THEN 1 WHEN 'Running' THEN 2"
    " WHEN 'Pending' THEN 3 WHEN 'Success' THEN 5 ELSE 4 END"
)

_TERMS: Final[dict[str, tuple[str, ...]]] = {
    "created": ("invocation.created",),
    "status": (_SEVERITY, "lower(invocation.status)"),
    "name": ("lower(invocation.name)",),
    "ok": (
        "-CAST(invocation.failed_count AS REAL) / max(invocation.total_count, 1)",
        "-invocation.failed_count",
    ),
    "id": ("lower(invocation.invoke_id)",),
    "dir": ("lower(invocation.target_dir)",),
    "owner": ("lower(invocation.file_owner)", "lower(invocation.file_group)"),
    "mode": ("lower(invocation.file_mode)",),
    "tags": ("invocation.tags <> '[]'", "lower(invocation.tags)"),
}
"""What each column of the table sorts by.

Status goes from the worst, with statuses that nobody has documented before Success; ok from the
largest share of failures, and among equal shares from the most; tags from the rows without any.
Text goes by its letters, of which those of ASCII are the same in either case.
"""


@dataclass(frozen=True)
class Sort:
    """A column to sort by, by its name in the table."""

    column: str
    descending: bool = False

    @property
    def terms(self) -> str:
        """Return the terms of ORDER BY; rows that are equal otherwise come newest first."""
        direction = "DESC" if self.descending else "ASC"
        terms = [f"{term} {direction}" for term in _TERMS[self.column]]
        return ", ".join([*terms, NEWEST_FIRST])


@dataclass(frozen=True)
class Arrangement:
    """Which answers a view shows and in what order."""

    order: str = NEWEST_FIRST
    """Terms of ORDER BY that leave no two rows equal."""
    where: str = "TRUE"
    parameters: tuple[str, ...] = ()
    """Values for the question marks of `where`."""

    @property
    def filters(self) -> bool:
        """Whether any row may be hidden."""
        return self.where != "TRUE"

    @property
    def is_plain(self) -> bool:
        """Whether all rows are shown, and in the API's own order."""
        return self.order == NEWEST_FIRST and not self.filters


def arrangement(sort: Sort | None, local_filter: LocalFilter) -> Arrangement:
    """Return the arrangement for a sort order and a local filter.

    Without an order it is the API's own. A filter with a problem hides nothing.
    """
    return Arrangement(
        sort.terms if sort else NEWEST_FIRST, local_filter.where, local_filter.parameters
    )
