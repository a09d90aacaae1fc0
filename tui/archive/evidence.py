"""What the questions of a post-mortem read: sends and their results, without contents."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from tui.archive.store import INVOCATION_FIELDS, RESULT_FIELDS
from tui.records import InstanceResult, Invocation

MOST: Final = 100_000
"""The most sends that one question reads: the newest of them."""

Sent = tuple[Invocation, str]
"""A send with its results, without content and JSON, and the SHA-256 of the content as sent."""


def all_sent(connection: sqlite3.Connection, scope: str) -> list[str]:
    """Return the invoke IDs of everything that an identity has seen in a region, newest first."""
    rows = connection.execute(
        "SELECT invoke_id FROM invocation WHERE scope = ? ORDER BY created DESC LIMIT ?",
        (scope, MOST),
    )
    return [str(row[0]) for row in rows]


def sent(connection: sqlite3.Connection, scope: str, invoke_ids: Sequence[str]) -> list[Sent]:
    """Return what is kept of sends, in no order; those that were never seen are left out."""
    wanted = json.dumps(invoke_ids)
    results: defaultdict[int, list[InstanceResult]] = defaultdict(list)
    for identity, *values in connection.execute(
        f"SELECT invocation, {', '.join('result.' + field for field in RESULT_FIELDS)}"
        " FROM invocation JOIN result ON result.invocation = invocation.id"
        " WHERE scope = ? AND invoke_id IN (SELECT value FROM json_each(?))"
        " ORDER BY instance_id, occurrence",
        (scope, wanted),
    ):
        results[identity].append(InstanceResult(*values))
    rows = connection.execute(
        f"SELECT id, content, {', '.join(INVOCATION_FIELDS)} FROM invocation"
        " WHERE scope = ? AND invoke_id IN (SELECT value FROM json_each(?))",
        (scope, wanted),
    )
    return [
        (
            Invocation(
                **dict(zip(INVOCATION_FIELDS, values, strict=True)),
                results=tuple(results[identity]),
            ),
            hashlib.sha256(zlib.decompress(content)).hexdigest(),
        )
        for identity, content, *values in rows
    ]
