"""Recent queries and saved views."""

from __future__ import annotations

import json
import sqlite3
from typing import Final

from tui.archive.asking import read_query, scopes, write_query
from tui.archive.places import Connection
from tui.late_dataclass import dataclass
from tui.records import Query

MOST_RECENT: Final = 50
"""Recent queries that are told, the latest ones."""


@dataclass(frozen=True)
class RecentQuery:
    """A query that was opened before."""

    query: Query
    scope: str
    """The identity that asked."""
    used: float
    """When it was opened last, in unix seconds."""
    rows: int
    """How many invocations are known as answers to it."""


@dataclass(frozen=True)
class SavedView:
    """A query with all that makes its view, under a name."""

    name: str
    query: Query
    sort_column: str = ""
    """The column the rows are sorted by; empty: the service's own order, newest first."""
    descending: bool = False
    filter_text: str = ""
    """The local filter as it was typed."""
    invoke_id: str = ""
    """The row under the cursor."""
    saved: float = 0.0
    """When it was saved, in unix seconds."""


def use(connection: Connection, question: int, now: float) -> None:
    """Note that a question has been opened just now."""
    connection.copy_up("question", "id = ?", question)
    connection.execute(
        f"UPDATE {connection.into}.question SET used = ? WHERE id = ?", (now, question)
    )


def recent_queries(connection: sqlite3.Connection, scope: str = "") -> list[RecentQuery]:
    """Return the queries that were opened under a scope, or under any, the latest first."""
    rows = connection.execute(
        "SELECT words, scope.name, max(used), answers FROM question"
        " JOIN scope ON scope.id = question.scope WHERE used IS NOT NULL"
        " AND scope.id IN (SELECT value FROM json_each(?))"
        " GROUP BY words, scope.id ORDER BY max(used) DESC LIMIT ?",
        (json.dumps(scopes(connection, scope)), MOST_RECENT),
    )
    return [
        RecentQuery(query, name, used, answers)
        for words, name, used, answers in rows
        if (query := _readable(words)) is not None
    ]


def previous_query(connection: sqlite3.Connection, scope: str, present: Query) -> Query | None:
    """Return the query that was opened last before the present one, or None."""
    words = write_query(present)
    return next(
        (
            recent.query
            for recent in recent_queries(connection, scope)
            if write_query(recent.query) != words
        ),
        None,
    )


def save_view(connection: Connection, view: SavedView) -> None:
    """Keep a view under its name, in place of one that has it."""
    connection.execute(
        f"INSERT OR REPLACE INTO {connection.into}.saved_view VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            view.name,
            write_query(view.query),
            view.sort_column,
            view.descending,
            view.filter_text,
            view.invoke_id,
            view.saved,
        ),
    )


def saved_views(connection: sqlite3.Connection) -> list[SavedView]:
    """Return the views that are saved, by name."""
    rows = connection.execute(
        "SELECT name, words, sort_column, descending, filter_text, invoke_id, saved"
        " FROM saved_view ORDER BY lower(name), name"
    )
    return [
        SavedView(name, query, column, bool(descending), *rest)
        for name, words, column, descending, *rest in rows
        if (query := _readable(words)) is not None
    ]


def delete_view(connection: Connection, name: str) -> bool:
    """Delete a saved view; return whether it is gone, which in a read-only file it is not."""
    connection.execute(f"DELETE FROM {connection.into}.saved_view WHERE name = ?", (name,))
    return not connection.execute("SELECT 1 FROM saved_view WHERE name = ?", (name,)).fetchone()


def _readable(words: str) -> Query | None:
    try:
        return read_query(words)
    except ValueError:
        return None
