"""A long or hostile text read by keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot

from tui.plain import printable
from tui.resources import styles_directory
from tui.terminal.application import GuardedApp
from tui.themes import ThemedApp
from tui.widgets.hex_pane import HexPane
from tui.widgets.lines import TonedScreen
from tui.widgets.text_pane import TextPane

pytestmark = pytest.mark.anyio

PATIENCE = 20.0
"""Seconds after which a test stops waiting and fails."""

MEGABYTE = 1 << 20
EMPTY_LINES = "\n" * (1 << 17)
"""More lines than any content has."""


class Host(GuardedApp[None], ThemedApp[None]):
    """A pane alone on a screen."""

    CSS_PATH = styles_directory() / "application.tcss"

    def __init__(self, pane: TextPane) -> None:
        super().__init__()
        self.pane = pane
        self.said: list[str] = []

    def get_default_screen(self) -> TonedScreen[None]:
        return TonedScreen()

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_mount(self) -> None:
        self.pane.focus()

    def on_text_pane_searched(self, event: TextPane.Searched) -> None:
        self.said.append(event.words)


class Reader:
    """A running pane and the hands on its keys."""

    def __init__(self, app: Host, pilot: Pilot[None]) -> None:
        self.app = app
        self.pane = app.pane
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while any(not worker.is_finished for worker in self.app.workers):
                await asyncio.sleep(0)
            await self.pilot.pause()

    async def search(self, wanted: str) -> str:
        self.pane.begin_search()
        self.pane.search(wanted)
        await self.settle()
        return self.app.said[-1]

    @property
    def lines(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]

    def toned(self, y: int, tone: str) -> str:
        """Return what has a tone in a row of the screen."""
        style = self.pane.get_component_rich_style(f"line--{tone}")
        segments = self.app.screen._compositor.render_strips()[y]
        return "".join(
            segment.text
            for segment in segments
            if segment.style and segment.style.color == style.color
        )


@asynccontextmanager
async def reading(pane: TextPane, size: tuple[int, int] = (40, 10)) -> AsyncIterator[Reader]:
    app = Host(pane)
    async with app.run_test(size=size) as pilot:
        reader = Reader(app, pilot)
        await reader.settle()
        yield reader
        assert app.output_guard.hits == 0, "something reached the screen unsanitised"


def numbered(count: int) -> Iterator[str]:
    for number in range(1, count + 1):
        yield f"line {number}"


async def test_arrows_scroll() -> None:
    async with reading(TextPane("\n".join(numbered(100)))) as reader:
        assert reader.lines[0] == "  1 line 1"
        await reader.press("down")
        assert reader.lines[0] == "  2 line 2"
        await reader.press("G")
        assert reader.lines[-1] == "100 line 100"
        await reader.press("up", "pageup")
        assert reader.lines[0] == " 80 line 80"
        await reader.press("g")
        assert reader.lines[0] == "  1 line 1"


async def test_lines_wrap_or_run_over_the_edge() -> None:
    text = "a" * 50 + "b" * 50 + "\nshort"
    async with reading(TextPane(text, numbers=False)) as reader:
        assert reader.lines[:4] == ["a" * 40, "a" * 10 + "b" * 30, "b" * 20, "short"]
        await reader.press("w")
        assert reader.lines[:3] == ["a" * 40, "short", ""]
        await reader.press("greater_than_sign", "shift+right")
        assert reader.lines[0] == "a" * 10 + "b" * 30
        await reader.press("greater_than_sign", "greater_than_sign")
        assert reader.lines[0] == "b" * 40, "not beyond the end"
        await reader.press("less_than_sign")
        assert reader.lines[0] == "a" * 10 + "b" * 30
        await reader.press("w")
        assert reader.lines[2] == "b" * 20


async def test_numbers_come_and_go() -> None:
    async with reading(TextPane("x" * 45 + "\ny\n")) as reader:
        assert reader.lines[:4] == ["1 " + "x" * 38, "  " + "x" * 7, "2 y", ""]
        await reader.press("number_sign")
        assert reader.lines[:4] == ["x" * 40, "x" * 5, "y", ""]


async def test_the_place_is_kept_when_the_width_changes() -> None:
    text = "\n".join(f"{number:03}" + "x" * 97 for number in range(100))
    async with reading(TextPane(text, numbers=False)) as reader:
        await reader.search("050")
        await reader.press("down", "down", "down")
        assert reader.lines[0].startswith("050")
        await reader.pilot.resize_terminal(60, 12)
        await reader.settle()
        assert reader.lines[0].startswith("050")


async def test_matches_stand_out_and_are_walked_around() -> None:
    text = "\n".join(f"{'Needle' if number % 40 == 5 else 'hay'} {number}" for number in range(100))
    async with reading(TextPane(text, numbers=False)) as reader:
        assert await reader.search("needle") == "1 of 3"
        assert reader.toned(5, "accent") == "Needle"
        await reader.press("n")
        assert reader.app.said[-1] == "2 of 3"
        assert "Needle 45" in reader.lines
        await reader.press("n", "n")
        assert reader.app.said[-1] == "1 of 3, from the top again"
        assert "Needle 5" in reader.lines
        await reader.press("N")
        assert reader.app.said[-1] == "3 of 3, from the end again"
        assert await reader.search("hay 99") == "1 of 1"
        assert await reader.search("nothing") == "no match"
        await reader.press("n")
        assert await reader.search("") == ""


async def test_a_search_begins_where_the_reader_is() -> None:
    text = "\n".join(f"x {number}" for number in range(100))
    async with reading(TextPane(text, numbers=False)) as reader:
        await reader.press("pagedown")
        assert await reader.search("x") == "11 of 100"
        await reader.press("G")
        assert await reader.search("x 1") == "1 of 11, from the top again"
        reader.pane.cancel_search()
        await reader.settle()
        assert reader.lines[-1] == "x 99", "where the search began"
        assert reader.app.said[-1] == "11 of 100"


async def test_a_search_that_fails_as_it_is_typed_shows_where_it_began() -> None:
    text = "\n".join(f"x {number}" for number in range(100))
    async with reading(TextPane(text, numbers=False)) as reader:
        await reader.press("pagedown")
        top = reader.lines[0]
        reader.pane.begin_search()
        for wanted in ("x 7", "x 77", "x 777"):
            reader.pane.search(wanted)
            await reader.settle()
        assert reader.app.said[-1] == "no match"
        assert reader.lines[0] == top


async def test_all_matches_of_a_row_stand_out_across_its_rows() -> None:
    async with reading(TextPane("-" * 38 + "abcd" + "-ABCD-", numbers=False)) as reader:
        assert await reader.search("abcd") == "1 of 2"
        assert reader.toned(0, "accent") == "ab"
        assert reader.toned(1, "accent") == "cd"
        assert reader.toned(1, "mark") == "ABCD"


async def test_a_match_far_to_the_right_is_brought_on_the_screen() -> None:
    text = "中" * 20_000 + "needle" + "中" * 20_000
    async with reading(TextPane(text, wrap=False)) as reader:
        assert await reader.search("needle") == "1 of 1"
        assert reader.toned(0, "accent") == "needle"


HOSTILE = (
    "\x1b]52;c;aGk=\x07 \x1b[2J \x9b31m \x00 \x7f \u202etxt\u2066 [/b] [red]x[/] "
    "[@click=app.quit]go[/] a" + "\u0301" * 20 + " \u200b\ufeff \ud800"
)


@pytest.mark.parametrize("wrap", [True, False])
async def test_hostile_text_is_shown_and_does_nothing(wrap: bool) -> None:
    async with reading(TextPane(HOSTILE, wrap=wrap, numbers=False), (300, 4)) as reader:
        assert reader.lines[0] == printable(HOSTILE)
        assert "␛]52;c;aGk=␇" in reader.lines[0]
        assert "‹U+202E›txt" in reader.lines[0]
        assert "[@click=app.quit]go[/]" in reader.lines[0]
        await reader.pilot.click(TextPane, (60, 0))
        assert reader.app.is_running
        assert await reader.search("\u202e") == "1 of 1"
        assert reader.toned(0, "accent") == "‹U+202E›"


@pytest.mark.parametrize("wrap", [True, False])
@pytest.mark.parametrize(
    ("unit", "last"),
    [("x", "xxx"), ("\n", ""), ("中", "中"), ("\x1b", "␛"), ("line\n", "line"), ("\u0301", "")],
)
async def test_a_megabyte_is_read_to_its_end(unit: str, last: str, wrap: bool) -> None:
    text = (EMPTY_LINES if unit == "\n" else unit * (MEGABYTE // len(unit))) + "end"
    async with reading(TextPane(text, wrap=wrap, numbers=False)) as reader:
        assert await reader.search("end") == "1 of 1"
        shown_now = [line for line in reader.lines if "end" in line]
        assert len(shown_now) == 1
        assert last in shown_now[0] or last in "".join(reader.lines)


async def test_the_end_is_gone_to_once_it_is_laid_out() -> None:
    pane = TextPane("\n".join(numbered(100_000)), numbers=False)
    async with reading(pane) as reader:
        pane.lay_out()
        pane.action_last()
        await reader.settle()
        assert reader.lines[-1] == "line 100000"
        pane.lay_out()
        pane.action_last()
        pane.action_first()
        await reader.settle()
        assert reader.lines[0] == "line 1", "the last key counts"


async def test_nothing_is_said_in_words() -> None:
    async with reading(TextPane("", empty="There is nothing.")) as reader:
        assert reader.lines[0] == " There is nothing."
        await reader.press("w", "number_sign", "down", "G", "n")
        assert await reader.search("x") == "no match"


async def test_lines_that_all_end_in_crlf_show_no_carriage_return() -> None:
    async with reading(TextPane("a\r\nb\r\n", numbers=False)) as reader:
        assert reader.lines[:3] == ["a", "b", ""]
    async with reading(TextPane("a\r\nb\nc\rd", numbers=False)) as reader:
        assert reader.lines[:3] == ["a␍", "b", "c␍d"]


async def test_bytes_are_shown_as_many_as_fit() -> None:
    data = bytes(range(256))
    async with reading(HexPane(data), (80, 20)) as reader:
        assert reader.lines[4] == (
            "00000040  40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO"
        )
        assert reader.lines[15].endswith("fe ff  " + "." * 16)
        assert await reader.search("0x4142") == "1 of 1"
        assert reader.toned(4, "accent") == "4142AB"
        await reader.press("w", "number_sign", "greater_than_sign")
        assert reader.lines[0].startswith("00000000  00 01")
    async with reading(HexPane(data[:12]), (60, 20)) as reader:
        assert reader.lines[0] == "00000000  00 01 02 03 04 05 06 07  ........"
        assert reader.lines[1] == "00000008  08 09 0a 0b              ...."
