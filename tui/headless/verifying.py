"""`list --verify`: a local file against what was sent, one line for each send."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tui.plain import printable
from tui.records import Invocation
from tui.triage.content import decode
from tui.triage.verifying import Verdict, verify

MAX_BYTES: Final = 1 << 20
"""The largest local file that is compared; the service takes 32 KB at most."""


class Verdicts:
    """The format that compares, and remembers whether all were the same."""

    def __init__(self, data: bytes) -> None:
        """Compare with the bytes of a local file."""
        self._data = data
        self.compared = 0
        self.others = 0
        """Sends of something else, or of what is not known."""

    @property
    def all_same(self) -> bool:
        """Whether there was a send at all, and each was of this very file."""
        return bool(self.compared) and not self.others

    def head(self) -> str:
        """Return nothing."""
        return ""

    def rows(self, invocations: Sequence[Invocation]) -> str:
        """Return one line for each invocation."""
        return "".join(map(self._line, invocations))

    def foot(self) -> str:
        """Return nothing."""
        return ""

    def _line(self, invocation: Invocation) -> str:
        verdict = verify(self._data, decode(invocation) if invocation.content else None)
        self.compared += 1
        self.others += not verdict.same
        return f"{printable(invocation.invoke_id)} {_word(verdict)}: {verdict.sentence}\n"


def read_file(path: Path) -> bytes:
    """Read a local file that may have been sent.

    Raises:
        OSError: it cannot be read, is no regular file, or is larger than any that can be sent.
    """

    def at_once(name: str, flags: int) -> int:
        # A FIFO would be waited for, for ever.
        return os.open(name, flags | os.O_NONBLOCK)

    with open(path, "rb", opener=at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is not a regular file")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise OSError(0, f"it is larger than {MAX_BYTES:,} bytes, and no such file can be sent")
    return data


def _word(verdict: Verdict) -> str:
    return "same" if verdict.same else verdict.match
