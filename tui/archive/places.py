"""Where an archive is kept, and the connections to it."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tui.archive import local_filter, overlay, schema
from tui.late_dataclass import dataclass

BUSY_TIMEOUT: Final = 10.0
"""Seconds to wait for another process that is writing; a page takes it a few milliseconds."""

_numbers = count(1)


@dataclass(frozen=True)
class Place:
    """What the connections of an archive connect to."""

    uri: str
    number: int
    """Tells one set of rows from another: ids hold as long as it is the same."""
    path: Path | None = None
    """The file; None in memory."""
    inode: int = 0
    """Of the file: another process may have put a new one in its place."""
    journal: str = ""
    """`WAL` or `TRUNCATE`; empty: as the file has it."""
    overlay: str = ""
    """The database in memory that takes what is new, where the file does not."""
    sort_in_memory: bool = False
    """Whether not even what is being sorted may be put on a disk."""


class Connection(sqlite3.Connection):
    """A connection that knows its place; whoever made it closes it, in whatever thread."""

    place: Place

    @property
    def into(self) -> str:
        """The schema that takes what is written."""
        return "overlay" if self.place.overlay else "main"

    def copy_up(self, table: str, condition: str, *values: object) -> None:
        """Bring rows of the file into the overlay, if there is one, to be changed there."""
        if self.place.overlay:
            self.execute(
                f"INSERT OR IGNORE INTO overlay.{table}"
                f" SELECT * FROM main.{table} WHERE {condition}",
                values,
            )


def in_file(path: Path, mode: str = "rw", journal: str = "") -> Place:
    """Return the place of an existing file.

    Raises:
        OSError: there is no such file.
    """
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    return Place(uri, next(_numbers), path, path.stat().st_ino, journal)


def in_memory() -> Place:
    """Return a new place in memory; it lasts as long as there is a connection to it."""
    return Place(_memory_uri(), next(_numbers))


def overlaid(place: Place) -> Place:
    """Return the same place, with a new overlay that takes what is written."""
    return replace(place, overlay=_memory_uri())


def connect(place: Place, *, timeout: float = BUSY_TIMEOUT) -> Connection:
    """Return a new connection to a place.

    Raises:
        sqlite3.Error: the file cannot be opened.
    """
    connection = sqlite3.connect(
        place.uri,
        uri=True,
        timeout=timeout,
        # Transactions are begun where they are meant.
        isolation_level=None,
        check_same_thread=False,
        factory=Connection,
    )
    connection.place = place
    try:
        _configure(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: Connection) -> None:
    place = connection.place
    # Of a text that is damaged the rest is shown.
    connection.text_factory = _text
    local_filter.prepare(connection)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA secure_delete = FAST")
    if place.sort_in_memory:
        connection.execute("PRAGMA temp_store = MEMORY")
    if place.journal == "WAL":
        # A log that is not waited for may lose its end to a power cut, and never the file.
        connection.execute("PRAGMA synchronous = NORMAL")
    elif place.journal:
        connection.execute(f"PRAGMA journal_mode = {place.journal}").fetchone()
    if place.path is None:
        schema.migrate(connection)
    if place.overlay:
        overlay.lay(connection, place.overlay)


def _memory_uri() -> str:
    # A name that begins with a slash is the same database for every connection of the process.
    return f"file:/{os.urandom(8).hex()}?vfs=memdb"


def _text(text: bytes) -> str:
    return text.decode("utf-8", "replace")
