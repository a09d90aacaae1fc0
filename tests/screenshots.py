"""Draws the pictures of the README from the emulator: `python -m tests.screenshots`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Final, NamedTuple

from tests.explorer.driver import opened
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator

DIRECTORY: Final = Path(__file__).resolve().parent.parent / "screenshots"

NOW: Final = 1_790_000_000.0
"""The moment at which every picture is taken, in unix seconds."""


class Situation(NamedTuple):
    """What a picture shows: a name, a size in cells and the keys that lead there."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...]
    theme: str = ""


SITUATIONS: Final = (
    Situation("explorer", (120, 40), ("down", "down")),
    Situation("wide", (180, 40), ("f", "enter", "down", "enter", "down", "down")),
    Situation("viewer", (120, 40), ("down", "down", "v")),
    Situation("sorted", (120, 40), ("s", "s", "space", "space", "slash", *"nginx")),
    Situation("instance", (120, 40), ("down", "down", "enter", "enter")),
    Situation("narrow", (80, 24), ("down", "down")),
    Situation("light", (120, 40), ("down", "down"), "textual-light"),
    Situation("help", (80, 60), ("question_mark",)),
    Situation("causes", (120, 40), ("M", "F")),
    Situation("outcomes", (120, 40), ("M", "D")),
    Situation("pushes", (120, 40), ("M", "C")),
)


async def draw(situation: Situation) -> str:
    """Return the picture of one situation as SVG."""
    fleet = Fleet(1000, 7, clock=lambda: NOW)
    async with opened(size=situation.size, emulator=Emulator(fleet, clock=lambda: NOW)) as driver:
        if situation.theme:
            driver.app.theme = situation.theme
        for key in situation.keys:
            await driver.press(key)
        return driver.app.export_screenshot(title="sendfile-explorer")


async def main() -> None:
    """Write every picture."""
    DIRECTORY.mkdir(exist_ok=True)
    for situation in SITUATIONS:
        (DIRECTORY / f"{situation.name}.svg").write_text(await draw(situation), encoding="utf-8")


if __name__ == "__main__":
    # The environment of whoever runs this must not colour the pictures.
    os.environ.pop("NO_COLOR", None)
    os.environ["TZ"] = "UTC"
    asyncio.run(main())
