"""The Security Token Service (version 2015-04-01): who assumes a role, and who somebody is.

It is served where the ECS operations are: `http://127.0.0.1:PORT/`, GET or POST, and told from
them by `Action`. Both signature schemes are taken, from the permanent key or a temporary triple.

| operation | takes | |
|---|---|---|
| `AssumeRole` | `RoleArn`, `RoleSessionName`, `DurationSeconds`, `Policy`, `ExternalId` | signed |
| `AssumeRoleWithOIDC` | the same without `ExternalId`; `OIDCProviderArn`, `OIDCToken` | unsigned |
| `GetCallerIdentity` | | signed |

Every role of every account can be assumed, but a word in its name makes it special:

| the name contains | AssumeRole answers |
|---|---|
| `denied` | `NoPermission`, HTTP 403 (`AuthenticationFail.NoPermission` to AssumeRoleWithOIDC) |
| `missing` | `EntityNotExist.Role`, HTTP 404 |
| `external` | `NoPermission`, HTTP 403, unless the call names an `ExternalId` |
| `busy` | `Throttling.User`, HTTP 400 |
| `broken` | `InternalError`, HTTP 500 |
| `powerless` | a triple, with which ECS then answers `Forbidden.RAM`, HTTP 403 |

Every OIDC token of 4 to 20,000 characters is believed, but one that contains `invalid` or
`expired`, and a JSON Web Token whose `exp` is over. A provider whose ARN contains `missing` is not
registered. A session policy is checked for its grammar and has no other effect.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tui.emulator.keys import ACCOUNT_ID, USER_ID, USER_NAME, Key, Session
from tui.emulator.refusals import Refusal

if TYPE_CHECKING:
    from tui.emulator.handler import Conditions, Emulator

VERSION: Final = "2015-04-01"
"""The only version of the API."""

UNSIGNED: Final = "AssumeRoleWithOIDC"
"""The operation that nobody signs: its token says who asks."""

ROLE: Final = "emulator-operator"
"""The name of a role that can be assumed."""

ROLE_ARN: Final = f"acs:ram::{ACCOUNT_ID}:role/{ROLE}"
"""That role."""

DENIED_ROLE_ARN: Final = f"acs:ram::{ACCOUNT_ID}:role/emulator-denied"
"""A role that cannot."""

OIDC_PROVIDER_ARN: Final = f"acs:ram::{ACCOUNT_ID}:oidc-provider/emulator"
"""An identity provider whose tokens are believed."""

SHORTEST: Final = 900
"""The shortest life of a session that can be asked for, in seconds."""

LONGEST: Final = 43_200
"""The longest, in seconds: what a role may allow at most."""

DEFAULT: Final = 3600
"""The life of a session when the call does not say, in seconds."""

MAX_POLICY: Final = 2048
"""The longest session policy, in characters."""

POWERLESS: Final = "powerless"
"""What a role may be called that can be assumed and may do nothing."""

_ROLE_ARN: Final = re.compile(r"acs:ram::([0-9]{1,32}):role/(?:[\w.-]+/)*([\w.-]{1,64})", re.ASCII)
_PROVIDER_ARN: Final = re.compile(r"acs:ram::[0-9]{1,32}:oidc-provider/[\w.-]{1,128}", re.ASCII)
_SESSION_NAME: Final = re.compile(r"[\w.@-]{2,64}", re.ASCII)
_EXTERNAL_ID: Final = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_OIDC_TOKEN: Final = re.compile(r"\S{4,20000}")

Parameters = Mapping[str, str]
Operation = Callable[["Emulator", Parameters, Key | None, "Conditions"], dict[str, object]]


def assume_role(
    emulator: Emulator, parameters: Parameters, caller: Key | None, conditions: Conditions
) -> dict[str, object]:
    """Answer AssumeRole."""
    session = _session(parameters)
    external_id = parameters.get("ExternalId", "")
    if external_id and not _EXTERNAL_ID.fullmatch(external_id):
        raise Refusal("InvalidParameter.ExternalId")
    seconds = _seconds(parameters)
    _require_policy(parameters.get("Policy", ""))
    _require_role(session.role, denial="NoPermission")
    if "external" in session.role and not external_id:
        raise Refusal("NoPermission")
    return _assumed(emulator, session, seconds, conditions)


def assume_role_with_oidc(
    emulator: Emulator, parameters: Parameters, caller: Key | None, conditions: Conditions
) -> dict[str, object]:
    """Answer AssumeRoleWithOIDC."""
    session = _session(parameters)
    provider, token = _given(parameters, "OIDCProviderArn"), _given(parameters, "OIDCToken")
    if not _PROVIDER_ARN.fullmatch(provider):
        raise Refusal("InvalidParameter.OIDCProviderArn")
    seconds = _seconds(parameters)
    _require_policy(parameters.get("Policy", ""))
    if "missing" in provider:
        raise Refusal("AuthenticationFail.NoPermission", "No such OIDC Provider registered.")
    claims = _claims(token, emulator.now(conditions))
    _require_role(session.role, denial="AuthenticationFail.NoPermission")
    return {
        "OIDCTokenInfo": {
            "Subject": str(claims.get("sub", "emulator-example")),
            "Issuer": str(claims.get("iss", "https://oidc.example.com")),
            "ClientIds": str(claims.get("aud", "sts.aliyuncs.com")),
            "VerificationInfo": "Success",
        },
        **_assumed(emulator, session, seconds, conditions),
    }


def get_caller_identity(
    emulator: Emulator, parameters: Parameters, caller: Key | None, conditions: Conditions
) -> dict[str, object]:
    """Answer GetCallerIdentity."""
    session = caller.session if caller else None
    if session is None:
        return {
            "IdentityType": "RAMUser",
            "AccountId": ACCOUNT_ID,
            "PrincipalId": USER_ID,
            "UserId": USER_ID,
            "Arn": f"acs:ram::{ACCOUNT_ID}:user/{USER_NAME}",
        }
    return {
        "IdentityType": "AssumedRoleUser",
        "AccountId": session.account_id,
        "PrincipalId": session.assumed_role_id,
        "RoleId": session.role_id,
        "Arn": session.arn,
    }


def _assumed(
    emulator: Emulator, session: Session, seconds: int, conditions: Conditions
) -> dict[str, object]:
    return {
        "AssumedRoleUser": {
            "AssumedRoleId": session.assumed_role_id,
            "Arn": f"acs:ram::{session.account_id}:role/{session.role}/{session.name}",
        },
        "Credentials": emulator.issue(session, seconds, conditions),
    }


def _given(parameters: Parameters, name: str) -> str:
    """Return a parameter that must be there."""
    value = parameters.get(name, "")
    if not value:
        raise Refusal("MissingParameter", f"{name} is mandatory for this action.")
    return value


def _session(parameters: Parameters) -> Session:
    """Return the session that is asked for."""
    role = _ROLE_ARN.fullmatch(_given(parameters, "RoleArn"))
    name = _given(parameters, "RoleSessionName")
    if role is None:
        raise Refusal("InvalidParameter.RoleArn")
    if not _SESSION_NAME.fullmatch(name):
        raise Refusal("InvalidParameter.RoleSessionName")
    return Session(role[1], role[2], name)


def _seconds(parameters: Parameters) -> int:
    text = parameters.get("DurationSeconds", "") or str(DEFAULT)
    if not re.fullmatch("[0-9]{1,9}", text) or not SHORTEST <= int(text) <= LONGEST:
        raise Refusal("InvalidParameter.DurationSeconds")
    return int(text)


def _require_policy(text: str) -> None:
    """Refuse a session policy that is too long or none."""
    if len(text) > MAX_POLICY:
        raise Refusal("InvalidParameter.PolicySize")
    try:
        policy = json.loads(text) if text else {"Statement": []}
    except (ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict) or not isinstance(policy.get("Statement"), list):
        raise Refusal("InvalidParameter.PolicyGrammar")


def _require_role(role: str, *, denial: str) -> None:
    """Refuse a role that cannot be assumed."""
    for word, code in (
        ("missing", "EntityNotExist.Role"),
        ("denied", denial),
        ("busy", "Throttling.User"),
        ("broken", "InternalError"),
    ):
        if word in role:
            raise Refusal(code)


def _claims(token: str, now: float) -> Mapping[str, object]:
    """Return what a token says of its bearer where it can be read, or refuse it."""
    if not _OIDC_TOKEN.fullmatch(token) or "invalid" in token:
        raise Refusal("AuthenticationFail.OIDCToken.Invalid")
    claims: Mapping[str, object] = {}
    parts = token.split(".")
    if len(parts) == 3:
        with suppress(ValueError, RecursionError):
            read = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
            claims = read if isinstance(read, dict) else {}
    ends = claims.get("exp")
    if "expired" in token or (isinstance(ends, int | float) and ends <= now):
        raise Refusal("AuthenticationFail.OIDCToken.Expired")
    return claims


OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "AssumeRole": assume_role,
        "AssumeRoleWithOIDC": assume_role_with_oidc,
        "GetCallerIdentity": get_caller_identity,
    }
)
"""What the service answers, by the name of the operation."""
