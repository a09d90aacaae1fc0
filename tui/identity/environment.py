"""Credentials from the environment, under the vendor's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui.api.credentials import Credentials
from tui.api.errors import CredentialsUnavailable

SPELLINGS: Final = (
    "ALIBABA_CLOUD_",
    "ALIBABACLOUD_",
    "ALICLOUD_",
    "",
)
"""What stands before the names of the three variables: today's spelling first, then older ones."""

KEY_ID: Final = "ACCESS_KEY_ID"
"""The variable of the access key ID, after its spelling."""

KEY_SECRET: Final = "ACCESS_KEY_SECRET"  # noqa: S105 - the name of a variable
"""The variable of the access key secret, after its spelling."""

TOKEN: Final = "SECURITY_TOKEN"  # noqa: S105 - the name of a variable
"""The variable of the security token that goes with a temporary pair, after its spelling."""


class EnvironmentCredentials:
    """A source that reads the environment anew each time.

    The first spelling of which the ID or the secret is set decides: a half pair is an error, never
    a reason to act as somebody else under an older name.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    async def credentials(self) -> Credentials:
        """Return the pair that is set.

        Raises:
            CredentialsUnavailable: nothing is set, half a pair is, or it cannot be one.
        """
        for spelling in SPELLINGS:
            key_id, secret = self._value(spelling + KEY_ID), self._value(spelling + KEY_SECRET)
            if not key_id and not secret:
                continue
            if not (key_id and secret):
                there, missing = (KEY_ID, KEY_SECRET) if key_id else (KEY_SECRET, KEY_ID)
                raise CredentialsUnavailable(
                    f"The environment sets {spelling}{there}, but not {spelling}{missing}.",
                    advice="Set both.",
                )
            found = Credentials(key_id, secret, self._value(spelling + TOKEN), source="environment")
            if problem := found.problem():
                raise CredentialsUnavailable(
                    f"The environment's credentials cannot be used: {problem}",
                    advice=f"Set {spelling}{KEY_ID} and {spelling}{KEY_SECRET} again.",
                )
            return found
        raise CredentialsUnavailable(
            f"No credentials were found: the environment sets neither {SPELLINGS[0]}{KEY_ID}"
            f" nor {SPELLINGS[0]}{KEY_SECRET}, nor an older spelling of them.",
            advice="Set both, or look around with --demo.",
        )

    def _value(self, name: str) -> str:
        """Return a variable without the white space that `$(cat file)` and the like leave."""
        return self._environ.get(name, "").strip()
