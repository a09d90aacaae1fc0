"""How a terminal is put back, also one that does not read; nothing here waits for long."""

from __future__ import annotations

import contextlib
import os
import select
import termios
import time
from collections.abc import Callable
from typing import Any, Final

RESTORING_ATTEMPTS: Final = 20
"""How often the last words are offered to a terminal that does not read."""

RESTORING_PAUSE: Final = 0.01
"""Seconds between two of those attempts."""

RESET: Final = (
    "\x18\x1b\\"  # Whatever sequence was cut short ends here.
    "\x1b[?2026l\x1b[?2048l"
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[?2004l\x1b[?1004l\x1b[?7h"
    "\x1b[<u"  # The kitty keys are per screen, so they go before the alternate screen does.
    "\x1b[0m\x1b[?1049l\x1b[?25h"
)
"""Every mode that Textual 8.2.8 or the line driver may have set, set back."""

FINISHING: Final = "\x1b[?2026l\x1b[?1002l\x1b[?1016l"
"""Modes that Textual leaves behind when it ends well; harmless where they are off."""

TELLING_FLAGS: Final = termios.ICANON | termios.ECHO
"""Local modes that differ as long as Textual has not given the terminal back."""

GONE: Final = select.POLLHUP | select.POLLERR
"""What a terminal whose other end is closed reports."""


def restore(
    input_descriptor: int,
    output_descriptor: int,
    attributes: list[Any],
    words: str,
    *,
    interrupt: Callable[[], None] | None = None,
) -> None:
    """Set the terminal's attributes and write `words` to it without waiting for it to read.

    With `interrupt`, which makes other threads leave their system calls, what is queued is
    dropped and whatever this process goes on writing to `output_descriptor` is led away: `words`
    come last. A thread in a write keeps all others out of a terminal, and on Linux to drop what
    is queued does not wake it.
    """
    with contextlib.suppress(OSError, termios.error):
        termios.tcsetattr(input_descriptor, termios.TCSANOW, attributes)
    terminal = _own_file(output_descriptor)
    try:
        if interrupt is not None:
            lead_away(output_descriptor)
            interrupt()
        rest = words.encode("utf-8", "replace")
        whole = len(rest)
        for _ in range(RESTORING_ATTEMPTS):
            with contextlib.suppress(OSError, termios.error):
                if interrupt is not None and len(rest) == whole:
                    termios.tcflush(terminal, termios.TCOFLUSH)
                if takes_output(terminal):
                    rest = rest[os.write(terminal, rest) :]
            if not rest:
                return
            time.sleep(RESTORING_PAUSE)
    finally:
        os.close(terminal)


def _own_file(descriptor: int) -> int:
    try:
        # Not to wait is a property of the open file, which the shell would share.
        name = os.ttyname(descriptor)
        return os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        # Another user's terminal, after su, or one that is not visible in a container.
        return os.dup(descriptor)


def lead_away(descriptor: int) -> None:
    """Let what is written to `descriptor` from now on go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def attributes(descriptor: int) -> list[Any] | None:
    """Return what `tcgetattr` says, None for what is no terminal or is gone."""
    try:
        return termios.tcgetattr(descriptor)
    except (OSError, termios.error):
        return None


def in_foreground(descriptor: int) -> bool:
    """Tell whether the terminal listens to this process's group, not to a shell's."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        # No controlling terminal, no job control: nobody else can be in front.
        return True


def is_gone(descriptor: int) -> bool:
    """Tell whether the other end of the terminal is closed."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(events & GONE for _, events in poll.poll(0))


def takes_output(descriptor: int) -> bool:
    """Tell whether a write would go through, at least in part."""
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return any(events & select.POLLOUT for _, events in poll.poll(0))
