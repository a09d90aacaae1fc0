"""The palette of all actions, where Textual's own would end the application."""

from __future__ import annotations

import pytest
from textual.command import CommandPalette
from textual.events import MouseDown, MouseUp

from tests.explorer.driver import Driver, opened
from tui.screens.question import QuestionScreen

pytestmark = pytest.mark.anyio


def click_twice(driver: Driver, x: int, y: int) -> None:
    """Deliver two clicks before one of them has had an effect."""
    for kind in (MouseDown, MouseUp) * 2:
        driver.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))


@pytest.mark.parametrize("under", ["", "D"])
async def test_clicks_beside_it_close_it_alone(under: str) -> None:
    async with opened() as driver:
        if under:
            await driver.press(under)
            await driver.wait_for(lambda: isinstance(driver.app.screen, QuestionScreen))
        beneath = driver.app.screen
        await driver.press("ctrl+p")
        assert isinstance(driver.app.screen, CommandPalette)
        click_twice(driver, 2, 38)
        await driver.wait_for(lambda: driver.app.screen is beneath)
        await driver.settle()
        assert driver.app.screen is beneath


@pytest.mark.parametrize("height", [1, 3, 4])
async def test_it_turns_no_page_where_there_is_no_room_for_one(height: int) -> None:
    async with opened() as driver:
        await driver.press("ctrl+p")
        await driver.pilot.resize_terminal(80, height)
        await driver.press("pagedown", "pageup")
        await driver.pilot.resize_terminal(120, 40)
        await driver.press("pagedown", "pagedown", "escape")
        assert driver.app.screen is driver.explorer


async def test_themes_are_picked_in_it() -> None:
    async with opened() as driver:
        driver.app.search_themes()
        await driver.settle()
        assert isinstance(driver.app.screen, CommandPalette)
        await driver.type("high")
        await driver.press("enter")
        await driver.settle()
        assert not isinstance(driver.app.screen, CommandPalette)
