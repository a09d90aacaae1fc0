"""Request in, response out: the emulated service without any input or output of its own.

One order of checks, as the vendor's gateway has it: method and path, operation and version,
signature, access, parameters. What is refused is answered in the vendor's envelope.

Where credentials come from is answered by the same handler: `sts`, `metadata`, `credentials_uri`
and `sign_in` say on which paths and how.

Regions that answer with an error, so that each can be provoked: `cn-wuhan-lr` answers
`RegionId.ApiNotSupported`, `ap-south-1` answers `Operation.Forbidden`, `us-southeast-1` answers
`InternalError.Dispatch`; a region that no one knows answers `InvalidRegionId.NotFound`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from hashlib import blake2b
from http import HTTPStatus
from math import floor
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from tui.emulator import operations, parameters, sts
from tui.emulator.doors import door
from tui.emulator.fleet import Fleet
from tui.emulator.keys import ACCOUNT_ID, USER_NAME, Key, Session, TemporaryKeys
from tui.emulator.refusals import Refusal
from tui.emulator.request import Request, Response
from tui.emulator.signatures import TIME_FORMAT, Verifier
from tui.emulator.tokens import Tokens

__all__ = ["CALM", "Conditions", "Emulator", "Request", "Response"]

VERSION: Final = "2014-05-26"
"""The only version of the API."""

TOKEN_LIFE: Final = 12 * 3600.0
"""How long the temporary credentials last from the start, in seconds: the most that STS grants."""

ACCESS_KEY_ID: Final = "LTAI5tEmulatorExampleKey"
"""The access key of the emulated account; it opens nothing else."""

SESSION: Final = Session(ACCOUNT_ID, sts.ROLE, USER_NAME)
"""Whose temporary credentials the emulator has from the start."""

SMALL: Final = 20_000
"""Records that can be looked at one by one without anybody noticing."""

STEP: Final = 512
"""Records looked at in one go, which takes two or three milliseconds."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is wrong with the whole service, as long as it lasts."""

    skew: float = 0.0
    """How many seconds its clock is ahead."""
    token_life: float | None = None
    """Seconds that temporary credentials live at most, from when they were issued."""
    denied: bool = False
    """Whether nobody may do anything."""


CALM: Final = Conditions()
"""Nothing is wrong."""


