"""Where rows come from and whether they are all there are: what every export says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tui.plain import printable
from tui.records import Query
from tui.triage.words import LONGEST, counted, moment


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an export was made of."""

    query: Query
    """With its region."""
    identity: str
    """Who asked, in words: profile, account; never a key or a token."""
    fetched_at: datetime | None
    """When the last page arrived; None where nothing was fetched."""
    pages: int
    """How many pages were read."""
    complete: bool
    """Whether the walk reached its end, so that the rows are all that the service had."""
    version: str
    """Of the program."""
    remark: str = ""
    """What the rows must be read with: why they are not complete, a local filter, the archive."""

    @property
    def completeness(self) -> str:
        """Whether these are all rows, as one printable sentence."""
        if self.complete:
            sentence = "Complete: the service had no more."
        else:
            sentence = "Incomplete: there may be more than this."
        remark = printable(self.remark, LONGEST)
        return f"{sentence} {remark}" if remark else sentence

    def facts(self) -> Iterator[tuple[str, str]]:
        """Yield each fact by a name, as printable text."""
        yield "Query", query_words(self.query)
        yield "Region", printable(self.query.region, LONGEST)
        yield "Identity", printable(self.identity, LONGEST)
        yield "Fetched at", moment(self.fetched_at)
        yield "Pages", counted(self.pages, "page")
        yield "Completeness", self.completeness
        yield "Version", printable(self.version, LONGEST)

    def document(self) -> dict[str, object]:
        """Return the same as values for JSON."""
        query = self.query
        return {
            "Query": query_words(query),
            "Region": query.region,
            "InvokeId": query.invoke_id,
            "Name": query.name,
            "InstanceId": query.instance_id,
            "InvocationStatus": list(query.statuses),
            "ResourceGroupId": query.resource_group_id,
            "Tags": [{"TagKey": tag.key, "TagValue": tag.value} for tag in query.tags],
            "Identity": self.identity,
            "FetchedAt": iso(self.fetched_at),
            "Pages": self.pages,
            "Complete": self.complete,
            "Remark": self.remark,
            "Version": self.version,
        }


def iso(value: datetime | None) -> str | None:
    """Return a time as the API writes it."""
    return None if value is None else f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def query_words(query: Query) -> str:
    """Return a query in words: what narrows it, or that nothing does."""
    return ", ".join(_filters(query)) or "every send"


def _filters(query: Query) -> Iterator[str]:
    for what, value in (
        ("invocation", query.invoke_id),
        ("name", query.name),
        ("instance", query.instance_id),
        ("resource group", query.resource_group_id),
        ("status", " or ".join(query.statuses)),
    ):
        if value:
            yield f"{what} {printable(value, LONGEST)}"
    for tag in query.tags:
        yield f"tag {printable(str(tag), LONGEST)}"
