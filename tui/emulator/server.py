"""The emulator on a loopback socket: HTTP/1.1 by h11 and asyncio, with faults down to the byte.

Nobody can make it hold much: heads, bodies, connections and waiting times are bounded, one answer
a connection is under way, and nothing more is read until it has been written.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import h11

from tui.emulator import credentials_uri, sign_in, sts
from tui.emulator.faults import Delivery, Faults
from tui.emulator.front import Front
from tui.emulator.handler import Emulator
from tui.emulator.request import Request, Response
from tui.emulator.request_log import RequestLog

HOST: Final = "127.0.0.1"
"""The only address that is ever listened on."""

MAX_HEAD: Final = 128 * 1024
"""The longest request line with headers, in bytes."""

MAX_BODY: Final = 1024 * 1024
"""The longest body of a request, in bytes."""

MAX_CONNECTIONS: Final = 256
"""Connections served at a time; further ones are closed at once."""

PATIENCE: Final = 60.0
"""How long a request may take to arrive and an answer to be taken, in seconds."""

FAREWELL: Final = 1.0
"""How long a client that is hung up on may go on sending, in seconds."""

CHUNK: Final = 64 * 1024
"""Bytes read at a time."""


async def serve(
    emulator: Emulator,
    *,
    port: int = 0,
    faults: Faults | None = None,
    latency: float = 0.0,
    request_log: Path | None = None,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve the emulator on 127.0.0.1 until cancelled.

    Args:
        port: 0 lets the system choose.
        latency: seconds before each answer.
        request_log: where one line of JSON a request goes; no secrets in it.
        announce: takes the line of JSON that says where and with which keys, once it listens.

    Raises:
        OSError: the port is taken, or the log cannot be written.
    """
    log = RequestLog(request_log)
    connections = _Connections(Front(emulator, faults), latency, log)
    try:
        server = await asyncio.start_server(connections.serve, HOST, port, limit=CHUNK)
        try:
            announce(announcement(emulator, server.sockets[0].getsockname()[1]))
            await server.serve_forever()
        finally:
            server.close()
            await connections.end()
    finally:
        log.close()


def announcement(emulator: Emulator, port: int) -> str:
    """Return the line of JSON that tells a caller where the emulator is and with which keys."""
    triple = emulator.sts
    base = f"http://{HOST}:{port}"
    return json.dumps(
        {
            "endpoint": base,
            "access_key_id": emulator.access_key_id,
            "access_key_secret": emulator.access_key_secret,
            "region": emulator.region,
            "sts": {
                "access_key_id": triple.access_key_id,
                "access_key_secret": triple.access_key_secret,
                "security_token": triple.security_token,
            },
            "sts_endpoint": base,
            "metadata_endpoint": base,
            "credentials_uri": base + credentials_uri.PATH,
            "role_arn": sts.ROLE_ARN,
            "denied_role_arn": sts.DENIED_ROLE_ARN,
            "oidc_provider_arn": sts.OIDC_PROVIDER_ARN,
            "cloud_sso_sign_in_url": base + sign_in.SIGN_IN,
            "oauth_endpoint": base,
        }
    )


class _TooLong(Exception):
    """The body of a request exceeds what is taken."""


class _Connections:
    """The connections of one server."""

    def __init__(self, front: Front, latency: float, log: RequestLog) -> None:
        self._front = front
        self._latency = latency
        self._log = log
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        task = asyncio.current_task()
        if task is None or len(self._tasks) >= MAX_CONNECTIONS:
            writer.transport.abort()
            return
        self._tasks.add(task)
        try:
            await self._converse(reader, writer)
        except (OSError, h11.LocalProtocolError, asyncio.CancelledError):
            # The client has gone or does not move on; or `end` cancels, and nobody waits for more.
            writer.transport.abort()
        finally:
            self._tasks.discard(task)
            writer.close()

    async def end(self) -> None:
        """End all connections."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take requests and bring answers until one side has had enough."""
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    request = await _next_request(connection, reader, writer)
            except h11.RemoteProtocolError as error:
                await _write(connection, writer, _plain(error.error_status_hint, "Bad request."))
                await _see_off(reader, writer)
                return
            except _TooLong:
                await _write(connection, writer, _plain(413, "The body is too long."))
                await _see_off(reader, writer)
                return
            if request is None:
                return
            if not await self._deliver(connection, writer, request):
                return
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                return
            connection.start_next_cycle()

    async def _deliver(
        self, connection: h11.Connection, writer: asyncio.StreamWriter, request: Request
    ) -> bool:
        """Answer a request. Return whether the connection may be used again."""
        started = time.perf_counter()
        delivery = await self._front.delivery(request)
        await asyncio.sleep(self._latency + delivery.delay)
        self._log.write(request, delivery, (time.perf_counter() - started) * 1000)
        if delivery.breakage == "reset":
            _reset(writer)
            return False
        response = delivery.response
        if request.method == "HEAD":
            response = replace(response, body=b"")
        await _write(connection, writer, response, _cut(delivery))
        return delivery.breakage == ""


async def _next_request(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    """Return the next request, or None where the client has gone."""
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                go_on = connection.send(h11.InformationalResponse(status_code=100, headers=[]))
                writer.write(go_on or b"")
            connection.receive_data(await reader.read(CHUNK))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MAX_BODY:
                raise _TooLong
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = tuple((_text(name), _text(value)) for name, value in head.headers)
            return Request(_text(head.method), _text(head.target), headers, bytes(body))
        else:
            return None


async def _write(
    connection: h11.Connection,
    writer: asyncio.StreamWriter,
    response: Response,
    cut: int | None = None,
) -> None:
    """Write a response, of its body only the first `cut` bytes where that is given."""
    head = h11.Response(
        status_code=response.status,
        reason=response.reason.encode(),
        headers=[(name.encode(), value.encode()) for name, value in response.headers.items()],
    )
    pieces = [connection.send(head), connection.send(h11.Data(data=response.body[:cut]))]
    if cut is None:
        pieces.append(connection.send(h11.EndOfMessage()))
    writer.write(b"".join(piece for piece in pieces if piece))
    async with asyncio.timeout(PATIENCE):
        await writer.drain()


async def _see_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let a client that is still sending read why it is hung up on.

    Closing with something unread would reset the connection, and take the answer with it.
    """
    writer.write_eof()
    with suppress(TimeoutError):
        async with asyncio.timeout(FAREWELL):
            while await reader.read(CHUNK):
                pass


def _cut(delivery: Delivery) -> int | None:
    return len(delivery.response.body) // 2 if delivery.breakage == "truncate" else None


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset instead of an orderly end."""
    connection = writer.get_extra_info("socket")
    # On, with no time to linger: what has not been sent is dropped and the peer gets a reset.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _plain(status: int, sentence: str) -> Response:
    content = f"{sentence}\n".encode()
    headers = {
        "content-type": "text/plain",
        "content-length": str(len(content)),
        "connection": "close",
    }
    return Response(status, "", headers, content)


def _text(piece: bytes) -> str:
    """Return bytes of the wire as text from which the same bytes can be made again."""
    return piece.decode("utf-8", "surrogateescape")
