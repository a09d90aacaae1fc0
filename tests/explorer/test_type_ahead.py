"""Keys that are struck ahead of the screen, as a slow line delivers them, do what they say."""

from __future__ import annotations

import asyncio

import pytest
from textual.events import Key

from tests.explorer.driver import Driver, opened
from tui.application import ExplorerApp
from tui.archive.rows import Known
from tui.archive.store import Archive
from tui.emulator.fleet import Fleet
from tui.records import Query
from tui.screens.viewers import RawViewer

pytestmark = pytest.mark.anyio

SIZES = [(120, 40), (80, 24), (50, 15)]

NAMES = {"/": "slash", "+": "plus", ":": "colon", ".": "full_stop"}
"""What Textual calls keys that are no letters."""


def strike(driver: Driver, *keys: str) -> None:
    """Deliver keys as one packet does: all of them before any has had an effect."""
    for key in keys:
        driver.app.post_message(Key(NAMES.get(key, key), key if len(key) == 1 else None))


@pytest.fixture
def slow_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the archive take its time to tell of an invocation."""
    known = Archive.known

    async def slow(self: Archive, scope: str, invoke_id: str) -> Known | None:
        await asyncio.sleep(0.1)
        return await known(self, scope, invoke_id)

    monkeypatch.setattr(Archive, "known", slow)


@pytest.mark.usefixtures("slow_archive")
@pytest.mark.parametrize("size", SIZES)
async def test_what_is_struck_behind_a_row_that_opens_is_for_what_is_in_it(
    size: tuple[int, int],
) -> None:
    async with opened(size=size) as driver:
        row = driver.ids[1]
        strike(driver, "down", "enter", "down", "enter")
        await driver.wait_for(lambda: driver.explorer.detail.detail is not None)
        await driver.wait_for(lambda: f" ‹ {row}" in driver.screen())
        detail = driver.explorer.detail.detail
        assert detail is not None
        second = detail.invocation.results[1]
        assert second.status in driver.screen()
        assert driver.explorer.detail.has_focus

        strike(driver, "escape", "left", "up")
        await driver.wait_for(lambda: driver.explorer.table.cursor == 0)
        assert driver.explorer.pane == "invocations"


@pytest.mark.usefixtures("slow_archive")
@pytest.mark.parametrize("size", [(120, 40), (60, 20)])
async def test_what_is_struck_behind_a_viewer_that_opens_is_for_the_viewer(
    size: tuple[int, int],
) -> None:
    async with opened(size=size) as driver:
        strike(driver, "v", "/", *"status", "enter")
        await driver.wait_for(lambda: isinstance(driver.app.screen, RawViewer))
        await driver.wait_for(lambda: "1 of " in driver.screen())
        strike(driver, "q", "/", *"status:failed", "enter", "e")
        await driver.wait_for(lambda: "hidden" in driver.screen())
        assert driver.explorer.filter_text == "status:failed"


@pytest.mark.parametrize("size", SIZES)
async def test_filters_are_opened_and_left_however_fast_it_is_asked_for(
    size: tuple[int, int],
) -> None:
    async with opened(size=size) as driver:
        explorer = driver.explorer
        was_shown = explorer.sidebar.is_on_screen
        for _ in range(3):
            strike(driver, "b", "b")
            await driver.settle()
        assert explorer.sidebar.is_on_screen == was_shown
        assert explorer.pane == "invocations"
        assert explorer.table.has_focus

        strike(driver, "b")
        await driver.settle()
        assert explorer.sidebar.is_on_screen != was_shown
        strike(driver, "b")
        await driver.settle()

        strike(driver, "f", "tab", *"quit.sh", "tab", "shift+tab", "enter", "end")
        await driver.wait_for(lambda: explorer.query_shown.name == "quit.sh")
        await driver.settle()
        assert explorer.table.has_focus


@pytest.mark.parametrize("size", SIZES)
async def test_a_key_struck_while_the_panes_move_is_for_the_pane_it_was_meant_for(
    size: tuple[int, int],
) -> None:
    async with opened(size=size) as driver:
        explorer = driver.explorer
        for keys in (("+", "+", "enter"), ("left", "tab"), ("h", "+", "3"), ("+",)):
            strike(driver, *keys)
            # One turn of the loop is not enough to lay the panes out.
            while explorer.pane != "instances":
                await asyncio.sleep(0)
        strike(driver, "enter")
        await driver.wait_for(lambda: " ‹ f-" in driver.screen())


async def test_all_is_loaded_though_it_was_asked_for_before_the_query_was_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    question = Archive.question

    async def slow(self: Archive, scope: str, query: Query) -> int:
        await asyncio.sleep(0.1)
        return await question(self, scope, query)

    monkeypatch.setattr(Archive, "question", slow)
    async with opened(fleet=Fleet(120, 7), settle=False) as driver:
        strike(driver, "M")
        await driver.wait_for(lambda: "120 in all" in driver.text(driver.explorer.status_bar))


async def test_who_quits_before_the_first_frame_quits_once_it_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def on_load(self: ExplorerApp) -> None:
        self.post_message(Key("ctrl+q", None))

    monkeypatch.setattr(ExplorerApp, "on_load", on_load, raising=False)
    async with opened(newcomer=True, settle=False) as driver:
        explorer = driver.app.get_default_screen()
        async with asyncio.timeout(30):
            while not driver.app._exit:
                await asyncio.sleep(0)
        assert explorer.prompt.is_mounted
