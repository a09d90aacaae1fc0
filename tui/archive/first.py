"""The first rows of a query, for the first frame: looked up at once, before there is an event loop.

Nothing is made, repaired or waited for: where the file is not as it should be there are no rows
yet, and opening the archive deals with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import field
from pathlib import Path
from typing import Final

from tui.archive import schema
from tui.archive.asking import find_question
from tui.archive.opening import check_file
from tui.archive.places import Connection, connect, in_file
from tui.archive.positions import first
from tui.archive.rows import read_rows
from tui.archive.sources import Answers
from tui.archive.walks import Completeness, read_completeness
from tui.late_dataclass import dataclass
from tui.records import InvocationSummary, Query

BUSY_TIMEOUT: Final = 0.02
"""Seconds to wait for somebody who is just writing."""


@dataclass(frozen=True)
class FirstRows:
    """What the archive has to show before it is open."""

    rows: Sequence[InvocationSummary] = ()
    """The newest ones."""
    total: int = 0
    """How many answers the query has in the archive."""
    completeness: Completeness = field(default_factory=Completeness)


def first_rows(path: Path, scope: str, query: Query, limit: int) -> FirstRows:
    """Return at most `limit` rows for a query, newest first, in a few milliseconds."""
    try:
        check_file(path)
        with closing(connect(in_file(path, "ro"), timeout=BUSY_TIMEOUT)) as connection:
            schema.check(connection)
            return _look(connection, scope, query, limit)
    except (OSError, sqlite3.Error, schema.NewerVersion, schema.Damaged):
        return FirstRows()


def _look(connection: Connection, scope: str, query: Query, limit: int) -> FirstRows:
    question = find_question(connection, scope, query)
    if question is None:
        return FirstRows()
    ids = first(connection, Answers(question), limit).ids
    rows = read_rows(connection, ids)
    (total,) = connection.execute(
        "SELECT answers FROM question WHERE id = ?", (question,)
    ).fetchone()
    return FirstRows(
        tuple(rows[each].summary for each in ids if each in rows),
        int(total),
        read_completeness(connection, question),
    )
