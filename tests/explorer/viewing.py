"""A viewer alone on a screen, and the hands on its keys."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.screen import Screen

from tests.explorer.driver import PATIENCE
from tui.records import Invocation
from tui.resources import styles_directory
from tui.screens.viewers import ContentViewer, RawViewer, Viewer
from tui.terminal.application import GuardedApp
from tui.themes import ThemedApp
from tui.triage.content import decode


class Host(GuardedApp[None], ThemedApp[None]):
    """Opens on a viewer, and keeps what is copied."""

    CSS_PATH = styles_directory() / "application.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.copied: list[str] = []

    async def keep(self, text: str) -> str:
        self.copied.append(text)
        return f"sent to nobody, {len(text)} characters"


class Reader:
    """A viewer and the hands on its keys."""

    def __init__(self, app: Host, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        await self.press(*("space" if character == " " else character for character in text))

    async def settle(self) -> None:
        async with asyncio.timeout(PATIENCE):
            for _ in range(2):
                await self.pilot.pause()
                while any(not worker.is_finished for worker in self.app.workers):
                    await asyncio.sleep(0.001)
            await self.pilot.pause()

    @property
    def lines(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def viewer(self) -> Viewer:
        assert isinstance(self.app.screen, Viewer)
        return self.app.screen


def sent(data: bytes, *, name: str = "nginx.conf", plain: bool = False) -> Invocation:
    content = data.decode() if plain else base64.b64encode(data).decode()
    return Invocation(
        "f-hz0123456789",
        "Success",
        name=name,
        content_type="PlainText" if plain else "Base64",
        content=content,
        raw=json.dumps({"InvokeId": "f-hz0123456789", "Name": name, "VmCount": 2, "Tags": {}}),
    )


@asynccontextmanager
async def viewing(
    invocation: Invocation, *, raw: bool = False, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Reader]:
    app = Host()
    async with app.run_test(size=size) as pilot:
        viewer: Screen[None] = (
            RawViewer(invocation, app.keep)
            if raw
            else ContentViewer(invocation, decode(invocation), app.keep)
        )
        await app.push_screen(viewer)
        reader = Reader(app, pilot)
        await reader.settle()
        yield reader
        assert app.output_guard.hits == 0, "something reached the screen unsanitised"
