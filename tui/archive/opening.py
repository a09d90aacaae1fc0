"""Opens the file of an archive, or finds another place for it, and says in a sentence why.

An archive is kept in one of three ways: in its file; in its file as far as that has come, with
what is new in memory on top of it; or in memory alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

from tui.archive import filesystems, schema
from tui.archive.places import Place, connect, in_file, in_memory, overlaid
from tui.late_dataclass import dataclass
from tui.plain import printable
from tui.resources import private_directory, reason

PRIVATE: Final = 0o600
"""The mode of the file."""

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
"""What the mode of the file must not have."""

CHECKED_BYTES: Final = 32 << 20
"""The largest file that is checked from end to end when it is opened, which takes 70 ms.

In a larger one damage is noticed where it is met.
"""

COMPANIONS: Final = ("-wal", "-shm", "-journal")
"""Ends of the names of the files that SQLite keeps beside a database."""


@dataclass(frozen=True)
class Opened:
    """A place, and what the user should know about it."""

    place: Place
    warning: str = ""
    """One sentence, or nothing."""


class Opener:
    """Opens one path, at first and again when something has happened to the file."""

    def __init__(
        self,
        path: Path | None,
        *,
        keep: bool = True,
        local: Callable[[Path], bool] = filesystems.is_local,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open nothing yet.

        Args:
            path: the file; None for an archive in memory.
            keep: whether what is new goes into the file.
            local: says whether SQLite's write-ahead log may be used for a file.
            clock: unix seconds, for the name of a damaged file.
        """
        self.path = path
        self._keep = keep
        self._local = local
        self._clock = clock

    def open(self) -> Opened:
        """Find a place for the archive; what is wrong with the file is never fatal."""
        path = self.path
        if path is None:
            return Opened(in_memory())
        try:
            if not (self._keep or path.exists()):
                return Opened(in_memory())
            return self._open(path)
        except schema.NewerVersion:
            return newer(path)
        except (OSError, sqlite3.Error, schema.Damaged) as error:
            return unusable(path, error)

    def _open(self, path: Path) -> Opened:
        exposed = _prepare(path)
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            return Opened(_readable(path), unwritable(path, "it is read-only"))
        warning = f"Others could read or write {_shown(path)}; now only you can." if exposed else ""
        inode = path.stat().st_ino
        try:
            place = self._settle(path)
        except (sqlite3.Error, schema.Damaged) as error:
            if not is_damage(error):
                raise
            warning = self.set_aside(path, inode) or warning
            _prepare(path)
            place = self._settle(path)
        return Opened(place if self._keep else overlaid(place), warning)

    def _settle(self, path: Path) -> Place:
        """Bring a file into its journal mode and to the present version, and check it."""
        local = self._local(path)
        with closing(connect(in_file(path))) as connection:
            if not local and path.with_name(f"{path.name}-wal").exists():
                # Somebody has or had a log; to be alone with the file needs no shared memory.
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            schema.check(connection)
            journal = _choose_journal(connection, local)
            schema.migrate(connection)
            if path.stat().st_size <= CHECKED_BYTES:
                _check(connection)
        return in_file(path, journal=journal)

    def set_aside(self, path: Path, inode: int) -> str:
        """Give a damaged file and its companions another name; return a sentence that says so.

        Where another process has put a new file in its place, nothing is done and said.

        Raises:
            OSError: it cannot be renamed.
        """
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock()))
        with _alone(path.parent):
            if not path.exists() or path.stat().st_ino != inode:
                return ""
            name = next(_free_names(path.with_name(f"{path.name}.damaged-{stamp}")))
            for end in ("", *COMPANIONS):
                with contextlib.suppress(FileNotFoundError):
                    path.with_name(path.name + end).rename(name.with_name(name.name + end))
        return (
            f"The archive {_shown(path)} was damaged; it is kept as {printable(name.name)},"
            " and a new one has been begun."
        )


