"""The transport on a real socket: what it sends, what it takes, what it refuses."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import subprocess
import sys
import zlib

import pytest

from tests.serving import GZIP, always, ask, then_close
from tests.wire import http, http_transport, serving
from tui.api import transport
from tui.api.errors import ApiError, BadAnswer, NotReached, Oversized, TimedOut
from tui.api.inflate import MAX_BODY
from tui.api.transport import HttpTransport

pytestmark = pytest.mark.anyio


async def test_the_query_goes_on_the_wire_as_it_was_signed() -> None:
    heads: list[bytes] = []

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(http(b"hi", headers=["X-Acs-Request-Id: R-1"]))

    query = "Name=a%20b%2A%2F%2B~%27%28%29%21%25&T=%E4%B8%AD&E="
    async with serving(respond) as url, http_transport() as wire:
        headers = [("host", "signed.example:1"), ("x-acs-action", "A")]
        answer = await wire.exchange("POST", f"{url}/?{query}", headers, b"")

    lines = heads[0].decode().split("\r\n")
    named = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in lines[1:]}
    assert lines[0] == f"POST /?{query} HTTP/1.1"
    assert named["host"] == "signed.example:1"
    assert named["x-acs-action"] == "A"
    assert named["content-length"] == "0"
    assert named["accept"] == "application/json"
    assert named["accept-encoding"] == "gzip"
    assert (answer.status, answer.reason, answer.body) == (200, "OK", b"hi")
    assert answer.headers["x-acs-request-id"] == "R-1"


async def test_a_body_is_sent_as_it_is() -> None:
    seen: list[bytes] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        seen.append(await reader.readexactly(5))
        writer.write(http())
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server, http_transport() as wire:
        port = server.sockets[0].getsockname()[1]
        await wire.exchange("POST", f"http://127.0.0.1:{port}/", [], b"a=b&c")

    assert seen == [b"a=b&c"]


async def test_connections_are_kept_for_the_next_request() -> None:
    ports: set[int] = set()

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        ports.add(writer.get_extra_info("peername")[1])
        writer.write(http(b"x"))

    async with serving(respond) as url, http_transport() as wire:
        for _ in range(3):
            await wire.exchange("POST", url, [], b"")

    assert len(ports) == 1
    assert transport.KEEPALIVE <= 5


@pytest.mark.parametrize(
    "answer",
    [
        http(b"x"),
        http(b"", status="503 Service Unavailable"),
        http(gzip.compress(b"x")[:-1], headers=GZIP),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
    ],
    ids=["length", "no body", "damaged body", "chunks"],
)
async def test_what_stands_behind_an_answer_is_never_the_next_one(answer: bytes) -> None:
    served = 0

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        served += 1
        writer.write(answer + http(b"not asked for") if served == 1 else http(b"second"))

    async with serving(respond) as url, http_transport() as wire:
        with contextlib.suppress(BadAnswer):
            await wire.exchange("POST", url, [], b"")
        assert (await wire.exchange("POST", url, [], b"")).body == b"second"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temp", "308 Perm"])
async def test_a_redirect_is_an_answer_and_is_never_followed(status: str) -> None:
    heads: list[bytes] = []

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(http(status=status, headers=["Location: /other"]))

    answer = await ask(respond)

    assert answer.status == int(status[:3])
    assert answer.headers["location"] == "/other"
    assert len(heads) == 1


async def test_cookies_are_not_kept() -> None:
    heads: list[bytes] = []

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(http(headers=["Set-Cookie: a=b; Path=/"]))

    async with serving(respond) as url, http_transport() as wire:
        await wire.exchange("POST", url, [], b"")
        await wire.exchange("POST", url, [], b"")

    assert b"cookie" not in heads[1].lower()


async def test_hostile_words_in_the_head_are_made_printable() -> None:
    answer = await ask(
        always(
            http(
                status="200 \x1b[31mRED", headers=["X-Evil: a\x1b]0;x\x07", "X-Long: " + "y" * 9000]
            )
        )
    )

    assert answer.reason.isprintable()
    assert answer.headers["x-evil"] == "a␛]0;x␇"
    assert len(answer.headers["x-long"]) == transport.MAX_HEADER


async def test_a_compressed_body_is_inflated() -> None:
    body = b"a page" * 1000

    answer = await ask(always(http(gzip.compress(body), headers=GZIP)))

    assert answer.body == body


async def test_a_truncated_compressed_body_of_the_announced_length_is_noticed() -> None:
    whole = gzip.compress(b"a page" * 1000)

    for cut in (1, 8, 12, len(whole) - 3):
        with pytest.raises(BadAnswer, match=r"broke off|damaged"):
            await ask(always(http(whole[: len(whole) - cut], headers=GZIP)))


async def test_a_damaged_compressed_body_is_noticed() -> None:
    whole = bytearray(gzip.compress(b"a page" * 1000))
    whole[-6] ^= 1

    with pytest.raises(BadAnswer, match="damaged"):
        await ask(always(http(bytes(whole), headers=GZIP)))


async def test_what_follows_a_compressed_body_must_be_another_one() -> None:
    two = gzip.compress(b"one") + gzip.compress(b"two")

    assert (await ask(always(http(two, headers=GZIP)))).body == b"onetwo"
    with pytest.raises(BadAnswer, match="damaged"):
        await ask(always(http(two + b"garbage", headers=GZIP)))


@pytest.mark.parametrize("encoding", ["deflate", "br", "gzip, gzip", "\x1b[31m"])
async def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BadAnswer, match="not asked for") as caught:
        await ask(always(http(zlib.compress(b"x"), headers=[f"Content-Encoding: {encoding}"])))

    assert str(caught.value).isprintable()


async def test_a_bomb_is_dropped_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(bytes(MAX_BODY + 1), 9)
    assert len(bomb) < 100_000

    with pytest.raises(Oversized) as caught:
        await ask(always(http(bomb, headers=GZIP)))
    assert not caught.value.retryable


async def test_an_announced_excess_is_not_even_read() -> None:
    for length in (MAX_BODY + 1, 10**18):
        with pytest.raises(Oversized, match="not read"):
            await ask(always(http(b"x", length=length)))


async def test_a_body_that_breaks_off_is_noticed() -> None:
    with pytest.raises(BadAnswer, match="broke off") as caught:
        await ask(then_close(http(b"half", length=100)))

    assert caught.value.retryable


@pytest.mark.parametrize(
    "response",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
    ],
    ids=["ssh", "long header", "length", "status"],
)
async def test_what_is_not_http_is_a_bad_answer(response: bytes) -> None:
    with pytest.raises(BadAnswer) as caught:
        await ask(then_close(response))

    assert str(caught.value).isprintable()


async def test_a_connection_closed_without_an_answer_was_not_reached() -> None:
    with pytest.raises(NotReached, match="closed the connection") as caught:
        await ask(then_close(b""))

    assert caught.value.retryable


async def test_a_reset_is_an_error_that_may_pass() -> None:
    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.close()

    with pytest.raises(ApiError) as caught:
        await ask(respond)
    assert caught.value.retryable


async def test_silence_is_a_timeout() -> None:
    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        return

    with pytest.raises(TimedOut, match="took too long to answer"):
        await ask(respond, read_timeout=0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_refused_connection_says_so() -> None:
    async with http_transport() as wire:
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(NotReached, match=f"{host}:.* refuses connections"):
                await wire.exchange("POST", f"http://{host}:{free_port()}/", [], b"")


async def test_an_unknown_name_says_so() -> None:
    async with http_transport() as wire:
        with pytest.raises(NotReached, match="was not found"):
            await wire.exchange("POST", "http://no-such-host.invalid/", [], b"")


async def test_a_header_that_cannot_be_sent_is_not_quoted() -> None:
    async with serving(always(http())) as url, http_transport() as wire:
        for value in ("very-secret\n", "very-secret\u20ac", "very-secret\x00"):
            with pytest.raises(NotReached) as caught:
                await wire.exchange("POST", url, [("x-acs-security-token", value)], b"")
            assert "very-secret" not in str(caught.value)
            assert caught.value.__cause__ is None
            assert not caught.value.retryable


async def test_a_pool_without_places_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_CONNECTIONS", 1)
    arrived, gate = asyncio.Event(), asyncio.Event()

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        if b"/slow" in head:
            arrived.set()
            await gate.wait()
        writer.write(http(b"x"))

    async with serving(respond) as url, http_transport(connect_timeout=0.05) as wire:
        slow = asyncio.create_task(wire.exchange("POST", f"{url}/slow", [], b""))
        await arrived.wait()
        with pytest.raises(TimedOut, match="replaced"):
            await wire.exchange("POST", f"{url}/fast", [], b"")
        assert (await wire.exchange("POST", f"{url}/fast", [], b"")).body == b"x"
        gate.set()
        assert (await slow).body == b"x", "what was under way is brought to its end"


async def test_a_closed_transport_says_so() -> None:
    wire = HttpTransport()
    await wire.aclose()

    with pytest.raises(NotReached, match="closed"):
        await wire.exchange("POST", "http://127.0.0.1:1/", [], b"")


def test_the_http_library_is_not_imported_before_it_is_needed() -> None:
    script = (
        "import sys, tui.api.transport as t; t.HttpTransport();"
        "sys.exit('httpx' in sys.modules or 'pydantic' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
