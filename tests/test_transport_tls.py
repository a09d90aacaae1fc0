"""The transport behind TLS and proxies: whom it trusts, and one sentence where it cannot."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from tests.certificates import self_signed
from tests.serving import always
from tests.wire import http, http_transport, serving
from tui.api import tls
from tui.api.errors import NotReached
from tui.api.transport import Answer

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"))


async def ask_securely(certificate: Path) -> Answer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(http(b"secure"))
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    async with server, http_transport() as wire:
        port = server.sockets[0].getsockname()[1]
        return await wire.exchange("POST", f"https://127.0.0.1:{port}/", [], b"")


async def test_a_certificate_is_verified_against_the_file_that_the_user_names(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    assert (await ask_securely(certificate)).body == b"secure"


async def test_a_certificate_of_nobody_known_is_not_trusted(certificate: Path) -> None:
    with pytest.raises(NotReached, match="is not trusted") as caught:
        await ask_securely(certificate)

    assert not caught.value.retryable
    assert "SSL_CERT_FILE" in caught.value.advice


async def test_a_wrong_host_name_is_not_trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    async with server, http_transport() as wire:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NotReached, match="is not trusted"):
            await wire.exchange("POST", f"https://localhost:{port}/", [], b"")


def test_no_session_keys_are_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))

    context = tls.context()

    assert not context.keylog_filename
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    assert not (tmp_path / "keys").exists()


async def test_certificates_that_cannot_be_read_are_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    for file, why in ((tmp_path / "missing.pem", "cannot be read"), (empty, "no certificates")):
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        async with http_transport() as wire:
            with pytest.raises(NotReached, match=f"{file.name}, which .*{why}") as caught:
                await wire.exchange("POST", "https://127.0.0.1:1/", [], b"")
            assert not caught.value.retryable


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "ftp://user:very-secret@proxy.example"),
        ("ALL_PROXY", "socks5://user:very-secret@proxy.example"),
        ("NO_PROXY", "[::very-secret"),
        ("HTTPS_PROXY", "http://user:very-secret@proxy.example:port"),
        ("HTTPS_PROXY", "http://user:very-secret@proxy.example:99999"),
        ("ALL_PROXY", "very-secret:99999"),
    ],
)
async def test_unusable_proxy_settings_are_one_clear_sentence(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv(name, value)
    async with http_transport() as wire:
        with pytest.raises(NotReached, match=r"[Pp]roxy|SOCKS") as caught:
            await wire.exchange("POST", "https://127.0.0.1:1/", [], b"")

    assert "PROXY" in caught.value.advice
    assert "secret" not in str(caught.value)
    assert not caught.value.retryable


async def test_a_proxy_is_used_for_https_and_never_for_plain_http(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heads: list[bytes] = []

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(http(status="407 Proxy Authentication Required"))

    async with serving(respond) as proxy, serving(always(http(b"direct"))) as url:
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.replace("http://", "http://user:very-secret@"))
        async with http_transport() as wire:
            assert (await wire.exchange("POST", url, [], b"")).body == b"direct"
            assert heads == []
            with pytest.raises(NotReached, match="proxy") as caught:
                await wire.exchange("POST", "https://ecs.example.invalid/", [], b"")

    assert heads[0].startswith(b"CONNECT ecs.example.invalid:443")
    assert "secret" not in str(caught.value)
