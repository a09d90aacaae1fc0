"""The application: introduces the explorer to the terminal, and nothing else."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key
from textual.screen import Screen
from textual.theme import ThemeProvider

from tui.archive.store import Archive
from tui.plain import printable
from tui.records import InvocationSummary, Query
from tui.resources import styles_directory
from tui.screens.explorer import SECOND_PRESS, Explorer
from tui.screens.fitting import FittingScreen
from tui.screens.key_words import keys_of
from tui.screens.keys import EXPLORER_KEYS
from tui.screens.palette import Palette
from tui.screens.session import Session
from tui.screens.states import TWICE
from tui.settings import SettingsError
from tui.terminal.application import GuardedApp
from tui.terminal.driver import LineDriver, SteadyDriver, driver_class
from tui.themes import ThemedApp, known_themes
from tui.widgets.bars import HintLine
from tui.widgets.lines import LineView

KEPT_COMMANDS: Final = ("Theme",)
"""What of Textual's own commands is offered: the rest is among the explorer's."""


class ExplorerApp(GuardedApp[None], ThemedApp[None]):
    """Opens on the explorer's screen. An unknown theme raises SettingsError."""

    # A default screen's own CSS_PATH is not read, so its sheet is named here.
    CSS_PATH = [  # noqa: RUF012
        styles_directory() / "application.tcss",
        styles_directory() / "explorer.tcss",
    ]
    TITLE = "sendfile-explorer"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="quit.at_once"),
        Binding(
            "ctrl+p",
            "command_palette",
            "Palette, on every screen",
            show=False,
            priority=True,
            id="palette.anywhere",
        ),
        Binding("ctrl+z", "suspend_process", "Suspend to the shell", show=False, id="suspend"),
        Binding("ctrl+l", "redraw", "Draw the screen again", show=False, id="redraw"),
        Binding("ctrl+o", "mouse", "Leave the mouse to the terminal", show=False, id="mouse"),
        Binding("L", "draw_less", "Draw less, for a slow line", show=False, id="draw.less"),
    ]

    def __init__(
        self,
        session: Session,
        archive: Archive,
        query: Query,
        *,
        first: Sequence[InvocationSummary] = (),
        theme: str = "",
        keymap: Mapping[str, str] | None = None,
        state_directory: Path | None = None,
        line_driver: bool = True,
        newcomer: bool = False,
        slow: bool = False,
    ) -> None:
        super().__init__(driver_class=driver_class(line=line_driver), theme=_known_theme(theme))
        self._explorer = Explorer(session, archive, query, self.copy, first, newcomer=newcomer)
        self._archive = archive
        self._starting = ExitStack()
        self._interrupted_at = float("-inf")
        self.draws_less = False
        """Whether what can be done without is not drawn."""
        if slow:
            self._draw_less(True)
        self.keys_given = dict(keymap or {})
        if self.keys_given:
            self.set_keymap(self.keys_given)
        if state_directory is not None:
            self.state_directory = state_directory

    def get_default_screen(self) -> Explorer:
        """Return the explorer's screen, laid out for this terminal."""
        self._explorer.fit(self.size)
        return self._explorer

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer every action of the explorer with its keys, then what Textual offers."""
        if screen is self._explorer:
            keys = keys_of(self._explorer)
            for key in EXPLORER_KEYS:
                shown = "  ".join(keys[key.id])
                yield SystemCommand(
                    key.words, f"{shown}   ({key.id})", partial(self._run, key.action)
                )
            for binding in Binding.make_bindings(self.BINDINGS):
                if binding.action != "command_palette":
                    shown = "  ".join(keys[binding.id or ""])
                    yield SystemCommand(
                        binding.description,
                        f"{shown}   ({binding.id})",
                        partial(self.run_action, binding.action),
                    )
        for command in super().get_system_commands(screen):
            if command.title in KEPT_COMMANDS:
                yield command

    async def on_event(self, event: Event) -> None:
        """Let what was said of the last key go with the next one."""
        if isinstance(event, Key):
            for screen in self.screen_stack[-1:]:
                if isinstance(screen, FittingScreen):
                    screen.unsay()
        await super().on_event(event)

    def warn(self, sentence: str) -> None:
        """Say what is wrong with the archive, where the explorer is."""
        self._explorer.complain(sentence)

    def action_command_palette(self) -> None:
        """Show all that can be done."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """Show all themes."""
        self.push_screen(Palette([ThemeProvider], placeholder="Search for themes…"))

    def action_help_quit(self) -> None:
        """Quit on the second press, on the screens that lie over the explorer too."""
        now = time.monotonic()
        if now - self._interrupted_at <= SECOND_PRESS:
            self.exit()
        self._interrupted_at = now
        self._say(self._explorer.keyed(TWICE))

    def action_mouse(self) -> None:
        """Leave the mouse to the terminal, so that its own selection works, or take it again."""
        if not isinstance(self._driver, SteadyDriver):
            self._say("The mouse cannot be switched here; --no-mouse leaves it to the terminal.")
        elif self._driver.switch_mouse():
            self._say("The mouse works in the explorer.")
        else:
            self._say("The mouse is the terminal's: drag to select text.")

    def action_draw_less(self) -> None:
        """Draw what a slow line carries in time, or everything again."""
        self._draw_less(not self.draws_less)
        # The tones are the screen's: its lines do not see by themselves that they have changed.
        for lines in self._explorer.query(LineView):
            lines.refresh()
        self._say("Less is drawn." if self.draws_less else "Everything is drawn.")

    @on(LineDriver.Slow)
    def line_is_slow(self, event: LineDriver.Slow) -> None:
        """Say what helps."""
        if self.draws_less:
            return
        rate = f", {event.rate / 1000:,.0f} kB/s" if event.rate else ""
        self._explorer.advise(self._explorer.keyed("slow line: {draw.less} draws less"))
        helps = self._explorer.keyed("{draw.less} draws less.")
        self._say(f"The line is slow ({1000 * event.round_trip:,.0f} ms{rate}): {helps}")

    def _draw_less(self, less: bool) -> None:
        self.draws_less = less
        self.set_class(less, "-sparing")
        self._explorer.draw_less(less)

    def _say(self, sentence: str) -> None:
        for hints in self.screen.query(HintLine):
            hints.say(sentence)

    def on_ready(self) -> None:
        """Collect garbage from the first frame on, but never again look at what was there then."""
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def on_mount(self) -> None:
        """Let keys wait for the explorer: who quits amid its making would meet half of it."""
        self._starting.enter_context(self.keys_held())

    @on(FittingScreen.Whole)
    def explorer_is_whole(self) -> None:
        """Let the keys that were struck meanwhile take effect."""
        self._starting.close()

    async def on_unmount(self) -> None:
        """Close the archive."""
        self._starting.close()
        await self._archive.close()

    async def _run(self, action: str) -> None:
        await self.run_action(action, self._explorer)


def _known_theme(theme: str) -> str:
    known = known_themes()
    if not theme or theme in known:
        return theme
    near = get_close_matches(theme, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
    raise SettingsError(f"The theme {printable(theme, 60)!a} is not known; {hint}")
