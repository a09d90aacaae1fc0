"""Who asked what: scopes, the questions asked in them, and queries as text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from tui.archive.places import Connection
from tui.records import Query, TagFilter


def write_query(query: Query) -> str:
    """Return a query as JSON; queries that ask for the same are the same text."""
    return json.dumps(
        {
            "region": query.region,
            "invoke_id": query.invoke_id,
            "name": query.name,
            "instance_id": query.instance_id,
            "statuses": sorted(query.statuses),
            "resource_group_id": query.resource_group_id,
            "tags": sorted(
                ((tag.key, tag.value) for tag in query.tags),
                key=lambda tag: (tag[0], tag[1] is not None, tag[1]),
            ),
        },
        sort_keys=True,
    )


def read_query(words: str) -> Query:
    """Read what `write_query` has written.

    Raises:
        ValueError: it is something else.
    """
    try:
        values: dict[str, Any] = json.loads(words)
        tags = tuple(TagFilter(str(key), value) for key, value in values.pop("tags"))
        return Query(**values | {"statuses": tuple(values["statuses"]), "tags": tags})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError("the words are those of no query") from error


def canonical(connection: sqlite3.Connection, name: str) -> str:
    """Return the name under which a scope's rows are kept: its own, or the one it stands for."""
    row = connection.execute("SELECT stands_for FROM alias WHERE name = ?", (name,)).fetchone()
    return name if row is None else str(row[0])


def scopes(connection: sqlite3.Connection, name: str = "", region: str = "") -> list[int]:
    """Return the numbers of the scopes of that name and region; an empty string fits every one."""
    rows = connection.execute(
        "SELECT id FROM scope WHERE (:name = '' OR name = :name)"
        " AND (:region = '' OR region = :region) ORDER BY id",
        {"name": canonical(connection, name), "region": region},
    )
    return [int(row[0]) for row in rows]


def find_question(connection: sqlite3.Connection, scope: str, query: Query) -> int | None:
    """Return the number of a question, or None if nobody has asked it."""
    row = connection.execute(
        "SELECT question.id FROM question JOIN scope ON scope.id = question.scope"
        " WHERE scope.name = ? AND scope.region = ? AND words = ?"
        " ORDER BY question.id LIMIT 1",
        (canonical(connection, scope), query.region, write_query(query)),
    ).fetchone()
    return None if row is None else int(row[0])


def ask(connection: Connection, scope: str, query: Query) -> int:
    """Return the number of a question, which is a new one if nobody has asked it yet."""
    found = find_question(connection, scope, query)
    if found is not None:
        return found
    number = scope_number(connection, canonical(connection, scope), query.region)
    cursor = connection.execute(
        f"INSERT INTO {connection.into}.question (scope, words) VALUES (?, ?)",
        (number, write_query(query)),
    )
    return int(cursor.lastrowid or 0)


def restore(connection: Connection, questions: Mapping[int, tuple[str, Query]]) -> None:
    """Ask questions anew under the numbers that they had in an archive that is lost."""
    for question, (scope, query) in questions.items():
        number = scope_number(connection, canonical(connection, scope), query.region)
        connection.execute(
            f"INSERT OR IGNORE INTO {connection.into}.question (id, scope, words) VALUES (?, ?, ?)",
            (question, number, write_query(query)),
        )


def scope_number(connection: Connection, name: str, region: str) -> int:
    """Return the number of a scope, which is a new one if it has none yet."""
    row = connection.execute(
        "SELECT id FROM scope WHERE name = ? AND region = ?", (name, region)
    ).fetchone()
    if row is not None:
        return int(row[0])
    cursor = connection.execute(
        f"INSERT INTO {connection.into}.scope (name, region) VALUES (?, ?)", (name, region)
    )
    return int(cursor.lastrowid or 0)
