"""The one place that speaks HTTP: an exchange of bytes, bounded in size and time."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from tui.api import tls
from tui.api.errors import ApiError, BadAnswer, NotReached, Oversized, TimedOut
from tui.api.inflate import MAX_BODY, Body
from tui.plain import printable

if TYPE_CHECKING:
    import httpx

USER_AGENT: Final = "sendfile-explorer"
"""What the program calls itself where nobody says otherwise."""

KEEPALIVE: Final = 4.0
"""Seconds an idle connection is kept; the service's side closes them after some five."""

MAX_CONNECTIONS: Final = 16
"""Connections at a time: twice what a client has in flight, for requests given up on."""

PARSER: Final = ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state")
"""The way from a response's stream to the parser that reads its connection."""

MAX_HEADERS: Final = 100
"""Header fields of an answer that are kept."""

MAX_HEADER: Final = 2_000
"""Characters kept of a header's value."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, complete, inflated and bounded."""

    status: int
    reason: str
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


class Transport(Protocol):
    """Carries a request to where its URL points and brings the answer back."""

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answer:
        """Send one request and return its complete answer, whatever its status.

        Raises:
            OSError: the connection failed (`ConnectionError`) or took too long (`TimeoutError`).
            tui.api.errors.NotReached: the same, with a sentence.
            tui.api.errors.BadAnswer: what came is truncated, too large or not HTTP.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class _Pool:
    """A set of connections that is closed when nobody uses it any more."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.users = 0
        self.retired = False

    async def release(self) -> None:
        self.users -= 1
        if self.retired and not self.users:
            await self.http.aclose()


class HttpTransport:
    """HTTP/1.1 over the network, or to this machine.

    Redirects are not followed, cookies not kept and bodies bounded. https goes through the proxy
    that the environment names; plain http, which is for this machine and the local network's own
    services, never does. A request that is cancelled while it connects costs its pool a place, so
    callers that cancel should let it finish behind a shield; a pool without places is replaced.

    Args:
        connect_timeout: seconds to wait for a place, for TCP and for TLS, each.
        read_timeout: seconds between two signs of life.
        user_agent: what the program calls itself.
    """

    def __init__(
        self,
        *,
        connect_timeout: float = 5.0,
        read_timeout: float = 10.0,
        user_agent: str = USER_AGENT,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._user_agent = user_agent
        self._pools: dict[str, _Pool] = {}
        self._opening = asyncio.Lock()
        self._closed = False

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answer:
        """Send one request and return its complete answer, whatever its status.

        Raises:
            tui.api.errors.NotReached: no answer came.
            tui.api.errors.BadAnswer: what came is truncated, too large or not HTTP.
        """
        scheme = url.partition(":")[0]
        pool = await self._pool(scheme)
        import httpx

        answered = False
        pool.users += 1
        try:
            request = pool.http.build_request(method, url, headers=list(headers), content=body)
            response = await pool.http.send(request, stream=True)
            answered = True
            try:
                return await _complete(response)
            finally:
                if _has_more(response):
                    # What stands behind an answer would be read as the next one.
                    await response.extensions["network_stream"].aclose()
                await response.aclose()
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            httpx.StreamError,
            OSError,
            UnicodeError,
        ) as error:
            if isinstance(error, httpx.PoolTimeout):
                self._retire(scheme, pool)
            raise _translated(error, url, answered=answered) from _harmless(error)
        finally:
            await pool.release()

    async def aclose(self) -> None:
        """Close all connections."""
        self._closed = True
        for scheme, pool in list(self._pools.items()):
            self._retire(scheme, pool)
            await pool.http.aclose()

    def _retire(self, scheme: str, pool: _Pool) -> None:
        pool.retired = True
        if self._pools.get(scheme) is pool:
            del self._pools[scheme]

    async def _pool(self, scheme: str) -> _Pool:
        async with self._opening:
            if self._closed:
                raise NotReached("The connection has been closed.", retryable=False)
            if scheme not in self._pools:
                # The import and the certificates take so long that the screen would feel it.
                http = await asyncio.to_thread(self._open, secure=scheme == "https")
                self._pools[scheme] = _Pool(http)
            return self._pools[scheme]

    def _open(self, *, secure: bool) -> httpx.AsyncClient:
        import httpx

        timeout = httpx.Timeout(
            self._read_timeout, connect=self._connect_timeout, pool=self._connect_timeout
        )
        limits = httpx.Limits(
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEPALIVE,
        )
        try:
            _check_ports(getproxies())
            return httpx.AsyncClient(
                verify=tls.context() if secure else False,
                trust_env=secure,
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip",
                    "User-Agent": self._user_agent,
                },
                timeout=timeout,
                limits=limits,
            )
        except ImportError:
            raise NotReached(
                "A SOCKS proxy is set, and what speaks to one is not installed.",
                advice="Install sendfile-explorer[socks], or unset ALL_PROXY and HTTPS_PROXY.",
                retryable=False,
            ) from None
        except (ValueError, httpx.InvalidURL):
            # The library's own words may quote a proxy's password.
            raise NotReached(
                "The proxy settings of the environment cannot be used.",
                advice="Correct or unset HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.",
                retryable=False,
            ) from None


