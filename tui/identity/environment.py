"""What the environment says of who asks, under the vendor's names and their older spellings."""

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

WORDS: Final = "environment"
"""What the environment is called as a source."""


def value(environ: Mapping[str, str], name: str, spellings: tuple[str, ...] = SPELLINGS) -> str:
    """Return a variable by the end of its name, in the first spelling that is set.

    White space around it, which `$(cat file)` and the like leave, does not count.
    """
    for spelling in spellings:
        if found := environ.get(spelling + name, "").strip():
            return found
    return ""


def pair(environ: Mapping[str, str]) -> Credentials | None:
    """Return the pair that is set; None where nothing of one is.

    The first spelling of which the ID or the secret is set decides: a half pair is an error, never
    a reason to act as somebody else under an older name.

    Raises:
        CredentialsUnavailable: half a pair is set, or it cannot be one.
    """
    for spelling in SPELLINGS:
        only = (spelling,)
        key_id, secret = value(environ, KEY_ID, only), value(environ, KEY_SECRET, only)
        if not key_id and not secret:
            continue
        if not (key_id and secret):
            there, missing = (KEY_ID, KEY_SECRET) if key_id else (KEY_SECRET, KEY_ID)
            raise CredentialsUnavailable(
                f"The environment sets {spelling}{there}, but not {spelling}{missing}.",
                advice="Set both.",
            )
        found = Credentials(key_id, secret, value(environ, TOKEN, only), source=WORDS)
        if problem := found.problem():
            raise CredentialsUnavailable(
                f"The environment's credentials cannot be used: {problem}",
                advice=f"Set {spelling}{KEY_ID} and {spelling}{KEY_SECRET} again.",
            )
        return found
    return None
