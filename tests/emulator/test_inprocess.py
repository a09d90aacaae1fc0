"""The emulator as a transport within the process: no socket, and faults as exceptions."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest

from tests.emulator.asking import HOME, Asker, asker
from tui.emulator import handler
from tui.emulator.faults import Faults, parse
from tui.emulator.inprocess import InProcess
from tui.emulator.request import Response

pytestmark = pytest.mark.anyio


class Sleeper:
    """Sleeps in no time and remembers for how long it should have been."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


async def exchange(asking: Asker, transport: InProcess, **filters: str) -> Response:
    request = asking.request({"RegionId": HOME, **filters})
    url = f"https://emulator.example.com{request.target}"
    return await transport.exchange(request.method, url, request.headers, request.body)


async def test_a_request_is_answered() -> None:
    asking = asker(20)
    response = await exchange(asking, InProcess(asking.emulator), Name="发布 *~+/'.txt")
    assert response.status == 200
    assert response.headers["x-acs-request-id"] == json.loads(response.body)["RequestId"]
    assert int(response.headers["content-length"]) == len(response.body)


async def test_latency_and_slowness_add_up() -> None:
    asking, sleeper = asker(5), Sleeper()
    faults = Faults([parse("slow=1:2000")])
    transport = InProcess(asking.emulator, faults=faults, latency=0.3, sleep=sleeper)
    assert (await exchange(asking, transport)).status == 200
    assert sleeper.slept == [2.3]


async def test_an_answer_that_takes_too_long_times_out() -> None:
    asking, sleeper = asker(5), Sleeper()
    transport = InProcess(asking.emulator, faults=Faults([parse("slow=1:11000")]), sleep=sleeper)
    with pytest.raises(TimeoutError):
        await exchange(asking, transport)
    assert sleeper.slept == [10.0]


async def test_a_reset_is_an_exception() -> None:
    asking = asker(5)
    with pytest.raises(ConnectionResetError):
        await exchange(asking, InProcess(asking.emulator, faults=Faults([parse("reset=1")])))


async def test_a_truncated_answer_is_half_of_one() -> None:
    asking = asker(5)
    transport = InProcess(asking.emulator, faults=Faults([parse("truncate=1")]))
    response = await exchange(asking, transport)
    assert 0 < len(response.body) < int(response.headers["content-length"])
    with pytest.raises(ValueError, match=r"JSON|Unterminated|Expecting"):
        json.loads(response.body)


async def test_others_get_their_turn_while_many_records_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handler, "SMALL", 100)
    asking = asker(4000)
    transport = InProcess(asking.emulator)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    long = asyncio.create_task(exchange(asking, transport, Name="nobody"))
    short = await exchange(asking, transport)
    assert short.status == 200 and not long.done()
    assert json.loads((await long).body)["TotalCount"] == 0
    task.cancel()
    assert turns >= 4000 // handler.STEP


async def test_a_long_look_can_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "SMALL", 100)
    asking = asker(20_000)
    transport = InProcess(asking.emulator)
    long = asyncio.create_task(exchange(asking, transport, Name="nobody"))
    await asyncio.sleep(0)
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long
    assert (await exchange(asking, transport, InvocationStatus="Failed", MaxResults="5")).status


def test_neither_the_http_client_nor_the_client_side_is_imported() -> None:
    code = (
        "import sys, tui.emulator.inprocess;"
        "print([name for name in ('httpx', 'pydantic', 'h11', 'tui.api') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
