"""Measures every budget in one run, as ratios where times are compared.

Usage: python -m tests.benchmarks [--json FILE] [--only PART]... [--quick] [--archives DIRECTORY]
                                  [--sdk-python PYTHON] [--peers DIRECTORY [--install-peers]]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks import figures, keys, lines, peers, quiet, starts, walks
from tests.benchmarks.figures import Figure
from tests.benchmarks.programs import archived, explorer

FEW: Final = 1_000
MANY: Final = 1_000_000
"""Records that are compared."""

PARTS: Final = ("start", "version", "keys", "archive", "slow", "quiet", "lines", "walks", "peers")


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part")
    parser.add_argument("--quick", action="store_true", help="fewer starts, shorter idleness")
    parser.add_argument("--records", type=int, default=MANY, help="what the many records are")
    parser.add_argument("--archives", type=Path, help="where made archives are kept for next time")
    parser.add_argument(
        "--sdk-python",
        default=os.environ.get("SENDFILE_EXPLORER_SDK_PYTHON", ""),
        help="an interpreter that has the vendor's SDK",
    )
    parser.add_argument("--peers", type=Path, help="an environment with visidata and harlequin")
    parser.add_argument("--install-peers", action="store_true", help="make that environment")
    return parser.parse_args(words)


def measure(given: argparse.Namespace, home: Path) -> Iterator[Figure]:
    """Measure the parts that are asked for."""
    few, many = explorer(home, FEW), explorer(home, given.records)
    archives = given.archives or home
    count = 5 if given.quick else starts.STARTS
    idle = 5.0 if given.quick else quiet.IDLE
    parts: dict[str, Callable[[], Iterator[Figure]]] = {
        "start": lambda: starts.measure(archived(archives, given.records), count),
        "version": lambda: starts.measure_version(many, count),
        "keys": lambda: keys.measure(few, many),
        "archive": lambda: keys.measure(
            archived(archives, FEW, "--offline"), archived(archives, given.records, "--offline")
        ),
        "slow": lambda: keys.measure_slow(few, explorer(home, FEW, "--slow")),
        "quiet": lambda: quiet.measure(few, idle),
        "lines": lambda: lines.measure(many),
        "walks": lambda: walks.measure(given.sdk_python, home, 20 if given.quick else walks.PAGES),
    }
    if given.peers is not None:
        parts["peers"] = lambda: peers.measure(given.peers, home)
    for name, part in parts.items():
        if not given.only or name in given.only:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            yield from part()


def main(words: Sequence[str]) -> int:
    """Measure, print a table, write JSON; return 1 where a budget is not kept."""
    given = arguments(words)
    if given.install_peers:
        peers.install(given.peers)
    about = figures.machine()
    with tempfile.TemporaryDirectory() as home:
        found = list(measure(given, Path(home)))
    found += peers.compared(found)
    print(figures.table(found))
    print(", ".join(f"{name} {value}" for name, value in about.items()))
    if given.json is not None:
        figures.write(given.json, found, about)
    return 0 if all(figure.is_met for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
