"""Files saved for the user: under names that cannot do harm, and never over what is there."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path, PurePath
from typing import Final

MAX_BYTES: Final = 200
"""The longest name in bytes: file systems take 255, and a number may be added."""

MAX_SUFFIX: Final = 20
"""Characters of the part behind the last dot that are kept when a name is shortened."""

MAX_TRIES: Final = 1000
"""Numbers that are tried before saving is given up."""

NAMELESS: Final = "unnamed"
"""The name of what is left without one."""

_PUNCTUATION: Final = "._-+=@,"
_PRIVATE_FILE: Final = 0o600


def safe_name(name: str) -> str:
    """Return a file name like `name`: one part of a path, of letters, digits and `._-+=@,`.

    It begins with a letter or digit, so it is neither hidden nor an option; a name made safe
    twice is the same as once.
    """
    base = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    kept = "".join(each if each.isalnum() or each in _PUNCTUATION else "_" for each in base)
    return _shortened(kept.lstrip(_PUNCTUATION).rstrip(".")) or NAMELESS


def save_new(directory: Path, name: str, data: bytes) -> Path:
    """Write a new file, 0600, and return its path: `name` made safe, with -1, -2 … where taken.

    Raises:
        OSError: the directory is not there or closed to us, the disk is full, and the like.
    """
    safe = PurePath(safe_name(name))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for number in range(MAX_TRIES):
            free = f"{safe.stem}-{number}{safe.suffix}" if number else safe.name
            try:
                descriptor = os.open(free, flags, _PRIVATE_FILE, dir_fd=opened)
            except FileExistsError:
                continue
            try:
                with os.fdopen(descriptor, "wb") as file:
                    # A umask may have taken even the owner's own rights away.
                    os.fchmod(descriptor, _PRIVATE_FILE)
                    file.write(data)
            except BaseException:
                # Half a file would be taken for the whole.
                with contextlib.suppress(OSError):
                    os.unlink(free, dir_fd=opened)
                raise
            return directory / free
    finally:
        os.close(opened)
    raise FileExistsError(0, "too many files have that name", str(directory / safe))


def save_as(typed: str, file_name: str, data: bytes) -> Path:
    """Write a new file where a user has typed to have it, and return its path.

    A relative path begins in the working directory; one that ends in `/` names only the
    directory, and the file is called `file_name`.

    Raises:
        OSError: as `save_new`; or nothing was typed, or `~name` has no home.
    """
    if not typed.strip():
        raise OSError(0, "no name was given")
    # A path cannot have it, and what calls the system says so without being an OSError.
    path = Path((f"{typed}{file_name}" if typed.endswith("/") else typed).replace("\0", ""))
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise FileNotFoundError(0, "there is no such home", typed) from error
    return save_new(Path.cwd() / path.parent, path.name, data)


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    ending = dot + suffix if stem and len(suffix) <= MAX_SUFFIX else ""
    room = MAX_BYTES - len(ending.encode())
    return (name.encode()[:room].decode(errors="ignore") + ending).rstrip(".")
