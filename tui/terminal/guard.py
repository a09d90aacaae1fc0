"""A second pair of hands on the terminal: whatever ends the process, the terminal comes back.

One thread sleeps until a signal arrives or the terminal hangs up. It asks the event loop to leave
and, where that takes too long, puts the terminal back itself and ends the process. It sleeps
without a timer until then. Signals that others handle it passes on to a loop that may be asleep.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, Final

from tui.terminal import restoring

GUARDED_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)
"""Signals that end the explorer with 128 + their number."""

PATIENCE: Final = 2.0
"""Seconds from a signal, or from a wish to leave that the terminal does not take in, to force."""

HANG_UP_PATIENCE: Final = 0.5
"""Seconds to close files in once the terminal is gone; nothing is left to restore by then."""

LEAVING_PATIENCE: Final = 10.0
"""Seconds that an ordinary end may take while the terminal reads."""

_STOP: Final = 0
"""The byte that ends the thread; no signal has this number."""

_LEAVE: Final = 255
"""The byte that says the application wants to leave; no signal has this number either."""


class Guard:
    """Remembers how the terminal was and sees to it that it is so again.

    It stands before the first byte goes to the terminal: `with Guard() as guard`, in the main
    thread. `signal_status` is the exit status that a signal or a hang-up asks for, else None.
    """

    def __init__(
        self, *, input_descriptor: int = 0, output_descriptor: int = 2, patience: float = PATIENCE
    ) -> None:
        self.signal_status: int | None = None
        self.hung_up = False
        self._input = input_descriptor
        self._output = output_descriptor
        self._patience = patience
        self._attributes = restoring.attributes(input_descriptor)
        self._ask: Callable[[int], None] | None = None
        self._wake: Callable[[], None] = lambda: None
        self._status: Callable[[], int] = lambda: 1
        self._last_words: Callable[[], str] = lambda: ""
        self._before: dict[signal.Signals, Any] = {}
        self._thread = threading.Thread(target=self._watch, name="terminal-guard", daemon=True)
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)

    def __enter__(self) -> Guard:
        for number in GUARDED_SIGNALS:
            before = signal.getsignal(number)
            # A signal that is ignored from the start (nohup, a script's background) stays so.
            if before != signal.SIG_IGN:
                self._before[number] = before
                signal.signal(number, self._handle)

        # The number is written from C, whatever the main thread is blocked in.
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        self._tell(_STOP)
        self._thread.join()
        for number, before in self._before.items():
            signal.signal(number, before)
        os.close(self._reader)
        os.close(self._writer)
        # A thread that lives on may still ask to leave: not by another file's number.
        self._writer = -1
        if self.hung_up or restoring.is_gone(self._input):
            self.hung_up = True
            # What is still buffered cannot be written, and Python would end with 120 over it.
            for descriptor in {1, self._output}:
                restoring.lead_away(descriptor)
        self._restore("", forced=False)

    def attach(
        self,
        ask: Callable[[int], None],
        *,
        wake: Callable[[], None],
        status: Callable[[], int],
        last_words: Callable[[], str],
    ) -> None:
        """Say whom to ask to leave, before anything is written to the terminal.

        `ask(status)` and `wake()`, which lets the event loop turn once, must work from another
        thread. `status()` and `last_words()` are what the process ends with, and says, when an
        ordinary end has to be forced.
        """
        self._wake, self._status, self._last_words = wake, status, last_words
        self._ask = ask

    def leaving(self) -> None:
        """Note that the application wants to end: from here on it may not take for ever."""
        self._tell(_LEAVE)

    def _handle(self, number: int, _: FrameType | None) -> None:
        # Told to end in the background (`kill %1`), where the terminal is the shell's and was
        # given back when the process was stopped: waiting for it would stop the process again.
        if self._attributes is not None and not restoring.in_foreground(self._input):
            os._exit(128 + number)
        self._tell(number)

    def _tell(self, byte: int) -> None:
        with contextlib.suppress(OSError):
            os.write(self._writer, bytes((byte,)))

    def _watch(self) -> None:
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        poll.register(self._input, 0)
        started = deadline = 0.0
        while True:
            wait = None if not deadline else max(deadline - time.monotonic(), 0) * 1000
            ready = poll.poll(wait)
            now = time.monotonic()

            for byte in self._news(poll, ready):
                if byte == _STOP:
                    return
                started = started or now
                if byte != _LEAVE:
                    self._request(128 + byte)
                patience = HANG_UP_PATIENCE if self.hung_up else self._patience
                deadline = min(deadline or math.inf, now + patience)

            if deadline and now >= deadline:
                if self.signal_status is None and self._may_go_on(now - started):
                    deadline = now + self._patience
                    continue
                self._force()

    def _news(self, poll: select.poll, ready: list[tuple[int, int]]) -> Iterator[int]:
        for descriptor, events in ready:
            if descriptor == self._reader:
                for byte in os.read(self._reader, 64):
                    if byte in (_STOP, _LEAVE) or byte in self._before:
                        yield byte
                    else:
                        # The kernel gives a signal to any thread. Python's handler waits for the
                        # main thread, which sleeps on in its loop when another one was interrupted.
                        self._wake()
            else:
                poll.unregister(descriptor)
                if events & restoring.GONE:
                    self.hung_up = True
                    yield signal.SIGHUP

    def _request(self, status: int) -> None:
        if self._ask is None:
            # Nothing has been written to the terminal yet.
            os._exit(status)
        if self.signal_status is None:
            self.signal_status = status
            self._ask(status)

    def _may_go_on(self, elapsed: float) -> bool:
        return elapsed < LEAVING_PATIENCE and restoring.takes_output(self._output)

    def _force(self) -> None:
        status = self._status() if self.signal_status is None else self.signal_status
        words = self._last_words() if self.signal_status is None else ""
        self._restore(words, forced=True)
        os._exit(status)

    def _restore(self, words: str, *, forced: bool) -> None:
        now = restoring.attributes(self._input)
        if self.hung_up or now is None or self._attributes is None:
            return
        if not restoring.in_foreground(self._input):
            return
        # With the attributes back and all output taken, Textual has put back its modes, too.
        # To do so again would move the cursor and take kitty's keys from the shell.
        whole = not (now[3] ^ self._attributes[3]) & restoring.TELLING_FLAGS
        if forced and not restoring.takes_output(self._output):
            whole = False
        words = (restoring.FINISHING if whole else restoring.RESET) + words
        interrupt = self._interrupt_threads if forced and not whole else None
        restoring.restore(self._input, self._output, self._attributes, words, interrupt=interrupt)

    def _interrupt_threads(self) -> None:
        # Any signal with a handler ends the wait of a system call; ours do nothing more by now.
        for thread in threading.enumerate():
            if self._before and thread.ident is not None and thread is not self._thread:
                signal.pthread_kill(thread.ident, next(iter(self._before)))
