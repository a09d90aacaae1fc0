"""The access keys of the emulated account, and temporary ones that nobody has to remember.

A temporary triple carries what is known of it in its token, sealed, and its secret follows from
the token by a keyed hash. So any number can be issued, and a restart forgets none of them.
"""

from __future__ import annotations

import binascii
import itertools
import json
from base64 import b32encode, b64decode, b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import compare_digest
from typing import Final

ACCOUNT_ID: Final = "1000000000000000"
"""The account that the emulator's own keys and roles belong to."""

USER_ID: Final = "200000000000000000"
"""The RAM user whom the permanent key belongs to."""

USER_NAME: Final = "emulator-example"
"""What that user is called."""

TEMPORARY: Final = "STS."
"""What the access key ID of every temporary triple begins with."""

MARK: Final = b"\x08\x02\x12"
"""What every token begins with; in Base64 it reads `CAIS`, as the vendor's do."""

SEAL_BYTES: Final = 16
"""The length of the seal that makes a changed token void."""


@dataclass(frozen=True, slots=True)
class Session:
    """A role while somebody has assumed it."""

    account_id: str
    role: str
    name: str
    """What the one who assumed it calls the session."""

    @property
    def role_id(self) -> str:
        """The number of the role: 18 digits, as the vendor has them."""
        digest = blake2b(f"{self.account_id}/{self.role}".encode(), digest_size=8).digest()
        return f"3{int.from_bytes(digest, 'big') % 10**17:017d}"

    @property
    def assumed_role_id(self) -> str:
        """The number of the role with the name of the session."""
        return f"{self.role_id}:{self.name}"

    @property
    def arn(self) -> str:
        """The name under which the session acts."""
        return f"acs:ram::{self.account_id}:assumed-role/{self.role}/{self.name}"


@dataclass(frozen=True, slots=True)
class Key:
    """An access key that the service knows; with a token, a temporary one."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str = field(default="", repr=False)
    issued_at: float = 0.0
    """Unix seconds, by the emulator's clock without skew; of temporary keys."""
    life: float | None = None
    """Seconds; None: for ever."""
    session: Session | None = None
    """Whose it is; None: the user's own."""

    def expires_at(self, longest: float | None = None) -> float | None:
        """Return when it expires where nothing lives longer than `longest` seconds, or None."""
        if self.life is None:
            return None
        return self.issued_at + (self.life if longest is None else min(self.life, longest))


class TemporaryKeys:
    """Issues temporary keys and knows them again by their tokens."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._serial = itertools.count()

    def issue(self, session: Session, issued_at: float, life: float) -> Key:
        """Return a new key of a session; the time in unix seconds, the life in seconds."""
        about = [session.account_id, session.role, session.name, issued_at, life]
        body = MARK + json.dumps([next(self._serial), *about], separators=(",", ":")).encode()
        return self._key(body, session, issued_at, life)

    def opened(self, token: str) -> Key | None:
        """Return the key that a token belongs to, or None where it was not made here."""
        try:
            sealed = b64decode(token, validate=True)
        except (binascii.Error, ValueError):
            return None
        body, seal = sealed[:-SEAL_BYTES], sealed[-SEAL_BYTES:]
        if not compare_digest(seal, self._hashed(body, b"seal", SEAL_BYTES)):
            return None
        _, account_id, role, name, issued_at, life = json.loads(body.removeprefix(MARK))
        return self._key(body, Session(account_id, role, name), issued_at, life)

    def _key(self, body: bytes, session: Session, issued_at: float, life: float) -> Key:
        return Key(
            f"{TEMPORARY}N{b32encode(self._hashed(body, b'id', 15)).decode()}",
            urlsafe_b64encode(self._hashed(body, b"secret", 30)).decode(),
            b64encode(body + self._hashed(body, b"seal", SEAL_BYTES)).decode(),
            issued_at,
            life,
            session,
        )

    def _hashed(self, body: bytes, purpose: bytes, size: int) -> bytes:
        return blake2b(body, digest_size=size, key=self._secret, person=purpose).digest()
