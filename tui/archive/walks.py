"""Walks on record: which part of a question's answers each has read, and what that makes of all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from tui.archive.places import Connection
from tui.late_dataclass import dataclass

KEPT: Final = 100
"""Walks of one question that are on record, the latest ones."""


@dataclass(frozen=True)
class Step:
    """A page's part in a walk."""

    walk: str
    """The name of the walk, from `new_walk`; its first page puts it on record."""
    token: str = ""
    """Where the walk goes on after the page."""
    ended: bool = False
    """Whether there are no more pages."""
    from_top: bool = True
    """Whether the walk has begun with the newest page."""


@dataclass(frozen=True)
class Walk:
    """One reading of a question's pages, as far as it has come."""

    name: str
    from_top: bool
    started: float
    """When its first page came, in unix seconds."""
    seen: float
    """When its latest page came, in unix seconds."""
    newest: float | None
    """Creation time of the newest invocation it has met, in unix seconds; None: of none."""
    oldest: float | None
    """Creation time of the oldest invocation it has met."""
    pages: int
    records: int
    """Invocations on its pages, those that came twice counted twice."""
    ended: bool
    token: str
    """Where it goes on, if it has not ended and is not merged from several."""


@dataclass(frozen=True)
class Completeness:
    """How much of what a question asks for is in the archive."""

    complete: bool = False
    """Whether every invocation that the service had when it was asked is there."""
    since: float | None = None
    """When the service was asked for the newest page, in unix seconds; None: never."""
    seen: float | None = None
    """When the latest page came, in unix seconds."""
    oldest: float | None = None
    """How far back everything is there: a creation time in unix seconds; None: not known."""


def new_walk() -> str:
    """Return a name for a walk."""
    return os.urandom(8).hex()


def completeness(walks: Iterable[Walk]) -> Completeness:
    """Say how much is there after these walks of one question.

    The latest walk from the top reaches down to some time; there an earlier one may take over,
    and one of them may have come to the end. Times are whole seconds and pages are not, so to
    take over a walk has to have met the second in which the other stopped.
    """
    latest_first = sorted(walks, key=lambda walk: walk.started, reverse=True)
    top = next((walk for walk in latest_first if walk.from_top), None)
    if top is None:
        return Completeness()
    complete, oldest = top.ended, top.oldest
    for walk in sorted(latest_first, key=lambda walk: walk.newest or 0.0, reverse=True):
        if complete or oldest is None:
            break
        if walk.newest is not None and walk.oldest is not None and walk.newest >= oldest:
            complete, oldest = walk.ended, min(oldest, walk.oldest)
    seen = max(walk.seen for walk in latest_first)
    return Completeness(complete, top.started, seen, oldest)


def read_walks(connection: sqlite3.Connection, question: int) -> list[Walk]:
    """Return the walks of a question that are on record, the latest first."""
    rows = connection.execute(
        "SELECT name, from_top, started, seen, newest, oldest, pages, records, ended, token"
        " FROM walk WHERE question = ? ORDER BY started DESC",
        (question,),
    )
    return [
        Walk(name, bool(top), started, seen, newest, oldest, pages, records, bool(ended), token)
        for name, top, started, seen, newest, oldest, pages, records, ended, token in rows
    ]


def read_completeness(connection: sqlite3.Connection, question: int) -> Completeness:
    """Say how much of what a question asks for is there."""
    return completeness(read_walks(connection, question))


def advance(
    connection: Connection,
    question: int,
    step: Step,
    seen: float,
    times: Sequence[float],
    records: int,
) -> None:
    """Record that a walk has come a page further.

    Args:
        connection: in the transaction that keeps the page.
        question: what the walk reads.
        step: the page's part in it.
        seen: when the page came, in unix seconds.
        times: the creation times on the page that are known, in unix seconds.
        records: how many invocations are on the page.
    """
    connection.copy_up("walk", "name = ?", step.walk)
    values = {
        "walk": step.walk,
        "question": question,
        "from_top": step.from_top,
        "seen": seen,
        "newest": max(times, default=None),
        "oldest": min(times, default=None),
        "records": records,
        "ended": step.ended,
        "token": step.token,
    }
    connection.execute(
        f"INSERT INTO {connection.into}.walk VALUES (:walk, :question, :from_top, :seen, :seen,"
        " :newest, :oldest, 1, :records, :ended, :token)"
        " ON CONFLICT (name) DO UPDATE SET seen = excluded.seen,"
        " newest = max(coalesce(newest, excluded.newest), coalesce(excluded.newest, newest)),"
        " oldest = min(coalesce(oldest, excluded.oldest), coalesce(excluded.oldest, oldest)),"
        " pages = pages + 1, records = records + excluded.records, ended = excluded.ended,"
        " token = excluded.token",
        values,
    )
    if step.ended and step.from_top:
        _forget_earlier(connection, question, step.walk)
    _forget_most(connection, question)


def _forget_earlier(connection: Connection, question: int, name: str) -> None:
    """Take away the walks that tell nothing beside one from the top to the end."""
    connection.execute(
        f"DELETE FROM {connection.into}.walk WHERE question = ? AND name <> ?"
        f" AND seen < (SELECT started FROM {connection.into}.walk WHERE name = ?)",
        (question, name, name),
    )


def _forget_most(connection: Connection, question: int) -> None:
    connection.execute(
        f"DELETE FROM {connection.into}.walk WHERE question = ? AND started < (SELECT started"
        f" FROM {connection.into}.walk WHERE question = ? ORDER BY started DESC LIMIT 1 OFFSET ?)",
        (question, question, KEPT - 1),
    )
