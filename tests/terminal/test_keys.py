"""Keys that arrive at once do what they would have done one after the other."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest
from textual import work
from textual.app import ComposeResult
from textual.events import Key, Paste
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from tui.terminal import keys
from tui.terminal.application import GuardedApp
from tui.terminal.keys import OrderedKeysApp

pytestmark = pytest.mark.anyio


class Box(ModalScreen[str]):
    """A screen whose only widget takes the focus when it opens."""

    def compose(self) -> ComposeResult:
        yield Input(id="box")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)


class Table(Label, can_focus=True):
    """What has the focus at first, and remembers what it was given; `v` removes it."""

    def on_mount(self) -> None:
        self.struck: list[str] = []

    async def on_key(self, event: Key) -> None:
        self.struck.append(event.key)
        if event.key == "v":
            await self.remove()


class Prompts(GuardedApp[None]):
    """A list of what has been struck, a prompt and a box that keys open."""

    BINDINGS: ClassVar = [
        ("slash", "prompt", "Prompt"),
        ("b", "box", "Box"),
        ("s", "slow_box", "Box after a while"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[str | None] = []
        self.may_open = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Table("table")
        yield Table("another", id="another")
        prompt = Input(id="prompt")
        prompt.display = False
        yield prompt

    def on_mount(self) -> None:
        self.query(Table).first().focus()

    def action_prompt(self) -> None:
        prompt = self.query_one("#prompt", Input)
        prompt.display = True
        prompt.focus()

    def action_box(self) -> None:
        self.push_screen(Box(), self.answers.append)

    @work
    async def action_slow_box(self) -> None:
        with self.keys_held():
            await self.may_open.wait()
        self.push_screen(Box(), self.answers.append)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.input.display = False
        self.query(Table).first().focus()


def strike(app: Prompts, text: str) -> None:
    """Deliver keys as one packet does: all of them before any has had an effect."""
    names = {"/": "slash", "\r": "enter", "\t": "tab", "\x0b": "ctrl+k", "\x01": "ctrl+a"}
    for character in text:
        app.post_message(Key(names.get(character, character), character))


async def test_what_follows_the_key_of_a_prompt_goes_into_the_prompt() -> None:
    app = Prompts()
    async with app.run_test() as pilot:
        strike(app, "/abc")
        await pilot.pause()
        assert app.query_one("#prompt", Input).value == "abc"
        assert app.query(Table).first().struck == ["slash"]


async def test_what_follows_the_key_of_a_box_goes_into_the_box_and_what_follows_it_does_not() -> (
    None
):
    app = Prompts()
    async with app.run_test() as pilot:
        strike(app, "bxyz\rq/q")
        await pilot.pause()
        assert app.answers == ["xyz"]
        assert app.query(Table).first().struck == ["b", "q", "slash"]
        assert app.query_one("#prompt", Input).value == "q"


async def test_editing_keys_and_text_keep_their_order() -> None:
    app = Prompts()
    async with app.run_test() as pilot:
        strike(app, "/abc\x01\x0bleave")
        await pilot.pause()
        assert app.query_one("#prompt", Input).value == "leave"


async def test_a_paste_waits_for_the_key_before_it() -> None:
    app = Prompts()
    async with app.run_test() as pilot:
        strike(app, "/")
        app.post_message(Paste("pasted"))
        strike(app, "!")
        await pilot.pause()
        assert app.query_one("#prompt", Input).value == "pasted!"


async def test_what_follows_a_key_that_opens_something_slowly_waits_for_it() -> None:
    app = Prompts()
    async with app.run_test() as pilot:
        strike(app, "sxyz\rq")
        await pilot.pause()
        assert app.query(Table).first().struck == ["s"]
        app.may_open.set()
        await pilot.pause()
        await pilot.pause()
        assert app.answers == ["xyz"]
        assert app.query(Table).first().struck == ["s", "q"]


async def test_nothing_that_opens_keeps_the_keys_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "HELD_PATIENCE", 0.0)

    app = Prompts()
    async with app.run_test() as pilot:
        strike(app, "sjk")
        table = app.query(Table).first()
        async with asyncio.timeout(10):
            while table.struck != ["s", "j", "k"]:
                await asyncio.sleep(0.01)
        app.may_open.set()
        await pilot.pause()


async def test_the_end_waits_for_what_is_being_opened() -> None:
    app = Prompts()
    async with app.run_test() as pilot:
        strike(app, "s")
        await pilot.pause()
        app.exit(return_code=7)
        await pilot.pause()
        assert app.return_code is None
        app.may_open.set()
        async with asyncio.timeout(10):
            while app.return_code is None:
                await asyncio.sleep(0)
        assert app.return_code == 7


async def test_the_end_does_not_wait_for_ever_for_what_is_being_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "PATIENCE", 0.05)
    app = Prompts()
    async with app.run_test() as pilot:
        strike(app, "s")
        await pilot.pause()
        app.exit(return_code=7)
        async with asyncio.timeout(10):
            while app.return_code is None:
                await asyncio.sleep(0.01)
        assert app.return_code == 7


async def test_a_widget_that_takes_a_key_and_vanishes_does_not_keep_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "PATIENCE", 0.0)

    app = Prompts()
    async with app.run_test() as pilot:
        strike(app, "jvwx")
        await pilot.pause()
        another = app.query_one("#another", Table)
        assert app.focused is another
        assert another.struck == ["w", "x"]


async def test_textual_alone_would_not_keep_the_order() -> None:
    """The day on which this fails, `keys` has nothing left to do."""

    class Unordered(Prompts):
        on_event = super(OrderedKeysApp, OrderedKeysApp).on_event

    app = Unordered()
    async with app.run_test() as pilot:
        strike(app, "/abc")
        await pilot.pause()
        assert app.query_one("#prompt", Input).value != "abc"
