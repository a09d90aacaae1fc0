"""Ending by a signal: the work stops at a whole line, and the exit code is 128 + n."""

from __future__ import annotations

import atexit
import os
import signal
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, Final

# asyncio is imported where it is used: the signals are to be heeded before that takes its time.

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""The signals that end a headless command in order."""

GRACE: Final = 2.0
"""Seconds from the signal to the end at the latest, for a reader who has stopped reading."""


def exit_code(number: int) -> int:
    """Return the exit code of an end by signal `number`."""
    return 128 + number


def heeded() -> tuple[signal.Signals, ...]:
    """Return the signals to act on: what our parent ignores (nohup, a job of sh) stays ignored."""
    return tuple(each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN)


def exit_at_once() -> None:
    """End by exit at a signal from now on, for the time before and after the work itself."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(exit_code(number))

    for each in heeded():
        signal.signal(each, leave)


def ignore_at_the_end() -> None:
    """Let a signal change nothing once nothing is left but to exit.

    Python gives signals back to the system before it is over, and the process would die of one
    instead of ending with its exit code. Threads have ended by then, so nothing can hang.
    """

    def ignore() -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)

    atexit.register(ignore)


def run(
    work: Callable[[], Coroutine[Any, Any, int]],
    *,
    grace: float = GRACE,
    leave: Callable[[int], None] = os._exit,
) -> int:
    """Run `work` to its end or the first signal, and return the exit code.

    A signal cancels the work, which may use `grace` seconds to finish its line; a second signal,
    or the end of the grace, ends the process with `leave`.
    """
    import asyncio

    return asyncio.run(_guarded(work, grace, leave))


async def _guarded(
    work: Callable[[], Coroutine[Any, Any, int]], grace: float, leave: Callable[[int], None]
) -> int:
    import asyncio

    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work())
    received: list[int] = []

    def receive(number: int) -> None:
        if received:
            leave(exit_code(received[0]))
        received.append(number)
        loop.call_later(grace, leave, exit_code(number))
        task.cancel()

    for each in heeded():
        loop.add_signal_handler(each, receive, each)
    try:
        code = await task
    except asyncio.CancelledError:
        if not received:
            raise
        code = 0
    return exit_code(received[0]) if received else code
