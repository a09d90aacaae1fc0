"""What is kept goes out again, in portions: as the API sent it, or as invocations."""

from __future__ import annotations

import json
from array import array
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from tui.archive.arrangement import Arrangement
from tui.archive.keeping import UNBOUNDED, Bounds, drop_portion, give_back
from tui.archive.originals import decompress
from tui.archive.places import Connection
from tui.archive.positions import build
from tui.archive.rows import Known, known_by_id
from tui.archive.sources import Fitting, Source
from tui.archive.store import Archive
from tui.records import Query

PORTION: Final = 200
"""Invocations that are read at once."""

EVERYTHING: Final = Fitting(Query(""))
"""All that was seen by anybody anywhere."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Exported:
    """One invocation as the API sent it."""

    scope: str
    """The identity that has seen it."""
    region: str
    raw: str
    """The API's own JSON object on one line; without `Content` where that is not kept."""


async def export(archive: Archive, source: Source = EVERYTHING) -> AsyncIterator[Exported]:
    """Yield the invocations of a source, newest first, as they were sent."""
    async for each in _portions(archive, source, _read_exported):
        yield each


async def invocations(archive: Archive, source: Source = EVERYTHING) -> AsyncIterator[Known]:
    """Yield everything that is known of the invocations of a source, newest first."""
    async for each in _portions(archive, source, _read_known):
        yield each


async def prune(
    archive: Archive, bounds: Bounds, dropped: Callable[[int], None] = lambda count: None
) -> int:
    """Let go of all that is beyond the bounds, and return how many invocations that were.

    It is done in short transactions, so that others can go on meanwhile, and may be cancelled.
    `dropped` is told how many have gone so far.
    """
    if bounds == UNBOUNDED:
        return 0
    total = 0
    while count := await archive.write(drop_portion, bounds, archive.now()):
        total += count
        dropped(total)
    while await archive.write(give_back):
        pass
    return total


async def _portions(
    archive: Archive, source: Source, read: Callable[[Connection, array[int]], list[Item]]
) -> AsyncIterator[Item]:
    positions = await archive.run(build, source, Arrangement())
    for start in range(0, positions.count, PORTION):
        for each in await archive.read(read, positions.ids[start : start + PORTION]):
            yield each


def _read_exported(connection: Connection, identities: array[int]) -> list[Exported]:
    rows = connection.execute(
        "SELECT invocation.id, scope.name, scope.region, original.raw"
        " FROM invocation JOIN scope ON scope.id = invocation.scope"
        " JOIN original ON original.invocation = invocation.id"
        " WHERE invocation.id IN (SELECT value FROM json_each(?))",
        (json.dumps(identities.tolist()),),
    )
    found = {row[0]: row[1:] for row in rows}
    exported = (
        Exported(scope, region, decompress(raw))
        for scope, region, raw in (found[each] for each in identities if each in found)
    )
    return [each for each in exported if each.raw]


def _read_known(connection: Connection, identities: array[int]) -> list[Known]:
    found = (known_by_id(connection, each) for each in identities)
    return [each for each in found if each is not None]
