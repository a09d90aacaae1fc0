"""The Textual application that cannot harm the terminal: a base for the explorer's own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from rich.console import RenderableType
from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.worker import WorkerFailed

from tui import plain
from tui.terminal import clipboard, crash, hooks
from tui.terminal.driver import LineDriver
from tui.terminal.keys import OrderedKeysApp
from tui.terminal.output_guard import OutputGuard

ReturnType = TypeVar("ReturnType")


class GuardedApp(OrderedKeysApp[ReturnType]):
    """An App whose crashes show no variables and whose screen shows no control characters.

    It is run by `lifecycle.run`, which says in one line what `failure` holds. Two of the methods
    that it overrides are private to Textual; `hooks` names them.
    """

    def __init__(self, **arguments: Any) -> None:
        self.output_guard = OutputGuard()
        self.failure: crash.Failure | None = None
        """The first error that ended the application."""
        self.on_leaving: Callable[[], None] = lambda: None
        """Called when the application is about to end, for whatever reason."""
        self.state_directory = Path()
        """Where a text that is too long for the clipboard is written."""
        super().__init__(**arguments)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Put the output guard behind all other filters."""
        return [*super().get_line_filters(), self.output_guard]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a toast whose text is text: never markup, never a control character."""
        super().notify(
            plain.paragraph(message),
            title=plain.printable(title),
            severity=severity,
            timeout=timeout,
            markup=False,
        )

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer what Textual offers but the screenshot, which anybody could read afterwards."""
        for command in super().get_system_commands(screen):
            if command.title != "Screenshot":
                yield command

    async def copy(self, text: str) -> str:
        """Send `text` towards the clipboard and say in a few words what was done with it."""
        self._clipboard = text
        driver = self._driver
        write = driver.write if driver is not None else _discard
        return await clipboard.copy(text, write=write, directory=self.state_directory)

    def copy_to_clipboard(self, text: str) -> None:
        """Do the same for Textual's own widgets, with a toast."""

        async def copy() -> None:
            self.notify(await self.copy(text))

        self.run_worker(copy(), group="clipboard", exclusive=True)

    def action_redraw(self) -> None:
        """Draw the whole screen again, for when something else has written over it."""
        if isinstance(self._driver, LineDriver):
            self._driver.forget()
        self.screen.refresh(layout=True)

    def may_paint(self) -> bool:
        """Tell whether to paint now: while a key is held, what the line cannot take is not."""
        return not (isinstance(self._driver, LineDriver) and self._driver.is_waiting)

    def is_strained(self) -> bool:
        """Tell whether a key is held down and the line is too slow for every step of it."""
        return isinstance(self._driver, LineDriver) and self._driver.is_strained

    def pop_screen(self) -> AwaitComplete:
        """Close a screen, and let go of what it has drawn."""
        closing = super().pop_screen()
        self.call_after_refresh(hooks.forget_closed_screens)
        return closing

    def exit(
        self,
        result: ReturnType | None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        """End the application; from here on a terminal that does not read is not waited for."""
        super().exit(result, return_code, message)
        self.on_leaving()

    def panic(self, *renderables: RenderableType) -> None:
        """End with what Textual wants to say kept for the report, not shown."""
        words = []
        for renderable in renderables:
            with contextlib.suppress(Exception):
                # A renderable of an error may fail as well; the end is more important.
                segments = self.console.render(renderable, self.console.options)
                words.append("".join(segment.text for segment in segments if not segment.control))
        error = self._exception
        kind = type(error).__name__ if error is not None else "in Textual"
        self._fail(crash.of_words(kind, "\n".join(words)))

    def _fatal_error(self) -> None:
        error: BaseException | None = self._exception
        if isinstance(error, WorkerFailed):
            # It has no traceback of its own.
            error = error.error
        if error is None:
            self._fail(crash.of_words("unknown", "Textual ended without naming an error."))
        else:
            self._fail(crash.of_exception(error))

    def _fail(self, failure: crash.Failure) -> None:
        if self.failure is None:
            self.failure = failure
        self._close_messages_no_wait()
        self.on_leaving()


def _discard(_: str) -> None:
    """Stand for a terminal that is not there."""
