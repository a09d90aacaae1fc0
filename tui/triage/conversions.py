"""What editors and tools do to a file on its way: line ends, byte order mark, encoding, Base64.

Where the hash of a file is not the one that is looked for, the hash of one of its conversions may
be, and then it can be said what the difference is although nobody has kept the other file.
"""

from __future__ import annotations

import base64
import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tui.triage.content import unwrapped

MAX_CONVERTED: Final = 128 << 10
"""Bytes of a file beyond which its conversions are not tried.

What is sent has 32 KB at most, also as Base64; in UTF-16 it may have twice as many.
"""

MAX_CLOSING: Final = 3
"""Line ends that close a text at most where others are tried."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a local file becomes by one way of converting it."""

    data: bytes
    differences: tuple[str, ...]
    """In words: how the local file differs from `data`; empty for the file as it is."""


@dataclass(frozen=True, slots=True)
class _Encoding:
    name: str
    codec: str
    mark: bytes = b""
    """The byte order mark, where there is one."""


_UTF_8: Final = _Encoding("UTF-8", "utf-8", codecs.BOM_UTF8)
_UTF_16: Final = (
    _Encoding("UTF-16LE", "utf-16-le", codecs.BOM_UTF16_LE),
    _Encoding("UTF-16BE", "utf-16-be", codecs.BOM_UTF16_BE),
)
_GBK: Final = _Encoding("GBK", "gb18030")
_LATIN_1: Final = _Encoding("Latin-1", "latin-1")
_ENCODINGS: Final = (_UTF_8, *_UTF_16, _GBK, _LATIN_1)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file read as text, and what is lost when only the text is looked at."""

    encoding: _Encoding
    marked: bool
    text: str

    def written(self) -> bytes | None:
        """Return the bytes of this text, or None where the encoding has no such characters."""
        try:
            data = self.text.encode(self.encoding.codec)
        except UnicodeEncodeError:
            return None
        return self.encoding.mark + data if self.marked else data


def conversions(data: bytes) -> Iterator[Conversion]:
    """Yield what `data` may have become, the file as it is first; the same bytes may come twice."""
    yield Conversion(data, ())
    if len(data) > MAX_CONVERTED:
        return
    yield from _base64_of(Conversion(data, ()))
    decoded = unwrapped(data.decode("ascii")) if data.isascii() else None
    if decoded is not None:
        yield Conversion(decoded, ("the local file is the Base64 text of what was sent",))
    for reading in _readings(data):
        for other in _rewritten(reading):
            written = other.written()
            if written is not None and written != data:
                converted = Conversion(written, tuple(_differences(reading, other)))
                yield converted
                yield from _base64_of(converted)


def _base64_of(conversion: Conversion) -> Iterator[Conversion]:
    """Yield the Base64 of a conversion as the usual tools write it."""
    words = (*conversion.differences, "what was sent is the Base64 text of the local file")
    one_line = base64.b64encode(conversion.data)
    for written in (one_line, one_line + b"\n", base64.encodebytes(conversion.data)):
        yield Conversion(written, words)


def _readings(data: bytes) -> Iterator[_Reading]:
    """Yield each way in which a file can be meant as text."""
    for encoding in (_UTF_8, *_UTF_16):
        if data.startswith(encoding.mark):
            yield from _decoded(data[len(encoding.mark) :], encoding, marked=True)
    # UTF-8 is hardly ever right by accident; other encodings nearly always are.
    unmarked = list(_decoded(data, _UTF_8, marked=False))
    yield from unmarked
    if b"\0" in data:
        for encoding in _UTF_16:
            yield from _decoded(data, encoding, marked=False)
    if not unmarked:
        yield from _decoded(data, _GBK, marked=False)
        yield from _decoded(data, _LATIN_1, marked=False)


def _decoded(data: bytes, encoding: _Encoding, *, marked: bool) -> Iterator[_Reading]:
    try:
        yield _Reading(encoding, marked, data.decode(encoding.codec))
    except UnicodeDecodeError:
        return


def _rewritten(reading: _Reading) -> Iterator[_Reading]:
    """Yield the text with other ends, in every encoding, with and without its mark."""
    for text in _with_other_ends(reading.text):
        for encoding in _ENCODINGS:
            for marked in (False, True) if encoding.mark else (False,):
                yield _Reading(encoding, marked, text)


def _with_other_ends(text: str) -> Iterator[str]:
    """Yield the text with the ends of its lines, and of the last one, as they may be."""
    yield text
    unix = text.replace("\r\n", "\n")
    body = unix.rstrip("\n")
    for ended in dict.fromkeys((unix, *(body + "\n" * count for count in range(MAX_CLOSING + 1)))):
        yield ended
        yield ended.replace("\n", "\r\n")
    # Mixed ends stay as they are where only the last line is at issue.
    yield text.rstrip("\r\n")
    yield text.rstrip("\r\n") + "\n"


def _differences(local: _Reading, sent: _Reading) -> Iterator[str]:
    if local.encoding != sent.encoding:
        yield (
            f"encoding: {local.encoding.name} in the local file,"
            f" {sent.encoding.name} in what was sent"
        )
    if local.marked != sent.marked:
        where = "the local file" if local.marked else "what was sent"
        yield f"byte order mark (BOM): only in {where}"
    here, there = _line_ends(local.text), _line_ends(sent.text)
    if here != there and "none" not in (here, there):
        yield f"line ends: {here} in the local file, {there} in what was sent"
    closing, closing_there = _closing(local.text), _closing(sent.text)
    if closing != closing_there:
        yield (
            f"line ends at the very end: {closing} in the local file,"
            f" {closing_there} in what was sent"
        )


def _line_ends(text: str) -> str:
    windows = text.count("\r\n")
    unix = text.count("\n") - windows
    if windows and unix:
        return "CRLF and LF mixed"
    return "CRLF" if windows else "LF" if unix else "none"


def _closing(text: str) -> str:
    """Return how many line ends close the text, in words."""
    count = len(text) - len(text.rstrip("\r\n"))
    count -= text[len(text) - count :].count("\r\n")
    return "none" if not count else "one" if count == 1 else f"{count:,}"
