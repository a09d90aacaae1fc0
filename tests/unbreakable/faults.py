"""Everything that goes wrong between the client and the service, as bytes on a real connection."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Literal

from tests.unbreakable.service import Blow, Strike, message, raw
from tui.api.inflate import MAX_BODY
from tui.emulator.handler import Conditions

Recovery = Literal["the page came", "by itself", "when asked again", "begun again"]
"""How the rest of the rows come: though the fault lasts, or once it is over."""

ITSELF: Recovery = "by itself"
ASKED: Recovery = "when asked again"
NEVERTHELESS: Recovery = "the page came"
ANEW: Recovery = "begun again"


@dataclass(frozen=True)
class Fault:
    """What strikes the second page, what is said of it, and how the rest is had."""

    name: str
    strike: Strike
    says: str
    """A regular expression that the one sentence matches; nothing is to be said where empty."""
    recovery: Recovery
    """Of the explorer, and of the list where `listed` says nothing else."""
    shows: str = ""
    """A regular expression for what the explorer's status line says where the page came."""
    asks: int = 0
    """Seconds that the service asks to wait, where that is left to the user."""
    listed: Recovery | None = None
    read_timeout: float = 10.0
    deadline: float = 30.0
    place: Literal["", "nowhere", "closed", "full"] = ""
    """Where the name of the service leads, if not to it."""
    renews: bool = False
    """Whether the credentials can be had anew."""


def sends(content: bytes | Callable[[Blow], bytes]) -> Strike:
    """Answer with bytes and close the connection."""

    async def strike(blow: Blow) -> None:
        blow.write(content if isinstance(content, bytes) else content(blow))

    return strike


def spoils(change: Callable[[dict[str, Any]], object]) -> Strike:
    """Answer with the page that was asked for, changed; what is returned is sent in its place."""

    def spoilt(blow: Blow) -> bytes:
        document = json.loads(blow.answer().body)
        return page(json.dumps(change(document) or document).encode())

    return sends(spoilt)


def page(body: bytes, **headers: str) -> bytes:
    """Return a response with status 200 and JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return message(200, body, {"content-type": "application/json", **named}, "OK")


def refuses(code: str, status: int = 400, **headers: str) -> Strike:
    """Answer with an error of the service, and headers of ours."""
    body = {"RequestId": "R-1", "Code": code, "Message": "The service's own words."}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return sends(message(status, json.dumps(body).encode(), named))


def once(strike: Strike) -> Strike:
    """Strike the first request, and let the emulator answer the others."""

    async def struck(blow: Blow) -> None:
        if blow.number == 1:
            await strike(blow)
        else:
            blow.write(raw(blow.answer()))

    return struck


async def nothing(blow: Blow) -> None:
    """Let the emulator answer: the fault is elsewhere."""
    blow.write(raw(blow.answer()))


async def silence(blow: Blow) -> None:
    await asyncio.Event().wait()


def drips(content: bytes) -> Strike:
    """Send a byte now and then, always before the reader's patience is over."""

    async def strike(blow: Blow) -> None:
        for byte in content * 1000:
            blow.write(bytes([byte]))
            await blow.writer.drain()
            await asyncio.sleep(0.05)

    return strike


def resets(content: bytes = b"") -> Strike:
    """Send something and reset the connection."""

    async def strike(blow: Blow) -> None:
        blow.write(content)
        await blow.writer.drain()
        await asyncio.sleep(0.02 if content else 0)
        linger = struct.pack("ii", 1, 0)
        blow.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        blow.writer.transport.abort()

    return strike


