"""The application that the tests run in a pseudo-terminal; its first argument says how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tui.terminal import capabilities, lifecycle

# The tests import what it hides, and then the arguments are somebody else's.
BEHAVIOUR, STATE = (
    (sys.argv[1], Path(sys.argv[2])) if __name__ == "__main__" else ("", Path(os.devnull))
)

SECRET_PARTS = ("LTAI", "5tCanary", "Canary")
"""Joined, a key that must not be seen anywhere."""


PARTING_WRITES = 25
"""More than a terminal that does not read takes in, and fewer than Textual keeps waiting."""


class DeliberateError(Exception):
    """What the program fails with."""


def fail() -> None:
    """Fail with a secret in a variable, in a message, and with a sequence in the message."""
    secret = "".join(SECRET_PARTS)
    raise DeliberateError(f"signed with {secret}\x1b]0;title\x07 and secret={secret[4:]}")


def stop_from_elsewhere() -> None:
    """Give this thread the signal to stop, when the main one is likely to sleep in its loop."""
    time.sleep(0.2)
    signal.pthread_kill(threading.get_ident(), signal.SIGTSTP)


def make_app() -> Any:
    """Import Textual as late as the explorer does."""
    if BEHAVIOUR == "construct":
        fail()
    if BEHAVIOUR == "early":
        sys.stderr.write("early ready\n")
        threading.Event().wait()

    from textual import work
    from textual.app import ComposeResult
    from textual.events import Key, Mount
    from textual.widgets import Label

    from tui.terminal.application import GuardedApp
    from tui.terminal.driver import driver_class

    class Program(GuardedApp[None]):
        """One label that says which key came last."""

        def compose(self) -> ComposeResult:
            """Show what is expected, or fail."""
            if BEHAVIOUR == "compose":
                fail()
            yield Label("waiting", markup=False)

        def on_mount(self, _: Mount) -> None:
            """Start what goes wrong by itself."""
            self.query_one(Label).update("program ready")
            if BEHAVIOUR == "timer":
                self.set_timer(0.01, fail)
            elif BEHAVIOUR == "worker":
                self.fail_in_worker()
            elif BEHAVIOUR == "thread-worker":
                self.fail_in_thread()
            elif BEHAVIOUR == "flood":
                self.set_interval(0.005, self.flood)

        @work
        async def fail_in_worker(self) -> None:
            """Fail in a coroutine of its own."""
            await asyncio.sleep(0)
            fail()

        @work(thread=True)
        def fail_in_thread(self) -> None:
            """Fail in another thread."""
            fail()

        def flood(self) -> None:
            """Write more than a terminal that does not read takes in."""
            assert self._driver is not None
            self._driver.write("\x1b[1;1H" + "x" * 4000)

        def on_key(self, event: Key) -> None:
            """Show the key; `x` is the one that goes wrong, and `q` the one that ends."""
            self.query_one(Label).update(f"key {event.key}")
            if event.key == "q":
                if BEHAVIOUR == "parting":
                    for _ in range(PARTING_WRITES):
                        self.flood()
                self.exit(return_code=5)
            elif event.key == "z":
                self.action_suspend_process()
            elif event.key == "t":
                readers = [thread.name for thread in threading.enumerate()].count("textual-input")
                self.query_one(Label).update(f"{readers} thread reads")
            elif event.key == "l":
                self.action_redraw()
            elif event.key == "x" and BEHAVIOUR == "handler":
                fail()
            elif event.key == "x" and BEHAVIOUR == "leak":
                raise asyncio.CancelledError
            elif event.key == "x" and BEHAVIOUR == "system-exit":
                raise SystemExit(4)
            elif event.key == "x" and BEHAVIOUR == "bystander":
                threading.Thread(target=stop_from_elsewhere).start()
            elif event.key == "x" and BEHAVIOUR == "lingering":
                threading.Thread(target=threading.Event().wait).start()
                self.exit(return_code=6)

    return Program(driver_class=driver_class())


def main() -> int:
    """Do what __main__ does for the explorer."""
    streams = capabilities.streams_of_process()
    refused = capabilities.refusal(streams, os.environ)
    if refused:
        sys.stderr.write(f"{refused}\n")
        return 2
    capabilities.prepare_environment(os.environ)
    if BEHAVIOUR == "nohup":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return lifecycle.run(make_app, state_directory=STATE)


if __name__ == "__main__":
    sys.exit(main())
