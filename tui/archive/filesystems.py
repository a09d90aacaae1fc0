"""Whether a file lies on a disk of this machine, where SQLite's write-ahead log may be used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

MOUNTS: Final = Path("/proc/self/mounts")
"""Linux's table of what is mounted where; elsewhere nothing is known to be local."""

LOCAL: Final = frozenset(
    {"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "overlay", "tmpfs", "xfs", "zfs"}
)
"""File systems of one machine: all who open a file on them share its memory and its locks."""

_OCTAL: Final = re.compile(r"\\([0-7]{3})")


def is_local(path: Path, mounts: Path = MOUNTS) -> bool:
    """Say whether `path` is known to be on a file system of this machine."""
    try:
        table = mounts.read_text(encoding="utf-8", errors="surrogateescape")
        place = path.resolve()
    except (OSError, RuntimeError):
        return False
    return kind(place, table) in LOCAL


def kind(place: Path, table: str) -> str:
    """Return the type of the file system at an absolute path, or nothing.

    What is mounted later at the same point hides what was there.
    """
    found, longest = "", -1
    for line in table.splitlines():
        _, point, name, *_ = [*line.split(" "), "", "", ""]
        mounted = Path(_OCTAL.sub(lambda code: chr(int(code[1], 8)), point))
        if place.is_relative_to(mounted) and len(mounted.parts) >= longest:
            found, longest = name, len(mounted.parts)
    return found
