"""Start a command in a pseudo-terminal, wait for rows on its screen, quit it by its key.

Usage: python -m tests.first_screen COMMAND [WORD]...
"""

from __future__ import annotations

import os
import re
import sys
import tempfile

import pyte

from tests.terminal.harness import Terminal

SIZE = (120, 40)
"""Columns and lines of the terminal."""

ROW = re.compile(r"\d{2}:\d{2}\S* .*(Success|Failed|PartialFailed).*\d+/\d+")
"""A row of the invocations table: a time, a status, how many of how many."""

ROWS = 10
"""Rows that a first screen shows at least."""


def main(argv: list[str]) -> int:
    """Return 0 when the screen came, was one, and the command ended well."""
    screen = pyte.Screen(*SIZE)
    stream = pyte.ByteStream(screen)
    with tempfile.TemporaryDirectory() as home:
        environ = {
            "HOME": home,
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
        }
        with Terminal(argv, environ=environ, size=SIZE) as terminal:
            seen = 0

            def rows() -> int:
                nonlocal seen
                # pyte takes the private forms of two sequences for the ones that it knows.
                stream.feed(re.sub(rb"\x1b\[[<>=][0-9;]*[a-z]", b"", bytes(terminal.raw[seen:])))
                seen = len(terminal.raw)
                return sum(ROW.search(line) is not None for line in screen.display)

            terminal.until(lambda: rows() >= ROWS, f"{ROWS} rows on the screen")
            shown = "\n".join(line.rstrip() for line in screen.display)
            terminal.send(b"q")
            status = terminal.wait()
    print(shown)
    print(f"exit status {status}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
