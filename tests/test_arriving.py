"""A walk during which new records arrive has each of those that were there exactly once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.depth import FULL, deep
from tests.test_commands import Emulated

RECORDS = deep(20_000, 400)

ARRIVE = 6_000
"""New records a minute: hundreds of them arrive before the walk has ended."""

LEAST = deep(500, 1)
"""So many have to arrive meanwhile."""


PATIENCE = 600
"""Seconds after which a walk is given up."""


@pytest.mark.parametrize("paging", ["token", "number"])
def test_each_is_listed_exactly_once(paging: str) -> None:
    emulator = Emulated("--records", str(RECORDS), "--seed", "3", "--arrive", str(ARRIVE))
    rows = ("--output", "ndjson", "--no-archive")

    def listed(*words: str) -> list[str]:
        where = ("--region", emulator.said["region"], "-e", emulator.said["endpoint"])
        done = subprocess.run(
            [sys.executable, "-m", "tui", "list", *where, *rows, *words],
            env=os.environ
            | {
                "ALIBABA_CLOUD_ACCESS_KEY_ID": emulator.said["access_key_id"],
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": emulator.said["access_key_secret"],
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line)["InvokeId"] for line in done.stdout.splitlines()]

    [newest] = listed("--limit", "1")
    size = "50" if FULL else "20"
    found = listed("--all", "--paging", paging, "--page-size", size)
    assert newest not in listed("--limit", str(LEAST)), "so many have arrived meanwhile"
    afterwards = listed("--all")
    assert emulator.end(signal.SIGTERM) == (143, b"")
    assert len(found) == len(set(found))
    there = found[found.index(newest) :]
    assert there == afterwards[afterwards.index(newest) :]
    assert len(there) >= RECORDS
