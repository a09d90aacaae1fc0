"""Sources that assume a RAM role: from other credentials, or by an OIDC token."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.api.credentials import Credentials
from tui.api.endpoints import Endpoint
from tui.api.errors import ApiError, CredentialsUnavailable
from tui.identity import files, sts
from tui.identity.files import FileUnusable
from tui.identity.source import PATIENCE, About, Source, blamed
from tui.identity.sts import Role

if TYPE_CHECKING:
    from tui.identity.asking import Asker


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """A role that another source assumes."""

    about: About
    base: Source
    role: Role
    at: Endpoint
    kept: bool = True

    @property
    def patience(self) -> float:
        """As long as both calls may take."""
        return PATIENCE + self.base.patience

    @property
    def scope(self) -> tuple[str, ...]:
        """The role, whoever assumes it."""
        return ("role", self.role.arn, self.role.policy)

    def determinants(self) -> tuple[str, ...]:
        """Return the role, where it is assumed, and everything of who assumes it."""
        said = (f"{name}={value}" for name, value in self.role.parameters())
        return ("role", self.at.url, *said, *self.base.determinants())

    async def fetch(self, asker: Asker) -> Credentials:
        """Assume the role."""
        try:
            credentials = await self.base.fetch(asker)
        except ApiError as error:
            if self.base.about.words == self.about.words:
                raise
            raise blamed(self.base.about, error) from error
        return await sts.assume_role(asker, self.at, self.role, credentials)


@dataclass(frozen=True, slots=True)
class OidcRole:
    """A role that the bearer of an OIDC token assumes; the token is in a file that others renew."""

    about: About
    provider_arn: str
    token_file: Path
    role: Role
    at: Endpoint
    kept: bool = True
    patience: float = PATIENCE

    @property
    def scope(self) -> tuple[str, ...]:
        """The role, whoever assumes it."""
        return ("role", self.role.arn, self.role.policy)

    def determinants(self) -> tuple[str, ...]:
        """Return the role, where it is assumed, the provider, and what the token file holds."""
        said = (f"{name}={value}" for name, value in self.role.parameters())
        try:
            token = self._token()
        except CredentialsUnavailable:
            token = ""
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
        return ("oidc", self.at.url, self.provider_arn, str(self.token_file), digest, *said)

    async def fetch(self, asker: Asker) -> Credentials:
        """Assume the role."""
        token = await asyncio.to_thread(self._token)
        return await sts.assume_role_with_oidc(asker, self.at, self.role, self.provider_arn, token)

    def _token(self) -> str:
        try:
            text = files.read(self.token_file)
        except FileUnusable as reason:
            raise CredentialsUnavailable(
                f"The OIDC token file {self.token_file} cannot be used: {reason}."
            ) from None
        if text is None:
            raise CredentialsUnavailable(f"The OIDC token file {self.token_file} does not exist.")
        if not text.strip():
            raise CredentialsUnavailable(f"The OIDC token file {self.token_file} is empty.")
        return text.strip()
