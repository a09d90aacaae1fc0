"""Sources that somebody has signed in to with the vendor's command line: CloudSSO and OAuth.

While the temporary credentials that the command line has kept live, they are used; after them the
access token, as long as that lives. Signing in again is the command line's affair: renewing a token
here would make the one that it has kept worthless.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tui.api.credentials import Credentials
from tui.api.errors import BadAnswer, CredentialsUnavailable
from tui.identity.addresses import checked, origin
from tui.identity.source import PATIENCE, About, clock_ahead, document, triple
from tui.plain import printable

if TYPE_CHECKING:
    from tui.api.transport import Answer
    from tui.identity.asking import Asker

OAUTH_SITES: Final[Mapping[str, str]] = {
    "CN": "https://oauth.aliyun.com",
    "INTL": "https://oauth.alibabacloud.com",
}
"""Where OAuth is asked, by the site of the account."""

EARLY: Final = 300.0
"""Seconds before the kept credentials end, from which the access token is used instead."""

ATTEMPTS: Final = 3
"""Times that a place is asked at most."""

_JSON: Final = ("content-type", "application/json")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the command line has kept of a sign-in."""

    credentials: Credentials | None
    """Temporary ones with their end; None where there are none."""
    token: str = field(repr=False)
    """The access token."""
    token_ends: float
    """Unix seconds."""

    def live(self, now: float) -> Credentials | None:
        """Return the credentials while they live."""
        kept = self.credentials
        ends = kept.expires_at if kept else None
        return kept if kept and not kept.problem() and ends and ends > now else None

    def lasting(self, now: float) -> Credentials | None:
        """Return the credentials while they live, but not to their end where there is better."""
        live = self.live(now)
        better = self.token and self.token_ends > now
        near = live is not None and (live.expires_at or 0.0) - now < EARLY
        return None if near and better else live

    def bearer(self, now: float) -> tuple[str, str]:
        """Return the header that the access token makes.

        Raises:
            CredentialsUnavailable: it is over.
        """
        if not self.token or self.token_ends <= now:
            raise CredentialsUnavailable("The sign-in has expired.")
        if not (self.token.isascii() and self.token.isprintable()):
            raise CredentialsUnavailable("The access token has a character that none has.")
        return ("authorization", f"Bearer {self.token}")


@dataclass(frozen=True, slots=True)
class CloudSso:
    """An access configuration of CloudSSO in one account."""

    about: About
    account_id: str
    access_configuration: str
    sign_in_url: str
    from_cli: Kept
    kept: bool = True
    patience: float = PATIENCE

    @property
    def scope(self) -> tuple[str, ...]:
        """The account and what may be done in it."""
        return ("cloud-sso", self.sign_in_url, self.account_id, self.access_configuration)

    def determinants(self) -> tuple[str, ...]:
        """Return the sign-in and what it is for."""
        return (*self.scope, self.from_cli.token)

    async def fetch(self, asker: Asker) -> Credentials:
        """Use what is kept, or ask with the access token."""
        if live := self.from_cli.lasting(asker.clock()):
            return live
        bearer = self.from_cli.bearer(asker.clock())
        for name in ("account_id", "access_configuration", "sign_in_url"):
            if not getattr(self, name):
                raise CredentialsUnavailable(f"The profile has no cloud_sso {name}.")
        where = origin(checked(self.sign_in_url, "sign-in URL"))
        wanted = {
            "AccountId": self.account_id,
            "AccessConfigurationId": self.access_configuration,
        }
        answer = await _posted(asker, f"{where}/cloud-credentials", (bearer, _JSON), wanted)
        now = asker.clock()
        found = _granted(answer, where).get("CloudCredential")
        return triple(found, now=now, ahead=clock_ahead(answer, now))


@dataclass(frozen=True, slots=True)
class OAuth:
    """A sign-in by OAuth."""

    about: About
    site: str
    """Where it is asked, as scheme and host."""
    from_cli: Kept
    scope: tuple[str, ...]
    kept: bool = True
    patience: float = PATIENCE

    def determinants(self) -> tuple[str, ...]:
        """Return the sign-in."""
        return (*self.scope, self.site, self.from_cli.token)

    async def fetch(self, asker: Asker) -> Credentials:
        """Use what is kept, or exchange the access token."""
        if live := self.from_cli.lasting(asker.clock()):
            return live
        bearer = self.from_cli.bearer(asker.clock())
        answer = await _posted(asker, f"{self.site}/v1/exchange", (bearer, _JSON), {})
        now = asker.clock()
        found = _granted(answer, origin(self.site))
        return triple(found, now=now, ahead=clock_ahead(answer, now))


async def _posted(
    asker: Asker, url: str, headers: Sequence[tuple[str, str]], body: Mapping[str, str]
) -> Answer:
    content = json.dumps(body).encode() if body else b""
    return await asker.fetch("POST", url, headers, content, attempts=ATTEMPTS)


def _granted(answer: Answer, where: str) -> Mapping[str, object]:
    """Return what a place has given, or raise its refusal."""
    if answer.status == 401:
        raise CredentialsUnavailable(f"{where} does not take the sign-in any more.")
    if answer.status == 200:
        return document(answer)
    try:
        said = document(answer)
    except BadAnswer as error:
        raise CredentialsUnavailable(f"{where} answers HTTP {answer.status}.") from error
    words = said.get("ErrorMessage") or said.get("error_description") or said.get("Message") or ""
    raise CredentialsUnavailable(
        f"{where} refuses (HTTP {answer.status}): {printable(str(words), 150)}".rstrip(": ")
    )
