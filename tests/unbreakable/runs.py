"""The two programs against one fault: what they keep, what they say, and how they get the rest."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from tests.explorer.driver import Driver, Wire
from tests.unbreakable.faults import ANEW, ASKED, ELSEWHERE, ITSELF, NEVERTHELESS, Fault, Recovery
from tests.unbreakable.service import RECORDS, Service, serving
from tui.api.calls import Call
from tui.api.client import Client, Observer
from tui.api.credentials import Credentials, FixedCredentials
from tui.api.endpoints import resolve
from tui.api.errors import ApiError
from tui.api.pacing import RetryPolicy
from tui.api.transport import HttpTransport
from tui.application import ExplorerApp
from tui.archive.store import Archive
from tui.emulator.handler import Emulator
from tui.headless.listing import DONE, FAILED, Listing, Waits, run
from tui.headless.output import format_named
from tui.headless.streams import Narrator
from tui.records import Query
from tui.screens.loader import Loader
from tui.screens.session import Session

FIRST = 50
"""Rows of the page that came before the fault."""


@dataclass(frozen=True)
class Outcome:
    """What became of one program under one fault."""

    kept: bool
    """Whether every row that was there stayed, in its place, during the fault and after it."""
    said: str
    """The sentence; empty where there was nothing to say."""
    recovery: Recovery
    """How the rest came, each row once."""


class Renewable:
    """Credentials of the emulator, which may be had anew."""

    def __init__(self, emulator: Emulator) -> None:
        self.pair = Credentials(emulator.access_key_id, emulator.access_key_secret)

    async def credentials(self) -> Credentials:
        return self.pair

    async def refreshed(self, stale: Credentials) -> Credentials:
        return self.pair


async def listed(fault: Fault) -> Outcome:
    """Walk with `list` while the fault lasts, go on once it is over, and walk with it once."""
    async with serving() as service:
        said = io.StringIO()
        service.strike = fault.strike
        with leading(fault, service, after=1):
            lasting, token = await walk(fault, service, said)
        service.strike = None
        rows = lasting.rows
        kept = len(rows) >= FIRST
        recovery = NEVERTHELESS
        if lasting.code != DONE:
            rest, _ = await walk(fault, service, io.StringIO(), token=token)
            assert rest.code == DONE
            kept = kept and (bool(token) or rest.rows[:FIRST] == rows)
            rows = rows + rest.rows if token else rest.rows
            recovery = ASKED if token else ANEW
        if recovery == ASKED and await _passes(fault):
            recovery = ITSELF
            assert re.search(r"Trying again (in \d+\.\d s|now)\.\n", said.getvalue())
        assert len(rows) == RECORDS == len(set(rows)), "each row once"
        assert not any(request.path == ELSEWHERE for request in service.requests)
        if fault.asks:
            assert f"It asks to wait {fault.asks} s." in said.getvalue()
        assert lasting.sentence in said.getvalue()
        return Outcome(kept, lasting.sentence, recovery)


async def _passes(fault: Fault) -> bool:
    """Say whether a walk that is struck once comes to its end by itself."""
    async with serving() as service:
        strike, over = fault.strike, False

        async def once(blow: Any) -> None:
            nonlocal over
            service.strike, over = None, True
            await strike(blow)

        service.strike = once
        with leading(fault, service, after=1, times=1):
            walked, _ = await walk(fault, service, io.StringIO())
        return walked.code == DONE and len(walked.rows) == RECORDS


@dataclass
class _Walked:
    code: int
    rows: list[str]
    sentence: str
    """What the first fault says, whether it was waited for or the end."""


class _Faults(Waits):
    """Tells of waits as the command does, and remembers what went wrong."""

    def __init__(self, narrator: Narrator) -> None:
        super().__init__(narrator)
        self.sentences: list[str] = []

    def call_waiting(self, call: Call, seconds: float, fault: ApiError) -> None:
        self.sentences.append(fault.sentence)
        super().call_waiting(call, seconds, fault)

    def call_ended(self, call: Call) -> None:
        if call.error is not None:
            self.sentences.append(call.error.sentence)


async def walk(
    fault: Fault, service: Service, said: io.StringIO, token: str = ""
) -> tuple[_Walked, str]:
    """List everything; return how it ended, and the token that it gave to go on from."""
    written: list[str] = []

    class Paper:
        async def put(self, text: str) -> None:
            written.append(text)

    listing = Listing(Query(service.emulator.region), page_size=FIRST, token=token)
    narrator = Narrator(said)
    faults = _Faults(narrator)
    async with connected(fault, service, faults) as client:
        code = await run(listing, client, format_named("ndjson"), Paper(), narrator)
    assert code in (DONE, FAILED)
    found = re.search(r"--next-token (\S+)\.", said.getvalue())
    rows = [json.loads(line)["InvokeId"] for line in "".join(written).splitlines()]
    first = said.getvalue().partition(". ")[0] + "." if code != DONE else ""
    said_of_it = faults.sentences[0] if faults.sentences else first
    return _Walked(code, rows, said_of_it), found[1] if found else ""


async def explored(faults: Sequence[Fault]) -> dict[str, Outcome]:
    """Open the explorer and let each next page meet the next fault; return what became of each."""
    over = asyncio.Event()

    async def count_down(loader: Loader, seconds: float) -> None:
        # The seconds are shown; what they would be waited for is the end of the fault.
        loader.retry_in = round(seconds)
        loader._changed()
        await over.wait()

    outcomes = {}
    async with serving(FIRST * (len(faults) + 1)) as service:
        with mock.patch.object(Loader, "_count_down", count_down):
            async with opened(faults, service) as driver:
                await driver.wait_for(lambda: driver.explorer.table.line_count() == FIRST)
                await driver.press("down", "down")
                for fault in faults:
                    over.clear()
                    outcomes[fault.name] = await _explore(driver, fault, service, over)
    return outcomes


async def _explore(driver: Driver, fault: Fault, service: Service, over: asyncio.Event) -> Outcome:
    explorer = driver.explorer
    loader, table = explorer.loader, explorer.table
    here, before = driver.current_id, await _ids(driver)
    service.struck, service.strike = 0, fault.strike
    with leading(fault, service):
        await driver.pilot.press("m")
        await driver.wait_for(
            lambda: loader.failure is not None or table.line_count() > len(before)
        )
        came = loader.failure is None
        said = "" if loader.failure is None else loader.failure.sentence
        if came and fault.shows:
            await driver.wait_for(lambda: re.search(fault.shows, driver.screen()))
            said = re.findall(fault.shows, driver.screen())[0]
        elif not came:
            await driver.wait_for(lambda: shown(driver, said))
        waits = bool(loader.retry_in)
        assert came or waits == ("again in" in driver.text(explorer.status_bar))
        now = await _ids(driver)
    assert not any(request.path == ELSEWHERE for request in service.requests)
    service.strike = None
    over.set()
    if not came and not waits:
        await driver.press("m")
    await driver.wait_for(lambda: table.line_count() > len(before))
    await driver.settle()
    after = await _ids(driver)
    assert len(after) == len(before) + FIRST == len(set(after))
    assert driver.current_id == here, "the cursor has not moved"
    assert loader.failure is None
    recovery = NEVERTHELESS if came else ITSELF if waits else ASKED
    return Outcome(now[: len(before)] == before == after[: len(before)], said, recovery)


async def _ids(driver: Driver) -> list[str]:
    reading = driver.explorer.loader.reading
    assert reading is not None
    return list(await reading.view.invoke_ids(0, reading.view.count - 1))


def shown(driver: Driver, said: str) -> bool:
    """Say whether a sentence is on the screen, wherever its lines are broken."""
    notice = "".join(driver.text(driver.explorer.notice).split())
    return "".join(said.split()) in notice


@asynccontextmanager
async def opened(faults: Sequence[Fault], service: Service) -> AsyncIterator[Driver]:
    """Open the explorer against the service's socket."""
    query = Query(service.emulator.region)
    app = ExplorerApp(session_of(faults, service), Archive(), query)
    async with app.run_test(size=(100, 20)) as pilot:
        yield Driver(app, pilot, Wire(service.emulator))
        assert app.output_guard.hits == 0, "something reached the screen unsanitised"


