"""Rows for other programs: CSV, JSON and NDJSON, with the stamp that says where they come from.

JSON and NDJSON are exact and in ASCII, every control character escaped. CSV is made safe to look
at and to open in a spreadsheet. All of them come in pieces of whole lines, so that a caller can
write as it goes and stop between two.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final, Generic, TypeVar

from tui.plain import printable
from tui.records import InstanceResult, Invocation
from tui.triage.json_members import without_member
from tui.triage.sends import Delivery
from tui.triage.stamp import Stamp, iso, query_words

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", *"\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the beginning of a formula; some take the full-width signs too."""

DELETE: Final = "\x7f"
"""The one control character that JSON does not have escaped."""


REMEMBERED: Final = 1_024
"""Cells that are remembered while rows are written."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """Rows, and how each is written for people and for programs."""

    names: tuple[str, ...]
    """Of the cells."""
    each: Iterable[T]
    cells_of: Callable[[T], tuple[str, ...]]
    """As the API gave them; made safe when they are written."""
    object_of: Callable[[T], str]
    """An object of JSON on one line of ASCII."""


def invocation_rows(
    invocations: Iterable[Invocation], *, contents: bool = False
) -> Rows[Invocation]:
    """Return a row for each invocation; JSON has the API's own object.

    Contents are left out unless asked for: they may hold secrets.
    """
    fields = (*_INVOCATION, _CONTENT) if contents else _INVOCATION
    return Rows(
        tuple(name for name, _ in fields),
        invocations,
        lambda each: tuple(read(each) for _, read in fields),
        partial(exact, contents=contents),
    )


def result_rows(deliveries: Iterable[Delivery]) -> Rows[Delivery]:
    """Return a row for each delivery: what was sent, where, and what became of it."""
    return Rows(
        tuple(name for name, _ in _RESULT),
        deliveries,
        lambda each: tuple(read(each) for _, read in _RESULT),
        lambda each: _object({name: read(each) for name, read in _RESULT}),
    )


def csv_lines(stamp: Stamp, rows: Rows[T]) -> Iterator[str]:
    """Yield a head and a record for each row, whose last columns are the stamp's."""
    stamped = {
        "Region": stamp.query.region,
        "Query": query_words(stamp.query),
        "Identity": stamp.identity,
        "FetchedAt": iso(stamp.fetched_at) or "",
        "Pages": str(stamp.pages),
        "Complete": "true" if stamp.complete else "false",
        "Remark": stamp.remark,
        "Version": stamp.version,
    }
    # Names, directories and owners repeat from row to row.
    made_inert = lru_cache(REMEMBERED)(inert)
    last = tuple(map(inert, stamped.values()))
    yield from _records([(*rows.names, *stamped)])
    yield from _records((*map(made_inert, cells), *last) for cells in map(rows.cells_of, rows.each))


def json_lines(stamp: Stamp, rows: Rows[T]) -> Iterator[str]:
    """Yield one object: the stamp under `Stamp`, the rows under `Rows`, one a line."""
    yield f'{{"Stamp": {_object(stamp.document())},\n"Rows": [\n'
    comma = ""
    for written in map(rows.object_of, rows.each):
        yield f"{comma}{written}\n"
        comma = ","
    yield "]}\n"


def ndjson_lines(stamp: Stamp, rows: Rows[T]) -> Iterator[str]:
    """Yield an object with the stamp under `Stamp`, then each row as an object of its own."""
    yield f'{{"Stamp": {_object(stamp.document())}}}\n'
    for written in map(rows.object_of, rows.each):
        yield f"{written}\n"


def exact(invocation: Invocation, *, contents: bool = False) -> str:
    """Return the API's own object on one line of ASCII, without its content unless asked for."""
    raw = invocation.raw
    if raw and not contents:
        raw = without_member(raw, "Content") or ""
    return raw.replace(DELETE, "\\u007f") if raw else _object(_document(invocation, contents))


