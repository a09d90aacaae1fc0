"""Run the explorer from the first byte on the terminal to the last, and say how it ended."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import functools
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui.terminal import crash
from tui.terminal.capabilities import forbid_core_dumps
from tui.terminal.guard import Guard

if TYPE_CHECKING:
    from tui.terminal.application import GuardedApp

FAILED: Final = 1
"""Exit status of an error that nobody caught, and of an end that nobody asked for."""

HOOK: Final = "getincrementaldecoder"
"""The name by which Textual's driver for Linux knows the decoder of what it reads."""


def run(
    make_app: Callable[[], GuardedApp[Any]], *, state_directory: Path, mouse: bool = True
) -> int:
    """Make the application, run it, and return the exit status of the process.

    `make_app` is called with the signals guarded already, so Textual may be imported in it. The
    status is what the application gave to `exit`; 1 after an error, of which one line is written
    and the rest kept in `state_directory`; 128 + n after signal n or, with 129, after a hang-up.
    Where the terminal does not let go, the process ends from here, with the same status.
    """
    forbid_core_dumps()
    session = _Session(state_directory)
    with Guard() as guard:
        session.conduct(make_app, guard, mouse=mouse)
    if guard.signal_status is not None:
        return guard.signal_status
    _say(session.last_words())
    return session.status()


class _Session:
    def __init__(self, state_directory: Path) -> None:
        self._directory = state_directory
        self._app: GuardedApp[Any] | None = None
        self._failure: crash.Failure | None = None
        self._status: int | None = None

    def conduct(
        self, make_app: Callable[[], GuardedApp[Any]], guard: Guard, *, mouse: bool
    ) -> None:
        try:
            app = self._app = make_app()
            with tolerant_input():
                asyncio.run(self._run(app, guard, mouse=mouse))
        except KeyboardInterrupt:
            self._status = 128 + signal.SIGINT
        except SystemExit as end:
            self._status = _status_of(end)
        except BaseException as error:  # noqa: BLE001 - nothing may pass the terminal by
            self._failure = crash.of_exception(error)

    async def _run(self, app: GuardedApp[Any], guard: Guard, *, mouse: bool) -> None:
        loop = asyncio.get_running_loop()

        def soon(callback: Callable[[], object]) -> None:
            # The loop may have closed since; then the end is near anyway.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(callback)

        guard.attach(
            lambda status: soon(functools.partial(app.exit, return_code=status)),
            wake=lambda: soon(lambda: None),
            status=self.status,
            last_words=self.last_words,
        )
        app.on_leaving = guard.leaving
        app.state_directory = self._directory
        await app.run_async(mouse=mouse)

    def status(self) -> int:
        """Count again: Textual calls it a success when its message loop is cancelled."""
        if self._status is not None:
            return self._status
        if self.failure() is not None or self._app is None:
            return FAILED
        return self._app.return_code or 0

    def failure(self) -> crash.Failure | None:
        if self._failure is None and self._app is not None:
            if self._app.failure is not None:
                return self._app.failure
            if self._app.return_code is None and self._status is None:
                words = "The message loop ended though nothing had asked it to."
                return crash.of_words("unasked end", words)
        return self._failure

    def last_words(self) -> str:
        failure = self.failure()
        return "" if failure is None else crash.line(failure, self._directory)


@contextlib.contextmanager
def tolerant_input() -> Iterator[None]:
    """Let Textual read bytes that are no UTF-8 as U+FFFD, and numbers that are no key as none.

    It would end over either, and a bad line has them.
    """
    from textual._xterm_parser import XTermParser
    from textual.drivers import linux_driver
    from textual.events import Key

    class Parser(XTermParser):
        def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> list[Key]:
            try:
                return list(super()._sequence_to_key_events(sequence, alt))
            except (OverflowError, ValueError):
                return []

    module: Any = linux_driver
    strict = getattr(module, HOOK, None)
    if strict is not codecs.getincrementaldecoder:
        # A Textual that decodes in another way is used as it is; `hooks.missing` tells.
        yield
        return

    def tolerant(encoding: str) -> Callable[..., codecs.IncrementalDecoder]:
        return functools.partial(codecs.getincrementaldecoder(encoding), "replace")

    setattr(module, HOOK, tolerant)
    module.XTermParser = Parser
    try:
        yield
    finally:
        setattr(module, HOOK, strict)
        module.XTermParser = XTermParser


def _status_of(end: SystemExit) -> int:
    if end.code is None:
        return 0
    return end.code & 0xFF if isinstance(end.code, int) else FAILED


def _say(words: str) -> None:
    if words and sys.__stderr__ is not None:
        with contextlib.suppress(OSError, ValueError):
            sys.__stderr__.write(words)
            sys.__stderr__.flush()
