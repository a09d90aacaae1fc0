"""What is new in memory on top of a file that cannot take it, as if it were one database.

A connection has the database in memory attached as `overlay`, and for each table a temporary view
of the same name, which SQLite finds first: all rows of the overlay, and those of the file that
the overlay has no newer state of. What reads needs to know nothing of it. What writes names the
schema, and copies a row up before it changes it; what is in the file stays there.

The views of the tables with many rows are there only while the overlay has any of theirs: SQLite
uses no index in a join with a view of two tables, and a question about a million rows that takes
milliseconds of the file alone would take half a minute.
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

MANY: Final = ("invocation", "original", "result", "answer")
"""The tables with many rows."""


def lay(connection: sqlite3.Connection, uri: str) -> None:
    """Lay the overlay, made where it is new, on top of the file of a connection."""
    connection.execute("ATTACH ? AS overlay", (uri,))
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as alone:
        if not schema.version(alone):
            schema.migrate(alone)
            alone.execute("DELETE FROM sqlite_sequence")
            for table in ("scope", "question", "invocation"):
                alone.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, FIRST_ID))
    for table in _STILL_SEEN:
        if table not in MANY:
            _lay(connection, table)


def fit(connection: sqlite3.Connection, *, changing: bool) -> None:
    """Have the tables with many rows read from both, or from the file while nothing is new.

    It belongs at the beginning of a transaction, so that what it finds holds until the end.

    Args:
        connection: with an overlay.
        changing: whether the transaction may put rows into the overlay.
    """
    wanted = changing or any(
        connection.execute(f"SELECT EXISTS (SELECT 1 FROM overlay.{table})").fetchone()[0]
        for table in MANY
    )
    if wanted == covers(connection):
        return
    for table in MANY:
        if wanted:
            _lay(connection, table)
        else:
            connection.execute(f"DROP VIEW temp.{table}")


def covers(connection: sqlite3.Connection) -> bool:
    """Say whether the tables with many rows are read from an overlay, too."""
    return bool(
        connection.execute(
            "SELECT EXISTS (SELECT 1 FROM temp.sqlite_master WHERE name = ?)", MANY[:1]
        ).fetchone()[0]
    )


def _lay(connection: sqlite3.Connection, table: str) -> None:
    connection.execute(
        f"CREATE TEMP VIEW {table} AS SELECT * FROM overlay.{table}"
        f" UNION ALL SELECT * FROM main.{table} WHERE {_STILL_SEEN[table]}"
    )
