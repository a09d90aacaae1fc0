"""Screens as text: the pictures of the README show what is there; a newcomer is greeted once."""

from __future__ import annotations

import re

import pytest

from tests.explorer.driver import opened
from tests.screenshots import PICTURES, SITUATIONS, TEXTS, Situation, draw

pytestmark = pytest.mark.anyio

SIZES = [(200, 60), (120, 40), (80, 24), (60, 20)]


def test_every_situation_has_its_picture_and_its_text_and_none_is_left_over() -> None:
    names = {situation.name for situation in SITUATIONS}
    assert {path.stem for path in PICTURES.iterdir()} == names
    assert {path.stem for path in TEXTS.iterdir()} == names


@pytest.mark.parametrize("situation", SITUATIONS, ids=[each.name for each in SITUATIONS])
async def test_the_screen_is_the_one_in_the_readme(situation: Situation) -> None:
    drawn = await draw(situation)
    kept = (TEXTS / f"{situation.name}.txt").read_text(encoding="utf-8")
    assert drawn.text == kept, "python -m tests.screenshots draws them anew"
    picture = (PICTURES / f"{situation.name}.svg").read_text(encoding="utf-8")
    for word in re.findall(r"[A-Za-z]{6,}", kept)[:40]:
        assert word in picture


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_newcomer_is_told_what_to_press_until_the_first_row_is_opened(
    size: tuple[int, int],
) -> None:
    async with opened(size=size, newcomer=True) as driver:
        assert "These lines go once you open a row, or press esc." in driver.screen()
        assert driver.explorer.table.has_focus
        await driver.press("down", "e", "M")
        assert "These lines go" in driver.screen()
        await driver.press("enter")
        assert "These lines go" not in driver.screen()
    async with opened(size=size, newcomer=True, keymap={"back": "f9,escape"}) as driver:
        assert "or press f9." in driver.screen()
        before = driver.current_id
        await driver.press("escape")
        assert "These lines go" not in driver.screen()
        assert driver.current_id == before


async def test_whoever_has_been_here_is_told_nothing() -> None:
    async with opened() as driver:
        assert "These lines go" not in driver.screen()
