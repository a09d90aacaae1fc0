"""A long day in a short time: queries, regions and watching on a compressed clock, and what stays.

`python -m tests.unbreakable.soak` opens the explorer against an emulator in a process of its own,
with an archive in a file, and asks 10,000 queries in it, switches the region 200 times, watches
what is unfinished and sleeps through an hour. It prints memory, file descriptors, tasks and threads
as they go, and whether they stay. `--queries N` and `--regions N` make it shorter.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unittest import mock

from tests.explorer.driver import Driver, Wire
from tests.explorer.test_in_a_terminal import emulator
from tui.api.client import Client, Observer
from tui.api.credentials import Credentials, FixedCredentials
from tui.api.endpoints import resolve
from tui.api.transport import HttpTransport
from tui.application import ExplorerApp
from tui.archive.store import Archive
from tui.emulator.fleet import Fleet
from tui.emulator.handler import Emulator
from tui.emulator.regions import REGIONS
from tui.records import Query
from tui.screens import watching
from tui.screens.session import Session

SPEED: Final = 600.0
"""Seconds of the service's clock in one second: ten minutes."""

SAMPLES: Final = 40
"""How often is looked at what the process holds."""

WARM: Final = 0.25
"""The share of a run after which nothing grows any more."""

ALLOWED: Final = 1.03
"""The growth of the memory from then on that is taken for chance."""

SERVED: Final = (
    *("--records", "1600"),
    *("--arrive", "0.005"),
    *("--clock-speed", str(SPEED)),
)
"""What the emulator serves: as many records as fill what SQLite keeps of a file in memory, so that
what grows is not that, and a few more in the course of a day."""

NAMES: Final = ("nginx.conf", "app.env", "rotate-keys.sh", "sshd_config", "no-such-file", "")

STATUSES: Final = ((), ("Failed",), ("Success",), ("Failed", "PartialFailed"), ("Running",))

BUSY: Final = tuple(region.region_id for region in REGIONS.values() if region.share)
"""The regions in which the emulator has records."""


@dataclass(frozen=True)
class Sample:
    """What the process holds at one moment."""

    queries: int
    seconds: float
    megabytes: float
    """Resident memory, once rubbish is collected."""
    descriptors: int
    tasks: int
    threads: int
    objects: int


class CompressedClock:
    """A clock that goes as fast as the emulator's."""

    def __init__(self) -> None:
        self._began = time.time()

    def __call__(self) -> float:
        return self._began + (time.time() - self._began) * SPEED


