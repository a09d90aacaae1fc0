"""How much is kept: figures of the archive, and letting go of what is too old or too much."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from tui.archive.originals import compress, decompress, without_content
from tui.archive.places import Connection
from tui.late_dataclass import dataclass

PORTION: Final = 250
"""Invocations that one transaction lets go of: some 30 ms."""

TIDIED: Final = 2_000
"""Invocations that are let go of when the archive is closed: a quarter of a second.

A session that brings more leaves the rest to the next ones.
"""

FREED: Final = 2_000
"""Pages of the file that one transaction gives back."""


@dataclass(frozen=True)
class Bounds:
    """How much is kept."""

    max_age: float = math.inf
    """Seconds since an invocation was created, or seen, where it has no time."""
    max_bytes: float = math.inf
    """Of the file."""


UNBOUNDED: Final = Bounds()
"""Everything is kept."""


@dataclass(frozen=True)
class ArchiveInfo:
    """What the archive holds."""

    path: Path | None
    """None where it is in memory."""
    bytes: int
    """Of the file and SQLite's own beside it; in memory, of the database."""
    version: int
    """Of the tables."""
    scopes: tuple[tuple[str, str], ...]
    """Identities and regions."""
    invocations: int
    results: int
    contents: int
    """Invocations whose content is kept."""
    oldest: float | None
    """Creation time of the oldest invocation, in unix seconds."""
    newest: float | None
    """Creation time of the newest invocation, in unix seconds."""
    walks: int
    saved_views: int


class Write(Protocol):
    """Runs work as one writing transaction."""

    def __call__(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run `work(connection, …)` and return what it returns."""


def read_info(connection: Connection) -> ArchiveInfo:
    """Count what there is; at a million records that takes a second."""
    path = connection.place.path

    def one(query: str) -> Any:
        return connection.execute(query).fetchone()[0]

    finite = "FROM invocation WHERE abs(created) < 9e999"
    return ArchiveInfo(
        path=path,
        bytes=used_bytes(connection) if path is None else _size(path),
        version=one("PRAGMA main.user_version"),
        scopes=tuple(connection.execute("SELECT name, region FROM scope ORDER BY name, region")),
        invocations=one("SELECT count(*) FROM invocation"),
        results=one("SELECT count(*) FROM result"),
        contents=one("SELECT count(*) FROM original WHERE content IS NOT NULL"),
        oldest=one(f"SELECT min(created) {finite}"),
        newest=one(f"SELECT max(created) {finite}"),
        walks=one("SELECT count(*) FROM walk"),
        saved_views=one("SELECT count(*) FROM saved_view"),
    )


def used_bytes(connection: sqlite3.Connection) -> int:
    """Return how many bytes of the database are in use."""
    pages, free, size = (
        int(connection.execute(f"PRAGMA main.{name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def drop_portion(connection: Connection, bounds: Bounds, now: float) -> int:
    """Let go of some of what is beyond the bounds, the oldest first; return how many there were.

    Pages that are set free before are given back to the disk.
    """
    gone = _too_old(connection, now - bounds.max_age)
    if not gone and used_bytes(connection) > bounds.max_bytes:
        gone = _too_old(connection, math.inf)
    _drop(connection, gone)
    give_back(connection)
    return len(gone)


def give_back(connection: sqlite3.Connection) -> bool:
    """Make the file smaller by some of its free pages; return whether there were any."""
    free = int(connection.execute("PRAGMA main.freelist_count").fetchone()[0])
    connection.execute(f"PRAGMA main.incremental_vacuum({FREED})").fetchall()
    return free > 0


def drop_contents(connection: Connection) -> int:
    """Let go of some contents of files; return of how many."""
    rows = connection.execute(
        "SELECT invocation, raw FROM original WHERE content IS NOT NULL LIMIT ?", (PORTION,)
    ).fetchall()
    connection.executemany(
        "UPDATE original SET content = NULL, raw = ? WHERE invocation = ?",
        [(compress(without_content(decompress(raw))), identity) for identity, raw in rows],
    )
    return len(rows)


def tidy(write: Write, bounds: Bounds, now: float, *, contents: bool) -> None:
    """Keep to the bounds, and keep no contents where that is not wanted, within short time."""
    for _ in range(TIDIED // PORTION):
        dropped = 0 if contents else write(drop_contents)
        if bounds != UNBOUNDED:
            dropped += write(drop_portion, bounds, now)
        if not dropped:
            return


def _too_old(connection: sqlite3.Connection, limit: float) -> list[tuple[float, int]]:
    """Return creation times and ids of the oldest invocations from before a time."""
    rows: list[tuple[float, int]] = []
    for (scope,) in connection.execute("SELECT id FROM scope").fetchall():
        rows += connection.execute(
            "SELECT created, id FROM invocation WHERE scope = ? AND created < ?"
            " AND (created > ? OR seen < ?) ORDER BY created LIMIT ?",
            (scope, limit, -math.inf, limit, PORTION),
        )
    return sorted(rows)[:PORTION]


def _drop(connection: sqlite3.Connection, gone: Sequence[tuple[float, int]]) -> None:
    if not gone:
        return
    for (question,) in connection.execute("SELECT id FROM question").fetchall():
        answers = connection.executemany(
            "DELETE FROM answer WHERE question = ? AND created = ? AND invocation = ?",
            [(question, created, identity) for created, identity in gone],
        ).rowcount
        connection.execute(
            "UPDATE question SET answers = max(answers - ?, 0) WHERE id = ?", (answers, question)
        )
    ids = json.dumps([identity for _, identity in gone])
    for table, column in (
        ("result", "invocation"),
        ("original", "invocation"),
        ("invocation", "id"),
    ):
        connection.execute(
            f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))", (ids,)
        )


def _size(path: Path) -> int:
    names = (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-journal"))
    return sum(each.stat().st_size for each in names if each.exists())