def _check_ports(proxies: Mapping[str, str]) -> None:
    """Raise ValueError where a proxy has a port that none has: connecting would overflow."""
    for name in ("http", "https", "all"):
        proxy = proxies.get(name, "")
        urlsplit(f"//{proxy.rpartition('://')[2]}").port  # noqa: B018


async def _complete(response: httpx.Response) -> Answer:
    """Read a response to its end, within bounds, and make its words printable."""
    collected = Body(response.headers.get("content-encoding", ""))
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MAX_BODY:
        raise Oversized(
            f"The answer is announced as {printable(announced, 20)} bytes and was not read.",
            advice="Check the endpoint: the service never sends as much.",
        )
    async for chunk in response.aiter_raw():
        collected.feed(chunk)
    return Answer(
        status=response.status_code,
        reason=printable(response.reason_phrase, 100),
        headers={
            printable(name.lower(), 100): printable(value, MAX_HEADER)
            for name, value in list(response.headers.items())[:MAX_HEADERS]
        },
        body=collected.finish(),
    )


def _has_more(response: httpx.Response) -> bool:
    """Tell whether the connection of a response has brought more than what was read of it.

    The way to the parser is private to the libraries; where another version has none, what comes
    behind an answer is found out by its nonsense only.
    """
    node: object = response.stream
    for name in PARSER:
        node = getattr(node, name, None)
    more: tuple[bytes, bool] = getattr(node, "trailing_data", (b"", False))
    return bool(more[0])


def _translated(error: Exception, url: str, *, answered: bool) -> ApiError:
    """Return our error for one of the library's; `answered`: the answer's head had come."""
    import httpx

    target = host = printable(urlsplit(url).netloc, 100)
    advice = "Check the endpoint and the network."
    # What is connected to first, and what does not let itself be connected to, is the proxy.
    first = host
    if proxy := _proxy(url):
        host = f"{target} (by way of a proxy)"
        first = f"the proxy {proxy} to {target}"
        advice = "Check the endpoint, the network and the proxy that the environment names."

    def not_reached(sentence: str, *, retryable: bool = True) -> NotReached:
        return NotReached(sentence, advice=advice, retryable=retryable)

    match error:
        case httpx.PoolTimeout():
            return TimedOut("No connection was free in time; all have been replaced.")
        case httpx.ConnectTimeout():
            return TimedOut(f"Connecting to {first} took too long.", advice=advice)
        case httpx.TimeoutException() | TimeoutError():
            return TimedOut(f"{host} took too long to answer.", advice=advice)
        case httpx.ProxyError():
            return not_reached(f"The proxy did not connect to {target}: {error}.", retryable=False)
        case (
            httpx.InvalidURL()
            | httpx.UnsupportedProtocol()
            | httpx.LocalProtocolError()
            | UnicodeError()
        ):
            # The library's own words may quote a header.
            return not_reached(f"The request to {host} could not be written.", retryable=False)
        case httpx.ConnectError():
            return _unconnected(error, host, first, advice)
        case httpx.RemoteProtocolError() if not answered and "disconnected" in str(error):
            return not_reached(f"{host} closed the connection without a whole answer.")
        case httpx.RemoteProtocolError() if not answered:
            return BadAnswer(f"What {host} sent is not HTTP.", advice=advice)
    if answered:
        return BadAnswer(f"The answer of {host} broke off.")
    return not_reached(f"The connection to {host} was reset.")


def _proxy(url: str) -> str:
    """Return host and port of the proxy that the environment sends this URL through, if any."""
    parts = urlsplit(url)
    proxies = getproxies() if parts.scheme == "https" else {}
    proxy = proxies.get("https") or proxies.get("all") or ""
    if not proxy or proxy_bypass(parts.netloc):
        return ""
    # What stands before an @ may be a password.
    return printable(proxy.rpartition("://")[2].rpartition("@")[2].partition("/")[0], 100)


def _unconnected(error: Exception, host: str, first: str, advice: str) -> NotReached:
    """Say why a connection did not come about, from the cause deepest down that says so.

    TLS is spoken with `host`, perhaps through a proxy; what is reached `first` is that proxy.
    """
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case ssl.SSLCertVerificationError():
                return NotReached(
                    f"The certificate of {host} is not trusted: {cause.verify_message}.",
                    advice="Set SSL_CERT_FILE to the authorities that your network uses.",
                    retryable=False,
                )
            case ssl.SSLError():
                return NotReached(f"{host} does not speak TLS as expected.", advice=advice)
            case socket.gaierror():
                name = first if first == host else f"of {first}"
                return NotReached(f"The name {name} was not found.", advice=advice)
            case ConnectionRefusedError():
                return NotReached(f"{_capital(first)} refuses connections.", advice=advice)
        cause = cause.__cause__ or cause.__context__
    return NotReached(f"{_capital(first)} cannot be reached.", advice=advice)


def _capital(sentence: str) -> str:
    """Begin a sentence with a capital, unless a host name is what it begins with."""
    return f"T{sentence[1:]}" if sentence.startswith("the proxy ") else sentence


def _harmless(error: Exception) -> Exception | None:
    """Return an exception as a cause to show, unless its words may quote what was sent."""
    import httpx

    if isinstance(error, (httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError)):
        return None
    return error
