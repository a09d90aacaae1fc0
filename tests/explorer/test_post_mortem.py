"""Which, why, still, what now: the questions by keys, and where their answers lead."""

from __future__ import annotations

import re

import pytest

from tests.explorer.driver import Driver, opened
from tui.screens.question import QuestionScreen
from tui.triage.error_knowledge import KNOWLEDGE

pytestmark = pytest.mark.anyio


async def ask(driver: Driver, key: str) -> str:
    """Ask a question and return the screen with its answer."""
    await driver.press(key)
    await driver.wait_for(lambda: isinstance(driver.app.screen, QuestionScreen))
    await driver.settle()
    return driver.screen()


async def test_failures_are_grouped_by_cause_and_lead_to_their_rows() -> None:
    async with opened() as driver:
        screen = await ask(driver, "F")
        assert "Failures by cause · the rows of the view" in screen
        assert re.search(r"\d+ failures on \d+ instances, \d+ causes", screen)
        found = [known.code for known in KNOWLEDGE if f"  {known.code}  " in screen]
        assert found
        await driver.press("enter")
        assert not isinstance(driver.app.screen, QuestionScreen)
        assert driver.explorer.filter_text.startswith('code:"')
        assert 0 < driver.explorer.table.line_count() < 50
        assert driver.explorer.table.has_focus


async def test_an_answer_that_comes_when_its_screen_has_been_left_harms_nobody() -> None:
    async with opened() as driver:
        await ask(driver, "D")
        screen = driver.app.screen
        assert isinstance(screen, QuestionScreen)
        await driver.press("escape")
        assert not screen.is_attached
        screen._title(busy=True)
        screen.redraw()
        await driver.settle()


async def test_what_is_still_broken_comes_before_what_has_healed() -> None:
    async with opened() as driver:
        await driver.press("M")
        screen = await ask(driver, "D")
        numbers = re.search(r"([\d,]+) still broken .* ([\d,]+) healed", screen)
        assert numbers
        assert re.search(r"i-bp\w+ +\w+ +/\S+ +\d+ failures?, since 2", screen)
        await driver.press("enter")
        assert driver.explorer.filter_text.startswith('host:"i-')
        assert driver.explorer.table.line_count()


async def test_the_marked_rows_are_asked_about_first_and_s_asks_of_more() -> None:
    async with opened() as driver:
        await driver.press("space", "space")
        assert "the marked rows" in await ask(driver, "F")
        await driver.press("s")
        assert "the rows of the view" in driver.screen()
        await driver.press("s")
        assert "this push and its retries" in driver.screen()
        await driver.press("s")
        assert "everything seen in this region" in driver.screen()
        await driver.press("escape")
        assert driver.explorer.table.has_focus
        assert driver.explorer.filter_text == ""


async def test_a_push_is_one_row_that_unfolds_into_its_sends_and_failed_hosts() -> None:
    async with opened(size=(120, 50)) as driver:
        await driver.press("M")
        screen = await ask(driver, "C")
        assert re.search(r"/etc/nginx/nginx.conf +\d+ +\d+ %", screen)
        assert "▾" not in screen
        await driver.press("down", "down", "enter")
        unfolded = driver.screen()
        assert re.search(r"▾ .* 4 +0 +3 ", unfolded)
        assert len(re.findall(r" f-\w+ +\d+/\d+ delivered", unfolded)) == 3
        assert len(re.findall(r"still failed +i-bp\w+ +\w+", unfolded)) == 4
        await driver.press("enter")
        assert "▾" not in driver.screen()
        await driver.press("enter", "down", "enter")
        await driver.settle()
        assert len(driver.explorer.marks) == 3
        assert driver.explorer.marks
        assert driver.current_id in driver.explorer.marks
        assert driver.text(driver.explorer.status_bar).count("marked")


async def test_a_push_is_shown_on_one_time_axis() -> None:
    async with opened(size=(160, 50)) as driver:
        await driver.press("M")
        await driver.press(*["down"] * 6)
        screen = await ask(driver, "t")
        assert "Timeline · this push and its retries" in screen
        assert re.search(r"\d+ durations?: median", screen)
        assert re.search(r"\|[ ·]*█+ *\|.*Success +i-bp", screen)
        await driver.press("enter")
        assert driver.explorer.filter_text.startswith('host:"i-')


async def test_a_send_is_compared_with_the_marked_one() -> None:
    async with opened() as driver:
        await driver.press("down", "space", "down")
        screen = await ask(driver, "d")
        assert "Compared · two sends" in screen
        assert re.search(r"f-\w+ +→ +f-\w+", screen)
        for heading in ("Parameters", "Instances", "Content"):
            assert heading in screen
        await driver.press("escape")
        assert driver.explorer.table.has_focus


async def test_a_send_without_an_earlier_one_says_so() -> None:
    async with opened() as driver:
        await driver.press("end", "d")
        await driver.settle()
        assert "No earlier send" in driver.screen() or "Compared" in driver.screen()


async def test_the_answer_names_what_is_copied() -> None:
    async with opened() as driver:
        await ask(driver, "D")
        await driver.press("y")
        await driver.wait_for(lambda: "instance ID: sent" in driver.screen())
