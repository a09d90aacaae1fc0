"""Credentials from an address that gives them to whoever asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tui.api.credentials import Credentials
from tui.api.errors import CredentialsUnavailable
from tui.identity.addresses import checked, origin
from tui.identity.source import PATIENCE, About, clock_ahead, document, triple
from tui.plain import printable

if TYPE_CHECKING:
    from tui.identity.asking import Asker

ATTEMPTS: Final = 3
"""Times that the address is asked at most."""


@dataclass(frozen=True, slots=True)
class CredentialsUri:
    """An address that answers with a temporary triple."""

    about: About
    uri: str = field(repr=False)
    """Its path or query may be a secret."""
    kept: bool = True
    patience: float = PATIENCE

    @property
    def scope(self) -> tuple[str, ...]:
        """The address."""
        return ("uri", self.uri)

    def determinants(self) -> tuple[str, ...]:
        """Return the address."""
        return ("uri", self.uri)

    async def fetch(self, asker: Asker) -> Credentials:
        """Ask the address."""
        uri = checked(self.uri, "credentials URI")
        answer = await asker.fetch("GET", uri, attempts=ATTEMPTS)
        where = origin(uri)
        if answer.status != 200:
            raise CredentialsUnavailable(f"{where} answers HTTP {answer.status}.")
        found = document(answer)
        if found.get("Code") != "Success":
            code = printable(str(found.get("Code") or "no code"), 60)
            raise CredentialsUnavailable(f"{where} does not answer “Success” but {code}.")
        now = asker.clock()
        return triple(found, now=now, ahead=clock_ahead(answer, now))
