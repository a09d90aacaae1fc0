"""The fault matrix: every fault against the explorer and the list, each row filled from a run.

`python -m tests.unbreakable.matrix` runs all of it and prints the table as Markdown. Waits are
said, and take no time; what is waited for is the end of the fault.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from tests.unbreakable.faults import FAULTS, Fault
from tests.unbreakable.runs import Outcome, explored, listed
from tests.unbreakable.ways import WAYS, gone

TOGETHER: Final = 9
"""Faults that one explorer meets, one after the other."""

HEAD: Final = ("fault", "rows kept", "the explorer goes on", "the list goes on", "what is said")

PROPERTY: Final = "row of the fault matrix"
"""Under which a test tells its row to whoever prints the table."""

_PORT: Final = re.compile(r"\b(localhost|127\.0\.0\.1):\d+")


def groups() -> list[Sequence[Fault]]:
    """Return the faults by the explorer that meets them."""
    return [FAULTS[start : start + TOGETHER] for start in range(0, len(FAULTS), TOGETHER)]


def row(name: str, explorer: Outcome, command: Outcome) -> tuple[str, ...]:
    """Return a row of the table; ports, which are others each time, are left out."""
    kept = {(True, True): "all", (False, True): "list only", (True, False): "explorer only"}
    said = _PORT.sub(r"\1", command.said or explorer.said) or "nothing"
    both = kept.get((explorer.kept, command.kept), "none")
    return (name, both, explorer.recovery, command.recovery, said)


def table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Return the lines of the table in Markdown."""
    yield f"| {' | '.join(HEAD)} |"
    yield "|---" * len(HEAD) + "|"
    for cells in rows:
        yield f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"


async def everything() -> Iterator[tuple[str, ...]]:
    """Run everything and return the rows."""
    by_explorer: dict[str, Outcome] = {}
    for group in groups():
        by_explorer |= await explored(group)
    by_list = {fault.name: await listed(fault) for fault in FAULTS}
    by_way: Mapping[str, tuple[Outcome, Outcome]] = await gone()
    faults = (row(fault.name, by_explorer[fault.name], by_list[fault.name]) for fault in FAULTS)
    ways = (row(way.name, by_way[way.name][1], by_way[way.name][0]) for way in WAYS)
    return iter((*faults, *ways))


def main() -> int:
    """Print the table."""
    for line in table(asyncio.run(everything())):
        sys.stdout.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
