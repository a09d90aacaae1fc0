"""Work on the archive within one thread: transactions, and what to do when the file fails them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Concatenate, Final, ParamSpec, TypeVar

from tui.archive import asking, overlay, schema
from tui.archive.opening import (
    Opened,
    Opener,
    is_damage,
    newer,
    primary_code,
    unusable,
    unwritable,
)
from tui.archive.places import Connection, Place, connect, in_memory, overlaid
from tui.records import Query

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

CHECK_EVERY: Final = 10_000
"""Instructions of SQLite between two looks at whether the work is still wanted."""

ATTEMPTS: Final = 4
"""How often work is begun, each time in another place, before its error is raised."""

_FAULTS: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
"""Errors that are the fault of a file or its disk, and not of the statement."""


class GivenUp(Exception):
    """Work that was not wanted any more and has been interrupted; it has changed nothing."""


class Reader:
    """Reads by a connection of its own. All its methods belong to one thread."""

    def __init__(
        self, place: Callable[[], Place], recover: Callable[[Place, sqlite3.Error], None]
    ) -> None:
        """Connect when there is something to read.

        Args:
            place: returns where to read now.
            recover: finds another place after an error, or raises it.
        """
        self._place = place
        self._recover = recover
        self._connection: Connection | None = None
        self._wanted: Callable[[], bool] | None = None
        self._stopped = False

    def read(
        self,
        work: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run `work(connection, …)` on one state of the archive.

        Where the file fails it is run anew in another place, so it changes nothing of its own
        before it is done.

        Raises:
            GivenUp: it runs within `only_while` and is not wanted any more.
        """
        return self._attempt("BEGIN", lambda connection: work(connection, *args, **kwargs))

    @contextlib.contextmanager
    def only_while(self, wanted: Callable[[], bool]) -> Iterator[None]:
        """Interrupt what is read within as soon as `wanted` is false; it is asked often."""
        self._wanted = lambda: wanted() and not self._stopped
        try:
            yield
        finally:
            self._wanted = None

    def stop(self) -> None:
        """Interrupt whatever may be interrupted, now and from now on; any thread may call it."""
        self._stopped = True

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # A file that has failed may fail even this.
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _attempt(self, begin: str, work: Callable[[Connection], Result]) -> Result:
        for _ in range(ATTEMPTS):
            place = self._place()
            try:
                return self._run(begin, work)
            except sqlite3.Error as error:
                if primary_code(error) == sqlite3.SQLITE_INTERRUPT:
                    raise GivenUp from None
                self._recover(place, error)
        return self._run(begin, work)

    def _run(
        self, begin: str, work: Callable[[Connection], Result], *, changing: bool = False
    ) -> Result:
        connection = self._connected()
        wanted = self._wanted
        if wanted is not None:
            connection.set_progress_handler(lambda: not wanted(), CHECK_EVERY)
        try:
            connection.execute(begin)
            if connection.place.overlay:
                overlay.fit(connection, changing=changing)
            result = work(connection)
            connection.execute("COMMIT")
            return result
        finally:
            if wanted is not None:
                connection.set_progress_handler(None, 0)
            if connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")

    def _connected(self) -> Connection:
        place = self._place()
        if self._connection is None or self._connection.place is not place:
            # The new one first: a place in memory lasts as long as there is a connection to it.
            connection = connect(place)
            self.close()
            self._connection = connection
        return self._connection


class Writer(Reader):
    """Writes as well, and decides where the archive is kept. There is one for each archive."""

    def __init__(self, opener: Opener, warn: Callable[[str], None]) -> None:
        super().__init__(lambda: self.place, self._recover_reading)
        self._opener = opener
        self._warn = warn
        self._now: Place | None = None
        self._questions: dict[int, tuple[str, Query]] = {}

    @property
    def opened(self) -> bool:
        """Whether the archive has a place already; any thread may ask."""
        return self._now is not None

    @property
    def place(self) -> Place:
        """Where the archive is kept; once it is open any thread may ask."""
        self.open()
        assert self._now is not None, "it is open"
        return self._now

    def open(self) -> None:
        """Find a place for the archive, unless it has one."""
        if self._now is None:
            self._move(self._opener.open())

    def write(
        self,
        work: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run `work(connection, …)` as one transaction: it is kept as a whole or not at all.

        Where the file does not take it, it is run anew in a place that does. So it changes
        nothing of its own before it is done.
        """

        def checked(connection: Connection) -> Result:
            # A later version of the program may have come meanwhile.
            schema.check(connection)
            return work(connection, *args, **kwargs)

        for _ in range(ATTEMPTS):
            place = self.place
            # A lock on the file is of no use to what goes on top of it.
            begin = "BEGIN" if place.overlay else "BEGIN IMMEDIATE"
            try:
                return self._run(begin, checked, changing=True)
            except schema.NewerVersion:
                assert place.path is not None, "what is in memory is of this version"
                self._move(newer(place.path))
            except sqlite3.Error as error:
                self.recover(place, error, writing=True)
        return self._run("BEGIN", checked, changing=True)

    def remember(self, question: int, scope: str, query: Query) -> None:
        """Keep the number of a question, wherever the archive goes."""
        self._questions[question] = (scope, query)

    def recover(self, place: Place, error: sqlite3.Error, *, writing: bool = False) -> None:
        """Go to another place after an error, unless that has been done already.

        Raises:
            sqlite3.Error: the given one, if it is not the place's fault.
        """
        if place is not self._now:
            return
        if not is_damage(error) and primary_code(error) not in _FAULTS:
            raise error
        self._move(self._elsewhere(place, error, writing))

    def _recover_reading(self, place: Place, error: sqlite3.Error) -> None:
        self.recover(place, error)

    def _elsewhere(self, place: Place, error: sqlite3.Error, writing: bool) -> Opened:
        path = place.path
        if path is None:
            return Opened(in_memory(), "The memory for rows is full; those so far are let go.")
        if is_damage(error):
            self.close()
            try:
                warning = self._opener.set_aside(path, place.inode)
            except OSError as refusal:
                return unusable(path, refusal)
            opened = self._opener.open()
            return Opened(opened.place, warning or opened.warning)
        if writing and not place.overlay:
            return Opened(overlaid(place), unwritable(path, str(error)))
        if not (writing or place.sort_in_memory):
            # The disk for what is being sorted is another one, or full.
            return Opened(replace(place, sort_in_memory=True))
        return unusable(path, error)

    def _move(self, opened: Opened) -> None:
        lost = self._now is not None and opened.place.number != self._now.number
        self._now = opened.place
        self._tell(opened)
        try:
            self._connected()
        except sqlite3.Error as error:
            if opened.place.path is None:
                raise
            self._move(unusable(opened.place.path, error))
            return
        if lost:
            self.write(asking.restore, self._questions)

    def _tell(self, opened: Opened) -> None:
        if opened.warning:
            self._warn(opened.warning)
