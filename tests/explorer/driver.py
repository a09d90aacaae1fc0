"""Drives the explorer as a person does: keys in; requests, rows and screen text out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from tui.api.client import Client, Observer
from tui.api.credentials import Credentials, FixedCredentials
from tui.api.endpoints import Endpoint
from tui.api.pacing import RetryPolicy
from tui.api.transport import Answer
from tui.application import ExplorerApp
from tui.archive.store import Archive
from tui.emulator.faults import Faults
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.emulator.inprocess import InProcess
from tui.records import Query
from tui.screens.explorer import Explorer
from tui.screens.session import Service, Session

PATIENCE = 30.0
"""Seconds after which a test stops waiting and fails."""


class Wire:
    """A transport that remembers what was asked, and fails or waits where a test says so."""

    def __init__(self, emulator: Emulator, faults: Faults | None = None) -> None:
        self._inner = InProcess(emulator, faults=faults)
        self.asked: list[dict[str, str]] = []
        self.failures: list[Answer | Exception] = []
        """Answers and exceptions that come instead, in this order."""
        self.gate: asyncio.Event | None = None
        """Where there is one, answers wait for it."""

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answer:
        action = dict(headers).get("x-acs-action", "")
        self.asked.append(
            {"Action": action, **dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))}
        )
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, Exception):
                raise failure
            return failure
        response = await self._inner.exchange(method, url, headers, body)
        return Answer(response.status, response.reason, response.headers, response.body)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Driver:
    """A running explorer and the hands on its keys."""

    def __init__(self, app: ExplorerApp, pilot: Pilot[None], wire: Wire) -> None:
        self.app = app
        self.pilot = pilot
        self.wire = wire

    @property
    def explorer(self) -> Explorer:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, Explorer)
        return screen

    @property
    def pages_asked(self) -> list[dict[str, str]]:
        return [asked for asked in self.wire.asked if "MaxResults" in asked]

    async def press(self, *keys: str) -> None:
        """Press keys and wait until what they start has ended."""
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        await self.press(*("space" if character == " " else character for character in text))

    async def settle(self) -> None:
        """Wait until no worker runs but one that waits for the user."""

        def busy() -> bool:
            return any(
                not worker.is_finished and worker.group not in ("region", "question", "watch")
                for screen in self.app.screen_stack
                for worker in screen.workers
            )

        async with asyncio.timeout(PATIENCE):
            for _ in range(3):
                await self.pilot.pause()
                while busy():
                    await asyncio.sleep(0.005)
        await self.pilot.pause()

    async def wait_for(self, condition: Callable[[], object]) -> None:
        """Wait until something holds; fail with the screen where it never does."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    await asyncio.sleep(0.005)
                    await self.pilot.pause()
        except TimeoutError:
            pytest.fail(f"It never came true. The screen:\n{self.screen()}")

    def screen(self) -> str:
        """Return the text of the whole screen."""
        # The compositor is private to Textual; this is the only place that looks at it.
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    def text(self, widget: Widget) -> str:
        """Return the text of one widget."""
        lines = self.screen().split("\n")
        region = widget.region
        return "\n".join(
            line[region.x : region.right].rstrip() for line in lines[region.y : region.bottom]
        )

    @property
    def ids(self) -> list[str]:
        """The invoke IDs of the rows, as far as the view holds them."""
        reading = self.explorer.loader.reading
        assert reading is not None
        return [row.invoke_id for row in reading.view.rows(0, reading.view.count) if row]

    @property
    def current_id(self) -> str:
        row = self.explorer.table.row
        assert row is not None
        return row.invoke_id


@asynccontextmanager
async def opened(
    *,
    size: tuple[int, int] = (120, 40),
    query: Query | None = None,
    fleet: Fleet | None = None,
    emulator: Emulator | None = None,
    faults: Faults | None = None,
    page_size: int = 50,
    prepare: Callable[[Wire], None] = lambda wire: None,
    settle: bool = True,
    keymap: dict[str, str] | None = None,
    directory: Path | None = None,
    archive: Archive | None = None,
    offline: bool = False,
    newcomer: bool = False,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Driver]:
    """Open the explorer against an emulator in this process."""
    emulator = emulator or Emulator(fleet or Fleet(1000, 7))
    wire = Wire(emulator, faults)
    prepare(wire)

    async def no_wait(seconds: float) -> None:
        await asyncio.sleep(0)

    async def connect(observer: Observer) -> Service:
        return Client(
            endpoint=Endpoint("https://demo.invalid", "demo.invalid", "demo"),
            credentials=FixedCredentials(
                Credentials(emulator.access_key_id, emulator.access_key_secret)
            ),
            transport=wire,
            policy=RetryPolicy(),
            observer=observer,
            sleep=no_wait,
            clock=clock,
        )

    def session(region: str) -> Session:
        return Session("demo", "demo", connect, session, page_size, region, offline=offline)

    query = Query(emulator.region) if query is None else query
    app = ExplorerApp(
        session(query.region),
        archive or Archive(),
        query,
        keymap=keymap,
        state_directory=directory,
        newcomer=newcomer,
    )
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot, wire)
        if settle:
            await driver.settle()
        yield driver
        assert app.output_guard.hits == 0, "something reached the screen unsanitised"
