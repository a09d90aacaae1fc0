"""Quick keys: a second escape goes on with the way back, and a list opens where one begins."""

from __future__ import annotations

import asyncio

import pytest

from tests.explorer.driver import opened
from tui.archive.arrangement import Arrangement
from tui.archive.view import View
from tui.records import Query
from tui.screens.picker import Option, PickerScreen

pytestmark = pytest.mark.anyio


async def test_a_second_escape_does_not_bring_the_filter_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrange = View.rearrange

    async def slowly(view: View, arrangement: Arrangement | None = None) -> None:
        await asyncio.sleep(0.2)
        await arrange(view, arrangement)

    monkeypatch.setattr(View, "rearrange", slowly)
    async with opened() as driver:
        await driver.press("slash", *"nginx", "enter", "enter")
        assert driver.explorer.pane == "instances"
        assert driver.explorer.filter_text == "nginx"
        await driver.pilot.press("escape", "escape")
        await driver.settle()
        assert driver.explorer.filter_text == ""
        assert driver.explorer.pane == "invocations"
        assert "hidden" not in driver.text(driver.explorer.status_bar)


async def test_a_picker_opens_on_its_first_option_though_notes_take_lines_of_their_own() -> None:
    options = [Option(f"view {n}", f"view {n}", ((f"{'long ' * 20}{n}", "dim"),)) for n in range(6)]
    async with opened(size=(60, 24)) as driver:
        picker = PickerScreen(options, title="Saved view")
        driver.app.push_screen(picker)
        await driver.wait_for(lambda: "Saved view" in driver.screen())
        await driver.settle()
        assert picker.pane.picked_key == "view 0"
        await driver.press("escape")


async def test_escape_stops_the_order_of_rows_that_another_query_has_brought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrange, gate = View.rearrange, asyncio.Event()

    async def when_let(view: View, arrangement: Arrangement | None = None) -> None:
        await gate.wait()
        await arrange(view, arrangement)

    async with opened() as driver:
        await driver.press("slash", *"nginx", "enter")
        monkeypatch.setattr(View, "rearrange", when_let)
        driver.explorer.open_query(Query("cn-hangzhou", name="nginx.conf"))
        await driver.wait_for(lambda: "esc stops" in driver.text(driver.explorer.status_bar))
        await driver.pilot.press("escape")
        gate.set()
        await driver.settle()
        assert driver.explorer.filter_text == ""
        assert "hidden" not in driver.text(driver.explorer.status_bar)
        assert driver.current_id


async def test_filters_that_were_hidden_stay_so_when_everything_is_drawn_again() -> None:
    async with opened(size=(120, 40)) as driver:
        await driver.press("L", "L")
        assert "Filters" in driver.screen()
        await driver.press("b", "L", "L")
        assert "Filters" not in driver.screen()
