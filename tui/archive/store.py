"""The archive: one thread that writes and arranges, another that reads what a screen waits for."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from tui.archive import asking, filesystems, keeping, merging, rows
from tui.archive.connections import GivenUp, Reader, Writer
from tui.archive.contents import Contents
from tui.archive.opening import Opener
from tui.archive.places import Connection, Place
from tui.archive.walks import Step
from tui.records import Invocation, Query

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Archive:
    """Everything that was seen. Its methods belong to the event loop, their work to two threads.

    What writes or takes long is done in one thread, in the order of asking; what only looks at a
    few rows in another, so that it never waits for a long sort. Whatever happens to the file, the
    work goes on: in memory, if need be, and `warn` is told in one sentence.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        keep: bool = True,
        contents: bool = False,
        bounds: keeping.Bounds = keeping.UNBOUNDED,
        clock: Callable[[], float] = time.time,
        local: Callable[[Path], bool] = filesystems.is_local,
        warn: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """Open nothing yet: that happens in a thread, with the first work.

        Args:
            path: the file; None keeps everything in memory.
            keep: whether the file takes what is new; otherwise that is kept in memory.
            contents: whether the file takes the contents of files, too; memory always does.
            bounds: how much is kept when the archive is closed.
            clock: unix seconds.
            local: says whether SQLite's write-ahead log may be used for a file.
            warn: is called in the event loop with each sentence that the user should read.
        """
        self._contents = contents or path is None
        self._recent = Contents()
        self._bounds = bounds
        self._clock = clock
        self._warn = warn
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._writing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive-reader")
        self._writer = Writer(Opener(path, keep=keep, local=local, clock=clock), self._tell)
        self._reader = Reader(self._place, self._recover)
        self.warnings: tuple[str, ...] = ()
        """Every sentence so far."""

    def submit(
        self,
        job: Callable[Concatenate[Writer, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> asyncio.Future[Result]:
        """Let `job(writer, …)` be run in the thread that writes."""
        return self._in_thread(self._writing, lambda: job(self._writer, *args, **kwargs))

    async def write(
        self,
        work: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run `work(connection, …)` as one transaction, which is done even if nobody waits."""
        return await self.submit(lambda writer: writer.write(work, *args, **kwargs))

    async def read(
        self,
        work: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run `work(connection, …)`, which looks at a few rows, without waiting for anything."""
        return await self._in_thread(
            self._reading, lambda: self._reader.read(work, *args, **kwargs)
        )

    async def run(
        self,
        work: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run `work(connection, …)`, which may look at all rows; it ends with who waits for it."""
        given_up = threading.Event()

        def job(writer: Writer) -> Result:
            with writer.only_while(lambda: not given_up.is_set()):
                return writer.read(work, *args, **kwargs)

        try:
            return await self.submit(job)
        except asyncio.CancelledError:
            given_up.set()
            raise
        except GivenUp as at_the_end:
            # Otherwise nobody gives up what is waited for.
            raise asyncio.CancelledError from at_the_end

    def now(self) -> float:
        """Return the time by the archive's clock, in unix seconds."""
        return self._clock()

    async def question(self, scope: str, query: Query) -> int:
        """Return the number under which answers to `query` are kept for the identity `scope`."""
        question = await self.read(asking.find_question, scope, query)
        if question is None:
            question = await self.write(asking.ask, scope, query)
        self._writer.remember(question, scope, query)
        return question

    async def invocation(self, scope: str, invoke_id: str) -> Invocation | None:
        """Return one invocation with its results, or None if `scope` has never seen it.

        Its content is empty where it is neither kept nor among the latest of this session.
        """
        known = await self.known(scope, invoke_id)
        return None if known is None else known.invocation

    async def known(self, scope: str, invoke_id: str) -> rows.Known | None:
        """Return everything that is known of one invocation; an empty `scope` is any."""
        known = await self.read(rows.read_known, scope, invoke_id)
        if known is None:
            return None
        return replace(known, invocation=self._recent.fill(known.invocation))

    def arrival(
        self, invocations: Sequence[Invocation], step: Step | None = None
    ) -> merging.Arrival:
        """Return a page that has come just now, and remember its contents."""
        if not self._contents:
            self._recent.remember(invocations)
        return merging.Arrival(tuple(invocations), self._clock(), self._contents, step)

    async def keep(
        self, question: int, invocations: Sequence[Invocation], step: Step | None = None
    ) -> merging.Merged:
        """Keep a page as answers to a question, where no view shows them."""
        arrival = self.arrival(invocations, step)
        return await self.write(merging.merge, question, arrival, answers=True)

    async def close(self) -> None:
        """Write what is to be written, let go of what is beyond the bounds, close the file.

        What only reads is given up.
        """
        if self._closed:
            return
        self._writer.stop()
        finished = self.submit(self._finish)
        read = self._in_thread(self._reading, self._reader.close)
        self._closed = True
        await read
        await finished
        for thread in (self._reading, self._writing):
            thread.shutdown(wait=False)

    def _in_thread(
        self, thread: ThreadPoolExecutor, job: Callable[[], Result]
    ) -> asyncio.Future[Result]:
        self._loop = asyncio.get_running_loop()
        if self._closed:
            # What still asks is about to end as well.
            never: asyncio.Future[Result] = self._loop.create_future()
            never.cancel()
            return never
        return self._loop.run_in_executor(thread, job)

    def _finish(self, writer: Writer) -> None:
        if writer.opened and not writer.place.overlay and writer.place.path is not None:
            keeping.tidy(writer.write, self._bounds, self._clock(), contents=self._contents)
        writer.close()

    def _place(self) -> Place:
        """Return where the archive is kept, to the thread that reads."""
        if not self._writer.opened:
            self._writing.submit(self._writer.open).result()
        return self._writer.place

    def _recover(self, place: Place, error: sqlite3.Error) -> None:
        """Let the thread that writes find another place, and wait for it."""
        self._writing.submit(self._writer.recover, place, error).result()

    def _tell(self, sentence: str) -> None:
        """Pass on a sentence from a thread to the event loop."""

        def tell() -> None:
            self.warnings += (sentence,)
            self._warn(sentence)

        if self._loop is not None:
            # At the very end there may be no loop any more to hear it.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(tell)
