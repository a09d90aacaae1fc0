"""The archive's one connection and its thread: pages are merged in, single invocations come out."""

from __future__ import annotations

import asyncio
import json
import math
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from tui.archive import local_filter
from tui.archive.schema import SCHEMA
from tui.records import (
    UNFINISHED,
    InstanceResult,
    Invocation,
    InvocationSummary,
    Query,
    Tag,
    instant,
)

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

NO_TIME: Final = float("-inf")
"""Stands for a creation time that the API did not send or that cannot be read: sorts last."""

INVOCATION_FIELDS: Final = (
    "invoke_id",
    "creation_time",
    "status",
    "name",
    "target_dir",
    "content_type",
    "description",
    "file_owner",
    "file_group",
    "file_mode",
    "overwrite",
    "vm_count",
)
"""Fields of an invocation that are columns of the same name."""

RESULT_FIELDS: Final = (
    "instance_id",
    "status",
    "error_code",
    "error_info",
    "creation_time",
    "start_time",
    "finish_time",
    "update_time",
)
"""Fields of a result that are columns of the same name."""

SUMMARY_FIELDS: Final = tuple(field.name for field in fields(InvocationSummary))
"""Fields of a summary, which are columns of the same name."""

SUMMARY_COLUMNS: Final = ", ".join(f"invocation.{name}" for name in SUMMARY_FIELDS)


