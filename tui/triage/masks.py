"""What two error texts have in common: everything that differs from host to host is masked."""

from __future__ import annotations

import re
from typing import Final

MAX_READ: Final = 500
"""Characters of a text that are looked at; an honest one has fewer than a hundred."""

MAX_MASKED: Final = 300
"""Characters of a masked text that are kept."""

_WORD: Final = r"(?<![A-Za-z0-9_])"
"""Not within a word."""

_PATTERNS: Final = (
    (
        "time",
        r"(?<!\d)\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?"
        r"(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?(?!\d)"
        r"|(?<![\d:])\d\d:\d\d:\d\d(?:[.,]\d+)?(?![\d:])",
    ),
    (
        "id",
        _WORD + r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![A-Za-z0-9])"
        r"|" + _WORD + r"[a-z]{1,5}-(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{6,}\**(?![A-Za-z0-9-])"
        r"|" + _WORD + r"iZ[0-9a-z]{6,}Z?(?![A-Za-z0-9])",
    ),
    ("url", _WORD + r"[a-z][a-z0-9+.-]{1,15}://[^\s\"'<>]+"),
    (
        "path",
        r"(?P<quote>[\"'`])(?:/|~/|[A-Za-z]:\\)[^\"'`]*(?P=quote)"
        r"|(?<![A-Za-z0-9_.~/\\])~?/[^\s\"'`,;:()<>\[\]]+"
        r"|" + _WORD + r"[A-Za-z]:\\[^\s\"'`,;()<>\[\]]*",
    ),
    (
        "ip",
        r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2}|:\d{1,5})?(?![\d.]*\d)"
        r"|(?<![A-Za-z0-9_:.])\[?(?=[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:)"
        r"[0-9A-Fa-f:]{2,39}\]?(?![A-Za-z0-9_])",
    ),
    (
        "host",
        _WORD + r"(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){2,8}[A-Za-z]{2,24}(?![A-Za-z0-9_-])"
        r"|" + _WORD + r"[A-Za-z0-9][A-Za-z0-9-]{0,62}\.(?:cn|com|corp|home|internal|lan|local"
        r"|localdomain|net|org)(?![A-Za-z0-9_-])",
    ),
    (
        "hex",
        r"0x[0-9A-Fa-f]+(?![A-Za-z0-9])"
        r"|" + _WORD + r"(?=[0-9A-Fa-f]*\d)(?=\d*[A-Fa-f])[0-9A-Fa-f]{8,128}(?![A-Za-z0-9])",
    ),
    ("n", r"\d+(?:[.,]\d+)*"),
)
"""What is masked, by the word that stands for it; of two at the same place the first counts."""

_MASKED: Final = re.compile(
    "|".join(f"(?P<{word}>{pattern})" for word, pattern in _PATTERNS),
)


def masked(text: str) -> str:
    """Return `text` with times, IDs, URLs, paths, addresses, host names and numbers masked.

    White space is single, and a full stop at the end goes: the service writes some of its texts
    with one and without.
    """
    plain = " ".join(text[:MAX_READ].split())
    shown = _MASKED.sub(_placeholder, plain).rstrip(". ")
    return shown if len(shown) <= MAX_MASKED else shown[: MAX_MASKED - 1] + "…"


def _placeholder(match: re.Match[str]) -> str:
    word = next(word for word, _ in _PATTERNS if match[word] is not None)
    return f"‹{word}›"
