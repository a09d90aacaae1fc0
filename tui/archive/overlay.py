"""What is new in memory on top of a file that cannot take it, as if it were one database.

A connection has the database in memory attached as `overlay`, and for each table a temporary view
of the same name, which SQLite finds first: all rows of the overlay, and those of the file that
the overlay has no newer state of. What reads needs to know nothing of it. What writes names the
schema, and copies a row up before it changes it; what is in the file stays there.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Final

from tui.archive import schema

FIRST_ID: Final = 1 << 31
"""The ids of what is new begin here; a file never comes to so many, and four bytes hold them."""

_STILL_SEEN: Final = {
    "scope": "id NOT IN (SELECT id FROM overlay.scope)",
    "alias": "name NOT IN (SELECT name FROM overlay.alias)",
    "question": "id NOT IN (SELECT id FROM overlay.question)",
    "invocation": "id NOT IN (SELECT id FROM overlay.invocation)",
    "original": "invocation NOT IN (SELECT id FROM overlay.invocation)",
    "result": "invocation NOT IN (SELECT id FROM overlay.invocation)",
    "answer": "TRUE",
    "walk": "name NOT IN (SELECT name FROM overlay.walk)",
    "saved_view": "name NOT IN (SELECT name FROM overlay.saved_view)",
}
"""Which rows of the file are still to be seen, for each table."""


def lay(connection: sqlite3.Connection, uri: str) -> None:
    """Lay the overlay, made where it is new, on top of the file of a connection."""
    connection.execute("ATTACH ? AS overlay", (uri,))
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as alone:
        if not schema.version(alone):
            schema.migrate(alone)
            alone.execute("DELETE FROM sqlite_sequence")
            for table in ("scope", "question", "invocation"):
                alone.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, FIRST_ID))
    for table, condition in _STILL_SEEN.items():
        connection.execute(
            f"CREATE TEMP VIEW {table} AS SELECT * FROM overlay.{table}"
            f" UNION ALL SELECT * FROM main.{table} WHERE {condition}"
        )
