"""`list --all` against a loop over the vendor's SDK, both on an emulator that answers slowly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.figures import Figure
from tests.terminal.harness import environment

PAGES: Final = 200
PAGE_SIZE: Final = 50
LATENCY: Final = 50
"""Milliseconds that each answer takes."""

FASTER: Final = 3.0
"""Times as fast as the vendor's loop."""

LOOP: Final = Path(__file__).with_name("vendor_loop.py")


@contextmanager
def served(home: Path, records: int) -> Iterator[dict[str, Any]]:
    """Serve an emulator and yield what it says of itself."""
    words = ("emulate", "--records", str(records), "--latency", str(LATENCY))
    argv = [sys.executable, "-m", "tui", *words]
    with subprocess.Popen(argv, env=environment(home), stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def measure(sdk_python: str, home: Path, pages: int = PAGES) -> Iterator[Figure]:
    """Measure both; without an interpreter that has the SDK, only ours."""
    with served(home, pages * PAGE_SIZE) as facts:
        number, token = (walked(home, facts, pages, paging) for paging in ("number", "token"))
        note = f"{pages} pages at {LATENCY} ms"
        yield Figure("list --all --paging number", number, "s", note=note)
        yield Figure("list --all --paging token", token, "s", note=note)
        if sdk_python:
            loop = vendor_loop(sdk_python, facts, pages)
            yield Figure("the vendor SDK's loop over tokens", loop, "s", note=note)
            ratio = loop / number
            what = "list --all --paging number, times as fast"
            yield Figure(what, ratio, "×", least=FASTER, note="as the vendor SDK's loop")


def walked(home: Path, facts: dict[str, Any], pages: int, paging: str) -> float:
    """List everything; return the seconds."""
    words = ("list", "--all", "--paging", paging, "--output", "ndjson", "--no-archive")
    target = ("--endpoint", facts["endpoint"], "--region", facts["region"])
    environ = environment(
        home,
        ALIBABA_CLOUD_ACCESS_KEY_ID=facts["access_key_id"],
        ALIBABA_CLOUD_ACCESS_KEY_SECRET=facts["access_key_secret"],
    )
    argv = [sys.executable, "-m", "tui", *words, *target]
    start = time.perf_counter()
    done = subprocess.run(argv, env=environ, capture_output=True, check=True)
    taken = time.perf_counter() - start
    assert done.stdout.count(b"\n") == pages * PAGE_SIZE
    return taken


def vendor_loop(python: str, facts: dict[str, Any], pages: int) -> float:
    """Do the same with the vendor's SDK; return the seconds."""
    start = time.perf_counter()
    done = subprocess.run(
        [python, str(LOOP)],
        input=json.dumps(facts),
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )
    taken = time.perf_counter() - start
    assert int(done.stdout) == pages * PAGE_SIZE
    return taken
