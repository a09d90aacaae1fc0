"""The emulator on a socket: HTTP to the byte, faults to the byte, and nobody can fill it up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.emulator.asking import HOME, Asker, asker, rpc_request, timestamp
from tui.emulator import server
from tui.emulator.faults import Faults, parse
from tui.emulator.request import Request

pytestmark = pytest.mark.anyio


class Line:
    """One connection to the server, spoken to in bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, content: bytes) -> None:
        self.writer.write(content)
        await self.writer.drain()

    async def ask(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        await self.say(wire(request))
        return await self.answer()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        status, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(status.split()[1]), headers, body

    async def rest(self) -> bytes:
        return await self.reader.read()


def wire(request: Request) -> bytes:
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    if request.body:
        lines.append(f"content-length: {len(request.body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + request.body


class Served:
    """A server that has said where it is."""

    def __init__(self, asking: Asker, said: dict[str, Any]) -> None:
        self.asking = asking
        self.said = said
        self._writers: list[asyncio.StreamWriter] = []

    def request(self, **filters: Any) -> Request:
        return self.asking.request({"RegionId": HOME, **filters})

    async def line(self) -> Line:
        where = urlsplit(self.said["endpoint"])
        assert where.hostname == "127.0.0.1" and where.port is not None
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        self._writers.append(writer)
        return Line(reader, writer)

    async def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)


@asynccontextmanager
async def served(*specs: str, records: int = 60, log: Path | None = None) -> AsyncIterator[Served]:
    asking = asker(records)
    said: asyncio.Queue[str] = asyncio.Queue()
    task = asyncio.create_task(
        server.serve(
            asking.emulator,
            faults=Faults([parse(spec) for spec in specs]),
            request_log=log,
            announce=said.put_nowait,
        )
    )
    async with asyncio.timeout(20):
        running = Served(asking, json.loads(await said.get()))
        try:
            yield running
        finally:
            task.cancel()
            result = (await asyncio.gather(task, return_exceptions=True))[0]
            assert isinstance(result, asyncio.CancelledError)
            await running.hang_up()


async def test_the_announcement_has_all_that_a_client_needs() -> None:
    async with served() as running:
        said = running.said
        assert list(said) == [
            "endpoint",
            "access_key_id",
            "access_key_secret",
            "region",
            "sts",
            "sts_endpoint",
            "metadata_endpoint",
            "credentials_uri",
            "role_arn",
            "denied_role_arn",
            "oidc_provider_arn",
            "cloud_sso_sign_in_url",
            "oauth_endpoint",
        ]
        assert said["region"] == HOME
        assert set(said["sts"]) == {"access_key_id", "access_key_secret", "security_token"}


async def test_a_connection_takes_many_requests() -> None:
    async with served() as running:
        line = await running.line()
        for size in (1, 50, 3):
            status, headers, body = await line.ask(running.request(MaxResults=size))
            assert status == 200
            assert headers["content-type"] == "application/json;charset=utf-8"
            assert len(json.loads(body)["Invocations"]["Invocation"]) == size
        refused, _, _ = await line.ask(running.request(MaxResults=51))
        assert refused == 400
        assert (await line.ask(running.request()))[0] == 200


async def test_requests_sent_ahead_are_answered_in_order() -> None:
    async with served() as running:
        line = await running.line()
        await line.say(b"".join(wire(running.request(PageSize=size)) for size in (1, 2, 3)))
        sizes = []
        for _ in range(3):
            _, _, body = await line.answer()
            sizes.append(json.loads(body)["PageSize"])
        assert sizes == [1, 2, 3]


async def test_who_asks_for_a_head_alone_gets_it() -> None:
    async with served() as running:
        line = await running.line()
        await line.say(b"HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        head, _, body = (await line.rest()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 4")
        assert body == b""


async def test_a_client_that_closes_is_closed_to() -> None:
    async with served() as running:
        line = await running.line()
        request = running.request()
        closing = Request(
            request.method, request.target, (*request.headers, ("connection", "close"))
        )
        assert (await line.ask(closing))[0] == 200
        assert await line.rest() == b""


async def test_a_query_may_be_spelt_in_another_way_than_it_was_signed() -> None:
    async with served() as running:
        line = await running.line()
        request = running.request(Name="a b*c/d'(e)!.txt")
        for signed, sent in (("%20", "+"), ("%2A", "*"), ("%2F", "/"), ("%27", "'"), ("%28", "(")):
            assert signed in request.target
            request = replace(request, target=request.target.replace(signed, sent))
        status, _, body = await line.ask(request)
        assert (status, json.loads(body)["TotalCount"]) == (200, 0)


async def test_a_reset_is_a_reset() -> None:
    async with served("reset=1") as running:
        line = await running.line()
        await line.say(wire(running.request()))
        with pytest.raises(ConnectionResetError):
            await line.rest()


async def test_a_truncated_answer_promises_more_than_it_brings() -> None:
    async with served("truncate=1") as running:
        line = await running.line()
        await line.say(wire(running.request()))
        head = await line.reader.readuntil(b"\r\n\r\n")
        promised = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        assert 0 < len(await line.rest()) < promised


async def test_a_gateways_page_comes_through() -> None:
    async with served("html502=1") as running:
        status, headers, body = await (await running.line()).ask(running.request())
        assert (status, headers["content-type"]) == (502, "text/html")
        assert b"Bad Gateway" in body


@pytest.mark.parametrize(
    ("nonsense", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: a\r\n bad\x00: header\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET /" + b"a" * server.MAX_HEAD * 2, 431),
        (b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n", 400),
    ],
    ids=["words", "header", "no host", "endless", "length"],
)
async def test_nonsense_is_refused_and_the_connection_closed(nonsense: bytes, status: int) -> None:
    async with served() as running:
        line = await running.line()
        await line.say(nonsense)
        assert (await line.answer())[0] == status
        assert await line.rest() == b""


async def test_a_body_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_BODY", 1000)
    async with served() as running:
        line = await running.line()
        head = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
        await line.say(head + b"3e8\r\n" + b"a" * 1000 + b"\r\n1\r\na\r\n")
        assert (await line.answer())[0] == 413


async def test_a_client_that_waits_to_be_asked_for_its_body_is_asked() -> None:
    async with served() as running:
        line = await running.line()
        await line.say(
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n"
        )
        assert (await line.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        await line.say(b"hi")
        assert (await line.answer())[0] == 404


async def test_a_client_that_stalls_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PATIENCE", 0.05)
    async with served() as running:
        line = await running.line()
        await line.say(b"POST / HTTP/1.1\r\nhost:")
        with pytest.raises(ConnectionError):
            if await line.rest() == b"":
                raise ConnectionError


async def test_a_client_that_does_not_read_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(records=300) as running:
        line = await running.line()
        requests = b"".join(wire(running.request(MaxResults=50)) for _ in range(40))
        monkeypatch.setattr(server, "PATIENCE", 0.2)
        await line.say(requests)
        other = await running.line()
        assert (await other.ask(running.request()))[0] == 200, "others are served meanwhile"


async def test_too_many_connections_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 2)
    async with served() as running:
        lines = [await running.line() for _ in range(2)]
        for line in lines:
            assert (await line.ask(running.request()))[0] == 200
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await (await running.line()).ask(running.request())
        assert (await lines[0].ask(running.request()))[0] == 200


async def test_an_end_in_the_middle_is_no_error() -> None:
    async with served("slow=1:50") as running:
        line = await running.line()
        await line.say(wire(running.request())[:40])
        line.writer.close()
        gone = await running.line()
        await gone.say(wire(running.request()))
        gone.writer.transport.abort()
        assert (await (await running.line()).ask(running.request()))[0] == 200


async def test_the_log_has_a_line_a_request_and_no_secrets(tmp_path: Path) -> None:
    path = tmp_path / "requests.ndjson"
    async with served("slow=1:1", log=path) as running:
        line = await running.line()
        await line.ask(running.request(Name="a\nb", MaxResults=3))
        await line.ask(running.request(RegionId="nowhere"))
        said = running.said
        request_id = json.loads((await line.ask(running.request()))[2])["RequestId"]
        older = {
            "AccessKeyId": said["access_key_id"],
            "Action": "DescribeSendFileResults",
            "PageSize": "1",
            "RegionId": HOME,
            "SignatureNonce": "1",
            "Timestamp": timestamp(running.asking.clock.now),
            "Version": "2014-05-26",
        }
        await line.ask(rpc_request(said["access_key_secret"], older))
    lines = [json.loads(text) for text in path.read_text().splitlines()]
    assert [one["status"] for one in lines] == [200, 404, 200, 200]
    assert lines[0]["operation"] == "DescribeSendFileResults"
    assert lines[0]["parameters"] == {"MaxResults": "3", "Name": "a\nb", "RegionId": HOME}
    assert lines[0]["ms"] >= 1
    assert lines[2]["request_id"] == request_id
    assert lines[0]["time"].endswith("+00:00")
    assert lines[3]["parameters"] == {"PageSize": "1", "RegionId": HOME}
    for secret in (said["access_key_id"], said["access_key_secret"], "Signature"):
        assert secret not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


async def test_the_log_counts_what_was_asked_of_whom_and_keeps_no_credential(
    tmp_path: Path,
) -> None:
    path = tmp_path / "requests.ndjson"
    token = "ey.the-token-of-somebody.x"
    async with served("expire-token=5", "throttle=1", log=path) as running:
        said = running.said
        line = await running.line()
        session = {"RoleArn": said["role_arn"], "RoleSessionName": "tests"}
        triples = []
        for _ in range(3):
            request = running.asking.request(session, "AssumeRole")
            triples.append(json.loads((await line.ask(request))[2])["Credentials"])
            running.asking.clock.now += 5
        held = running.asking.holding(triples[0])
        assert (await line.ask(held.request({"RegionId": HOME})))[0] == 400
        unsigned = {
            "Action": "AssumeRoleWithOIDC",
            "Version": "2015-04-01",
            "OIDCProviderArn": said["oidc_provider_arn"],
            "OIDCToken": token,
        }
        host = ("host", "127.0.0.1")
        await line.ask(Request("POST", f"/?{urlencode(unsigned | session)}", (host,)))
        ttl = ("X-aliyun-ecs-metadata-token-ttl-seconds", "60")
        _, _, metadata = await line.ask(Request("PUT", "/latest/api/token", (host, ttl)))
        uri = urlsplit(said["credentials_uri"])
        status, _, body = await line.ask(Request("GET", uri.path, (host,)))
        assert (status, json.loads(body)["Code"]) == (200, "Success")
    lines = [json.loads(text) for text in path.read_text().splitlines()]
    assert [(one["operation"], one["path"]) for one in lines] == [
        *[("AssumeRole", "/")] * 3,
        ("DescribeSendFileResults", "/"),
        ("AssumeRoleWithOIDC", "/"),
        ("PutMetadataToken", "/latest/api/token"),
        ("GetCredentialsURI", "/credentials"),
    ]
    assert lines[0]["parameters"] == session
    written = path.read_text()
    for triple in (*triples, json.loads(body)):
        for name in ("AccessKeyId", "AccessKeySecret", "SecurityToken"):
            assert triple[name] not in written
    assert token not in written and metadata.decode() not in written


async def test_a_taken_port_and_an_unwritable_log_are_errors_of_the_system(tmp_path: Path) -> None:
    async with served() as running:
        port = urlsplit(running.said["endpoint"]).port or 0
        with pytest.raises(OSError, match="address already in use"):
            await server.serve(running.asking.emulator, port=port, announce=print)
    with pytest.raises(FileNotFoundError):
        await server.serve(running.asking.emulator, request_log=tmp_path / "no" / "log")
