"""The two streams of a headless command: stdout that may fail, and stderr that must not matter."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TextIO

from tui.plain import printable

# asyncio is imported where rows are written: help and usage errors end without it.

PIPE_CLOSED: Final = 141
"""Exit code when the reader of stdout has gone: 128 + SIGPIPE."""

OUTPUT_FAILED: Final = 3
"""Exit code when stdout cannot be written for another reason, for example a full disk."""


class OutputFailed(Exception):
    """Stdout takes no more; `str()` is one sentence, empty when its reader has just gone."""

    def __init__(self, error: OSError) -> None:
        gone = isinstance(error, BrokenPipeError)
        why = printable(error.strerror or type(error).__name__)
        super().__init__("" if gone else f"The output cannot be written: {why}.")
        self.exit_code = PIPE_CLOSED if gone else OUTPUT_FAILED


class Sink:
    """Standard output as bytes, past Python's buffer, so that a failure shows where it happens.

    A write runs in a thread: a reader who has stopped reading holds it up for as long as he likes,
    and signals are still heard meanwhile.
    """

    def __init__(
        self,
        descriptor: int = 1,
        *,
        encoding: str = "utf-8",
        write: Callable[[int, memoryview], int] = os.write,
    ) -> None:
        self._descriptor = descriptor
        self._encoding = encoding
        self._write = write

    async def put(self, text: str) -> None:
        """Write whole lines; a cancelled call ends only when they are out.

        Raises:
            OutputFailed: they could not be written.
        """
        if not text:
            return
        import asyncio

        writing = asyncio.ensure_future(_in_daemon_thread(lambda: self.put_now(text)))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await writing
            raise

    def put_now(self, text: str) -> None:
        """Write whole lines and wait for it.

        Raises:
            OutputFailed: they could not be written.
        """
        rest = memoryview(text.encode(self._encoding, "backslashreplace"))
        try:
            while rest:
                try:
                    rest = rest[self._write(self._descriptor, rest) :]
                except BlockingIOError:
                    # Somebody who shares the pipe has made it one that does not wait.
                    select.select([], [self._descriptor], [])
        except OSError as error:
            raise OutputFailed(error) from error

    def close(self) -> None:
        """Have a file system that reports a full disk late report it now.

        Raises:
            OutputFailed: what was written is not on the disk.
        """
        try:
            os.close(os.dup(self._descriptor))
        except OSError as error:
            raise OutputFailed(error) from error


class Narrator:
    """Standard error: sentences for a person, and one passing line of progress on a terminal."""

    def __init__(self, stream: TextIO | None, *, progress: bool = False) -> None:
        """Narrate on `stream`, or nowhere; `progress` needs a terminal that holds no rows."""
        self._stream = stream
        self._progress = progress
        self._passing = 0

    @property
    def shows_progress(self) -> bool:
        """Whether anybody sees words that pass by."""
        return self._progress

    def say(self, sentence: str) -> None:
        """Write one line that stays."""
        self._put(self._erasure() + printable(sentence) + "\n")
        self._passing = 0

    def say_all(self, sentences: Iterable[str]) -> None:
        """Write a line that stays for each sentence."""
        for sentence in sentences:
            self.say(sentence)

    def pass_by(self, words: str) -> None:
        """Show words until the next ones, where there is a terminal to show them on."""
        if self._progress:
            shown = printable(words)
            self._put(self._erasure() + shown)
            self._passing = len(shown)

    def clear(self) -> None:
        """Take the passing words away."""
        self._put(self._erasure())
        self._passing = 0

    def _erasure(self) -> str:
        return f"\r{' ' * self._passing}\r" if self._passing else ""

    def _put(self, text: str) -> None:
        if self._stream is not None and text:
            # Nobody listening is no reason to stop.
            with contextlib.suppress(OSError, ValueError):
                self._stream.write(text)
                self._stream.flush()


def is_terminal(stream: TextIO | None) -> bool:
    """Say whether a standard stream, which may be closed, is a terminal."""
    return stream is not None and stream.isatty()


def width(environ: Mapping[str, str]) -> int | None:
    """Return the columns that rows are to fit into: what COLUMNS says, or the terminal has.

    None: rows go to a file or a program, and nothing has to be left out.
    """
    said = environ.get("COLUMNS", "")
    if said.isdecimal() and int(said) > 0:
        return int(said)
    if is_terminal(sys.stdout):
        with contextlib.suppress(OSError):
            return os.get_terminal_size(sys.stdout.fileno()).columns or None
    return None


async def _in_daemon_thread(work: Callable[[], None]) -> None:
    """Run `work` in a thread that the end of the process does not wait for."""
    import asyncio

    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            work()
        except BaseException as raised:  # noqa: BLE001 - it is raised where it is awaited
            error = raised
        # The loop may have ended meanwhile; then nobody waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, error)

    threading.Thread(target=run, daemon=True).start()
    await done
