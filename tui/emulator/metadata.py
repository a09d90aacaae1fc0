"""The ECS metadata service, as an instance with a role finds it: no signature, plain text.

`PREFIX/latest/…` under `http://127.0.0.1:PORT`; the prefix says what kind of instance it is, so
that one emulator is all of them at once:

| prefix | the instance |
|---|---|
| none | takes calls with a token (v2) and without (v1) |
| `/v1-only` | knows no tokens: asking for one is HTTP 404 |
| `/v2-only` | answers HTTP 403 to calls without a token |
| `/roleless` | has no role: HTTP 404 |

| call | answers |
|---|---|
| PUT `/latest/api/token`, `X-aliyun-ecs-metadata-token-ttl-seconds: 1…21600` | a token |
| GET `/latest/meta-data/ram/security-credentials/` | the name of the role |
| GET `/latest/meta-data/ram/security-credentials/ROLE` | a triple, in JSON |
| GET `/latest/meta-data/region-id`, `zone-id`, `instance-id`, `owner-account-id` | one word |

The token goes into the header `X-aliyun-ecs-metadata-token`; one that is wrong or over is HTTP 401.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tui.emulator.keys import ACCOUNT_ID, Session
from tui.emulator.request import Request, Response, as_json, plain
from tui.emulator.tokens import TokenInvalid

if TYPE_CHECKING:
    from tui.emulator.handler import Conditions, Emulator

ROLE: Final = "emulator-instance"
"""The role of the instance."""

INSTANCE_ID: Final = "i-bp1emulatorexample00"
"""The instance that the service describes."""

LIFE: Final = 6 * 3600
"""How long the credentials of an instance last, in seconds."""

LONGEST_TOKEN: Final = 21_600
"""The longest life of a metadata token, in seconds."""

BINDING: Final = "metadata"
"""What the tokens are bound to."""

_ROLES: Final = "meta-data/ram/security-credentials"

_NOT_FOUND: Final = (
    '<?xml version="1.0" encoding="iso-8859-1"?>\n<html><head><title>404 - Not Found</title>'
    "</head><body><h1>404 - Not Found</h1></body></html>\n"
)


@dataclass(frozen=True, slots=True)
class Instance:
    """A kind of instance: which versions of the service it has, and whether it has a role."""

    v1: bool = True
    v2: bool = True
    role: bool = True


INSTANCES: Final = MappingProxyType(
    {
        "": Instance(),
        "/v1-only": Instance(v2=False),
        "/v2-only": Instance(v1=False),
        "/roleless": Instance(role=False),
    }
)
"""The kinds, by the prefix of the path."""


def serves(path: str) -> bool:
    """Say whether a path belongs to the metadata service."""
    prefix, latest, _ = path.partition("/latest/")
    return bool(latest) and prefix in INSTANCES


def operation(path: str) -> str:
    """Return what a path of the service is for, as the log of requests names it."""
    item = path.partition("/latest/")[2]
    if item == "api/token":
        return "PutMetadataToken"
    return "GetMetadataCredentials" if item.startswith(_ROLES) else "GetMetadata"


def answer(emulator: Emulator, request: Request, conditions: Conditions) -> Response:
    """Answer one request."""
    prefix, _, item = request.path.partition("/latest/")
    instance = INSTANCES[prefix]
    if item == "api/token":
        return _token(emulator, request, instance)
    if request.method != "GET":
        return plain(405, "Method Not Allowed\n")
    token = request.header("x-aliyun-ecs-metadata-token")
    if instance.v2 and token and not _good(emulator, token):
        return plain(401, "Unauthorized\n")
    if not instance.v1 and not token:
        return plain(403, "Forbidden\n")
    return _item(emulator, instance, item.removesuffix("/"), conditions)


def _token(emulator: Emulator, request: Request, instance: Instance) -> Response:
    if not instance.v2:
        return plain(404, _NOT_FOUND, "text/html")
    if request.method != "PUT":
        return plain(405, "Method Not Allowed\n")
    seconds = request.header("x-aliyun-ecs-metadata-token-ttl-seconds")
    if not re.fullmatch("[0-9]{1,5}", seconds) or not 1 <= int(seconds) <= LONGEST_TOKEN:
        return plain(400, "Bad Request\n")
    return plain(200, emulator.tokens.issue(BINDING, int(emulator.now()) + int(seconds)))


def _good(emulator: Emulator, token: str) -> bool:
    try:
        return emulator.now() < emulator.tokens.read(BINDING, token)
    except TokenInvalid:
        return False


def _item(emulator: Emulator, instance: Instance, item: str, conditions: Conditions) -> Response:
    words = {
        "meta-data/region-id": emulator.region,
        "meta-data/zone-id": f"{emulator.region}-i",
        "meta-data/instance-id": INSTANCE_ID,
        "meta-data/owner-account-id": ACCOUNT_ID,
    }
    if instance.role:
        words[_ROLES] = ROLE
    if item in words:
        return plain(200, words[item])
    if instance.role and item == f"{_ROLES}/{ROLE}":
        session = Session(ACCOUNT_ID, ROLE, f"vm-ram-{INSTANCE_ID}")
        return as_json(200, {**emulator.issue(session, LIFE, conditions), "Code": "Success"})
    return plain(404, _NOT_FOUND, "text/html")
