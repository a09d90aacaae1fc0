"""Walks into an archive until it is killed: `python -m tests.archive.walker PATH NAME LOCAL`.

Each page is a line on standard output, once it is kept: `NAME PAGE`. A page has invocations of
this walker's own, and one that all walkers have.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from tests.archive.samples import archive_at, invocation, opened_view
from tui.archive.walks import Step, new_walk
from tui.records import InstanceResult, Invocation

PER_PAGE = 10


def page_of(name: str, number: int) -> list[Invocation]:
    """Return a page of a walker, newest first."""
    results = (InstanceResult(f"i-{name}", "Success"), InstanceResult("i-2", "Failed", "X"))
    own = [
        invocation(
            1_000_000 - number * PER_PAGE - each,
            invoke_id=f"f-{name}-{number}-{each}",
            name=f"{name} " * 50,
            results=results,
        )
        for each in range(PER_PAGE)
    ]
    return [invocation(2_000_000, invoke_id="f-shared", name=name, results=results), *own]


async def main(path: str, name: str, local: str) -> None:
    """Keep page after page."""
    async with archive_at(Path(path), local=lambda _: local == "local") as archive:
        view = await opened_view(archive)
        walk = new_walk()
        for number in count():
            await view.add(page_of(name, number), Step(walk, token=f"{name} {number}"))
            if archive.warnings:
                raise SystemExit("\n".join(archive.warnings))
            # In one piece, for a part of a line says nothing when the kill comes between.
            print(f"{name} {number}\n", end="", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
