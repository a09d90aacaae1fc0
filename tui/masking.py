"""What looks like a secret is hidden in words that others have written: messages, errors."""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "‹masked›"
"""What stands for a secret."""

_NAMED_SECRET: Final = re.compile(
    r"""(?ix)
    ( (?: access_?key_?(?:id|secret)? | secret(?:_?access)?(?:_?key)? | security_?token
        | signature (?!nonce) | credential | authorization | password | passwd | token )
      ["']? \s* [=:] \s* ["']? (?: (?: bearer | basic ) \s+ )? )
    [^\s"',;&]+
    """.replace("_?", "[-_ ]?")
)
"""A name that announces a secret, and the word after it."""

_KNOWN_SECRET: Final = re.compile(r"\b(?:LTAI|STS\.|TMP\.)[A-Za-z0-9]+")
"""Access keys by their beginnings."""

_LONG_WORD: Final = re.compile(r"[A-Za-z0-9+/=_-]{24,}")
"""Words that are as long as a key, a token or a signature; those of letters alone are none."""


def masked(text: str) -> str:
    """Hide in a line of prose or of a message what looks like a key, a token or a signature."""
    text = _KNOWN_SECRET.sub(MASK, text)
    text = _NAMED_SECRET.sub(rf"\1{MASK}", text)
    return _LONG_WORD.sub(lambda found: MASK if _is_mixed(found[0]) else found[0], text)


def _is_mixed(word: str) -> bool:
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))
