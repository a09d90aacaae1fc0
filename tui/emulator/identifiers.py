"""Ids that look drawn at random and still say, to those who know the seed, which record they name.

An id is a number sent through a small Feistel network on its base-36 digits. The network is a
permutation, so ids never collide, and it runs backwards, so a record is found without a search.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
"""The characters of ids, by value."""

ROUNDS: Final = 4
"""Rounds of the network; four leave no pattern that an eye could find."""

_MASK: Final = (1 << 64) - 1


class Identifiers:
    """A reversible numbering of ids: `prefix` and `width` characters that stand for a number."""

    def __init__(self, prefix: str, width: int, seed: str) -> None:
        self.prefix = prefix
        self.width = width
        self._low: int = 36 ** (width // 2)
        self._high: int = 36 ** (width - width // 2)
        digest = blake2b(seed.encode(), digest_size=16 * ROUNDS).digest()
        self._keys = tuple(
            int.from_bytes(digest[start : start + 8], "big") for start in range(0, 16 * ROUNDS, 8)
        )

    def of(self, number: int) -> str:
        """Return the id of a number, which is from 0 to 36**width - 1."""
        high, low = divmod(number, self._low)
        for turn in range(ROUNDS):
            low = (low + self._mixed(turn, high)) % self._low
            high = (high + self._mixed(turn + ROUNDS, low)) % self._high
        return self.prefix + _base36(high * self._low + low, self.width)

    def number(self, identifier: str) -> int | None:
        """Return the number that an id stands for, or None where it is no id of this kind."""
        digits = identifier.removeprefix(self.prefix)
        if len(digits) != self.width or identifier != self.prefix + digits:
            return None
        if any(digit not in DIGITS for digit in digits):
            return None
        value = int(digits, 36)
        high, low = divmod(value, self._low)
        for turn in reversed(range(ROUNDS)):
            high = (high - self._mixed(turn + ROUNDS, low)) % self._high
            low = (low - self._mixed(turn, high)) % self._low
        return high * self._low + low

    def _mixed(self, turn: int, half: int) -> int:
        """Return a number that depends on every bit of `half`, and on the seed."""
        mixed = (half ^ self._keys[turn]) * 0x9E3779B97F4A7C15 & _MASK
        mixed = (mixed ^ mixed >> 31) * 0xBF58476D1CE4E5B9 & _MASK
        return mixed ^ mixed >> 29


def _base36(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))
