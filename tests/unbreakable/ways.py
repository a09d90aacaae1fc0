"""The ways to a service behind TLS: proxies, certificates, and what is said of wrong ones."""

from __future__ import annotations

import asyncio
import io
import os
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from tests.certificates import self_signed
from tests.explorer.driver import Driver
from tests.unbreakable.faults import ASKED, NEVERTHELESS, Fault, nothing
from tests.unbreakable.runs import FIRST, Outcome, opened, session_of, shown, walk
from tests.unbreakable.service import Service, serving, tunnelling
from tui.headless.listing import DONE
from tui.screens.loader import Loader

REFUSAL = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"

NOBODY = "http://user:very-secret@127.0.0.9:9"
"""A proxy that is not there, with a password that nobody may see."""


@dataclass(frozen=True)
class Way:
    """What the environment says of the way, and what is said of that."""

    name: str
    environ: dict[str, str]
    """Where a value is `{proxy}`, `{refusing}` or `{authority}`, it is that."""
    says: str
    """A regular expression; the service is reached where empty."""
    plain: bool = False
    """Whether the service does not speak TLS."""


WAYS = (
    Way("HTTPS_PROXY", {"HTTPS_PROXY": "{proxy}"}, ""),
    Way("NO_PROXY", {"HTTPS_PROXY": NOBODY, "NO_PROXY": "127.0.0.1"}, ""),
    Way("proxy that refuses", {"HTTPS_PROXY": "{refusing}"}, "The proxy did not connect"),
    Way("proxy that is not there", {"HTTPS_PROXY": NOBODY}, "The proxy 127.0.0.9:9 to .* refuses"),
    Way("proxy that is no address", {"HTTPS_PROXY": "ftp://a:very-secret@b"}, "proxy settings"),
    Way("SOCKS without the extra", {"ALL_PROXY": "socks5://a:very-secret@b"}, "SOCKS proxy is set"),
    Way("private CA, named", {}, ""),
    Way("private CA, not named", {"SSL_CERT_FILE": ""}, "is not trusted"),
    Way("SSL_CERT_FILE missing", {"SSL_CERT_FILE": "/nowhere.pem"}, "nowhere.pem.* cannot be read"),
    Way("a port without TLS", {}, "does not speak TLS|took too long", plain=True),
)

STRAIGHT = Way("", {}, "")

UNHURRIED = Fault("", nothing, "", NEVERTHELESS)


@dataclass(frozen=True)
class World:
    """A service behind TLS, two proxies, and who vouches for the service."""

    secure: Service
    plain: Service
    words: dict[str, str]
    tunnelled: list[bytes]
    """The first lines that the proxy was sent."""

    def service(self, way: Way) -> Service:
        return self.plain if way.plain else self.secure

    @contextmanager
    def environment(self, way: Way) -> Iterator[None]:
        """Set the variables of a way; without another word the authority is named."""
        named = {name: value.format(**self.words) for name, value in way.environ.items()}
        with mock.patch.dict(os.environ, {"SSL_CERT_FILE": self.words["authority"], **named}):
            if not os.environ["SSL_CERT_FILE"]:
                del os.environ["SSL_CERT_FILE"]
            yield


async def gone(chosen: Sequence[Way] = WAYS) -> dict[str, tuple[Outcome, Outcome]]:
    """Go each way with `list` and in one explorer; return what became of both."""
    outcomes = {}
    async with _world() as world, AsyncExitStack() as stack:
        with world.environment(STRAIGHT):
            driver = await stack.enter_async_context(opened([UNHURRIED], world.secure))
            await driver.wait_for(lambda: driver.explorer.table.line_count() == FIRST)
            await driver.settle()
        for way in chosen:
            with world.environment(way):
                said = io.StringIO()
                walked, _ = await walk(UNHURRIED, world.service(way), said)
                assert (walked.code != DONE) is bool(way.says)
                listed = Outcome(True, walked.sentence, ASKED if way.says else NEVERTHELESS)
                assert "secret" not in said.getvalue()
                explored = await _ask(driver, world.service(way))
            with world.environment(STRAIGHT):
                again, _ = await walk(UNHURRIED, world.secure, io.StringIO())
                assert again.code == DONE
                assert not (await _ask(driver, world.secure)).said
            outcomes[way.name] = (listed, explored)
    assert world.tunnelled[0].startswith(b"CONNECT 127.0.0.1:")
    return outcomes


async def _ask(driver: Driver, service: Service) -> Outcome:
    """Ask as where the profile is picked again: with another client, and the rows still there."""
    loader, before = driver.explorer.loader, driver.ids
    await loader.move(session_of([UNHURRIED], service))
    loader.failure = None
    await driver.pilot.press("r")
    await driver.wait_for(lambda: loader.failure or not driver.explorer.is_working("pages"))
    said = loader.failure.sentence if loader.failure else ""
    await driver.wait_for(lambda: not said or shown(driver, said))
    assert "secret" not in driver.screen()
    return Outcome(driver.ids[:FIRST] == before[:FIRST], said, ASKED if said else NEVERTHELESS)


@asynccontextmanager
async def _world() -> AsyncIterator[World]:
    with TemporaryDirectory() as directory, mock.patch.object(Loader, "_count_down", _for_ever):
        authority = self_signed(Path(directory))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(authority)
        async with (
            serving(tls=tls) as secure,
            serving() as plain,
            tunnelling() as (proxy, tunnelled),
            tunnelling(REFUSAL) as (refusing, _),
        ):
            plain.url = plain.url.replace("http://localhost", "https://127.0.0.1")
            words = {"proxy": proxy, "refusing": refusing, "authority": str(authority)}
            yield World(secure, plain, words, tunnelled)


async def _for_ever(loader: Loader, seconds: float) -> None:
    loader.retry_in = round(seconds)
    loader._changed()
    await asyncio.Event().wait()
