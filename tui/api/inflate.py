"""A body that arrives in chunks, inflated as it comes, bounded and known to be complete; pure."""

from __future__ import annotations

import zlib
from typing import Final

from tui.api.errors import BadAnswer, Oversized

MAX_BODY: Final = 32 * 1024 * 1024
"""Bytes of a body, before and after inflating; a page of 50 contents of 32 KB is some 2 MB."""

MAX_MEMBERS: Final = 16
"""Gzip members in one body; more are only ever sent to keep a reader busy."""

_GZIP: Final = 31
"""The window size that makes zlib read a gzip member with its header and checksum."""


class Body:
    """Collects the chunks of one body.

    Args:
        encoding: the answer's Content-Encoding; anything but gzip and identity is refused.
        limit: bytes, before and after inflating.

    Raises:
        tui.api.errors.BadAnswer: the encoding is unknown, or the data are not in it.
        tui.api.errors.Oversized: there is more than `limit`.
    """

    def __init__(self, encoding: str, limit: int = MAX_BODY) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise BadAnswer(
                f"The answer is encoded as “{encoding}”, which was not asked for.", retryable=False
            )
        self._gzip = encoding.endswith("gzip")
        self._limit = limit
        self._received = 0
        self._size = 0
        self._pieces: list[bytes] = []
        self._members = 0
        self._member: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk as it came over the wire."""
        self._received += len(chunk)
        if self._received > self._limit:
            raise self._oversized()
        if not self._gzip:
            self._keep(chunk)
            return
        while chunk:
            chunk = self._inflate(chunk)

    def finish(self) -> bytes:
        """Return the whole body, once the last chunk has come."""
        if self._member is not None and not self._member.eof:
            raise BadAnswer("The answer broke off: its compressed body has no end.")
        return b"".join(self._pieces)

    def _inflate(self, chunk: bytes) -> bytes:
        """Inflate some of a chunk and return what of it is still to be inflated."""
        if self._member is None or self._member.eof:
            self._members += 1
            if self._members > MAX_MEMBERS:
                raise BadAnswer("The answer's compressed body is in too many pieces.")
            self._member = zlib.decompressobj(_GZIP)
        try:
            # One byte more than allowed tells too much from just enough.
            self._keep(self._member.decompress(chunk, self._limit - self._size + 1))
        except zlib.error:
            raise BadAnswer("The answer's compressed body is damaged.") from None
        return self._member.unconsumed_tail or self._member.unused_data

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise self._oversized()
        self._pieces.append(piece)

    def _oversized(self) -> Oversized:
        return Oversized(
            f"The answer is larger than {self._limit // (1024 * 1024)} MiB and was dropped.",
            advice="Check the endpoint: the service never sends as much.",
        )