async def never_ends(blow: Blow) -> None:
    """Send more than any answer has, without saying beforehand how much."""
    blow.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    for _ in range(MAX_BODY // 0x100000 + 8):
        blow.write(piece)
        await blow.writer.drain()


def half(blow: Blow) -> bytes:
    response = blow.answer()
    return raw(response)[: -len(response.body) // 2]


def zipped(blow: Blow, change: Callable[[bytes], bytes]) -> bytes:
    """Return the page compressed and then changed."""
    return page(change(gzip.compress(blow.answer().body)), content_encoding="gzip")


def flipped(content: bytes) -> bytes:
    return content[:-6] + bytes([content[-6] ^ 1]) + content[-5:]


def elsewhere(status: int) -> Strike:
    """Point to a place that would take whatever is sent there."""

    def pointing(blow: Blow) -> bytes:
        there = blow.service.url.replace("localhost", "127.0.0.1") + ELSEWHERE
        return message(status, b"", {"location": there}, "Elsewhere")

    return sends(pointing)


def same_token(blow: Blow) -> bytes:
    document = json.loads(blow.answer().body)
    document["NextToken"] = dict(blow.request.pairs())["NextToken"]
    return page(json.dumps(document).encode())


def of_other_types(document: dict[str, Any]) -> None:
    for row in document["Invocations"]["Invocation"]:
        row["Name"], row["VmCount"], row["Content"] = {"a": [1]}, "many", None
        row["InvokeInstances"], row["Tags"] = [None, 7, "x"], "none"


def without_fields(document: dict[str, Any]) -> None:
    rows = document["Invocations"]["Invocation"]
    document["Invocations"]["Invocation"] = [{"InvokeId": row["InvokeId"]} for row in rows]


def other_clock(seconds: float) -> Strike:
    return sends(lambda blow: raw(blow.emulator.answer(blow.request, Conditions(skew=seconds))))


def late(blow: Blow) -> bytes:
    """Refuse for the clock's sake without saying what time it is."""
    response = blow.emulator.refuse(blow.request, "InvalidTimeStamp.Expired")
    return message(response.status, response.body)


ELSEWHERE = "/elsewhere"
"""Where a redirect points: to the same machine by another name, so that who follows is seen."""

HTML = b"<html><title>Sign in to the network</title></html>"
DEEP = b"[" * 200_000 + b"]" * 200_000
GATEWAY = message(502, HTML, {"content-type": "text/html"}, "Bad Gateway")


def _faults() -> Iterable[Fault]:
    yield Fault("name not found (DNS)", nothing, r"name .* was not found", ITSELF, place="nowhere")
    yield Fault("connection refused", nothing, "refuses connections", ITSELF, place="closed")
    yield Fault(
        "connecting takes too long", nothing, "Connecting to .* took too long", ITSELF, place="full"
    )
    yield Fault("no answer", silence, "took too long to answer", ITSELF, read_timeout=0.3)
    yield Fault(
        "slow drip of the head",
        drips(b"HTTP/1.1 200 OK\r\nx: "),
        "took too long",
        ITSELF,
        deadline=0.5,
    )
    yield Fault(
        "slow drip of the body", drips(page(b"{}" * 99)), "took too long", ITSELF, deadline=0.5
    )
    yield Fault("reset before the answer", resets(), "was reset|closed the connection", ITSELF)
    yield Fault("reset inside the body", resets(page(b"{}", content_length="900")), "broke", ITSELF)
    yield Fault("closed before the answer", sends(b""), "closed the connection", ITSELF)
    yield Fault("body broken off", sends(half), "broke off", ITSELF)
    yield Fault(
        "truncated gzip of the announced length",
        sends(lambda blow: zipped(blow, lambda content: content[:-30])),
        "broke off|damaged",
        ITSELF,
    )
    yield Fault(
        "gzip with a wrong checksum", sends(lambda blow: zipped(blow, flipped)), "damaged", ITSELF
    )
    yield Fault("gzip that is none", sends(page(b"{}", content_encoding="gzip")), "damaged", ITSELF)
    yield Fault("compression not asked for", sends(page(b"x", content_encoding="br")), "not", ASKED)
    yield Fault("not HTTP", sends(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "is not HTTP", ITSELF)
    yield Fault("a head of 200 KB", sends(page(b"", x="y" * 200_000)), "is not HTTP", ITSELF)
    yield Fault("invalid JSON", sends(page(b'{"Invocations": nonsense')), "not the API's", ITSELF)
    yield Fault("JSON 200,000 levels deep", sends(page(DEEP)), "not the API's", ITSELF)
    yield Fault(
        "bytes that are no UTF-8", sends(page(b'{"a": "\xff\xfe"}')), "not the API's", ITSELF
    )
    yield Fault("HTML under 200", sends(message(200, HTML)), "not the API's: HTTP 200", ITSELF)
    yield Fault("empty 200", sends(page(b"")), "not the API's: HTTP 200.* empty", ITSELF)
    yield Fault("HTML under 502", sends(GATEWAY), "failed on .*HTTP 502", ITSELF)
    yield Fault("empty 502", sends(message(502)), "failed on .*HTTP 502.*empty", ITSELF)
    yield Fault(
        "error object under 200",
        sends(page(b'{"Code": "Throttling", "Message": "m"}')),
        "throttles .*Throttling, HTTP 200",
        ITSELF,
    )
    yield Fault("JSON array", sends(page(b"[]")), "JSON of another shape", ITSELF)
    yield Fault(
        "no list of records", spoils(lambda page: page.pop("Invocations") and None), "shape", ITSELF
    )
    yield Fault("rows with missing fields", spoils(without_fields), "", NEVERTHELESS)
    yield Fault("fields of other types", spoils(of_other_types), "", NEVERTHELESS)
    yield Fault("unknown fields", spoils(lambda page: page.update(New=[1])), "", NEVERTHELESS)
    yield Fault(
        "oversized, announced",
        sends(message(200, b"", {"content-length": "9" * 12})),
        "not read",
        ASKED,
    )
    yield Fault("oversized, not announced", never_ends, "larger|more than", ASKED)
    yield Fault("gzip bomb", sends(_bomb()), "larger|more than", ASKED)
    yield Fault("redirect to another host (302)", elsewhere(302), "not followed", ASKED)
    yield Fault("redirect to another host (307)", elsewhere(307), "not followed", ASKED)
    yield Fault(
        "clock 1 hour slow",
        other_clock(3600),
        r"clock is 3,\d+ s behind",
        NEVERTHELESS,
        r"clock \S+ \S+ slow|clock \S+ slow",
    )
    yield Fault(
        "clock 5 hours fast",
        other_clock(-18000),
        r"clock is 1.,\d+ s ahead",
        NEVERTHELESS,
        r"clock \S+ \S+ fast|clock \S+ fast",
    )
    yield Fault("clock refused, no Date", sends(late), "InvalidTimeStamp", ASKED)
    yield Fault("nonce used before", once(refuses("SignatureNonceUsed")), "Nonce", NEVERTHELESS)
    yield Fault("next token repeated", sends(same_token), "used before", ASKED)
    yield Fault(
        "next token refused", refuses("InvalidParameter.NextToken"), "NextToken", ASKED, listed=ANEW
    )
    yield Fault("credentials expired", refuses("InvalidSecurityToken.Expired"), "Expired", ASKED)
    yield Fault(
        "credentials expired and renewed",
        once(refuses("InvalidSecurityToken.Expired")),
        "Expired",
        NEVERTHELESS,
        renews=True,
    )
    yield Fault("denied", refuses("Forbidden.RAM", 403), "refused .*Forbidden.RAM, HTTP 403", ASKED)
    yield Fault("throttled, HTTP 400", refuses("Throttling.User"), "throttles .*HTTP 400", ITSELF)
    yield Fault("throttled, HTTP 503", refuses("Throttling.Api", 503), "throttles .*503", ITSELF)
    yield Fault("throttled, bare 429", sends(message(429)), "throttles .*HTTP 429", ITSELF)
    yield Fault(
        "throttled, x-acs-retry-after: 1500",
        refuses("Throttling.User", 429, x_acs_retry_after="1500"),
        "throttles .*HTTP 429",
        ITSELF,
    )
    yield Fault(
        "throttled, Retry-After: 2", sends(message(429, b"", {"retry-after": "2"})), "429", ITSELF
    )
    yield Fault(
        "503, Retry-After as a date",
        sends(
            lambda _: message(503, b"", {"retry-after": formatdate(time.time() + 5, usegmt=True)})
        ),
        "failed on .*HTTP 503",
        ITSELF,
    )
    yield Fault(
        "throttled for 10 minutes",
        refuses("Throttling.User", x_acs_retry_after="600000"),
        "throttles",
        ITSELF,
        asks=600,
        listed=ASKED,
    )
    yield Fault("ServiceUnavailable, HTTP 503", refuses("ServiceUnavailable", 503), "503", ITSELF)
    yield Fault("InternalError, HTTP 500", refuses("InternalError.Dispatch", 500), "500", ITSELF)
    yield Fault(
        "error beside an empty list",
        spoils(lambda _: {"Code": "Throttling", "Message": "m", "Invocations": {}}),
        "throttles .*Throttling, HTTP 200",
        ITSELF,
    )
    yield Fault(
        "clock refused, Date of the year 9999",
        refuses("InvalidTimeStamp.Expired", date="Fri, 31 Dec 9999 23:59:59 -2300"),
        "InvalidTimeStamp",
        ASKED,
    )
    yield Fault("a code of a million dots", refuses("a." * 500_000), "refused", ASKED)


def _bomb() -> bytes:
    return page(gzip.compress(bytes(MAX_BODY + 1), 9), content_encoding="gzip")


FAULTS = tuple(_faults())
"""Each of which strikes both programs."""