def session_of(faults: Sequence[Fault], service: Service) -> Session:
    """Return a session that asks the service, with the tightest time limits of the faults."""

    async def connect(observer: Observer) -> Client:
        return _client(
            service,
            observer,
            read_timeout=min(fault.read_timeout for fault in faults),
            deadline=min(fault.deadline for fault in faults),
            renews=any(fault.renews for fault in faults),
        )

    def session(region: str) -> Session:
        return Session("matrix", "matrix", connect, session, FIRST, region)

    return session(service.emulator.region)


@asynccontextmanager
async def connected(fault: Fault, service: Service, observer: Observer) -> AsyncIterator[Client]:
    """Yield a client on the service's socket, and close it."""
    client = _client(
        service,
        observer,
        read_timeout=fault.read_timeout,
        deadline=fault.deadline,
        renews=fault.renews,
    )
    try:
        yield client
    finally:
        await client.aclose()


def _client(
    service: Service, observer: Observer, *, read_timeout: float, deadline: float, renews: bool
) -> Client:
    source = Renewable(service.emulator)
    return Client(
        endpoint=resolve("", endpoint=service.url),
        credentials=source if renews else FixedCredentials(source.pair),
        transport=HttpTransport(connect_timeout=0.4, read_timeout=read_timeout),
        # One explorer meets more faults than its budget of retries has been made for.
        policy=RetryPolicy(attempts=2, deadline=deadline, budget=1000.0),
        observer=observer,
        sleep=no_wait,
    )


async def no_wait(seconds: float) -> None:
    """Let waits take no time; how long they would be is said all the same."""
    await asyncio.sleep(0)


@contextmanager
def leading(
    fault: Fault, service: Service, *, after: int = 0, times: int = 1_000_000
) -> Iterator[None]:
    """Let the service's name lead where the fault says, `times` times after the first `after`."""
    if not fault.place:
        yield
        return
    where = {"nowhere": "", "closed": "127.0.0.2", "full": "127.0.0.3"}[fault.place]
    port = int(service.url.rpartition(":")[2])
    asked = 0
    look_up = socket.getaddrinfo

    def looked_up(host: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal asked
        if host not in ("localhost", b"localhost"):
            return look_up(host, *arguments, **options)
        asked += 1
        if not after < asked <= after + times:
            return look_up("127.0.0.1", *arguments, **options)
        if not where:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(where, *arguments, **options)

    with contextlib.ExitStack() as stack:
        if fault.place == "full":
            stack.enter_context(_full("127.0.0.3", port))
        stack.enter_context(mock.patch.object(socket, "getaddrinfo", looked_up))
        yield


@contextmanager
def _full(host: str, port: int) -> Iterator[None]:
    """Listen, and let so many connections wait that no further one is taken."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((host, port))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((host, port))
        yield
