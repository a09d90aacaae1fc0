"""What was sent: the content of a file, decoded and hashed."""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256

from tui.records import FileContent, Invocation


def decode(invocation: Invocation) -> FileContent:
    """Decode the content of an invocation.

    The API's documents promise Base64 only under the content type `Base64`, yet its own older
    sample has Base64 under `PlainText` (`echo hello` as `ZWNobyBoZWxsbw==`). So text that is
    canonical Base64 of readable text is decoded there too, and `encoding` says that it was.
    """
    raw = invocation.content.encode("utf-8", "surrogatepass")
    data, encoding = raw, "plain text"
    if invocation.content_type == "Base64":
        decoded = _base64(invocation.content)
        data = raw if decoded is None else decoded
        encoding = "Base64, cannot be decoded: shown as sent" if decoded is None else "Base64"
    else:
        decoded = _base64(invocation.content)
        if decoded is not None and _looks_like_text(decoded):
            data, encoding = decoded, "Base64, sent as plain text"
    return FileContent(
        data=data,
        encoding=encoding,
        raw_sha256=sha256(raw).hexdigest(),
        sha256=sha256(data).hexdigest(),
        text=_text(data),
    )


def _base64(text: str) -> bytes | None:
    compact = "".join(text.split())
    if not compact:
        return None
    try:
        return base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return None


MIN_GUESSED = 8
"""Characters below which plain text is never taken for Base64: `data` and `true` are words."""


def _looks_like_text(data: bytes) -> bool:
    text = _text(data)
    return (
        text is not None
        and len(data) * 4 / 3 >= MIN_GUESSED
        and all(character.isprintable() or character in "\n\r\t" for character in text)
    )


def _text(data: bytes) -> str | None:
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