def sample(queries: int, began: float) -> Sample:
    """Look at what this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Sample(
        queries,
        round(time.monotonic() - began, 1),
        round(pages * 4096 / 1e6, 1),
        len(list(Path("/proc/self/fd").iterdir())),
        len(asyncio.all_tasks()),
        len(list(Path("/proc/self/task").iterdir())),
        len(gc.get_objects()),
    )


@asynccontextmanager
async def opened(directory: Path) -> AsyncIterator[Driver]:
    """Open the explorer, with an archive in a file, against an emulator in another process.

    What the emulator holds is not the explorer's, and would be counted in one process.
    """
    clock = CompressedClock()
    with emulator(directory, *SERVED) as facts:
        endpoint = resolve("", endpoint=facts["endpoint"])
        pair = Credentials(facts["access_key_id"], facts["access_key_secret"])

        async def connect(observer: Observer) -> Client:
            return Client(
                endpoint=endpoint,
                credentials=FixedCredentials(pair),
                transport=HttpTransport(),
                observer=observer,
                clock=clock,
            )

        def session(region: str) -> Session:
            return Session("soak", "soak", connect, session, 50, region)

        app = ExplorerApp(
            session(facts["region"]), Archive(directory / "soak.sqlite3"), Query(facts["region"])
        )
        with mock.patch.multiple(watching, INTERVAL=5 / SPEED, BETWEEN_CALLS=0.6 / SPEED):
            async with app.run_test(size=(60, 20)) as pilot:
                driver = Driver(app, pilot, Wire(Emulator(Fleet(1))))
                await driver.settle()
                yield driver


async def soak(
    queries: int,
    regions: int,
    tell: Callable[[Sample], None] = lambda one: None,
    *,
    looks: int = SAMPLES,
) -> list[Sample]:
    """Work as somebody does all day long; return what the process held meanwhile."""
    began = time.monotonic()
    samples: list[Sample] = []
    with TemporaryDirectory() as directory:
        async with opened(Path(directory)) as driver:
            switch_every = max(queries // regions, 1)
            look_every = max(queries // looks, 1)
            for number in range(queries):
                await ask(driver, number)
                if number % switch_every == switch_every - 1:
                    await switch(driver, number // switch_every)
                if number == queries // 2:
                    await sleep_an_hour(driver)
                if number % look_every == look_every - 1:
                    samples.append(sample(number + 1, began))
                    tell(samples[-1])
    return samples


async def ask(driver: Driver, number: int) -> None:
    """Ask another query, look at some of its rows, and every now and then watch."""
    explorer = driver.explorer
    region = explorer.query_shown.region
    name = NAMES[number % len(NAMES)]
    statuses = STATUSES[number // len(NAMES) % len(STATUSES)]
    explorer.open_query(Query(region, name=name, statuses=statuses))
    await driver.wait_for(lambda: explorer.query_shown.name == name)
    await driver.wait_for(lambda: not any(map(explorer.is_working, ("query", "pages", "total"))))
    assert explorer.loader.failure is None, explorer.loader.failure
    keys = (("down", "end"), ("enter", "escape"), ("v", "escape"), ("W",), ("s", "n"))
    if number % 20 < len(keys):
        await driver.pilot.press(*keys[number % 20])


async def switch(driver: Driver, number: int) -> None:
    """Pick another region by its keys."""
    explorer = driver.explorer
    here = explorer.query_shown.region
    others = [region for region in BUSY if region != here]
    region = others[number % len(others)]
    await driver.pilot.press("R")
    await driver.wait_for(lambda: len(driver.app.screen_stack) > 1)
    await driver.pilot.press(*("minus" if character == "-" else character for character in region))
    await driver.pilot.press("enter")
    await driver.wait_for(lambda: explorer.query_shown.region == region)


async def sleep_an_hour(driver: Driver) -> None:
    """Let an hour of the clock pass in which nobody asks, and go on with a refresh."""
    await asyncio.sleep(3600 / SPEED)
    await driver.wait_for(lambda: not driver.explorer.is_working("pages"))
    await driver.pilot.press("r")
    await driver.wait_for(lambda: not driver.explorer.is_working("pages"))
    assert driver.explorer.loader.failure is None


def growth(samples: Sequence[Sample]) -> dict[str, float]:
    """Return by what factor each of the last quarter exceeds what there was once all was warm."""
    warm = samples[int(len(samples) * WARM) :]
    quarter = max(len(warm) // 3, 1)
    factors = {}
    for place, column in enumerate(fields(Sample)):
        if column.name in ("queries", "seconds"):
            continue
        before = statistics.median(astuple(one)[place] for one in warm[:quarter])
        after = statistics.median(astuple(one)[place] for one in warm[-quarter:])
        factors[column.name] = after / before
    return factors


def main(words: Sequence[str]) -> int:
    """Soak, and print what was held as it goes; 1 where something has grown."""
    parser = argparse.ArgumentParser(prog="python -m tests.unbreakable.soak")
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--regions", type=int, default=200)
    chosen = parser.parse_args(words)
    sys.stdout.write(" ".join(f"{column.name:>11}" for column in fields(Sample)) + "\n")

    def tell(one: Sample) -> None:
        sys.stdout.write(" ".join(f"{value:>11,}" for value in astuple(one)) + "\n")
        sys.stdout.flush()

    factors = growth(asyncio.run(soak(chosen.queries, chosen.regions, tell)))
    for name, factor in factors.items():
        sys.stdout.write(f"{name}: {factor:.3f} times what it was once warm\n")
    return int(any(factor > ALLOWED for factor in factors.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
