"""No text and no error of a guarded application does harm to the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.color import Color
from textual.content import Content
from textual.geometry import Region
from textual.widgets import DataTable, Label, Static

from tui.terminal import clipboard, hooks
from tui.terminal.application import GuardedApp
from tui.terminal.output_guard import OutputGuard

pytestmark = pytest.mark.anyio

HOSTILE = [
    "\x1b]52;c;AAAA\x1b\\",
    "\x1b[2J",
    "\x00\x0e\x0f",
    "\x7f",
    "\x9b1m",
    "\x85",
    "\u2028",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\U000e0041",
    "\ud800",
]
"""Terminal sequences, C0, DEL, C1, line ends, bidi, zero-width, tag and surrogate characters."""


def guarded(text: str, style: Style | None = None) -> tuple[list[Segment], OutputGuard]:
    guard = OutputGuard()
    return guard.apply([Segment("a"), Segment(text, style)], Color(0, 0, 0)), guard


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_guard_deletes_and_counts_what_harms(hostile: str) -> None:
    segments, guard = guarded(f"name{hostile}")
    shown = "".join(segment.text for segment in segments)
    assert shown.startswith("aname")
    assert shown.isprintable()
    assert guard.hits
    assert all(name.startswith("U+") for name in guard.found)


@pytest.mark.parametrize(
    "text",
    ["plain", "中文 ü", "e\u0301", "\u3000wide\u00a0space", "\ue0b0", "👩 ✈", "‹U+202E›", ""],
)
def test_the_guard_leaves_text_as_it_is(text: str) -> None:
    segments, guard = guarded(text, Style(bold=True))
    assert segments == [Segment("a"), Segment(text, Style(bold=True))]
    assert guard.hits == 0


def test_the_guard_keeps_the_width_of_a_line() -> None:
    segments, _ = guarded("a\u00adb\x1bc")
    assert sum(segment.cell_length for segment in segments) == len("a" + "a bc")


def test_the_guard_drops_links_and_keeps_the_rest_of_the_style() -> None:
    style = Style(bold=True, link="https://example.invalid/")
    segments, guard = guarded("name", style)
    assert segments[1].style is not None
    assert segments[1].style.link is None
    assert segments[1].style.bold
    assert guard.found == {"link"}


class Pages(GuardedApp[None]):
    """Widgets that were given foreign text as it came."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        yield Static(Content(self.text))
        yield DataTable[Content]()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_column("name", width=30)
        table.add_row(Content(self.text))


@pytest.mark.parametrize("hostile", HOSTILE[:2])
async def test_every_widget_passes_the_guard(hostile: str) -> None:
    app = Pages(f"name{hostile}end")
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        for widget in (app.query_one(Static), app.query_one(DataTable)):
            lines = widget.render_lines(Region(0, 0, *widget.size))
            text = "".join(strip.text for strip in lines)
            assert "name" in text
            assert text.isprintable()
    assert app.output_guard.hits


async def test_ordinary_widgets_do_not_meet_the_guard() -> None:
    app = Pages("an ordinary name")
    async with app.run_test(size=(40, 10), notifications=True) as pilot:
        app.notify("said")
        await pilot.pause()
        await pilot.press("ctrl+p")
        await pilot.pause()
    assert app.output_guard.hits == 0, app.output_guard.found


async def test_a_toast_is_text() -> None:
    app = Pages("name")
    async with app.run_test(notifications=True) as pilot:
        app.notify("[/nope] [red]x[/red]\x1b", title="[/t]\x07", markup=True)
        await pilot.pause()
        (toast,) = app._notifications
        assert toast.message == "[/nope] [red]x[/red]␛"
        assert toast.title == "[/t]␇"
        assert not toast.markup


async def test_textuals_own_copying_takes_the_same_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    app = Pages("name")
    app.state_directory = tmp_path
    async with app.run_test(notifications=True) as pilot:
        app.copy_to_clipboard("x" * (clipboard.LIMIT + 1))
        await app.workers.wait_for_complete()
        await pilot.pause()
        (toast,) = app._notifications
        assert toast.message.startswith("too long for a clipboard")
    assert (tmp_path / clipboard.FILE_NAME).exists()


async def test_no_screenshot_is_offered() -> None:
    app = Pages("name")
    async with app.run_test():
        offered = [command.title for command in app.get_system_commands(app.screen)]
        before = [
            command.title for command in super(GuardedApp, app).get_system_commands(app.screen)
        ]
    assert "Screenshot" in before, "Textual has another name for it now"
    assert "Screenshot" not in offered
    assert len(offered) == len(before) - 1


async def test_an_error_is_kept_without_variables_and_calls_for_the_end() -> None:
    class Failing(GuardedApp[None]):
        def compose(self) -> ComposeResult:
            yield Label("label")

        def on_key(self) -> None:
            secret = "31415926535"
            raise ValueError(f"not {len(secret)}")

    app = Failing()
    ended: list[Any] = []
    app.on_leaving = lambda: ended.append(True)
    with pytest.raises(ValueError, match="not 11"):
        async with app.run_test() as pilot:
            await pilot.press("a")
    assert app.failure is not None
    assert app.failure.kind == "ValueError"
    assert "31415926535" not in app.failure.report
    assert ended


async def test_who_leaves_says_so() -> None:
    app = Pages("name")
    ended: list[Any] = []
    app.on_leaving = lambda: ended.append(True)
    async with app.run_test():
        app.exit(return_code=3)
    assert ended == [True]
    assert app.return_code == 3
    assert app.failure is None


def test_textual_still_has_the_private_parts_that_are_leaned_on() -> None:
    assert hooks.missing() == ()
