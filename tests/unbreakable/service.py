"""The emulator behind a socket of raw bytes, where a fault can strike in place of any answer."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tui.emulator.fleet import Fleet
from tui.emulator.front import Front
from tui.emulator.handler import Emulator
from tui.emulator.request import Request, Response

RECORDS = 100
"""Two pages of records: the first comes, and the second meets the fault."""

LONGEST_HEAD = 128 * 1024


@dataclass
class Blow:
    """One request that a fault strikes, and the connection that it came on."""

    service: Service
    request: Request
    writer: asyncio.StreamWriter
    number: int
    """Requests struck so far, this one counted."""

    @property
    def emulator(self) -> Emulator:
        return self.service.emulator

    def write(self, content: bytes) -> None:
        self.writer.write(content)

    def answer(self) -> Response:
        """Return what the emulator says to the request."""
        return self.emulator.answer(self.request)


Strike = Callable[[Blow], Awaitable[None]]
"""Answers one request in its own way."""


@dataclass
class Service:
    """Where the service is, what it was asked, and what strikes those who ask for a second page."""

    emulator: Emulator
    url: str = ""
    strike: Strike | None = None
    from_the_start: bool = False
    """Whether the first page is struck, too."""
    struck: int = 0
    requests: deque[Request] = field(default_factory=lambda: deque(maxlen=1_000))
    """The latest ones."""

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request a connection."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            request = _request(head)
            self.requests.append(request)
            if self.strike is not None and (self.from_the_start or "NextToken=" in request.target):
                self.struck += 1
                await self.strike(Blow(self, request, writer, self.struck))
            else:
                delivery = await Front(self.emulator).delivery(request)
                writer.write(raw(delivery.response))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening(
    respond: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[int]:
    """Listen on loopback and yield the port; what is under way ends with the block."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await respond(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=LONGEST_HEAD, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def serving(
    records: int = RECORDS, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Service]:
    """Serve records on loopback."""
    service = Service(Emulator(Fleet(records, 7)))
    async with listening(service.converse, tls) as port:
        service.url = f"https://127.0.0.1:{port}" if tls else f"http://localhost:{port}"
        yield service


@asynccontextmanager
async def tunnelling(refusal: bytes = b"") -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve as a proxy for TLS, or refuse to; yield its URL and the first lines it was sent."""
    lines: list[bytes] = []

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            line = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0]
            lines.append(line)
            if refusal:
                writer.write(refusal)
                await writer.drain()
            else:
                host, _, port = line.split(b" ")[1].decode().rpartition(":")
                inner, outer = await asyncio.open_connection(host, int(port))
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await asyncio.gather(_copied(reader, outer), _copied(inner, writer))
        writer.close()

    async with listening(respond) as port:
        yield f"http://127.0.0.1:{port}", lines


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


def raw(response: Response) -> bytes:
    """Return a response as bytes, for a connection that ends with it."""
    headers = {**response.headers, "connection": "close"}
    return message(response.status, response.body, headers, response.reason)


def message(
    status: int,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    reason: str = "",
) -> bytes:
    """Return the bytes of an HTTP response, whose length is told unless a header says another."""
    headers = {"content-length": str(len(body)), **(headers or {})}
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _request(head: bytes) -> Request:
    first, *rest = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = tuple(
        (name, value.strip()) for name, _, value in (one.partition(":") for one in rest)
    )
    return Request(method, target, headers)
