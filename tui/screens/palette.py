"""The command palette: Textual's own, but for what ends the application in it."""

from __future__ import annotations

import contextlib

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette


class Palette(CommandPalette):
    """Leaves once, and turns no page of a list that has none."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close it, unless that is under way: a second click would close what lies beneath."""
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)

    def _action_command_list(self, action: str) -> None:
        # In a terminal of a few lines the list has not been laid out, so nothing is on its pages.
        with contextlib.suppress(KeyError):
            super()._action_command_list(action)
