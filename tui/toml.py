"""TOML from a file that may be anything: read in bounded time, or refused in a few words."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, Final

# tomllib is imported where there is a file to read: most starts have none.

MOST_DOTS: Final = 100
"""Dots on a line; the time for a key grows with the square of its parts."""

MOST_CHARACTERS: Final = 1 << 18
"""Characters of a file; all that can be said in one, with comments, is a small part of that."""


class NotTomlError(ValueError):
    """The text cannot be read; the words say why, and may quote it."""


def content_of(path: Path, limit: int) -> bytes:
    """Return what is in a regular file, whoever's it is; a FIFO would never end.

    Raises:
        OSError: it is missing, no file, or larger than `limit` bytes; `strerror` says which.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        nothing = stat.S_ISCHR(status.st_mode) and os.path.samestat(status, Path(os.devnull).stat())
        if not (stat.S_ISREG(status.st_mode) or nothing):
            raise OSError(0, "it is not a regular file", str(path))
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(0, f"it is larger than {limit} bytes", str(path))
    return content


def read(content: bytes) -> dict[str, Any]:
    """Return what the content of a file says.

    Raises:
        NotTomlError: it says nothing that can be read.
    """
    try:
        return read_text(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotTomlError("it is not UTF-8") from None


def read_text(text: str) -> dict[str, Any]:
    """Return what a text says.

    Raises:
        NotTomlError: it says nothing that can be read.
    """
    import tomllib

    if len(text) > MOST_CHARACTERS:
        raise NotTomlError(f"it has more than {MOST_CHARACTERS:,} characters")
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MOST_DOTS and not line.lstrip().startswith("#"):
            raise NotTomlError(f"line {number} has more than {MOST_DOTS} dots")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotTomlError(str(error)) from None
    except RecursionError:
        raise NotTomlError("it is nested too deeply") from None
    except ValueError:
        raise NotTomlError("it has a number that is too long or a date that is none") from None
