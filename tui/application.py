"""The application: introduces the explorer to the terminal, and nothing else."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.archive.store import Archive
from tui.records import Query
from tui.resources import styles_directory
from tui.screens.explorer import Explorer
from tui.screens.session import Session
from tui.terminal.application import GuardedApp


class ExplorerApp(GuardedApp[None]):
    """Opens on the explorer's screen."""

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
            self.theme = theme

    def get_default_screen(self) -> Explorer:
        """Return the explorer's screen."""
        return self._explorer

    async def on_unmount(self) -> None:
        """Close the archive."""
        await self._archive.close()
