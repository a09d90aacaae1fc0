"""Every theme can be read: contrast of all that is drawn, and a screen without any colour."""

from __future__ import annotations

import pytest
from rich.color import ColorType
from rich.segment import Segment
from textual.color import Color
from textual.filter import ANSIToTruecolor
from textual.theme import BUILTIN_THEMES, Theme

from tests.explorer.driver import Driver, opened
from tui.themes import ANSI, DARK, HIGH_CONTRAST, LIGHT, OWN_THEMES, tones

pytestmark = pytest.mark.anyio

AA = 4.5
"""The contrast that WCAG 2 asks for of text, level AA."""

COLOURED = [theme for theme in (*OWN_THEMES, *BUILTIN_THEMES.values()) if not theme.ansi]

PAIRS = [
    *(
        (f"tone-{tone}", ground)
        for tone in ("text", "quiet", "accent", "ok", "failed", "warning", "running", "mark")
        for ground in ("background", "surface", "panel")
    ),
    ("cursor-text", "cursor-ground"),
    ("rest-text", "rest-ground"),
    ("title-text", "title-ground"),
    ("title-focused-text", "title-focused-ground"),
    ("match-text", "match-ground"),
]
"""Words, and what they can stand on."""

KEYS = (
    *("down", "space", "enter", "down", "enter", "escape", "escape", "escape"),
    *("f", "tab", "escape", "slash", "n", "enter", "escape", "s", "escape"),
    *("M", "F", "escape", "D", "escape", "C", "escape", "t", "escape", "d", "escape"),
    *("v", "slash", "I", "enter", "escape", "escape", "Y", "escape", "x", "escape"),
    *("question_mark", "escape", "at", "escape", "R", "escape"),
)
"""Keys through the screens and states whose colours are looked at."""


def relative_luminance(red: float, green: float, blue: float) -> float:
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (red / 255, green / 255, blue / 255)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    first, second = relative_luminance(*one), relative_luminance(*other)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def drawn(driver: Driver) -> list[Segment]:
    """Return all segments of the screen that show words."""
    return [
        segment
        for strip in driver.app.screen._compositor.render_strips()
        for segment in strip
        if segment.text.strip()
    ]


@pytest.mark.parametrize("theme", COLOURED, ids=[theme.name for theme in COLOURED])
def test_each_tone_can_be_read_on_each_ground(theme: Theme) -> None:
    variables = theme.to_color_system().generate()
    colours = {**variables, **tones(variables)}
    for words, ground in PAIRS:
        ratio = contrast(Color.parse(colours[words]).rgb, Color.parse(colours[ground]).rgb)
        assert ratio >= AA, f"{words} on {ground}: {ratio:.2f}"


@pytest.mark.parametrize("theme", [DARK, LIGHT, HIGH_CONTRAST])
async def test_all_that_is_drawn_can_be_read(theme: str) -> None:
    async with opened(size=(120, 40)) as driver:
        driver.app.theme = theme
        for key in KEYS:
            await driver.press(key)
            for text, style, _ in drawn(driver):
                assert style is not None
                assert style.color is not None
                assert style.bgcolor is not None
                ratio = contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor())
                assert ratio >= AA or text.strip() in "▼▲", f"{key}: {text!r} {style} {ratio:.2f}"


async def test_the_palette_theme_uses_the_terminals_own_colours() -> None:
    async with opened(size=(120, 40)) as driver:
        driver.app.theme = ANSI
        await driver.press("down")
        assert not any(isinstance(each, ANSIToTruecolor) for each in driver.app.get_line_filters())
        kinds = set()
        for _, style, _ in drawn(driver):
            assert style is not None
            kinds |= {each.type for each in (style.color, style.bgcolor) if each is not None}
        assert kinds <= {ColorType.DEFAULT, ColorType.STANDARD}
        assert ColorType.STANDARD in kinds


async def test_without_colour_there_is_none_and_the_cursor_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(size=(120, 40)) as driver:
        await driver.press("down", "space", "F")
        await driver.press("escape")
        row = driver.current_id
        segments = drawn(driver)
        for text, style, _ in segments:
            for colour in (style.color, style.bgcolor) if style else ():
                assert colour is None or colour.is_default, f"{text!r} {style}"
        reversed_text = "".join(text for text, style, _ in segments if style and style.reverse)
        assert row in reversed_text
