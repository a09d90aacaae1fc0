"""Rows come out: summaries for the table, whole invocations for whoever looks closer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from tui.archive.asking import scopes
from tui.archive.originals import decompress
from tui.records import InstanceResult, Invocation, InvocationSummary, Tag

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
"""What `summary_of` takes, for a SELECT from the table `invocation`."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is known of an invocation."""

    invocation: Invocation
    """Its content is empty where it is not kept; `raw` is then without it, too."""
    scope: str
    """The identity that has seen it."""
    seen: float
    """When the latest answer about it came, in unix seconds."""
    content_size: int
    """Bytes of the content as sent, in UTF-8; 0 where none was sent."""
    content_sha256: str
    """Of the content as sent, in UTF-8; hexadecimal; empty where none was sent."""

    @property
    def content_missing(self) -> bool:
        """Whether a content has been seen, and is not kept."""
        return bool(self.content_size) and not self.invocation.content


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table, and who has seen it."""

    summary: InvocationSummary
    scope: str


def summary_of(row: Sequence[Any]) -> InvocationSummary:
    """Make a summary of a row of `SUMMARY_COLUMNS`."""
    values = dict(zip(SUMMARY_FIELDS, row, strict=True))
    return InvocationSummary(**values | {"tags": _tags(values["tags"])})


def read_rows(connection: sqlite3.Connection, identities: Iterable[int]) -> dict[int, Row]:
    """Return the rows of invocations by their ids; those that are gone are left out."""
    rows = connection.execute(
        f"SELECT invocation.id, scope.name, {SUMMARY_COLUMNS}"
        " FROM invocation JOIN scope ON scope.id = invocation.scope"
        " WHERE invocation.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(identities)),),
    )
    return {row[0]: Row(summary_of(row[2:]), row[1]) for row in rows}


def find(connection: sqlite3.Connection, scope: str, invoke_id: str) -> int | None:
    """Return the id of an invocation that was seen under `scope`; empty: under any."""
    row = connection.execute(
        "SELECT id FROM invocation WHERE scope IN (SELECT value FROM json_each(?))"
        " AND invoke_id = ? ORDER BY seen DESC LIMIT 1",
        (json.dumps(scopes(connection, scope)), invoke_id),
    ).fetchone()
    return None if row is None else int(row[0])


def read_known(connection: sqlite3.Connection, scope: str, invoke_id: str) -> Known | None:
    """Return what is known of an invocation under `scope`, or None if it was never seen."""
    identity = find(connection, scope, invoke_id)
    return None if identity is None else known_by_id(connection, identity)


def known_by_id(connection: sqlite3.Connection, identity: int) -> Known | None:
    """Return what is known of an invocation by its id, or None if it has gone."""
    row = connection.execute(
        "SELECT scope.name, seen, content_size, content_hash, tags,"
        f" {', '.join(f'invocation.{field}' for field in INVOCATION_FIELDS)}"
        " FROM invocation JOIN scope ON scope.id = invocation.scope WHERE invocation.id = ?",
        (identity,),
    ).fetchone()
    if row is None:
        return None
    name, seen, size, digest, tags, *values = row
    raw, content = connection.execute(
        "SELECT raw, content FROM original WHERE invocation = ?", (identity,)
    ).fetchone() or (b"", None)
    results = connection.execute(
        f"SELECT {', '.join(RESULT_FIELDS)} FROM result WHERE invocation = ?"
        " ORDER BY instance_id, occurrence",
        (identity,),
    )
    invocation = Invocation(
        **dict(zip(INVOCATION_FIELDS, values, strict=True)),
        tags=_tags(tags),
        content="" if content is None else decompress(content),
        raw=decompress(raw),
        results=tuple(InstanceResult(*result) for result in results),
    )
    return Known(invocation, name, seen, size, digest.hex())


def _tags(text: object) -> tuple[Tag, ...]:
    try:
        return tuple(Tag(str(key), str(value)) for key, value in json.loads(str(text)))
    except (ValueError, TypeError):
        # What is damaged is left out.
        return ()
