"""Causes and outcomes over 100,000 archived results: how long, and how long a key would wait.

`python -m tests.benchmarks.post_mortem [RESULTS]` prints one line of JSON. A heartbeat on the
event loop stands for the keys: its longest pause is the longest that one would wait.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import cast

from tui.api.client import Client
from tui.api.credentials import Credentials, FixedCredentials
from tui.api.endpoints import Endpoint
from tui.api.transport import Transport
from tui.archive.store import Archive
from tui.archive.view import View
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.emulator.inprocess import InProcess
from tui.records import Cursor, Query
from tui.screens.evidence import Evidence
from tui.screens.question import Extent
from tui.screens.thinking import thought_over
from tui.triage.clusters import clusters
from tui.triage.healing import standings

BEAT = 0.005
"""Seconds between two beats of the heart."""


async def timed(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Return the seconds that work takes, and the longest pause of the event loop meanwhile."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        last = time.perf_counter()
        while True:
            await asyncio.sleep(BEAT)
            now = time.perf_counter()
            longest, last = max(longest, now - last - BEAT), now

    heart = asyncio.create_task(beat())
    began = time.perf_counter()
    await work()
    took = time.perf_counter() - began
    heart.cancel()
    return took, longest


async def filled(archive: Archive, wanted: int) -> tuple[int, int]:
    """Keep invocations until there are enough results; return the question and the results."""
    emulator = Emulator(Fleet(wanted, 11))
    client = Client(
        endpoint=Endpoint("https://demo.invalid", "demo.invalid", "demo"),
        credentials=FixedCredentials(
            Credentials(emulator.access_key_id, emulator.access_key_secret)
        ),
        transport=cast(Transport, InProcess(emulator)),
    )
    query = Query(emulator.region)
    question = await archive.question("demo", query)
    token, results = "", 0
    while results < wanted:
        page = await client.page(query, Cursor(token))
        await archive.keep(question, page.invocations)
        results += sum(len(each.results) for each in page.invocations)
        token = page.next_token
    return question, results


async def main(wanted: int) -> None:
    """Measure, and print what was measured."""
    archive = Archive()
    question, results = await filled(archive, wanted)
    view = View(archive, "demo", question)
    await view.open()
    evidence = Evidence(archive, "demo", view, frozenset(), "")
    read, read_pause = await timed(lambda: evidence.sends(Extent.EVERYTHING))
    sends = await evidence.sends(Extent.EVERYTHING)
    causes, causes_pause = await timed(
        lambda: thought_over(lambda check: clusters(sends.deliveries, check))
    )
    outcomes, outcomes_pause = await timed(
        lambda: thought_over(lambda check: standings(sends.deliveries, check))
    )
    task = asyncio.create_task(thought_over(lambda check: standings(sends.deliveries, check)))
    await asyncio.sleep(0.05)
    began = time.perf_counter()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    print(
        json.dumps(
            {
                "results": results,
                "seconds": {
                    "read": round(read, 2),
                    "causes": round(causes, 2),
                    "outcomes": round(outcomes, 2),
                    "given up after": round(time.perf_counter() - began, 3),
                },
                "longest pause of a key in ms": {
                    "read": round(1000 * read_pause),
                    "causes": round(1000 * causes_pause),
                    "outcomes": round(1000 * outcomes_pause),
                },
            }
        )
    )
    await archive.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
