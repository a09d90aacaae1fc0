"""The Security Token Service: where it is, roles that are assumed, and who somebody is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from tui.api.credentials import Credentials
from tui.api.endpoints import DOMAIN, Endpoint, resolve
from tui.api.errors import ApiError, BadAnswer, CredentialsUnavailable, Denied, from_answer
from tui.api.signing import timestamp
from tui.identity.source import clock_ahead, document, triple
from tui.plain import printable

if TYPE_CHECKING:
    from tui.api.transport import Answer
    from tui.identity.asking import Asker

STS_VERSION: Final = "2015-04-01"
"""The version of the API."""

GLOBAL: Final = f"sts.{DOMAIN}"
"""The service where no region is named."""

SESSION_NAME: Final = "sendfile-explorer"
"""What a session is called where the profile does not say; it stands in the account's audit log."""

DURATION: Final = 3600
"""How long a session is asked for, in seconds, where the profile does not say."""

ATTEMPTS: Final = 3
"""Times that an unsigned call is sent at most."""

_REGION: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

_ADVICE: Final[Mapping[str, str]] = {
    "AssumeRole": (
        "Have the role trust this identity, and a RAM policy allow it sts:AssumeRole on the role."
    ),
    "AssumeRoleWithOIDC": "Have the role trust the OIDC provider, its audience and this subject.",
}
"""What to do when an operation is denied."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role and the session in which it is to be assumed."""

    arn: str
    session: str = SESSION_NAME
    seconds: int = DURATION
    external_id: str = ""
    policy: str = ""

    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Return what the service is told of it."""
        said = (
            ("RoleArn", self.arn),
            ("RoleSessionName", self.session),
            ("DurationSeconds", str(self.seconds)),
            ("ExternalId", self.external_id),
            ("Policy", self.policy),
        )
        return tuple((name, value) for name, value in said if value)


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """Who the service says that somebody is; every word is printable."""

    account_id: str
    arn: str
    kind: str
    """Account, RAMUser or AssumedRoleUser."""

    @property
    def principal(self) -> str:
        """The user or role in a few words."""
        name = self.arn.rpartition(":")[2]
        kind, _, rest = name.partition("/")
        match kind:
            case "user":
                return f"user {rest}"
            case "assumed-role":
                return f"role {rest.partition('/')[0]}"
            case "root":
                return "the account itself"
        return name


def endpoint(named: str, region: str, *, vpc: bool = False) -> Endpoint:
    """Return where the service is asked.

    Args:
        named: `host[:port]` or a URL that somebody has chosen, or nothing.
        region: the region whose service it is to be, or nothing.
        vpc: whether to stay inside the vendor's network, which needs a region.

    Raises:
        CredentialsUnavailable: one of them cannot be one.
    """
    try:
        if named:
            return resolve("", endpoint=named)
    except ApiError as error:
        raise CredentialsUnavailable(
            f"The STS endpoint cannot be used: {error.sentence}", advice=error.advice
        ) from None
    if region and not _REGION.fullmatch(region):
        raise CredentialsUnavailable(
            f"The STS region “{region}” is not a region ID.", advice="Correct it, or leave it out."
        )
    if not region:
        host, origin = GLOBAL, "the one of all regions"
    elif vpc:
        host, origin = f"sts-vpc.{region}.{DOMAIN}", "rule for the vpc network"
    else:
        host, origin = f"sts.{region}.{DOMAIN}", "rule for regions"
    return Endpoint(f"https://{host}", host, origin)


async def assume_role(
    asker: Asker, at: Endpoint, role: Role, credentials: Credentials
) -> Credentials:
    """Assume a role as somebody.

    Raises:
        ApiError: nothing came of it.
    """
    operation = "AssumeRole"
    try:
        parameters = role.parameters()
        read = partial(_credentials, asker)
        return await asker.signed(at, operation, parameters, credentials, read)
    except Denied as error:
        error.advice = _ADVICE[operation]
        raise


async def assume_role_with_oidc(
    asker: Asker, at: Endpoint, role: Role, provider_arn: str, token: str
) -> Credentials:
    """Assume a role as whoever an OIDC token speaks of; the token goes into the body.

    Raises:
        ApiError: nothing came of it.
    """
    operation = "AssumeRoleWithOIDC"
    form = [
        ("Action", operation),
        ("Version", STS_VERSION),
        ("Format", "JSON"),
        ("Timestamp", timestamp(asker.clock())),
        ("OIDCProviderArn", provider_arn),
        ("OIDCToken", token),
        *role.parameters(),
    ]
    answer = await _posted(asker, at, form)
    if 200 <= answer.status < 300:
        return _credentials(asker, answer)
    error = from_answer(
        status=answer.status,
        reason=answer.reason,
        headers=answer.headers,
        body=answer.body,
        operation=operation,
        now=asker.clock(),
    )
    if not error.advice or isinstance(error, Denied):
        error.advice = _ADVICE[operation]
    raise error


async def caller_identity(asker: Asker, at: Endpoint, credentials: Credentials) -> CallerIdentity:
    """Ask who somebody is.

    Raises:
        ApiError: nothing came of it.
    """
    return await asker.signed(at, "GetCallerIdentity", (), credentials, _identity)


async def _posted(asker: Asker, at: Endpoint, form: Sequence[tuple[str, str]]) -> Answer:
    kind = ("content-type", "application/x-www-form-urlencoded")
    body = urlencode(form, errors="replace").encode()
    return await asker.fetch("POST", f"{at.url}/", (kind,), body, attempts=ATTEMPTS)


def _credentials(asker: Asker, answer: Answer) -> Credentials:
    now = asker.clock()
    found = document(answer).get("Credentials")
    return triple(found, now=now, ahead=clock_ahead(answer, now))


def _identity(answer: Answer) -> CallerIdentity:
    found = document(answer)
    values = [found.get(name) for name in ("AccountId", "Arn", "IdentityType")]
    account, arn, kind = (value if isinstance(value, str) else "" for value in values)
    if not account:
        raise BadAnswer("The answer names no account.", retryable=False)
    return CallerIdentity(printable(account, 40), printable(arn, 300), printable(kind, 40))
