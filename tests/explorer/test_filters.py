"""The filters are shown at a glance, and their fields take that place when somebody wants one."""

from __future__ import annotations

import asyncio

import pytest
from textual.events import MouseDown, MouseUp

from tests.explorer.driver import Driver, opened
from tests.explorer.test_type_ahead import strike
from tui.records import Query, TagFilter

pytestmark = pytest.mark.anyio

FULL = Query(
    "cn-hangzhou",
    statuses=("Failed", "PartialFailed"),
    name="nginx.conf",
    instance_id="i-bp1a",
    tags=(TagFilter("env", "prod"), TagFilter("team")),
)


def sidebar(driver: Driver) -> str:
    """Return what the sidebar shows, but for the sign that a field opens a list."""
    return driver.text(driver.explorer.sidebar).replace("▼", " ").replace(" \n", "\n")


def click(driver: Driver, y: int) -> None:
    """Deliver a click on a line of the sidebar, before it has had an effect."""
    for kind in (MouseDown, MouseUp):
        driver.app.post_message(kind(None, 2, y, 0, 0, 1, False, False, False, 2, y))


@pytest.mark.parametrize("query", [Query("cn-hangzhou"), FULL], ids=["none", "many"])
async def test_nothing_moves_when_the_fields_come(query: Query) -> None:
    async with opened(query=query) as driver:
        before = [each.rstrip() for each in sidebar(driver).split("\n")]
        assert "Instance ID" in before
        await driver.press("f")
        assert driver.explorer.sidebar.fields().status.has_focus
        assert [each.rstrip() for each in sidebar(driver).split("\n")] == before


async def test_a_filter_that_is_clicked_is_typed_into() -> None:
    async with opened() as driver:
        lines = sidebar(driver).split("\n")
        y = driver.explorer.sidebar.region.y + lines.index("i-…")
        await driver.pilot.click(offset=(2, y))
        await driver.type("i-abc")
        await driver.press("enter")
        assert driver.pages_asked[-1]["InstanceId"] == "i-abc"
        assert driver.explorer.table.has_focus


async def test_a_glance_follows_the_query() -> None:
    async with opened() as driver:
        driver.explorer.open_query(FULL)
        await driver.settle()
        assert "nginx.conf" in sidebar(driver)
        assert "env=prod team" in sidebar(driver)
        await driver.press("X")
        assert "exact file name" in sidebar(driver)
        await driver.press("f")
        driver.explorer.open_query(FULL)
        await driver.settle()
        assert driver.explorer.sidebar.fields().described() == (FULL, ())


@pytest.mark.parametrize("milliseconds", [0, 2, 5, 10])
async def test_who_quits_amid_the_making_of_the_fields_quits(milliseconds: int) -> None:
    async with opened() as driver:
        strike(driver, "f")
        await asyncio.sleep(milliseconds / 1000)
        strike(driver, "ctrl+q")
        async with asyncio.timeout(30):
            while not driver.app._exit:
                await asyncio.sleep(0.001)
        assert driver.explorer.sidebar.fields().status.is_mounted


async def test_what_is_typed_right_behind_a_click_on_a_filter_is_typed_into_it() -> None:
    async with opened() as driver:
        lines = sidebar(driver).split("\n")
        strike(driver, "down")
        click(driver, driver.explorer.sidebar.region.y + lines.index("i-…"))
        strike(driver, *"i-abc", "enter")
        await driver.wait_for(lambda: driver.pages_asked[-1].get("InstanceId"))
        assert driver.pages_asked[-1]["InstanceId"] == "i-abc"


@pytest.mark.parametrize("milliseconds", [0, 2, 5, 10])
async def test_who_quits_right_after_a_click_on_a_filter_quits(milliseconds: int) -> None:
    async with opened() as driver:
        click(driver, driver.explorer.sidebar.region.y + 3)
        await asyncio.sleep(milliseconds / 1000)
        strike(driver, "ctrl+q")
        async with asyncio.timeout(30):
            while not driver.app._exit:
                await asyncio.sleep(0.001)


async def test_shift_tab_from_the_queries_of_before_leads_to_the_last_filter() -> None:
    async with opened(query=FULL) as driver:
        await driver.press("X")
        sidebar = driver.explorer.sidebar
        sidebar.recent.focus()
        await driver.press("shift+tab")
        assert sidebar.fields().inputs["tags"].has_focus