def inert(value: str) -> str:
    """Return `value` as one line that a spreadsheet takes for text."""
    if value.isalnum() and value.isascii():
        return value
    shown = printable(value)
    risky = value.startswith(FORMULA_STARTS) or shown.lstrip().startswith(FORMULA_STARTS)
    return f"'{shown}" if risky else shown


def _records(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield each row as a record of CSV, all of them through one writer."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")
    for cells in rows:
        writer.writerow(cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _object(value: dict[str, object]) -> str:
    return json.dumps(value, separators=(",", ":")).replace(DELETE, "\\u007f")


def _document(invocation: Invocation, contents: bool) -> dict[str, object]:
    """Return what is known of an invocation whose own object was not kept, in the API's names."""
    document: dict[str, object] = {name: read(invocation) for name, read in _INVOCATION[:11]}
    document["VmCount"] = invocation.vm_count
    if contents:
        document["Content"] = invocation.content
    results = [
        {
            "InstanceId": result.instance_id,
            "InvocationStatus": result.status,
            "ErrorCode": result.error_code,
            "ErrorInfo": result.error_info,
            "CreationTime": result.creation_time,
            "StartTime": result.start_time,
            "FinishTime": result.finish_time,
            "UpdateTime": result.update_time,
        }
        for result in invocation.results
    ]
    tags = [{"TagKey": tag.key, "TagValue": tag.value} for tag in invocation.tags]
    return {**document, "InvokeInstances": {"InvokeInstance": results}, "Tags": {"Tag": tags}}


def _failed(invocation: Invocation) -> list[InstanceResult]:
    return [result for result in invocation.results if result.failed]


def _once(texts: Iterable[str]) -> str:
    return " ".join(text for text in dict.fromkeys(texts) if text)


_CONTENT: Final[tuple[str, Callable[[Invocation], str]]] = ("Content", lambda each: each.content)

_INVOCATION: Final[tuple[tuple[str, Callable[[Invocation], str]], ...]] = (
    ("InvokeId", lambda each: each.invoke_id),
    ("InvocationStatus", lambda each: each.status),
    ("CreationTime", lambda each: each.creation_time),
    ("Name", lambda each: each.name),
    ("TargetDir", lambda each: each.target_dir),
    ("FileOwner", lambda each: each.file_owner),
    ("FileGroup", lambda each: each.file_group),
    ("FileMode", lambda each: each.file_mode),
    ("Overwrite", lambda each: each.overwrite),
    ("ContentType", lambda each: each.content_type),
    ("Description", lambda each: each.description),
    ("VmCount", lambda each: str(each.vm_count)),
    ("Succeeded", lambda each: str(each.ok_count)),
    ("Failed", lambda each: str(each.failed_count)),
    ("ErrorCodes", lambda each: _once(result.error_code for result in _failed(each))),
    ("FailedInstanceIds", lambda each: _once(result.instance_id for result in _failed(each))),
    ("Tags", lambda each: " ".join(f"{tag.key}={tag.value}" for tag in each.tags)),
)
"""The cells of an invocation; the first eleven are texts of the API under its own names."""

_RESULT: Final[tuple[tuple[str, Callable[[Delivery], str]], ...]] = (
    ("InvokeId", lambda each: each.invoke_id),
    ("CreationTime", lambda each: each.sending.creation_time),
    ("Name", lambda each: each.sending.name),
    ("TargetDir", lambda each: each.sending.target_dir),
    ("FileOwner", lambda each: each.sending.owner),
    ("FileGroup", lambda each: each.sending.group),
    ("FileMode", lambda each: each.sending.mode),
    ("Overwrite", lambda each: each.sending.overwrite),
    ("ContentSha256", lambda each: each.sending.content_hash),
    ("InstanceId", lambda each: each.result.instance_id),
    ("InvocationStatus", lambda each: each.result.status),
    ("ErrorCode", lambda each: each.result.error_code),
    ("ErrorInfo", lambda each: each.result.error_info),
    ("StartTime", lambda each: each.result.start_time),
    ("FinishTime", lambda each: each.result.finish_time),
    ("UpdateTime", lambda each: each.result.update_time),
)
"""The cells of a delivery, under the API's names where it has one."""