class Archive:
    """Everything that was seen; all its work is done in one thread, in the order of the calls."""

    def __init__(self, path: str = ":memory:") -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")
        self._connection: sqlite3.Connection | None = None

    def submit(
        self,
        work: Callable[Concatenate[sqlite3.Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> asyncio.Future[Result]:
        """Let `work(connection, …)` be run as one transaction in the archive's thread."""

        def job() -> Result:
            connection = self._opened()
            with connection:
                return work(connection, *args, **kwargs)

        return asyncio.get_running_loop().run_in_executor(self._thread, job)

    async def run(
        self,
        work: Callable[Concatenate[sqlite3.Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Submit `work(connection, …)` and wait for what it returns."""
        return await self.submit(work, *args, **kwargs)

    async def question(self, scope: str, query: Query) -> int:
        """Return the number under which answers to `query` are kept for the identity `scope`."""
        return await self.run(_question, scope, query)

    async def invocation(self, scope: str, invoke_id: str) -> Invocation | None:
        """Return one invocation with its results and content, or None if it was never seen."""
        return await self.run(_invocation, scope, invoke_id)

    async def close(self) -> None:
        """Finish what is under way and close the database."""

        def job() -> None:
            if self._connection is not None:
                self._connection.close()

        await asyncio.get_running_loop().run_in_executor(self._thread, job)
        self._thread.shutdown(wait=False)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path)
            self._connection.executescript(SCHEMA)
            local_filter.prepare(self._connection)
        return self._connection


def merge(
    connection: sqlite3.Connection,
    scope: str,
    question: int | None,
    invocations: Iterable[Invocation],
) -> list[int]:
    """Keep `invocations` as answers to `question`; return the ids new to it, in the order given.

    Without a question they are kept as what is known of them now.
    An answer that knows more adds to what is kept. A narrower one, such as the answer to a query
    for one instance, changes the results that it has and removes none.
    """
    added: list[int] = []
    for invocation in invocations:
        identity = _upsert(connection, scope, invocation)
        _merge_results(connection, identity, invocation.results)
        if question is None:
            continue
        cursor = connection.execute(
            "INSERT OR IGNORE INTO answer VALUES (?, ?)", (question, identity)
        )
        if cursor.rowcount:
            added.append(identity)
    return added


def retire(
    connection: sqlite3.Connection,
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
    """
    moments = [moment.timestamp() for each in kept if (moment := instant(each.creation_time))]
    if not moments and not (newest and oldest):
        return 0
    asked = (
        "SELECT value FROM question, json_each(words, '$.statuses') WHERE question.id = :question"
    )
    within = "created > :start AND created < :stop"
    beyond = (
        f"created <= :start AND EXISTS ({asked})"
        f" AND (status IN {tuple(sorted(UNFINISHED))} OR status NOT IN ({asked}))"
    )
    values = {
        "question": question,
        "start": min(moments, default=math.inf),
        "stop": math.inf if newest else max(moments),
        "kept": json.dumps([each.invoke_id for each in kept]),
    }
    return sum(
        connection.execute(
            "DELETE FROM answer WHERE question = :question AND invocation IN (SELECT id"
            f" FROM invocation WHERE {span}"
            " AND invoke_id NOT IN (SELECT value FROM json_each(:kept)))",
            values,
        ).rowcount
        for span in ((within, beyond) if oldest else (within,))
    )


def summary_of(row: Sequence[Any]) -> InvocationSummary:
    """Make a summary of a row of `SUMMARY_COLUMNS`."""
    values = dict(zip(SUMMARY_FIELDS, row, strict=True))
    return InvocationSummary(**(values | {"tags": _tags(values["tags"])}))


def _question(connection: sqlite3.Connection, scope: str, query: Query) -> int:
    words = json.dumps(
        {
            "region": query.region,
            "invoke_id": query.invoke_id,
            "name": query.name,
            "instance_id": query.instance_id,
            "statuses": sorted(query.statuses),
            "resource_group_id": query.resource_group_id,
            "tags": sorted((tag.key, tag.value) for tag in query.tags),
        },
        sort_keys=True,
    )
    connection.execute(
        "INSERT OR IGNORE INTO question (scope, words) VALUES (?, ?)", (scope, words)
    )
    row = connection.execute(
        "SELECT id FROM question WHERE scope = ? AND words = ?", (scope, words)
    ).fetchone()
    return int(row[0])


def _upsert(connection: sqlite3.Connection, scope: str, invocation: Invocation) -> int:
    moment = instant(invocation.creation_time)
    columns = {
        "scope": scope,
        **{field: getattr(invocation, field) for field in INVOCATION_FIELDS},
        "created": moment.timestamp() if moment else NO_TIME,
        "tags": json.dumps([(tag.key, tag.value) for tag in invocation.tags], ensure_ascii=False),
        "content": zlib.compress(invocation.content.encode(), 1),
        "raw": zlib.compress(invocation.raw.encode(), 1),
        "ok_count": 0,
        "failed_count": 0,
        "total_count": 0,
    }
    updates = ", ".join(
        f"{column} = excluded.{column}"
        for column in columns
        if column not in ("scope", "invoke_id", "ok_count", "failed_count", "total_count", "raw")
    )
    statement = (
        f"INSERT INTO invocation ({', '.join(columns)})"
        f" VALUES ({', '.join(':' + column for column in columns)})"
        f" ON CONFLICT (scope, invoke_id) DO UPDATE SET {updates},"
        " raw = CASE WHEN :results < (SELECT count(*) FROM result WHERE invocation = invocation.id)"
        " THEN raw ELSE excluded.raw END"
        " RETURNING id"
    )
    row = connection.execute(statement, columns | {"results": len(invocation.results)}).fetchone()
    return int(row[0])


def _merge_results(
    connection: sqlite3.Connection, identity: int, results: Sequence[InstanceResult]
) -> None:
    seen: Counter[str] = Counter()
    rows = []
    for result in results:
        occurrence = seen[result.instance_id]
        seen[result.instance_id] += 1
        rows.append((identity, occurrence, *(getattr(result, field) for field in RESULT_FIELDS)))
    connection.executemany(
        f"INSERT OR REPLACE INTO result (invocation, occurrence, {', '.join(RESULT_FIELDS)})"
        f" VALUES (?, ?{', ?' * len(RESULT_FIELDS)})",
        rows,
    )
    connection.execute(
        "UPDATE invocation SET (ok_count, failed_count, total_count) = ("
        " SELECT count(*) FILTER (WHERE status = 'Success'),"
        " count(*) FILTER (WHERE status NOT IN ('Success', 'Pending', 'Running')),"
        " max(count(*), vm_count) FROM result WHERE invocation = :id) WHERE id = :id",
        {"id": identity},
    )


def _invocation(connection: sqlite3.Connection, scope: str, invoke_id: str) -> Invocation | None:
    row = connection.execute(
        f"SELECT id, tags, content, raw, {', '.join(INVOCATION_FIELDS)}"
        " FROM invocation WHERE scope = ? AND invoke_id = ?",
        (scope, invoke_id),
    ).fetchone()
    if row is None:
        return None
    identity, tags, content, raw, *values = row
    results = connection.execute(
        f"SELECT {', '.join(RESULT_FIELDS)} FROM result WHERE invocation = ?"
        " ORDER BY instance_id, occurrence",
        (identity,),
    )
    return Invocation(
        **dict(zip(INVOCATION_FIELDS, values, strict=True)),
        tags=_tags(tags),
        content=zlib.decompress(content).decode(),
        raw=zlib.decompress(raw).decode(),
        results=tuple(InstanceResult(*result) for result in results),
    )


def _tags(text: object) -> tuple[Tag, ...]:
    return tuple(Tag(key, value) for key, value in json.loads(str(text)))
