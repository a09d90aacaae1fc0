"""What was sent: the content of a file, decoded and hashed, or what is kept in its place."""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256
from typing import Final

from tui.late_dataclass import dataclass
from tui.records import FileContent, Invocation


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of a content that is not kept itself."""

    sha256: str
    """Of the bytes as they arrive on the instance; hexadecimal."""
    size: int | None = None
    """Of the same bytes; None where it is not known."""
    raw_sha256: str = ""
    """Of the text that the API gave, in UTF-8; hexadecimal, empty where it is not known."""


def fingerprint(content: FileContent) -> Fingerprint:
    """Return what can be kept of a content."""
    return Fingerprint(content.sha256, len(content.data), content.raw_sha256)


def decode(invocation: Invocation) -> FileContent:
    """Decode the content of an invocation.

    The API's documents promise Base64 only under the content type `Base64`, yet its own older
    sample has Base64 under `PlainText` (`echo hello` as `ZWNobyBoZWxsbw==`). So text that is
    canonical Base64 of readable text is decoded there too, and `encoding` says that it was.
    """
    raw = invocation.content.encode("utf-8", "surrogatepass")
    data, encoding = raw, "plain text"
    if invocation.content_type == "Base64":
        decoded = unwrapped(invocation.content)
        data = raw if decoded is None else decoded
        encoding = "Base64, cannot be decoded: shown as sent" if decoded is None else "Base64"
    elif _laid_out_as_base64(invocation.content):
        decoded = unwrapped(invocation.content)
        if decoded is not None and _looks_like_text(decoded):
            data, encoding = decoded, "Base64, sent as plain text"
    return FileContent(
        data=data,
        encoding=encoding,
        raw_sha256=sha256(raw).hexdigest(),
        sha256=sha256(data).hexdigest(),
        text=_text(data),
    )


def unwrapped(text: str) -> bytes | None:
    """Return the bytes of which `text` is the Base64, white space aside, or None."""
    compact = "".join(text.split())
    if not compact:
        return None
    try:
        return base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return None


MIN_GUESSED: Final = 8
"""Characters below which plain text is never taken for Base64: `data` and `true` are words."""

MIN_WRAPPED: Final = 60
"""Characters below which lines are not those of wrapped Base64, which has 64 or 76 in each."""

_LAYOUT: Final = dict.fromkeys(map(ord, "\n\r\t"))
"""Controls that belong to any text; `str.translate` takes them out."""


def _laid_out_as_base64(text: str) -> bool:
    """Say whether text is one line, or lines of one length but for the last."""
    lines = text.split()
    widths = set(map(len, lines[:-1]))
    return len(lines) == 1 or (len(widths) == 1 and MIN_WRAPPED <= widths.pop() >= len(lines[-1]))


def _looks_like_text(data: bytes) -> bool:
    text = _text(data)
    return (
        text is not None
        and len(data) * 4 / 3 >= MIN_GUESSED
        and text.translate(_LAYOUT).isprintable()
    )


def _text(data: bytes) -> str | None:
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
