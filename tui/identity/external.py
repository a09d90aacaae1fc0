"""Credentials from a program that a profile names."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.api.credentials import Credentials
from tui.api.errors import CredentialsUnavailable
from tui.identity import command
from tui.identity.command import Ran
from tui.identity.source import PATIENCE, About, triple
from tui.identity.switches import is_on
from tui.masking import MASK, masked
from tui.plain import printable

if TYPE_CHECKING:
    from tui.identity.asking import Asker

LIMIT: Final = 60.0
"""Seconds that the program may take."""

SHOWN: Final = 200
"""Characters of its standard error that a sentence repeats."""

NAMES: Final = ("access_key_id", "access_key_secret", "sts_token", "expiration")
"""What the program calls the parts."""


@dataclass(frozen=True, slots=True)
class External:
    """A program that prints credentials as JSON."""

    about: About
    command: str = field(repr=False)
    """As the profile has it: words in the manner of a POSIX shell, and no shell."""
    scope: tuple[str, ...]
    limit: float = LIMIT
    kept: bool = True

    @property
    def patience(self) -> float:
        """As long as the program may take, and a little for starting it."""
        return self.limit + PATIENCE / 6

    def determinants(self) -> tuple[str, ...]:
        """Return the command and the profile that has it."""
        return (*self.scope, self.command)

    async def fetch(self, asker: Asker) -> Credentials:
        """Run the program."""
        words = _words(self.command)
        name = printable(Path(words[0]).name, 60)
        try:
            ran = await command.run(words, self.limit)
        except TimeoutError:
            raise CredentialsUnavailable(
                f"{name} has not ended within {self.limit:g} s and was stopped.",
                advice="Run it by hand: it has no terminal here and cannot ask anything.",
            ) from None
        except (OSError, ValueError) as error:
            reason = printable(getattr(error, "strerror", None) or type(error).__name__, 100)
            raise CredentialsUnavailable(f"{name} cannot be run: {reason}.") from None
        return _credentials(ran, words[0], asker.clock())


def disabled(environ: Mapping[str, str]) -> bool:
    """Say whether no program is to be run for credentials."""
    return is_on(environ, "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS")


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if not words or not words[0]:
        raise CredentialsUnavailable("Its process_command is not a command line.")
    return words


def _credentials(ran: Ran, program: str, now: float) -> Credentials:
    """Read what the program has printed; `sts_token` makes the pair a temporary one."""
    name = printable(Path(program).name, 60)
    try:
        found = json.loads(ran.output)
    except (ValueError, RecursionError):
        found = None
    values: Mapping[str, object] = found if isinstance(found, dict) else {}
    if ran.code:
        how = f"exit code {ran.code}" if ran.code > 0 else f"signal {-ran.code}"
        raise CredentialsUnavailable(
            f"{name} has failed ({how}){_said(ran, values, program)}.",
            advice="Run it by hand: it has no terminal here and cannot ask anything.",
        )
    if ran.too_long or found is None or not isinstance(found, dict):
        what = "too much" if ran.too_long else "something else than an object of JSON"
        raise CredentialsUnavailable(f"{name} has printed {what}{_said(ran, values, program)}.")
    mode = str(values.get("mode") or "")
    if mode.lower() not in ("", "ak", "ststoken"):
        raise CredentialsUnavailable(
            f"{name} has printed the mode {printable(mode, 40)}; AK or StsToken is expected."
        )
    credentials = triple(values, now=now, names=NAMES)
    if mode.lower() == "ststoken" and not credentials.security_token:
        raise CredentialsUnavailable(f"{name} has printed no sts_token.")
    return credentials


def _said(ran: Ran, values: Mapping[str, object], program: str) -> str:
    """Return what the program has said for itself, without what it should have kept to itself."""
    text = ran.errors.decode("utf-8", "replace").strip().replace(program, Path(program).name)
    for secret in values.values():
        if isinstance(secret, str) and len(secret) > 3:
            text = text.replace(secret, MASK)
    text = masked(" ".join(text.split()))
    if not text:
        return ""
    shown = text if len(text) <= SHOWN else f"…{text[-SHOWN:]}"
    return f", and said: {printable(shown)}".rstrip(".")
