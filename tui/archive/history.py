"""Everything that was sent to one instance, in time order."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from typing import Final

from tui.archive.asking import scopes
from tui.archive.rows import RESULT_FIELDS, SUMMARY_COLUMNS, summary_of
from tui.late_dataclass import dataclass
from tui.records import InstanceResult, InvocationSummary

MOST: Final = 500
"""The most sends that are told at once, unless told otherwise."""


@dataclass(frozen=True)
class Sent:
    """One send to the instance, and what became of it there."""

    invocation: InvocationSummary
    result: InstanceResult
    scope: str
    """The identity that has seen it."""
    place: tuple[float, int]
    """Where it stands in time; `before` it the next portion goes on."""


def read_history(
    connection: sqlite3.Connection,
    instance_id: str,
    *,
    scope: str = "",
    region: str = "",
    before: tuple[float, int] | None = None,
    limit: int = MOST,
) -> list[Sent]:
    """Return what was sent to an instance, the newest first.

    Args:
        connection: to the archive.
        instance_id: the instance.
        scope: the identity that has seen it; empty: any.
        region: where the instance is; empty: anywhere.
        before: the place of the last send that is known already; None: from the newest on.
        limit: the most sends that are returned.
    """
    created, identity = before or (float("inf"), 0)
    # In two steps: a join would use no index where some of the rows are in memory and others in a
    # file.
    results: defaultdict[int, list[InstanceResult]] = defaultdict(list)
    for number, *values in connection.execute(
        f"SELECT invocation, {', '.join(RESULT_FIELDS)} FROM result WHERE instance_id = ?"
        " ORDER BY invocation, occurrence",
        (instance_id,),
    ):
        results[number].append(InstanceResult(*values))
    rows = connection.execute(
        f"SELECT invocation.created, invocation.id, scope.name, {SUMMARY_COLUMNS}"
        " FROM invocation JOIN scope ON scope.id = invocation.scope"
        " WHERE invocation.id IN (SELECT value FROM json_each(:numbers))"
        " AND invocation.scope IN (SELECT value FROM json_each(:scopes))"
        " AND (invocation.created < :created"
        " OR invocation.created = :created AND invocation.id > :id)"
        " ORDER BY invocation.created DESC, invocation.id LIMIT :limit",
        {
            "numbers": json.dumps(list(results)),
            "scopes": json.dumps(scopes(connection, scope, region)),
            "created": created,
            "id": identity,
            "limit": limit,
        },
    )
    return [
        Sent(summary_of(row[3:]), result, str(row[2]), (float(row[0]), int(row[1])))
        for row in rows
        for result in results[row[1]]
    ]
