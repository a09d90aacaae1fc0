"""Watching by keys: rows change in place until all has finished, and nothing else is asked."""

from __future__ import annotations

import pytest

from tests.explorer.driver import opened
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.records import UNFINISHED
from tui.screens import watching

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000.0


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a round of questions follow the one before at once."""
    monkeypatch.setattr(watching, "INTERVAL", 0.0)
    monkeypatch.setattr(watching, "BETWEEN_CALLS", 0.0)


async def test_what_goes_on_is_asked_for_until_it_has_finished() -> None:
    clock = [NOW]
    fleet = Fleet(300, 7, clock=lambda: clock[0], start=NOW)
    async with opened(emulator=Emulator(fleet, clock=lambda: clock[0])) as driver:
        rows = driver.explorer.loader.reading
        assert rows is not None
        before = [row.invoke_id for row in rows.view.rows(0, 50) if row]
        going_on = {
            row.invoke_id for row in rows.view.rows(0, 50) if row and row.status in UNFINISHED
        }
        assert going_on
        driver.wire.asked.clear()
        await driver.pilot.press("W")
        await driver.wait_for(lambda: "watching" in driver.text(driver.explorer.status_bar))
        clock[0] += 900
        await driver.wait_for(lambda: not driver.explorer.is_working("watch"))
        await driver.settle()
        assert {asked.get("InvokeId") for asked in driver.wire.asked} == going_on
        after = [row for row in rows.view.rows(0, 50) if row]
        assert [row.invoke_id for row in after] == before, "rows change in place"
        assert not [row for row in after if row.status in UNFINISHED]
        assert "All has finished" in driver.text(driver.explorer.hints)
        assert "watching" not in driver.screen()


async def test_watching_is_stopped_by_the_same_key_and_by_another_query() -> None:
    clock = [NOW]
    fleet = Fleet(300, 7, clock=lambda: clock[0], start=NOW)
    async with opened(emulator=Emulator(fleet, clock=lambda: clock[0])) as driver:
        await driver.pilot.press("W")
        await driver.wait_for(lambda: driver.explorer.is_working("watch"))
        await driver.pilot.press("W")
        assert not driver.explorer.is_working("watch")
        assert "No longer watching" in driver.text(driver.explorer.hints)
        await driver.pilot.press("W", "f", "tab", *"x", "enter")
        await driver.wait_for(lambda: not driver.explorer.is_working("watch"))


async def test_where_all_has_finished_nothing_is_asked() -> None:
    async with opened(fleet=Fleet(300, 7, clock=lambda: NOW + 9e5, start=NOW)) as driver:
        driver.wire.asked.clear()
        await driver.pilot.press("W")
        await driver.wait_for(lambda: not driver.explorer.is_working("watch"))
        assert driver.wire.asked == []
        assert "All has finished already" in driver.text(driver.explorer.hints)
