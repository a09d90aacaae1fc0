"""What the tests of the wire share: answers, a scripted transport, a server of raw bytes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from tui.api.calls import Call
from tui.api.client import Client
from tui.api.credentials import Credentials, CredentialSource, FixedCredentials
from tui.api.endpoints import Endpoint, resolve
from tui.api.errors import ApiError
from tui.api.pacing import RetryPolicy
from tui.api.transport import Answer, HttpTransport, Transport

VECTORS = Path(__file__).parent / "vectors"

KEYS = Credentials("testid", "testsecret", source="test")

START = 1_790_000_000.0
"""Unix seconds at which a test's clock starts."""


def page_body(*invoke_ids: str, token: str = "", **around: object) -> bytes:
    """Return a page of `DescribeSendFileResults` with bare invocations."""
    rows = [{"InvokeId": invoke_id, "InvocationStatus": "Success"} for invoke_id in invoke_ids]
    document = {"RequestId": "R-1", "NextToken": token, **around}
    return json.dumps({**document, "Invocations": {"Invocation": rows}}).encode()


def ok(body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer of status 200, by default a page of one invocation."""
    return Answer(200, "OK", headers or {}, page_body("f-1") if body is None else body)


def refusal(code: str, status: int = 400, message: str = "No.", **headers: str) -> Answer:
    """Return the service's error envelope; underscores in header names become hyphens."""
    body = {"RequestId": "R-2", "Code": code, "Message": message}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, "", named, json.dumps(body).encode())


@dataclass
class Sent:
    """One request that a scripted transport was given."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))


@dataclass
class Scripted:
    """A transport that plays answers and exceptions one after the other, the last for ever."""

    script: Sequence[Answer | Exception]
    sent: list[Sent] = field(default_factory=list)
    closed: bool = False

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answer:
        self.sent.append(Sent(method, url, dict(headers), body))
        step = self.script[min(len(self.sent), len(self.script)) - 1]
        if isinstance(step, Exception):
            raise step
        return step

    async def aclose(self) -> None:
        self.closed = True


@dataclass
class Recorder:
    """An observer that remembers."""

    started: list[Call] = field(default_factory=list)
    waits: list[tuple[float, ApiError]] = field(default_factory=list)
    ended: list[Call] = field(default_factory=list)

    def call_started(self, call: Call) -> None:
        self.started.append(call)

    def call_waiting(self, call: Call, seconds: float, fault: ApiError) -> None:
        self.waits.append((seconds, fault))

    def call_ended(self, call: Call) -> None:
        self.ended.append(call)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = START
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def client_of(
    transport: Transport,
    *,
    clock: Clock | None = None,
    credentials: CredentialSource | None = None,
    endpoint: Endpoint | None = None,
    policy: RetryPolicy | None = None,
    observer: Recorder | None = None,
    draw: float = 0.5,
) -> Client:
    """Return a client that neither waits nor draws lots."""
    clock = clock or Clock()
    nonces = iter(f"nonce-{number}" for number in range(100_000))
    return Client(
        endpoint=endpoint or resolve("cn-hangzhou"),
        credentials=credentials or FixedCredentials(KEYS),
        transport=transport,
        policy=policy,
        observer=observer,
        clock=clock,
        sleep=clock.sleep,
        random=lambda: draw,
        nonce=lambda: next(nonces),
    )


Responder = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
"""Answers the head of one request by writing bytes, whatever they are."""


@asynccontextmanager
async def serving(respond: Responder) -> AsyncIterator[str]:
    """Listen on loopback, let `respond` answer, and yield the server's URL."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            while True:
                await respond(await reader.readuntil(b"\r\n\r\n"), writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            connections.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=1024)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


def http(
    body: bytes = b"",
    *,
    status: str = "200 OK",
    headers: Iterable[str] = (),
    length: int | None = None,
) -> bytes:
    """Return the bytes of an HTTP/1.1 response."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode("latin-1") + body


@asynccontextmanager
async def http_transport(
    connect_timeout: float = 5.0, read_timeout: float = 5.0
) -> AsyncIterator[HttpTransport]:
    """Yield a real transport and close it."""
    transport = HttpTransport(connect_timeout=connect_timeout, read_timeout=read_timeout)
    try:
        yield transport
    finally:
        await transport.aclose()
