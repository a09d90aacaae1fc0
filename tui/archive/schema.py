"""The tables of the archive, and the steps that lead from any earlier version to this one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Final

TABLES: Final = (
    """
    CREATE TABLE scope (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        region TEXT NOT NULL,
        UNIQUE (name, region)
    )
    """,
    "CREATE TABLE alias (name TEXT PRIMARY KEY, stands_for TEXT NOT NULL) WITHOUT ROWID",
    """
    CREATE TABLE question (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        scope INTEGER NOT NULL,
        words TEXT NOT NULL,
        answers INTEGER NOT NULL DEFAULT 0,
        used REAL
    )
    """,
    "CREATE INDEX question_by_words ON question (scope, words)",
    "INSERT INTO sqlite_sequence VALUES ('question', abs(random() % 1000000000))",
    """
    CREATE TABLE invocation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        scope INTEGER NOT NULL,
        invoke_id TEXT NOT NULL,
        created REAL NOT NULL,
        seen REAL NOT NULL,
        creation_time TEXT NOT NULL,
        status TEXT NOT NULL,
        name TEXT NOT NULL,
        target_dir TEXT NOT NULL,
        content_type TEXT NOT NULL,
        description TEXT NOT NULL,
        file_owner TEXT NOT NULL,
        file_group TEXT NOT NULL,
        file_mode TEXT NOT NULL,
        overwrite TEXT NOT NULL,
        vm_count INTEGER NOT NULL,
        ok_count INTEGER NOT NULL,
        failed_count INTEGER NOT NULL,
        total_count INTEGER NOT NULL,
        tags TEXT NOT NULL,
        content_size INTEGER NOT NULL,
        content_hash BLOB NOT NULL,
        UNIQUE (scope, invoke_id)
    )
    """,
    "CREATE INDEX invocation_by_time ON invocation (scope, created DESC)",
    "CREATE INDEX invocation_unfinished ON invocation (scope, created DESC)"
    " WHERE status IN ('Pending', 'Running')",
    """
    CREATE TABLE original (
        invocation INTEGER PRIMARY KEY,
        raw BLOB NOT NULL,
        content BLOB
    )
    """,
    "CREATE INDEX original_with_content ON original (invocation) WHERE content IS NOT NULL",
    """
    CREATE TABLE result (
        invocation INTEGER NOT NULL,
        instance_id TEXT NOT NULL,
        occurrence INTEGER NOT NULL,
        status TEXT NOT NULL,
        error_code TEXT NOT NULL,
        error_info TEXT NOT NULL,
        creation_time TEXT NOT NULL,
        start_time TEXT NOT NULL,
        finish_time TEXT NOT NULL,
        update_time TEXT NOT NULL,
        PRIMARY KEY (invocation, instance_id, occurrence)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX result_by_instance ON result (instance_id)",
    """
    CREATE TABLE answer (
        question INTEGER NOT NULL,
        created REAL NOT NULL,
        invocation INTEGER NOT NULL,
        PRIMARY KEY (question, created DESC, invocation)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE walk (
        name TEXT PRIMARY KEY,
        question INTEGER NOT NULL,
        from_top INTEGER NOT NULL,
        started REAL NOT NULL,
        seen REAL NOT NULL,
        newest REAL,
        oldest REAL,
        pages INTEGER NOT NULL,
        records INTEGER NOT NULL,
        ended INTEGER NOT NULL,
        token TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX walk_of_question ON walk (question, started)",
    """
    CREATE TABLE saved_view (
        name TEXT PRIMARY KEY,
        words TEXT NOT NULL,
        sort_column TEXT NOT NULL,
        descending INTEGER NOT NULL,
        filter_text TEXT NOT NULL,
        invoke_id TEXT NOT NULL,
        saved REAL NOT NULL
    ) WITHOUT ROWID
    """,
)
"""A `scope` is an identity in a region, `alias` other names of identities, `question` a query of
one scope with the number of its answers and when it was last opened (unix seconds, NULL: never),
`answer` which invocations the API gave for it.

The ids are never used twice, so what one process removes another cannot take for something else;
those of questions begin anywhere, so that they can be taken along into another file.
Nothing refers by a foreign key: no deletion has to search for what refers to it.
`created` is in unix seconds and minus infinity where the API sent no time; it stands in `answer`
as well, so that the newest answers of a million are read off the key. `seen` is when the latest
answer came. `tags` is a JSON list of pairs. `content_hash` is the SHA-256 of the content as sent,
empty where none came. `original` has the API's own JSON, compressed, apart from what is sorted
and searched; its `content` is NULL where contents are not kept, and then they are not in `raw`
either. A result's key has an occurrence because nothing forbids the API to name an instance twice.
"""

STEPS: Final[tuple[tuple[str, ...], ...]] = (TABLES,)
"""The statements that lead from each version to the next; version 0 is an empty file."""


class NewerVersion(Exception):
    """A later version of the program has made the file."""


class Damaged(Exception):
    """A file that is not whole, or a database that something else has made."""


def version(connection: sqlite3.Connection) -> int:
    """Return the version of the tables; 0 where there are none yet."""
    return int(connection.execute("PRAGMA main.user_version").fetchone()[0])


def check(connection: sqlite3.Connection) -> None:
    """See that this program knows the tables, if there are any.

    Raises:
        NewerVersion: a later version has made them.
        Damaged: something else has made them.
    """
    with _one_moment(connection):
        found = version(connection)
        if found > len(STEPS):
            raise NewerVersion
        if not found and _tables(connection):
            raise Damaged


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to the present version, wholly or not at all.

    Raises:
        NewerVersion: they are of a later one; nothing was changed.
        Damaged: they are not ours; nothing was changed.
        sqlite3.Error: the file is damaged or cannot be written.
    """
    check(connection)
    if version(connection) == len(STEPS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster.
        check(connection)
        for statements in STEPS[version(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA main.user_version = {len(STEPS)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextlib.contextmanager
def _one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Let all that is read be of one moment: another process may be making the tables."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _tables(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM main.sqlite_master").fetchone()[0])
