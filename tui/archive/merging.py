"""Pages go in: an answer that knows more adds to what is kept, a narrower one removes nothing."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from tui.archive import walks
from tui.archive.originals import compress, without_content
from tui.archive.places import Connection
from tui.archive.rows import INVOCATION_FIELDS, RESULT_FIELDS
from tui.late_dataclass import dataclass
from tui.records import UNFINISHED, InstanceResult, Invocation, instant

NO_TIME: Final = float("-inf")
"""Stands for a creation time that the API did not send or that cannot be read: sorts last."""


@dataclass(frozen=True)
class Arrival:
    """A page as it comes in."""

    invocations: Sequence[Invocation]
    seen: float
    """When it came, in unix seconds."""
    contents: bool
    """Whether the contents of files are kept."""
    step: walks.Step | None = None
    """The walk that brought it, if it is one that is recorded."""


@dataclass(frozen=True)
class Merged:
    """What has become of a page."""

    identities: tuple[int, ...] = ()
    """The ids of its invocations, in its order."""
    fresh: frozenset[int] = frozenset()
    """Of these, the ones that the question was not answered by before."""
    unseen: frozenset[int] = frozenset()
    """Of these, the ones that the archive did not have before."""


def merge(connection: Connection, question: int, arrival: Arrival, *, answers: bool) -> Merged:
    """Keep a page, seen under the scope of `question`.

    Args:
        connection: in a writing transaction.
        question: the number of a question.
        arrival: the page.
        answers: whether its invocations answer the question, or are just what is known of
            them now.
    """
    (scope,) = connection.execute("SELECT scope FROM question WHERE id = ?", (question,)).fetchone()
    kept = [
        _upsert(connection, int(scope), invocation, arrival) for invocation in arrival.invocations
    ]
    identities = tuple(identity for identity, _ in kept)
    unseen = frozenset(identity for identity, new in kept if new)
    if not answers:
        return Merged(identities, unseen=unseen)
    fresh = frozenset(
        identity
        for identity, invocation in zip(identities, arrival.invocations, strict=True)
        if _answer(connection, question, _created(invocation), identity)
    )
    if fresh:
        _count(connection, question, len(fresh))
    if arrival.step is not None:
        times = [moment for each in arrival.invocations if math.isfinite(moment := _created(each))]
        walks.advance(connection, question, arrival.step, arrival.seen, times, len(identities))
    return Merged(identities, fresh, unseen)


def retire(
    connection: Connection,
    question: int,
    kept: Sequence[Invocation],
    *,
    newest: bool,
    oldest: bool = False,
) -> int:
    """Take back answers that a page of a fresh walk should have and has not; return how many.

    The page vouches for the time between its oldest and its newest invocation, without the
    seconds of these two, of which it may have only a part; the `newest` page also for all that
    is newer. Beyond the end of the walk, where `kept` is its `oldest` page, the service may just
    have forgotten: there an answer goes only if its status is not, or may no longer be, among
    those that the question asks for. An empty page vouches for something only if it is both.
    What is in a file that cannot be written stays an answer.
    """
    moments = [moment.timestamp() for each in kept if (moment := instant(each.creation_time))]
    if not moments and not (newest and oldest):
        return 0
    asked = (
        "SELECT value FROM question, json_each(words, '$.statuses') WHERE question.id = :question"
    )
    status = "(SELECT status FROM invocation WHERE id = answer.invocation)"
    within = "created > :start AND created < :stop"
    beyond = (
        f"created <= :start AND EXISTS ({asked})"
        f" AND ({status} IN {tuple(sorted(UNFINISHED))} OR {status} NOT IN ({asked}))"
    )
    values = {
        "question": question,
        "start": min(moments, default=math.inf),
        "stop": math.inf if newest else max(moments),
        "kept": json.dumps([each.invoke_id for each in kept]),
    }
    gone = sum(
        connection.execute(
            f"DELETE FROM {connection.into}.answer AS answer WHERE question = :question"
            f" AND {span} AND (SELECT invoke_id FROM invocation WHERE id = answer.invocation)"
            " NOT IN (SELECT value FROM json_each(:kept))",
            values,
        ).rowcount
        for span in ((within, beyond) if oldest else (within,))
    )
    if gone:
        _count(connection, question, -gone)
    return gone


def _created(invocation: Invocation) -> float:
    moment = instant(invocation.creation_time)
    return moment.timestamp() if moment else NO_TIME


def _answer(connection: Connection, question: int, created: float, identity: int) -> bool:
    """Let an invocation answer a question; return whether it did not before."""
    row = (question, created, identity)
    if connection.execute(
        "SELECT 1 FROM answer WHERE question = ? AND created = ? AND invocation = ?", row
    ).fetchone():
        return False
    connection.execute(f"INSERT INTO {connection.into}.answer VALUES (?, ?, ?)", row)
    return True


def _count(connection: Connection, question: int, change: int) -> None:
    connection.copy_up("question", "id = ?", question)
    connection.execute(
        f"UPDATE {connection.into}.question SET answers = max(answers + ?, 0) WHERE id = ?",
        (change, question),
    )


def _upsert(
    connection: Connection, scope: int, invocation: Invocation, arrival: Arrival
) -> tuple[int, bool]:
    """Keep what is known of an invocation; return its id, and whether that is new."""
    known = connection.execute(
        "SELECT id, created, content_size, content_hash FROM invocation"
        " WHERE scope = ? AND invoke_id = ?",
        (scope, invocation.invoke_id),
    ).fetchone()
    columns = {field: getattr(invocation, field) for field in INVOCATION_FIELDS} | {
        "created": _created(invocation),
        "seen": arrival.seen,
        "tags": json.dumps([(tag.key, tag.value) for tag in invocation.tags], ensure_ascii=False),
        "content_size": len(invocation.content.encode("utf-8", "surrogatepass")),
        "content_hash": _fingerprint(invocation.content),
    }
    if known is None:
        identity = _insert(connection, columns | {"scope": scope})
        _merge_results(connection, identity, invocation)
        _keep_original(connection, identity, invocation, arrival, whole=True)
        return identity, True
    identity, created, size, digest = known
    connection.copy_up("original", "invocation = ?", identity)
    connection.copy_up("result", "invocation = ?", identity)
    connection.copy_up("invocation", "id = ?", identity)
    if not invocation.content:
        columns |= {"content_size": size, "content_hash": digest}
    _update(connection, identity, columns)
    if columns["created"] != created:
        _move_answers(connection, identity, created, columns["created"])
    count = _merge_results(connection, identity, invocation)
    whole = len(invocation.results) >= count
    _keep_original(connection, identity, invocation, arrival, whole=whole)
    return int(identity), False


def _insert(connection: Connection, columns: dict[str, object]) -> int:
    names = (*columns, "ok_count", "failed_count", "total_count")
    cursor = connection.execute(
        f"INSERT INTO {connection.into}.invocation ({', '.join(names)})"
        f" VALUES ({', '.join('?' * len(columns))}, 0, 0, 0)",
        tuple(columns.values()),
    )
    return int(cursor.lastrowid or 0)


def _update(connection: Connection, identity: int, columns: dict[str, object]) -> None:
    connection.execute(
        f"UPDATE {connection.into}.invocation"
        f" SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?",
        (*columns.values(), identity),
    )


def _move_answers(connection: Connection, identity: int, old: float, new: float) -> None:
    connection.execute(
        f"UPDATE OR REPLACE {connection.into}.answer SET created = :new WHERE created = :old"
        " AND invocation = :id AND question IN (SELECT id FROM question)",
        {"old": old, "new": new, "id": identity},
    )


def _merge_results(connection: Connection, identity: int, invocation: Invocation) -> int:
    """Keep the results of an invocation; return how many it has in all."""
    connection.executemany(
        f"INSERT OR REPLACE INTO {connection.into}.result"
        f" (invocation, occurrence, {', '.join(RESULT_FIELDS)})"
        f" VALUES (?, ?{', ?' * len(RESULT_FIELDS)})",
        _result_rows(identity, invocation.results),
    )
    count, ok, failed = connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE status = 'Success'),"
        " count(*) FILTER (WHERE status NOT IN ('Success', 'Pending', 'Running'))"
        " FROM result WHERE invocation = ?",
        (identity,),
    ).fetchone()
    connection.execute(
        f"UPDATE {connection.into}.invocation"
        " SET ok_count = ?, failed_count = ?, total_count = max(?, vm_count) WHERE id = ?",
        (ok, failed, count, identity),
    )
    return int(count)


def _result_rows(identity: int, results: Iterable[InstanceResult]) -> Iterable[tuple[object, ...]]:
    seen: Counter[str] = Counter()
    for result in results:
        yield (
            identity,
            seen[result.instance_id],
            *(getattr(result, field) for field in RESULT_FIELDS),
        )
        seen[result.instance_id] += 1


def _keep_original(
    connection: Connection, identity: int, invocation: Invocation, arrival: Arrival, *, whole: bool
) -> None:
    """Keep the JSON if it has all results that are known, and the content if that is wanted."""
    raw = invocation.raw if arrival.contents else without_content(invocation.raw)
    content = compress(invocation.content) if arrival.contents and invocation.content else None
    connection.execute(
        f"INSERT INTO {connection.into}.original VALUES (:id, :raw, :content)"
        " ON CONFLICT (invocation) DO UPDATE SET"
        " raw = CASE WHEN :whole THEN excluded.raw ELSE raw END,"
        " content = coalesce(excluded.content, content)",
        {"id": identity, "raw": compress(raw), "content": content, "whole": whole},
    )


def _fingerprint(content: str) -> bytes:
    """Return the SHA-256 of a content as it was sent; nothing for none."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest() if content else b""
