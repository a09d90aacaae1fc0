"""Bad days: a walk over a service that throttles, fails and resets, and hostile records."""

from __future__ import annotations

import asyncio

import pytest

from tests.explorer.driver import Driver, opened
from tui.emulator import faults
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.screens import loader
from tui.screens.explorer import Explorer

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second of a countdown take no time."""

    async def count_down(self: loader.Loader, seconds: float) -> None:
        self.retry_in = round(seconds)
        self._changed()
        await asyncio.sleep(0)

    monkeypatch.setattr(loader.Loader, "_count_down", count_down)


@pytest.mark.parametrize(
    "specs", [("throttle=0.3",), ("http500=0.2", "reset=0.1"), ("html502=0.2", "truncate=0.1")]
)
async def test_a_walk_ends_with_each_record_once_and_moves_nothing(specs: tuple[str, ...]) -> None:
    trouble = faults.Faults([faults.parse(spec) for spec in specs], seed=3)
    async with opened(faults=trouble) as driver:
        await driver.wait_for(lambda: driver.explorer.table.line_count() >= 50)
        await driver.press("down", "down")
        before, top = driver.current_id, driver.explorer.table.scroll_offset.y
        screens = len(driver.app.screen_stack)
        await driver.pilot.press("M")
        await driver.wait_for(lambda: driver.explorer.loader.ended)
        await driver.settle()
        assert driver.explorer.table.line_count() == 1000
        reading = driver.explorer.loader.reading
        assert reading is not None
        everything = await reading.view.invoke_ids(0, 999)
        assert len(set(everything)) == 1000
        assert driver.current_id == before
        assert driver.explorer.table.scroll_offset.y == top
        assert len(driver.app.screen_stack) == screens, "no modal, ever"


async def test_hostile_records_reach_every_pane_as_text() -> None:
    hostile = faults.Faults([faults.parse("hostile")], seed=3)
    async with opened(fleet=Fleet(120, 7), faults=hostile, size=(200, 60)) as driver:
        for _ in range(25):
            await driver.press("down")
        for keys in (("enter", "enter"), ("escape", "v"), ("end", "escape"), ("escape", "z")):
            await driver.press(*keys)
        await driver.press("shift+right", "shift+right", "s", "n", "S", "slash", "a", "enter")
        screen = driver.screen()
        assert "␛" in screen
        assert all(character.isprintable() or character == "\n" for character in screen)
        # When the driver closes it checks that the output guard had nothing to do.


async def test_new_rows_while_sorted_and_marked_change_no_mark_and_not_the_cursor() -> None:
    now = 1_790_000_000.0
    clock = [now]
    fleet = Fleet(300, 7, clock=lambda: clock[0], start=now, arrive_per_minute=5.0)
    async with opened(emulator=Emulator(fleet, clock=lambda: clock[0])) as driver:
        await driver.press("s", "n", "down", "space", "space", "down")
        before, marks = driver.current_id, set(driver.explorer.marks)
        height = cursor_height(driver)
        clock[0] += 60
        await driver.press("r")
        await driver.wait_for(lambda: driver.explorer.table.line_count() == 55)
        await driver.settle()
        assert driver.current_id == before
        assert cursor_height(driver) == height
        assert driver.explorer.marks == marks


def cursor_height(driver: Driver) -> int:
    explorer: Explorer = driver.explorer
    return explorer.table.cursor - explorer.table.scroll_offset.y
