"""Request in, response out: the emulated service without any input or output of its own.

One order of checks, as the vendor's gateway has it: method and path, operation, signature,
parameters. What is refused is answered in the vendor's envelope.

Regions that answer with an error, so that each can be provoked: `cn-wuhan-lr` answers
`RegionId.ApiNotSupported`, `ap-south-1` answers `Operation.Forbidden`, `us-southeast-1` answers
`InternalError.Dispatch`; a region that no one knows answers `InvalidRegionId.NotFound`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import blake2b
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from tui.emulator import operations
from tui.emulator.fleet import Fleet
from tui.emulator.refusals import Refusal
from tui.emulator.tokens import Tokens

VERSION: Final = "2014-05-26"
"""The only version of the API."""


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived: `target` is path and query as on the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the value of a header by its lower-case name, or an empty string."""
        for given, value in self.headers:
            if given.lower() == name:
                return value.strip()
        return ""

    def parameters(self) -> dict[str, str]:
        """Return the parameters of query and form; of one given twice the last counts."""
        pairs = parse_qsl(urlsplit(self.target).query, keep_blank_values=True)
        if self.header("content-type").startswith("application/x-www-form-urlencoded"):
            pairs += parse_qsl(self.body.decode("latin-1"), keep_blank_values=True)
        return dict(pairs)


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back: header names in lower case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class SecurityToken:
    """Temporary credentials that the emulator accepts."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str = field(repr=False)


class Emulator:
    """The emulated service: one account, its keys, and a fleet in each region."""

    access_key_id: str = "LTAI5tEmulatorExample000"
    access_key_secret: str = "EmulatorExampleSecret000000000"
    sts: SecurityToken = SecurityToken(
        "STS.NEmulatorExample00000000",
        "EmulatorExampleStsSecret000000",
        "CAISEmulatorExampleSecurityToken+/000000==",
    )

    def __init__(
        self,
        fleet: Fleet,
        *,
        clock: Callable[[], float] = time.time,
        retention_days: float | None = None,
    ) -> None:
        self.fleet = fleet
        self.region = fleet.region
        self.retention_days = retention_days
        self._clock = clock
        self._fleets = {fleet.region: fleet}
        self._lock = threading.Lock()
        self._answered = 0
        self._tokens = Tokens(blake2b(f"tokens {fleet.seed}".encode(), digest_size=32).digest())

    def answer(self, request: Request) -> Response:
        """Answer one request. Safe to call from several threads."""
        request_id = self._request_id()
        parameters = request.parameters()
        action = request.header("x-acs-action") or parameters.get("Action", "")
        try:
            if action not in operations.OPERATIONS:
                raise Refusal("InvalidAction.NotFound")
            answer = operations.OPERATIONS[action](self, parameters)
        except Refusal as refusal:
            return self._refused(refusal, request, request_id)
        return self._response(200, {**answer, "RequestId": request_id}, request_id)

    def fleet_in(self, region: str) -> Fleet:
        """Return the fleet of a region."""
        with self._lock:
            if region not in self._fleets:
                self._fleets[region] = self.fleet.in_region(region)
            return self._fleets[region]

    @property
    def tokens(self) -> Tokens:
        """What makes and reads the pagination tokens."""
        return self._tokens

    def _refused(self, refusal: Refusal, request: Request, request_id: str) -> Response:
        recommend = (
            f"https://api.aliyun.com/troubleshoot?q={quote(refusal.code)}"
            f"&product=Ecs&requestId={request_id}"
        )
        body: dict[str, object] = {
            "RequestId": request_id,
            "HostId": request.header("host"),
            "Code": refusal.code,
            "Message": refusal.message,
            "Recommend": recommend,
        }
        if refusal.detail:
            body["AccessDeniedDetail"] = refusal.detail
        return self._response(refusal.status, body, request_id)

    def _response(self, status: int, body: Mapping[str, object], request_id: str) -> Response:
        encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "date": formatdate(self._clock(), usegmt=True),
            "content-type": "application/json;charset=utf-8",
            "content-length": str(len(encoded)),
            "x-acs-request-id": request_id,
        }
        return Response(status, "", headers, encoded)

    def _request_id(self) -> str:
        with self._lock:
            self._answered += 1
            count = self._answered
        digits = blake2b(f"{self.fleet.seed} {count}".encode(), digest_size=16).hexdigest().upper()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
