"""Draws the pictures of the README, and the same screens as text: `python -m tests.screenshots`.

The texts are what the tests compare: they stay the same where a release of Textual draws its
pictures a little otherwise.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Final, NamedTuple

from tests.explorer.driver import opened
from tui.archive.store import Archive
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.themes import LIGHT

PICTURES: Final = Path(__file__).resolve().parent.parent / "screenshots"
TEXTS: Final = Path(__file__).resolve().parent / "explorer" / "screens"

NOW: Final = 1_790_000_000.0
"""The moment at which every picture is taken, in unix seconds."""


class Situation(NamedTuple):
    """What a picture shows: a name, a size in cells and the keys that lead there."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...]
    theme: str = ""
    newcomer: bool = False


class Drawn(NamedTuple):
    """One screen, twice."""

    svg: str
    text: str


SITUATIONS: Final = (
    Situation("explorer", (120, 40), ("down", "down")),
    Situation("first-start", (80, 24), (), newcomer=True),
    Situation("wide", (180, 40), ("f", "enter", "down", "enter", "down", "down")),
    Situation("instance", (120, 40), ("down", "down", "enter", "enter")),
    Situation("causes", (120, 40), ("M", "F")),
    Situation("outcomes", (120, 40), ("M", "D")),
    Situation("timeline", (120, 40), ("down", "down", "t")),
    Situation("light", (120, 40), ("s", "s", "space", "space", "slash", *"nginx"), LIGHT),
)
"""The eight main situations."""


async def draw(situation: Situation) -> Drawn:
    """Return one situation as a picture in SVG and as text."""
    fleet = Fleet(1000, 7, clock=lambda: NOW)
    async with opened(
        size=situation.size,
        emulator=Emulator(fleet, clock=lambda: NOW),
        newcomer=situation.newcomer,
        archive=Archive(clock=lambda: NOW),
        clock=lambda: NOW,
    ) as driver:
        if situation.theme:
            driver.app.theme = situation.theme
        for key in situation.keys:
            await driver.press(key)
        return Drawn(
            driver.app.export_screenshot(title="sendfile-explorer"), driver.screen() + "\n"
        )


async def main() -> None:
    """Write every picture and every text, and remove those of situations that are no more."""
    all_drawn = {situation.name: await draw(situation) for situation in SITUATIONS}
    for directory, ending in ((PICTURES, "svg"), (TEXTS, "txt")):
        directory.mkdir(exist_ok=True)
        for path in directory.glob(f"*.{ending}"):
            path.unlink()
    for name, drawn in all_drawn.items():
        (PICTURES / f"{name}.svg").write_text(drawn.svg, encoding="utf-8")
        (TEXTS / f"{name}.txt").write_text(drawn.text, encoding="utf-8")


if __name__ == "__main__":
    # The environment of whoever runs this must not colour the pictures.
    os.environ.pop("NO_COLOR", None)
    os.environ["TZ"] = "UTC"
    asyncio.run(main())
