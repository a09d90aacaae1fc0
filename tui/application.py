"""The application: introduces the explorer to the terminal, and nothing else."""

from __future__ import annotations

from difflib import get_close_matches
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.archive.store import Archive
from tui.plain import printable
from tui.records import Query
from tui.resources import styles_directory
from tui.screens.explorer import Explorer
from tui.screens.session import Session
from tui.settings import SettingsError
from tui.terminal.application import GuardedApp


class ExplorerApp(GuardedApp[None]):
    """Opens on the explorer's screen. An unknown theme raises SettingsError."""

    # A default screen's own CSS_PATH is not read, so its sheet is named here.
    CSS_PATH = [  # noqa: RUF012
        styles_directory() / "application.tcss",
        styles_directory() / "explorer.tcss",
    ]
    TITLE = "sendfile-explorer"
    ENABLE_COMMAND_PALETTE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="quit.at_once"),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, id="suspend"),
    ]

    def __init__(self, session: Session, archive: Archive, query: Query, theme: str = "") -> None:
        super().__init__()
        self._explorer = Explorer(session, archive, query)
        self._archive = archive
        if theme:
            self.theme = self._known_theme(theme)

    def _known_theme(self, theme: str) -> str:
        if theme in self.available_themes:
            return theme
        near = get_close_matches(theme, self.available_themes, 1)
        hint = (
            f"did you mean {near[0]}?" if near else f"there are {', '.join(self.available_themes)}."
        )
        raise SettingsError(f"The theme {printable(theme, 60)!a} is not known; {hint}")

    def get_default_screen(self) -> Explorer:
        """Return the explorer's screen."""
        return self._explorer

    async def on_unmount(self) -> None:
        """Close the archive."""
        await self._archive.close()
