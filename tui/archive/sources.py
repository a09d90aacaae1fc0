"""Which rows a view has before its local filter: answers to a question, or all that fits."""

from __future__ import annotations

import json
import sqlite3

from tui.archive.asking import scopes
from tui.late_dataclass import dataclass
from tui.records import Query


@dataclass(frozen=True)
class Answers:
    """What the API gave for a question."""

    question: int


@dataclass(frozen=True)
class Fitting:
    """All invocations of the archive that fit a query, whatever they were the answer to.

    They have been seen under one scope or, where it is empty, under any. Of a resource group the
    API says nothing in its answers: what it gave for a question that named the group fits it.
    """

    query: Query
    scope: str = ""

    @property
    def is_everything(self) -> bool:
        """Whether everything of a region fits, which is read off an index."""
        return not self.query.is_filtered()


Source = Answers | Fitting
"""Where the rows of a view come from."""


def rows_of(connection: sqlite3.Connection, source: Source) -> tuple[str, tuple[object, ...]]:
    """Return a SELECT of the columns `created` and `id`, and the values of its question marks."""
    if isinstance(source, Answers):
        return (
            "SELECT created, invocation AS id FROM answer WHERE question = ?",
            (source.question,),
        )
    return _fitting(source.query, scopes(connection, source.scope, source.query.region))


def _fitting(query: Query, scope_numbers: list[int]) -> tuple[str, tuple[object, ...]]:
    # Few rows are those of an instance or of a group: to go through all in time order instead,
    # which their order suggests to SQLite, is forbidden by the sign.
    few = "+" if query.instance_id or query.resource_group_id else ""
    conditions = [f"{few}scope IN (SELECT value FROM json_each(?))"]
    values: list[object] = [json.dumps(scope_numbers)]
    for column in ("invoke_id", "name"):
        if value := getattr(query, column):
            conditions.append(f"{column} = ?")
            values.append(value)
    if query.statuses:
        conditions.append("status IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(query.statuses))
    if query.instance_id:
        conditions.append("id IN (SELECT invocation FROM result WHERE instance_id = ?)")
        values.append(query.instance_id)
    for tag in query.tags:
        conditions.append(
            "EXISTS (SELECT 1 FROM json_each(invocation.tags) AS tag"
            " WHERE json_extract(tag.value, '$[0]') = ?"
            " AND (? OR json_extract(tag.value, '$[1]') = ?))"
        )
        values += [tag.key, tag.value is None, tag.value]
    if query.resource_group_id:
        conditions.append(
            "id IN (SELECT invocation FROM answer WHERE question IN (SELECT id FROM question"
            " WHERE scope IN (SELECT value FROM json_each(?))"
            " AND json_extract(words, '$.resource_group_id') = ?))"
        )
        values += [json.dumps(scope_numbers), query.resource_group_id]
    return f"SELECT created, id FROM invocation WHERE {' AND '.join(conditions)}", tuple(values)
