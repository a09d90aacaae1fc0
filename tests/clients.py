"""What the tests of the client ask, and how."""

from __future__ import annotations

import asyncio

from tests.wire import Clock, Scripted, client_of
from tui.api.client import Client
from tui.api.transport import Answer
from tui.records import Cursor, Page, Query

QUERY = Query("cn-hangzhou")
HTML = Answer(502, "Bad Gateway", {"content-type": "text/html"}, b"<html>")


async def ask(*script: Answer | Exception, clock: Clock | None = None) -> tuple[Scripted, Page]:
    """Ask for the first page of a service that answers by a script."""
    wire = Scripted(script)
    page = await client_of(wire, clock=clock).page(QUERY, Cursor())
    return wire, page


def asking(client: Client) -> asyncio.Task[Page]:
    """Ask for the first page in a task of its own."""
    return asyncio.create_task(client.page(QUERY, Cursor()))
