"""Invocations to fill archives with, and what tests look at."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tui.archive.arrangement import Arrangement
from tui.archive.store import Archive
from tui.archive.view import View
from tui.records import InstanceResult, Invocation, Query

START = datetime(2026, 1, 1, tzinfo=UTC)

REGION = "cn-hangzhou"

QUERY = Query(REGION)

OLDEST_FIRST = Arrangement("invocation.created ASC")

FAILED = (InstanceResult("i-1", "Failed", "ClientNotRunning"),)


def invocation(number: int, **changes: object) -> Invocation:
    """Return the invocation created `number` seconds after the start."""
    moment = (START + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return replace(
        Invocation(f"f-{number}", "Success", moment, name=f"file-{number}", raw="{}"),
        **changes,  # type: ignore[arg-type]
    )


def newest_first(*numbers: int) -> tuple[Invocation, ...]:
    return tuple(invocation(number) for number in sorted(numbers, reverse=True))


def with_content(number: int, content: str) -> Invocation:
    """Return an invocation with a content, and the JSON that goes with it."""
    made = invocation(number, content=content)
    raw = {"InvokeId": made.invoke_id, "Content": content, "Name": made.name}
    return replace(made, raw=json.dumps(raw))


def only(*numbers: int) -> Arrangement:
    """Return the arrangement that hides all invocations but these."""
    ids = tuple(f"f-{number}" for number in numbers)
    return Arrangement(
        where=f"invocation.invoke_id IN ({', '.join('?' * len(ids))})", parameters=ids
    )


def shown(view: View) -> list[str]:
    rows = view.rows(0, view.count)
    return [row.invoke_id if row else "-" for row in rows]


async def opened_view(archive: Archive, scope: str = "me", query: Query = QUERY) -> View:
    """Return an open view on the answers to a query."""
    view = View(archive, scope, await archive.question(scope, query))
    await view.open()
    return view


@asynccontextmanager
async def archive_at(path: Path | None, **options: Any) -> AsyncIterator[Archive]:
    """Keep an archive open for a while."""
    archive = Archive(path, **options)
    try:
        yield archive
    finally:
        await archive.close()


@asynccontextmanager
async def view_at(path: Path | None, **options: Any) -> AsyncIterator[View]:
    """Keep a view on all of an archive open for a while."""
    async with archive_at(path, **options) as archive:
        view = await opened_view(archive)
        yield view
        await view.close()


async def fill(path: Path, *numbers: int, **options: Any) -> None:
    """Put invocations into the archive at a path."""
    async with view_at(path, **options) as view:
        await view.add(newest_first(*numbers))


async def ids_in(path: Path) -> list[str]:
    """Return what the archive at a path has, newest first."""
    async with view_at(path) as view:
        return shown(view)
