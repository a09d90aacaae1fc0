"""Where single sign-on hands out temporary triples: CloudSSO, and OAuth as the vendor's CLI has it.

Both take the access token that signing in has left behind, as `Authorization: Bearer …`:

| call, at `http://127.0.0.1:PORT` | its body, in JSON | answers |
|---|---|---|
| POST `/cloud-credentials` | `AccountId`, `AccessConfigurationId` | `{"CloudCredential": {…}}` |
| POST `/v1/exchange` | | the triple itself |

Any token is good, but one that contains `expired` or `invalid` (HTTP 401); an access configuration
whose ID contains `denied` is refused (HTTP 403). Nothing here renews a token: `/v1/token` would
make the one that the CLI has kept worthless.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from tui.emulator.keys import ACCOUNT_ID, USER_NAME, Session
from tui.emulator.request import Request, Response, as_json, plain

if TYPE_CHECKING:
    from tui.emulator.handler import Conditions, Emulator

CLOUD_SSO: Final = "/cloud-credentials"
"""Where CloudSSO is asked."""

OAUTH: Final = "/v1/exchange"
"""Where the CLI's OAuth is asked."""

SIGN_IN: Final = "/start/login"
"""The path of the address that a CloudSSO profile has; nothing but its host counts."""

LIFE: Final = 3600
"""How long the triples live, in seconds."""

_ACCOUNT: Final = re.compile(r"[0-9]{1,32}")
_CONFIGURATION: Final = re.compile(r"[\w.-]{1,64}", re.ASCII)


def serves(path: str) -> bool:
    """Say whether a path is one of these."""
    return path in (CLOUD_SSO, OAUTH)


def operation(path: str) -> str:
    """Return what a path is for, as the log of requests names it."""
    return "GetCloudSSOCredentials" if path == CLOUD_SSO else "ExchangeOAuthToken"


def answer(emulator: Emulator, request: Request, conditions: Conditions) -> Response:
    """Answer one request."""
    if request.method != "POST":
        return plain(405, "Method Not Allowed\n")
    scheme, _, token = request.header("authorization").partition(" ")
    good = scheme == "Bearer" and token and "expired" not in token and "invalid" not in token
    if request.path == CLOUD_SSO:
        return _cloud_sso(emulator, request, conditions, signed_in=bool(good))
    if not good:
        return as_json(401, {"error": "invalid_token", "error_description": "Sign in again."})
    session = Session(ACCOUNT_ID, "emulator-oauth", USER_NAME)
    return as_json(200, emulator.issue(session, LIFE, conditions))


def _cloud_sso(
    emulator: Emulator, request: Request, conditions: Conditions, *, signed_in: bool
) -> Response:
    if not signed_in:
        return _refused(401, "InvalidAccessToken", "The access token is not valid; sign in again.")
    try:
        wanted = json.loads(request.body)
        account, configuration = wanted["AccountId"], wanted["AccessConfigurationId"]
        named = _ACCOUNT.fullmatch(account) and _CONFIGURATION.fullmatch(configuration)
    except (ValueError, TypeError, KeyError, RecursionError):
        named = None
    if not named:
        return _refused(400, "InvalidParameter", "AccountId and AccessConfigurationId are needed.")
    if "denied" in configuration:
        return _refused(403, "NoPermission", "You may not use this access configuration.")
    session = Session(account, f"AliyunReservedSSO-{configuration}", USER_NAME)
    return as_json(200, {"CloudCredential": emulator.issue(session, LIFE, conditions)})


def _refused(status: int, code: str, message: str) -> Response:
    return as_json(status, {"ErrorCode": code, "ErrorMessage": message})
