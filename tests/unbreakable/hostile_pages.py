"""A service whose every text is hostile, by chance and never twice the same: endless pages."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from tests import hostile
from tests.unbreakable.service import listening, message
from tui.emulator.causes import CAUSES
from tui.emulator.request import Request

ROWS = 2
"""Rows of a page: enough to be seen, and few enough for very many pages."""


class Pages:
    """Answers every question, however it was signed."""

    def __init__(self, seed: int, last: int, *, refusing: float = 0.005) -> None:
        self.random = Random(seed)
        self.refusing = refusing
        """The share of questions that are refused."""
        self.last = last
        """Pages after which there are no more."""
        self.served = 0
        self.url = ""

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the questions of one connection."""
        while head := await _head(reader):
            target = head.split(b" ", 2)[1].decode("latin-1")
            names = dict(Request("POST", target).pairs())
            writer.write(self.answer(head.decode("latin-1"), names))
            await writer.drain()
        writer.close()

    def answer(self, head: str, given: dict[str, str]) -> bytes:
        """Return a page, one row of it anew, or now and then a hostile refusal."""
        if self.random.random() < self.refusing:
            body: dict[str, Any] = {"Code": f"Throttling{self.text()}", "Message": self.text()}
            return self.message(400, body | {"RequestId": self.text(), "Recommend": self.text()})
        if "InvokeId" in given:
            return self.message(200, self.page([self.row(given["InvokeId"])], ""))
        number = int(given.get("NextToken", "0").partition(" ")[0])
        if "PageNumber" in given:
            return self.message(200, {"TotalCount": self.last * ROWS} | self.page([], ""))
        self.served = max(self.served, number + 1)
        rows = [self.row(f"f-{number}-{place}{self.text()}") for place in range(ROWS)]
        # A token goes back in the address, whose length has a limit that a text here has not.
        token = f"{number + 1} {hostile.text(self.random)}" if number + 1 < self.last else ""
        return self.message(200, self.page(rows, token))

    def page(self, rows: list[dict[str, Any]], token: str) -> dict[str, Any]:
        around = {"RequestId": self.text(), "NextToken": token, self.text(): self.text()}
        return around | {"Invocations": {"Invocation": rows}}

    def row(self, invoke_id: str) -> dict[str, Any]:
        """Return a record in which every text but the ID is by chance."""
        status = self.random.choice(["Success", "Failed", "PartialFailed", "Finished", self.text()])
        return {
            "InvokeId": invoke_id,
            "InvocationStatus": status,
            "CreationTime": self.random.choice(["2026-11-20T12:00:00Z", self.text()]),
            "Content": self.content(),
            "ContentType": self.random.choice(["PlainText", "Base64", self.text()]),
            "VmCount": self.random.choice([1, 2, self.text()]),
            **{name: self.text() for name in ("Name", "TargetDir", "Description", "FileOwner")},
            **{name: self.text() for name in ("FileGroup", "FileMode", "Overwrite", self.text())},
            "Tags": {"Tag": [{"TagKey": self.text(), "TagValue": self.text()}]},
            "InvokeInstances": {"InvokeInstance": [self.result(), self.result()]},
        }

    def result(self) -> dict[str, str]:
        names = ("InstanceId", "ErrorInfo", "StartTime", "FinishTime", "UpdateTime", "CreationTime")
        code = self.random.choice([self.text(), *(cause.code for cause in CAUSES)])
        return {
            **{name: self.text() for name in names},
            "InvocationStatus": self.random.choice(["Failed", "Success", self.text()]),
            "ErrorCode": code,
        }

    def content(self) -> str:
        text = self.text() * self.random.choice([1, 1, 1, 100])
        if self.random.random() < 0.5:
            return text
        return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()

    def text(self) -> str:
        if self.random.random() < 0.01:
            return (hostile.text(self.random) or "x") * self.random.choice([50, 500])
        return hostile.text(self.random)

    def message(self, status: int, body: dict[str, Any]) -> bytes:
        """Return an answer; reason and header values are hostile as far as HTTP lets them be."""
        headers = {"content-type": "application/json", "x-acs-request-id": self.line()}
        return message(status, json.dumps(body).encode(), headers, self.line())

    def line(self) -> str:
        """Return a text in Latin-1 without what ends a line."""
        text = self.text().encode("latin-1", "ignore").decode("latin-1")
        return "".join(piece for piece in text if piece not in "\r\n\0")[:500].strip()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, OSError):
        return b""


@contextmanager
def serving(pages: Pages) -> Iterator[Pages]:
    """Serve pages from a thread of their own."""
    ready, over = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with listening(pages.converse) as port:
            pages.url = f"http://127.0.0.1:{port}"
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        ready.wait()
        yield pages
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
