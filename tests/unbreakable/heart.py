"""The explorer's own command with a pulse: its first argument names the file that it is noted in.

A beat that comes late by other programs' doing is nobody's fault here, so what is noted is the time
that the thread of the screen itself was busy between two beats: a screen that is frozen.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from tui.__main__ import main
from tui.screens.explorer import Explorer

BEAT = 0.02
"""Seconds between two beats."""


async def beat(file: Path) -> None:
    """Note the longest time that the screen's thread was busy, whenever it is a longer one."""
    longest, since = 0.0, time.thread_time()
    while True:
        await asyncio.sleep(BEAT)
        now = time.thread_time()
        if now - since > longest:
            longest = now - since
            file.write_text(json.dumps(longest))
        since = time.thread_time()


def give_pulse(file: Path) -> None:
    """Let the heart beat from when the explorer is on the screen, until the loop ends."""
    explorer: Any = Explorer
    mounted = explorer.on_mount
    beating: list[asyncio.Task[None]] = []

    def on_mount(self: Explorer) -> None:
        mounted(self)
        beating.append(asyncio.create_task(beat(file)))

    explorer.on_mount = on_mount


if __name__ == "__main__":
    give_pulse(Path(sys.argv.pop(1)))
    sys.exit(main())
