"""The entry of `sendfile-explorer`: `--version` at once, everything else by `commands`."""

# This file is compiled anew by each `python -m tui`, and `--version` waits for nothing else.
from __future__ import annotations

import os
import sys

from tui import __version__


def main() -> int:
    """Do what the command line asks for, and return the exit code."""
    if sys.argv[1:] == ["--version"] and _write(f"sendfile-explorer {__version__}\n"):
        return 0

    from tui.commands.dispatch import dispatch

    return dispatch(sys.argv[1:])


def _write(line: str) -> bool:
    """Write to stdout; whatever stands in the way is explained in the way of all other output."""
    try:
        return os.write(1, line.encode()) > 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
