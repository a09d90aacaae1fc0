"""Textual's driver for a terminal at the end of a slow line: only cells that change are written."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import Any, Final

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from tui.late_dataclass import dataclass
from tui.terminal import hooks
from tui.terminal.capabilities import erases_in_colour
from tui.terminal.flow import Flow
from tui.terminal.frame import Frame

MODE_QUESTION: Final = "\x1b[?2026$p"
"""Whether the terminal knows synchronized output; Textual asks that as well."""

PLACE_QUESTION: Final = "\x1b[6n"
"""Where the cursor is."""

QUESTIONS: Final = {
    "TerminalSupportsSynchronizedOutput": MODE_QUESTION,
    "CursorPosition": PLACE_QUESTION,
}
"""The messages that Textual makes of the answers, and what was asked."""

PAINTING: Final = 0.03
"""Seconds that it takes to paint: what is begun so long before it may go goes in time."""

LARGEST: Final = Size(2_000, 1_000)
"""Columns and lines of a terminal that are believed."""

PARTING: Final = 0.5
"""Seconds to wait for answers before the terminal is given back."""


class SteadyDriver(LinuxDriver):
    """Textual's driver, stopped and resumed by the event loop and never amid a write."""

    _away = False
    """The terminal has been given back, or could not be taken."""

    def write(self, data: str) -> None:
        """Write to the terminal, unless it has been given back."""
        # Nobody would take what is queued meanwhile: the queue would fill and stop the loop.
        if not self._away:
            super().write(data)

    def start_application_mode(self) -> None:
        """Take the terminal, and hear of its sizes in their order."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        # A signal may interrupt the handler of the one before between the size that it has read
        # and the event that it makes of it: the older size would come last, and stay.
        signal.signal(signal.SIGWINCH, self._sigwinch_application)

    def process_message(self, message: Message) -> None:
        """Pass on what has been read, but no size that would fill the memory."""
        if isinstance(message, events.Resize) and not _fits(message.size):
            return
        super().process_message(message)

    def switch_mouse(self) -> bool:
        """Leave the mouse to the terminal, whose own selection works then, or take it again.

        Return whether it is taken.
        """
        if self._mouse:
            self._disable_mouse_support()
        self._mouse = not self._mouse
        self._enable_mouse_support()
        return self._mouse

    def suspend_application_mode(self) -> None:
        """Give the terminal back for a while."""
        super().suspend_application_mode()
        self._away = True

    def resume_application_mode(self) -> None:
        """Take the terminal again, if this process is in front of it."""
        self._away = False
        super().resume_application_mode()
        self._away = self._writer_thread is None or not self._writer_thread.is_alive()
        # The size event that the driver sends may find nothing to do at an unchanged size.
        self._app.call_later(self._app.refresh, layout=True)

    def _sigwinch_application(self, *_: Any) -> None:
        # One turn of the loop later: the first size, which Textual's driver reads as it takes the
        # terminal, is two turns on its way.
        self._loop.call_soon_threadsafe(self._loop.call_soon, self._resized)

    def _resized(self) -> None:
        # A terminal that tells of its sizes by itself has told of this one.
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(events.Resize(size, size))

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
        if not self._auto_restart:
            # Whoever has asked for the terminal in the meantime may want to give it back.
            self._app.post_message(self.SignalResume())


class LineDriver(SteadyDriver):
    """Keeps what the terminal shows, and writes what differs from it when the line is free."""

    @dataclass
    class Slow(Message):
        """The line has been measured for the first time and is slow; the application is told."""

        round_trip: float
        """Seconds there and back."""
        rate: float | None
        """Bytes a second, None for more than can be measured."""

    def __init__(self, app: App[Any], **arguments: Any) -> None:
        self._frame = Frame(erases=erases_in_colour(os.environ))
        self._flow = Flow()
        self._timer: asyncio.TimerHandle | None = None
        self._is_asked_by_textual = False
        self._is_known_as_slow = False
        super().__init__(app, **arguments)

    def write(self, data: str) -> None:
        """Write what is left of `data` when all that is on the screen already is left out."""
        hold = self._flow.due() > time.monotonic()
        # Asked for anew: the terminal has its new size before Textual hears of it.
        self._send(self._frame.write(data, *self._get_terminal_size(), hold=hold))
        if self._frame.is_held and self._timer is None:
            self._release()

    def start_application_mode(self) -> None:
        """Take the terminal, with whatever is on it."""
        self._frame.forget()
        self._flow.restart()
        self._is_asked_by_textual = True
        super().start_application_mode()

    def stop_application_mode(self) -> None:
        """Give the terminal back, after its answers: a shell would take them for keys."""
        awaited = self._flow.answers_at() - time.monotonic()
        self._flow.restart()
        time.sleep(min(max(awaited, 0.0), PARTING))
        super().stop_application_mode()

    def forget(self) -> None:
        """Let the next update write all of the screen."""
        self._frame.forget()

    @property
    def is_waiting(self) -> bool:
        """Whether what is painted now would have to wait for the line."""
        return self._flow.due() - time.monotonic() > PAINTING

    @property
    def is_strained(self) -> bool:
        """Whether a key is held down and the line is too slow for every step of it."""
        return self._flow.is_held() and self._flow.is_slow

    def process_message(self, message: Message) -> None:
        """Take keys and answers into account; called by the thread that reads."""
        now = time.monotonic()
        question = QUESTIONS.get(type(message).__name__)
        if isinstance(message, events.Key):
            # At once: a loop that is behind with its work would take the key for released.
            self._flow.struck(message.key, now)
        elif question is not None:
            self._loop.call_soon_threadsafe(self._answered, question, now)
            if question != MODE_QUESTION or not self._is_asked_by_textual:
                return
            self._is_asked_by_textual = False
        super().process_message(message)

    def _request_terminal_sync_mode_support(self) -> None:
        super()._request_terminal_sync_mode_support()
        self._flow.asked(MODE_QUESTION)
        # Older terminals know nothing of modes, but say where the cursor is.
        self.write(PLACE_QUESTION)
        self._flow.asked(PLACE_QUESTION)

    def _answered(self, question: str, at: float) -> None:
        if not self._flow.answered(question, at):
            return
        self._release()
        if self._flow.is_slow and not self._is_known_as_slow:
            self._is_known_as_slow = True
            self._app.post_message(self.Slow(self._flow.round_trip or 0.0, self._flow.rate))

    def _release(self) -> None:
        """Send what is held back, now or once the line is free."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._frame.is_held:
            return
        wait = self._flow.due() - time.monotonic()
        if wait > 0:
            self._timer = self._loop.call_later(wait, self._release)
        else:
            self._send(self._frame.release())

    def _send(self, sent: str) -> None:
        if sent:
            question = self._flow.sent(len(sent.encode("utf-8", "replace")))
            super().write(sent + question)


def driver_class(*, line: bool = True) -> type[Driver] | None:
    """Return the driver to hand to the App, None for Textual's own where a hook is missing."""
    if hooks.missing_of_driver():
        return None
    return LineDriver if line else SteadyDriver


def _fits(size: Size) -> bool:
    return size.width <= LARGEST.width and size.height <= LARGEST.height
