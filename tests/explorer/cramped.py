"""Runs a command in a home that takes nothing more: its files, its directories or its disk.

`python -m tests.explorer.cramped TROUBLE WORD...` becomes the command. Root may write everywhere,
so it gives that right up first, for itself and for what it becomes.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from pathlib import Path
from typing import Final

FULL_DISK: Final = "full disk"

PR_CAPBSET_DROP: Final = 24
CAP_DAC_OVERRIDE: Final = 1
CAP_DAC_READ_SEARCH: Final = 2


def obey_permissions() -> None:
    """Have what this process becomes stopped by the permissions of files, even as root."""
    library = ctypes.CDLL(None, use_errno=True)
    for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if os.geteuid() == 0 and library.prctl(PR_CAPBSET_DROP, right, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "the right to go everywhere cannot be given up")


def main(trouble: str, command: list[str]) -> None:
    """Become the command."""
    obey_permissions()
    if trouble == FULL_DISK:
        archive = Path.home() / ".local" / "state" / "sendfile-explorer" / "archive.sqlite3"
        size = archive.stat().st_size if archive.exists() else 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
