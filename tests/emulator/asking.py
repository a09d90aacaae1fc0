"""What the tests of the emulator share: a clock to turn by hand, and signed questions."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from tui.emulator.faults import Faults, parse
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator, Request, Response

START = 1_790_000_000.0
"""Unix seconds at which a test's clock starts."""

HOME = "cn-hangzhou"

STS = frozenset({"AssumeRole", "AssumeRoleWithOIDC", "GetCallerIdentity"})
"""Operations of the Security Token Service."""

ROLE_ARN = "acs:ram::1000000000000000:role/emulator-operator"


@dataclass
class Clock:
    """A clock that stands until somebody turns it."""

    now: float = START

    def __call__(self) -> float:
        return self.now


def fleet(records: int = 1000, seed: int = 7, clock: Clock | None = None, **how: Any) -> Fleet:
    """Return a fleet under a standing clock."""
    return Fleet(records, seed, clock=clock or Clock(), **how)


_nonces = (f"{number:032x}" for number in itertools.count())


@dataclass
class Asker:
    """Somebody with keys, who signs with the headers of ACS3 and knows the emulator's clock."""

    emulator: Emulator
    clock: Clock
    faults: Faults = field(default_factory=Faults)
    key: tuple[str, str, str] = ("", "", "")
    """Access key id, secret and security token."""

    def __post_init__(self) -> None:
        if not self.key[0]:
            self.key = (self.emulator.access_key_id, self.emulator.access_key_secret, "")

    def request(
        self, parameters: dict[str, Any], action: str = "DescribeSendFileResults", **unusual: str
    ) -> Request:
        """Return a signed request; `unusual` replaces headers before they are signed."""
        access_key_id, secret, token = self.key
        query = urlencode(sorted(parameters.items()), quote_via=quote, safe="~")
        headers = {
            "host": "emulator.example.com",
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-acs-date": timestamp(self.clock.now),
            "x-acs-signature-nonce": next(_nonces),
            "x-acs-version": "2015-04-01" if action in STS else "2014-05-26",
        }
        if token:
            headers |= {"x-acs-security-token": token}
        headers |= {name.replace("_", "-"): value for name, value in unusual.items()}
        signed = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical = f"POST\n/\n{query}\n{lines}\n{signed}\n{hashlib.sha256(b'').hexdigest()}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        string_to_sign = f"ACS3-HMAC-SHA256\n{digest}"
        signature = hmac.new(secret.encode(), string_to_sign.encode(), "sha256").hexdigest()
        headers["authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={access_key_id},SignedHeaders={signed},"
            f"Signature={signature}"
        )
        return Request("POST", f"/?{query}" if query else "/", tuple(headers.items()))

    def response(
        self, parameters: dict[str, Any], action: str = "DescribeSendFileResults"
    ) -> Response:
        """Return the answer to a signed request."""
        return self.faults.deliver(self.emulator, self.request(parameters, action)).response

    def ask(self, action: str = "DescribeSendFileResults", **parameters: Any) -> dict[str, Any]:
        """Ask in the home region; underscores stand for dots. Return the body of a good answer."""
        response = self.response(_dotted(parameters), action)
        assert response.status == 200, response.body
        answer: dict[str, Any] = json.loads(response.body)
        return answer

    def refusal(self, action: str = "DescribeSendFileResults", **parameters: Any) -> str:
        """Ask for something that is refused. Return status and code."""
        return code_of(self.response(_dotted(parameters), action))

    def assumed(self, role_arn: str = ROLE_ARN, **parameters: Any) -> Asker:
        """Assume a role. Return the one who may ask with what came of it."""
        session = {"RoleArn": role_arn, "RoleSessionName": "tests", **parameters}
        return self.holding(self.ask("AssumeRole", **session)["Credentials"])

    def holding(self, triple: dict[str, str]) -> Asker:
        """Return somebody who asks with a temporary triple, as services write it."""
        names = ("AccessKeyId", "AccessKeySecret", "SecurityToken")
        access_key_id, secret, token = (triple[name] for name in names)
        return replace(self, key=(access_key_id, secret, token))

    def fetch(
        self,
        path: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        """Ask for a path without a signature."""
        request = Request(method, path, tuple((headers or {}).items()), body)
        return self.faults.deliver(self.emulator, request).response

    def invoke_ids(self, **parameters: Any) -> list[str]:
        """Return the ids on a page."""
        page = self.ask(**parameters)["Invocations"]["Invocation"]
        return [invocation["InvokeId"] for invocation in page]

    def walk(self, **parameters: Any) -> list[str]:
        """Return the ids on all pages, by token."""
        found: list[str] = []
        token = ""
        while True:
            page = self.ask(**parameters, **({"NextToken": token} if token else {}))
            found += [one["InvokeId"] for one in page["Invocations"]["Invocation"]]
            token = page["NextToken"]
            if not token:
                return found


def asker(
    records: int = 1000,
    *specs: str,
    clock: Clock | None = None,
    retention_days: float | None = None,
    **how: Any,
) -> Asker:
    """Return somebody who may ask a new emulator."""
    clock = clock or Clock()
    emulator = Emulator(
        fleet(records, clock=clock, **how), clock=clock, retention_days=retention_days
    )
    return Asker(emulator, clock, Faults([parse(spec) for spec in specs]))


def rpc_request(
    secret: str, parameters: dict[str, str], *, method: str = "GET", form: bool = False
) -> Request:
    """Return a request signed with HMAC-SHA1, its parameters in the query or in a form."""
    query = urlencode(sorted(parameters.items()), quote_via=quote, safe="~")
    string_to_sign = f"{method}&%2F&{quote(query, safe='~')}"
    digest = hmac.new(f"{secret}&".encode(), string_to_sign.encode(), "sha1").digest()
    signed = query + "&Signature=" + quote(b64encode(digest), safe="")
    if form:
        kind = "application/x-www-form-urlencoded"
        return Request(method, "/", (("content-type", kind),), signed.encode())
    return Request(method, f"/?{signed}", (("host", "emulator.example.com"),))


def code_of(response: Response) -> str:
    """Return status and code of an answer, as `400 Throttling.User`."""
    return f"{response.status} {json.loads(response.body).get('Code', '')}".strip()


def timestamp(moment: float) -> str:
    """Return a time as requests write it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _dotted(parameters: dict[str, Any]) -> dict[str, Any]:
    named = {name.replace("_", "."): value for name, value in parameters.items()}
    return {"RegionId": HOME} | named
