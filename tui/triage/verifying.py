"""Is this my file? The bytes of a local file against what was sent, or what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from tui.records import FileContent
from tui.triage.content import Fingerprint, fingerprint
from tui.triage.content_diff import Content
from tui.triage.conversions import conversions
from tui.triage.words import counted

Match = Literal["decoded", "raw", "converted", "different", "unknown"]
"""`decoded`: the very bytes that arrive on the instance. `raw`: the very text that the API gave,
where that is an encoding of them. `converted`: the same but for differences that can be named."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a local file is what was sent."""

    match: Match
    sha256: str
    """Of the local file, hexadecimal."""
    size: int
    """Of the local file, in bytes."""
    sent: Fingerprint | None
    differences: tuple[str, ...] = ()
    """One phrase for each."""

    @property
    def same(self) -> bool:
        """Whether it is the file byte for byte, as it arrives or as the API gave it."""
        return self.match in ("decoded", "raw")

    @property
    def sentence(self) -> str:
        """The answer."""
        size = counted(self.size, "byte")
        if self.sent is None:
            return f"Neither the content nor its hash is known; the local file has {size}."
        if self.match == "decoded":
            encoded = self.sent.raw_sha256 not in ("", self.sent.sha256)
            how = "once the Base64 that was sent is decoded" if encoded else "byte for byte"
            return f"It is the file {how}: {size}, SHA-256 {self.sha256}."
        if self.match == "raw":
            return (
                f"It is the encoded text as it was sent, not yet decoded: {size},"
                f" SHA-256 {self.sha256}."
            )
        if self.match == "converted":
            return f"It is the file but for this: {'; '.join(self.differences)}."
        sent = "" if self.sent.size is None else f", {counted(self.sent.size, 'byte')} sent"
        more = "".join(f"; {phrase}" for phrase in self.differences)
        return f"It is another file: {size} here{sent}{more}."


def verify(data: bytes, sent: Content | None) -> Verdict:
    """Compare the bytes of a local file with what was sent.

    Where they differ, the usual conversions of the local file are tried, so that line ends, a byte
    order mark, an encoding or Base64 are named even where only a hash was kept.

    Args:
        data: the local file.
        sent: its content, or what is kept of it; None where nothing is known.
    """
    local = sha256(data).hexdigest()
    if sent is None:
        return Verdict("unknown", local, len(data), None)
    kept = fingerprint(sent) if isinstance(sent, FileContent) else sent
    if local == kept.sha256:
        return Verdict("decoded", local, len(data), kept)
    if local == kept.raw_sha256:
        return Verdict("raw", local, len(data), kept)
    found = [
        each.differences
        for each in conversions(data)
        if kept.size in (None, len(each.data)) and sha256(each.data).hexdigest() == kept.sha256
    ]
    if found:
        return Verdict("converted", local, len(data), kept, min(found, key=len))
    first = first_difference(data, sent.data) if isinstance(sent, FileContent) else ()
    return Verdict("different", local, len(data), kept, first)


def first_difference(local: bytes, sent: bytes) -> tuple[str, ...]:
    """Say where two files begin to differ."""
    shorter = min(len(local), len(sent))
    place = next((at for at in range(shorter) if local[at] != sent[at]), shorter)
    line = local.count(b"\n", 0, place) + 1
    return (f"the first difference is at byte {place + 1:,}, in line {line:,}",)
