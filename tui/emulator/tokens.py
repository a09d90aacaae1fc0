"""Pagination tokens: opaque, bound to the filters they were made for, and sealed.

A token names the last record that was delivered, not an offset, so it stays right while new
records arrive above it.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from hashlib import blake2b
from hmac import compare_digest
from typing import Final

MARK: Final = b"\x00\x00\x00\x01"
"""What every token begins with."""

SEAL_BYTES: Final = 12
"""The length of the seal that makes a changed token void."""


class TokenInvalid(ValueError):
    """The token was not made here, or for other filters, or has been changed."""


class Tokens:
    """Makes and reads the tokens of one emulator."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def issue(self, binding: str, last: int) -> str:
        """Return the token for what follows record number `last` under the filters `binding`."""
        body = MARK + last.to_bytes(8, "big", signed=True)
        return b64encode(body + self._seal(binding, body)).decode()

    def read(self, binding: str, token: str) -> int:
        """Return the number of the last delivered record, or raise `TokenInvalid`."""
        try:
            sealed = b64decode(token, validate=True)
        except (binascii.Error, ValueError) as error:
            raise TokenInvalid("The token is not Base64.") from error
        body, seal = sealed[:-SEAL_BYTES], sealed[-SEAL_BYTES:]
        if len(body) != len(MARK) + 8 or not compare_digest(seal, self._seal(binding, body)):
            raise TokenInvalid("The token's seal does not fit.")
        return int.from_bytes(body[len(MARK) :], "big", signed=True)

    def _seal(self, binding: str, body: bytes) -> bytes:
        return blake2b(
            binding.encode() + b"\x00" + body, digest_size=SEAL_BYTES, key=self._key
        ).digest()
