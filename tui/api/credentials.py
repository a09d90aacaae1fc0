"""Who asks: an access key pair, perhaps temporary, and the sources that such pairs come from."""

from __future__ import annotations

from dataclasses import field
from typing import Protocol, runtime_checkable

from tui.late_dataclass import dataclass


@dataclass(frozen=True)
class Credentials:
    """An access key pair; the secret and the token never show in its representation."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str = field(default="", repr=False)
    """Empty for a long-lived pair; otherwise the STS token that goes with this one."""
    source: str = ""
    """Where the pair was found, in words for the status line: "environment", "demo", …"""
    expires_at: float | None = None
    """When a temporary pair ends, in unix seconds; None where that is not known."""

    def problem(self) -> str:
        """Return what keeps this pair from being sent in a header, as a sentence, or nothing."""
        parts = {
            "access key ID": self.access_key_id,
            "access key secret": self.access_key_secret,
            "security token": self.security_token,
        }
        for name, value in parts.items():
            if not value and name != "security token":
                return f"The {name} is empty."
            if not (value.isascii() and value.isprintable()) or " " in value or "," in value:
                return f"The {name} has a character that no {name} has; it may be mistyped."
        return ""


class CredentialSource(Protocol):
    """Anything that can say who asks, now."""

    async def credentials(self) -> Credentials:
        """Return credentials that are valid now.

        Raises:
            tui.api.errors.CredentialsUnavailable: there are none, and why.
        """
        ...


@runtime_checkable
class RenewableSource(Protocol):
    """A source that can fetch new credentials before the old ones were due to end."""

    async def refreshed(self, stale: Credentials) -> Credentials:
        """Return other credentials than `stale`, which the service has refused as expired.

        Raises:
            tui.api.errors.CredentialsUnavailable: there are none, and why.
        """
        ...


class FixedCredentials:
    """A source of one pair that never changes."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def credentials(self) -> Credentials:
        """Return the one pair."""
        return self._credentials
