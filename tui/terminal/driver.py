"""Textual's driver for a terminal at the end of a slow line: only cells that change are written."""

from __future__ import annotations

import os
from typing import Any

from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from tui.terminal import hooks
from tui.terminal.capabilities import erases_in_colour
from tui.terminal.frame import Frame


class SteadyDriver(LinuxDriver):
    """Textual's driver, stopped and resumed by the event loop and never amid a write."""

    _away = False
    """The terminal has been given back, or could not be taken."""

    def suspend_application_mode(self) -> None:
        """Give the terminal back for a while."""
        self._away = True
        super().suspend_application_mode()

    def resume_application_mode(self) -> None:
        """Take the terminal again, if this process is in front of it."""
        super().resume_application_mode()
        self._away = self._writer_thread is None or not self._writer_thread.is_alive()
        # The size event that the driver sends may find nothing to do at an unchanged size.
        self._app.call_later(self._app.refresh, layout=True)

    def _sigtstp_application(self, *arguments: Any) -> None:
        # A signal may arrive while the lock is held that the last writes will ask for.
        self._loop.call_soon_threadsafe(super()._sigtstp_application, *arguments)

    def _sigcont_application(self, *arguments: Any) -> None:
        self._loop.call_soon_threadsafe(self._continue, *arguments)

    def _continue(self, *arguments: Any) -> None:
        if self._auto_restart and not self._away:
            # Stopped from outside (SIGSTOP), with the terminal in no known state: begin again,
            # yet with one thread that reads, and with the attributes that were there at first.
            self.suspend_application_mode()
        super()._sigcont_application(*arguments)


class LineDriver(SteadyDriver):
    """Keeps what the terminal shows, and writes what differs from it."""

    def __init__(self, app: App[Any], **arguments: Any) -> None:
        self._frame = Frame(erases=erases_in_colour(os.environ))
        super().__init__(app, **arguments)

    def write(self, data: str) -> None:
        """Write what is left of `data` when all that is on the screen already is left out."""
        # Asked for anew: the terminal has its new size before Textual hears of it.
        sent = self._frame.write(data, *self._get_terminal_size())
        if sent:
            super().write(sent)

    def start_application_mode(self) -> None:
        """Take the terminal, with whatever is on it."""
        self._frame.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def forget(self) -> None:
        """Let the next update write all of the screen."""
        self._frame.forget()


def driver_class(*, line: bool = True) -> type[Driver] | None:
    """Return the driver to hand to the App, None for Textual's own where a hook is missing."""
    if hooks.missing_of_driver():
        return None
    return LineDriver if line else SteadyDriver
