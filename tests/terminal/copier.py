"""Copies the words of its arguments, says what was done, and waits for a line."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tui.terminal import clipboard


async def main() -> None:
    """Copy as the explorer does."""
    times, directory = int(sys.argv[1]), Path(sys.argv[2])
    text = " ".join(sys.argv[3:]) * times

    def write(sequence: str) -> None:
        sys.stdout.write(sequence)

    print("said:", await clipboard.copy(text, write=write, directory=directory))


if __name__ == "__main__":
    asyncio.run(main())
    sys.stdin.readline()
