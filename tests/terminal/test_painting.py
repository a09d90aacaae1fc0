"""Nothing is painted that the terminal could not take yet, and everything is in the end."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Label

from tui.screens.fitting import FittingScreen
from tui.terminal.application import GuardedApp

pytestmark = pytest.mark.anyio


class Page(FittingScreen[None]):
    def compose(self) -> ComposeResult:
        yield Label("words", id="words")


class Busy(GuardedApp[None]):
    """Its terminal can take something when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.is_free = True
        self.painted = 0
        self.waited = asyncio.Event()

    def get_default_screen(self) -> Page:
        return Page()

    def may_paint(self) -> bool:
        if not self.is_free:
            self.waited.set()
        return self.is_free and super().may_paint()

    def post_display_hook(self) -> None:
        self.painted += 1


async def test_a_screen_is_painted_once_its_terminal_is_free() -> None:
    app = Busy()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.is_free, before = False, app.painted
        label = app.screen.query_one("#words", Label)
        for words in ("one", "two", "three"):
            label.update(words)
            app.waited.clear()
            await app.waited.wait()
        assert app.painted == before
        app.is_free = True
        while app.painted == before:
            await pilot.pause()
        assert app.painted == before + 1, "what came meanwhile is painted together"


async def test_a_driver_without_a_line_is_never_waited_for() -> None:
    app = GuardedApp[None]()
    async with app.run_test():
        assert app.may_paint()


def test_textual_paints_from_where_it_is_held_back() -> None:
    assert callable(getattr(Screen, "_on_timer_update", None))