def check_file(path: Path) -> bool:
    """See that an archive is ours to use; return whether others could read or write it.

    Raises:
        OSError: it is missing, a symbolic link, no file, or somebody else's.
    """
    # It is not opened to look: to close it would let go of the locks of our own connections.
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise OSError(0, "it is a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "it is not a regular file")
    if status.st_uid != os.geteuid():
        raise PermissionError(0, "it belongs to another user")
    return bool(status.st_mode & OTHERS)


def is_damage(error: Exception) -> bool:
    """Say whether an error means that a file is damaged, or is no archive at all."""
    damage = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return isinstance(error, schema.Damaged) or primary_code(error) in damage


def primary_code(error: Exception) -> int:
    """Return SQLite's own code for an error; 0 where it is none of SQLite's."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def newer(path: Path) -> Opened:
    """Go into memory because of a file that a later version of the program has made."""
    return Opened(
        in_memory(),
        f"The archive {_shown(path)} is of a newer version of this program and is left alone;"
        " what is seen now is kept in memory.",
    )


def unusable(path: Path, error: Exception) -> Opened:
    """Go into memory because of a file that cannot be used."""
    why = reason(error) if isinstance(error, OSError) else printable(str(error) or "it is damaged")
    return Opened(
        in_memory(),
        f"The archive {_shown(path)} cannot be used: {why}; what is seen now is kept in memory.",
    )


def unwritable(path: Path, why: str) -> str:
    """Say that what is new does not go into the file."""
    return (
        f"The archive {_shown(path)} cannot be written: {printable(why)};"
        " what is new is kept in memory."
    )


def _prepare(path: Path) -> bool:
    """See that the file is there, ours and private; return whether others could use it before."""
    private_directory(path.parent)
    with contextlib.suppress(FileExistsError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags, PRIVATE)
        os.fchmod(descriptor, PRIVATE)
        os.close(descriptor)
    exposed = check_file(path)
    if exposed:
        path.chmod(PRIVATE)
    return exposed


def _choose_journal(connection: sqlite3.Connection, local: bool) -> str:
    """Choose how transactions are made whole, and return it.

    With the write-ahead log one process reads or sorts while another writes, and a page does not
    wait for the disk. But it takes memory that all who open the file share, which a network file
    system cannot give, so elsewhere it is a journal.
    """
    if not schema.version(connection):
        # Only a new file takes this: pages that are set free can be given back in portions.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    if local:
        # Another process that is busy with the file keeps it as it is.
        with contextlib.suppress(sqlite3.OperationalError):
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return "WAL" if mode == "wal" else ""
        return ""
    connection.execute("PRAGMA journal_mode = TRUNCATE").fetchone()
    connection.execute("PRAGMA locking_mode = NORMAL").fetchone()
    return "TRUNCATE"


def _check(connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise schema.Damaged


def _readable(path: Path) -> Place:
    """Return the place of a file that cannot be written.

    Raises:
        sqlite3.Error: it cannot be read either, is damaged, or of an earlier version.
        schema.NewerVersion: it is of a later version.
    """
    # Where the log's shared memory cannot be made, the file alone is read.
    for place in (in_file(path, "ro"), in_file(path, "ro&immutable=1")):
        try:
            with closing(connect(place)) as connection:
                schema.check(connection)
                if schema.version(connection) < len(schema.STEPS):
                    raise sqlite3.NotSupportedError("it is of an older version and read-only")
        except sqlite3.OperationalError as error:
            failure = error
        else:
            return overlaid(place)
    raise failure


def _shown(path: Path) -> str:
    return printable(str(path))


def _free_names(path: Path) -> Iterator[Path]:
    """Yield `path`, and with a number, where there is no such file yet."""
    for number in count(1):
        each = path if number == 1 else path.with_name(f"{path.name}-{number}")
        if not each.exists():
            yield each


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Keep other processes of ours from doing the same; where there are no locks, hope."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
