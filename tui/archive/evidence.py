"""What the questions of a post-mortem read: sends and their results, without contents."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from tui.archive.asking import scopes
from tui.archive.rows import INVOCATION_FIELDS, RESULT_FIELDS
from tui.archive.sources import Source, rows_of
from tui.records import UNFINISHED, InstanceResult, Invocation

MOST: Final = 100_000
"""The most sends that one question reads: the newest of them."""

NO_CONTENT: Final = hashlib.sha256(b"").digest()
"""Of a content that was not sent."""

Sent = tuple[Invocation, str]
"""A send with its results, without content and JSON, and the SHA-256 of the content as sent."""


def all_sent(connection: sqlite3.Connection, scope: str) -> list[str]:
    """Return the invoke IDs of everything that an identity has seen in a region, newest first."""
    rows = connection.execute(
        "SELECT invoke_id FROM invocation WHERE scope IN (SELECT value FROM json_each(?))"
        " ORDER BY created DESC LIMIT ?",
        (json.dumps(scopes(connection, scope)), MOST),
    )
    return [str(row[0]) for row in rows]


def count_seen(connection: sqlite3.Connection, scope: str) -> int:
    """Return how many sends an identity has seen in a region."""
    (count,) = connection.execute(
        "SELECT count(*) FROM invocation WHERE scope IN (SELECT value FROM json_each(?))",
        (json.dumps(scopes(connection, scope)),),
    ).fetchone()
    return int(count)


def same_name(connection: sqlite3.Connection, scope: str, invoke_id: str) -> list[str]:
    """Return the invoke IDs of the sends of files with the name that one of them has."""
    numbers = json.dumps(scopes(connection, scope))
    rows = connection.execute(
        "SELECT invoke_id FROM invocation WHERE scope IN (SELECT value FROM json_each(:scopes))"
        " AND name = (SELECT name FROM invocation WHERE invoke_id = :invoke_id"
        " AND scope IN (SELECT value FROM json_each(:scopes)) LIMIT 1)"
        " ORDER BY created DESC LIMIT :most",
        {"scopes": numbers, "invoke_id": invoke_id, "most": MOST},
    )
    return [str(row[0]) for row in rows]


def has_any(connection: sqlite3.Connection, source: Source) -> bool:
    """Say whether a source has any row."""
    statement, values = rows_of(connection, source)
    return connection.execute(f"{statement} LIMIT 1", values).fetchone() is not None


def last_seen(connection: sqlite3.Connection, source: Source) -> float | None:
    """Return when the latest answer about a row of a source came, in unix seconds."""
    statement, values = rows_of(connection, source)
    row = connection.execute(
        f"SELECT max(seen) FROM invocation WHERE id IN (SELECT id FROM ({statement}))", values
    ).fetchone()
    return None if row[0] is None else float(row[0])


def unfinished(connection: sqlite3.Connection, scope: str, most: int) -> list[str]:
    """Return the invoke IDs of the newest sends that may still change, at most so many."""
    rows = connection.execute(
        "SELECT invoke_id FROM invocation WHERE scope IN (SELECT value FROM json_each(?))"
        f" AND status IN {tuple(sorted(UNFINISHED))} ORDER BY created DESC LIMIT ?",
        (json.dumps(scopes(connection, scope)), most),
    )
    return [str(row[0]) for row in rows]


def sent(connection: sqlite3.Connection, scope: str, invoke_ids: Sequence[str]) -> list[Sent]:
    """Return what is kept of sends, in no order; those that were never seen are left out."""
    rows = connection.execute(
        f"SELECT id, content_hash, {', '.join(INVOCATION_FIELDS)} FROM invocation"
        " WHERE scope IN (SELECT value FROM json_each(?))"
        " AND invoke_id IN (SELECT value FROM json_each(?))",
        (json.dumps(scopes(connection, scope)), json.dumps(invoke_ids)),
    ).fetchall()
    results: defaultdict[int, list[InstanceResult]] = defaultdict(list)
    # A join would use no index where some of the rows are in memory and others in a file.
    for identity, *values in connection.execute(
        f"SELECT invocation, {', '.join(RESULT_FIELDS)} FROM result"
        " WHERE invocation IN (SELECT value FROM json_each(?))"
        " ORDER BY invocation, instance_id, occurrence",
        (json.dumps([row[0] for row in rows]),),
    ):
        results[identity].append(InstanceResult(*values))
    return [
        (
            Invocation(
                **dict(zip(INVOCATION_FIELDS, values, strict=True)),
                results=tuple(results[identity]),
            ),
            (digest or NO_CONTENT).hex(),
        )
        for identity, digest, *values in rows
    ]