class Emulator:
    """The emulated service: one account, its keys, and a fleet in each region."""

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
        self.access_key_id = ACCESS_KEY_ID
        self.access_key_secret = "EmulatorExampleSecretOpensNothing"  # noqa: S105
        self._clock = clock
        self._fleets = {fleet.region: fleet}
        self._answered = 0
        key = blake2b(f"{fleet.seed}".encode(), digest_size=32, person=b"tokens").digest()
        self.tokens = Tokens(key)
        self._temporary = TemporaryKeys(key)
        self.sts = self._temporary.issue(SESSION, clock(), TOKEN_LIFE)
        permanent = Key(self.access_key_id, self.access_key_secret)
        self._verifier = Verifier([permanent], self._temporary)

    def answer(self, request: Request, conditions: Conditions = CALM) -> Response:
        """Answer one request."""
        if found := door(request.path):
            return found.answer(self, request, conditions)
        request_id = self._request_id()
        try:
            answer = self._called(request, conditions)
        except Refusal as refusal:
            return self._refused(refusal, request, request_id, conditions)
        return self._response(200, {**answer, "RequestId": request_id}, request_id, conditions)

    def issue(
        self, session: Session, seconds: float, conditions: Conditions, *, age: float = 0.0
    ) -> dict[str, str]:
        """Return a temporary triple and its expiration, under the names that all services use.

        Args:
            seconds: how long it lives, where the conditions allow so much.
            age: how many seconds ago it was issued.
        """
        # A whole second, as the expiration is told in whole ones.
        key = self._temporary.issue(session, floor(self._clock() - age), seconds)
        expires_at = (key.expires_at(conditions.token_life) or 0.0) + conditions.skew
        return {
            "AccessKeyId": key.access_key_id,
            "AccessKeySecret": key.access_key_secret,
            "SecurityToken": key.security_token,
            "Expiration": datetime.fromtimestamp(expires_at, UTC).strftime(TIME_FORMAT),
        }

    def refuse(self, request: Request, code: str, conditions: Conditions = CALM) -> Response:
        """Answer a request with an error of the service, whatever it asks."""
        return self._refused(Refusal(code), request, self._request_id(), conditions)

    def takes_long(self, request: Request) -> bool:
        """Say whether the answer may need more than some milliseconds: a filter, many records."""
        if not of_ecs(request):
            return False
        try:
            given = dict(request.pairs())
            fleet = self.fleet_in(given.get("RegionId", ""))
            tagged = any(name.startswith("Tag.") for name in given)
            return fleet.records > SMALL and (tagged or parameters.selection(given).scans)
        except (KeyError, Refusal):
            return False

    def looking_ahead(self, request: Request) -> Iterator[None]:
        """Look at the records that the answer depends on, and yield every few milliseconds.

        After the last yield the answer can be given at once.
        """
        try:
            given = dict(request.pairs())
            yield from operations.looking_ahead(self, action_of(request, given), given, STEP)
        except Refusal:
            return

    def fleet_in(self, region: str) -> Fleet:
        """Return the fleet of a region; KeyError where there is no such region."""
        if region not in self._fleets:
            self._fleets[region] = self.fleet.in_region(region)
        return self._fleets[region]

    def now(self, conditions: Conditions = CALM) -> float:
        """Return the time of the service's own clock, in unix seconds."""
        return self._clock() + conditions.skew

    def _called(self, request: Request, conditions: Conditions) -> dict[str, object]:
        """Return the body of the answer to a call of an operation, or raise its refusal."""
        if request.method not in ("GET", "POST"):
            raise Refusal("UnsupportedHTTPMethod")
        given = dict(request.pairs())
        action = action_of(request, given)
        if request.path != "/" or action not in VERSIONS:
            raise Refusal("InvalidAction.NotFound")
        if (request.header("x-acs-version") or given.get("Version", "")) != VERSIONS[action]:
            raise Refusal("InvalidVersion")
        if given.get("Format", "JSON").upper() not in ("JSON", ""):
            raise Refusal("InvalidParameter.Format")
        caller = None
        if action != sts.UNSIGNED:
            caller = self._verifier.verify(
                request,
                self.now(conditions),
                skew=conditions.skew,
                longest=conditions.token_life,
            )
        if action in sts.OPERATIONS:
            return sts.OPERATIONS[action](self, given, caller, conditions)
        session = caller.session if caller else None
        if conditions.denied or (session and sts.POWERLESS in session.role):
            raise Refusal("Forbidden.RAM", detail=_denial(action, session))
        return operations.OPERATIONS[action](self, given)

    def _refused(
        self, refusal: Refusal, request: Request, request_id: str, conditions: Conditions
    ) -> Response:
        product = "Ecs" if of_ecs(request) else "Sts"
        recommend = (
            f"https://api.aliyun.com/troubleshoot?q={quote(refusal.code)}"
            f"&product={product}&requestId={request_id}"
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
        return self._response(refusal.status, body, request_id, conditions)

    def _response(
        self, status: int, body: Mapping[str, object], request_id: str, conditions: Conditions
    ) -> Response:
        encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        content = encoded.encode("utf-8", "replace")
        headers = {
            "date": formatdate(self.now(conditions), usegmt=True),
            "content-type": "application/json;charset=utf-8",
            "content-length": str(len(content)),
            "x-acs-request-id": request_id,
        }
        return Response(status, HTTPStatus(status).phrase, headers, content)

    def _request_id(self) -> str:
        self._answered += 1
        words = f"{self.fleet.seed} {self._answered}"
        digits = blake2b(words.encode(), digest_size=16).hexdigest().upper()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def action_of(request: Request, given: Mapping[str, str]) -> str:
    """Return the name of the operation that is asked for, or an empty string."""
    return request.header("x-acs-action") or given.get("Action", "")


def operation_of(request: Request) -> str:
    """Return what a request is for, whatever it asks: an operation, or a name that says as much."""
    if found := door(request.path):
        return found.operation(request.path)
    try:
        return action_of(request, dict(request.pairs()))
    except Refusal:
        return ""


def of_ecs(request: Request) -> bool:
    """Say whether a request is for the records, and not for credentials."""
    return door(request.path) is None and operation_of(request) not in sts.OPERATIONS


VERSIONS: Final = MappingProxyType(
    dict.fromkeys(operations.OPERATIONS, VERSION) | dict.fromkeys(sts.OPERATIONS, sts.VERSION)
)
"""Which version of its service every operation belongs to."""


def _denial(action: str, session: Session | None) -> dict[str, str]:
    """Return what a refusal says of who may not do what."""
    return {
        "AuthAction": f"ecs:{action}",
        "AuthPrincipalDisplayName": f"{session.role}:{session.name}" if session else USER_NAME,
        "AuthPrincipalOwnerId": session.account_id if session else ACCOUNT_ID,
        "AuthPrincipalType": "AssumedRoleUser" if session else "SubUser",
        "EncodedDiagnosticMessage": "AQEAAAAAEmulatorExample",
        "NoPermissionType": "ImplicitDeny",
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }
