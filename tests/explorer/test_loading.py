"""When pages come by themselves and when not: sorted and filtered views, and what is known."""

from __future__ import annotations

import asyncio

import pytest

from tests.explorer.driver import Driver, Wire, opened
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator

pytestmark = pytest.mark.anyio


async def filtered(driver: Driver, text: str) -> None:
    await driver.press("slash")
    await driver.type(text)
    await driver.press("enter")


async def test_a_filtered_view_loads_when_the_reader_moves_near_its_end() -> None:
    async with opened() as driver:
        await filtered(driver, "status:failed")
        before, asked = driver.explorer.table.line_count(), len(driver.pages_asked)
        await driver.press("end")
        assert len(driver.pages_asked) > asked
        assert driver.explorer.table.line_count() > before


async def test_a_filter_that_leaves_nothing_loads_nothing_by_itself() -> None:
    async with opened() as driver:
        await filtered(driver, "no-such-thing-anywhere")
        asked = len(driver.pages_asked)
        await driver.press("down", "end", "up", "home")
        assert len(driver.pages_asked) == asked
        await driver.press("m")
        assert len(driver.pages_asked) == asked + 1


async def test_at_the_end_of_a_sorted_view_one_page_comes_for_each_move() -> None:
    async with opened() as driver:
        await driver.press("s", "c", "S")
        asked = len(driver.pages_asked)
        await driver.press("s", "n", "end")
        assert len(driver.pages_asked) <= asked + 2
        asked = len(driver.pages_asked)
        before = driver.current_id
        await driver.press("z", "z", "z")
        assert len(driver.pages_asked) == asked, "nothing comes while the reader stays"
        assert driver.current_id == before


@pytest.mark.parametrize("key", ["end", "G", "down", "pagedown", "ctrl+d"])
async def test_a_key_that_wants_beyond_the_last_row_asks_for_more_wherever_the_reader_stays(
    key: str,
) -> None:
    async with opened(page_size=20) as driver:
        asked, rows = len(driver.pages_asked), driver.explorer.table.line_count()
        driver.explorer.table.move_cursor(rows - 1)
        driver.explorer.stay_here()
        await driver.press("z")
        assert len(driver.pages_asked) == asked, "nothing comes by itself"
        assert driver.explorer.table.cursor == rows - 1
        await driver.press(key)
        assert len(driver.pages_asked) > asked
        assert driver.explorer.table.line_count() > rows


async def test_new_rows_make_the_total_be_asked_for_again() -> None:
    clock = [1_790_000_000.0]
    fleet = Fleet(300, 7, clock=lambda: clock[0], start=clock[0], arrive_per_minute=5.0)
    async with opened(emulator=Emulator(fleet, clock=lambda: clock[0])) as driver:
        assert "50 of 300" in driver.text(driver.explorer.status_bar)
        clock[0] += 60
        await driver.press("r")
        assert "55 of 305" in driver.text(driver.explorer.status_bar)


async def test_what_is_wished_for_during_a_load_is_answered_while_it_lasts() -> None:
    async with opened() as driver:
        driver.wire.gate = gate = asyncio.Event()
        await driver.pilot.press("m", "r")
        await driver.wait_for(lambda: "being loaded already" in driver.screen())
        gate.set()
        await driver.settle()
        assert "being loaded already" not in driver.screen()


async def test_the_row_under_a_cursor_that_the_mouse_has_left_behind_stays_known() -> None:
    async with opened() as driver:
        await driver.press("M")
        before = driver.current_id
        shown = driver.text(driver.explorer.detail)
        driver.explorer.table.scroll_to(y=900, animate=False)
        await driver.settle()
        assert driver.current_id == before
        assert driver.text(driver.explorer.detail) == shown
        await driver.press("y")
        assert "invoke ID: sent" in driver.screen()


@pytest.mark.parametrize("key", ["v", "question_mark", "at", "R"])
async def test_every_screen_says_so_when_the_terminal_is_too_small(key: str) -> None:
    async with opened() as driver:
        await driver.press(key)
        await driver.pilot.resize_terminal(30, 8)
        await driver.settle()
        assert driver.screen().strip() == "Too small: 40x10 at least"
        await driver.pilot.resize_terminal(120, 40)
        await driver.settle()
        assert "Too small" not in driver.screen()
        await driver.press("escape")
        assert driver.explorer.table.has_focus


async def test_a_stopped_load_leaves_no_question_behind() -> None:
    def silent(wire: Wire) -> None:
        wire.gate = asyncio.Event()

    async with opened(prepare=silent, settle=False) as driver:
        explorer = driver.explorer
        await driver.wait_for(lambda: explorer.is_working("pages"))
        explorer.count_all()
        await driver.wait_for(lambda: explorer.is_working("total"))
        await driver.press("escape")
        assert not any(map(explorer.is_working, ("pages", "total", "caller")))
        assert "Stopped" in driver.screen()
