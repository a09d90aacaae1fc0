"""`watch` as a program: it ends as the send has ended, and killed it leaves nothing behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.harness import environment
from tests.test_commands import Emulated

PATIENCE = 120
"""Seconds after which a program that has not ended is a failure."""


@pytest.fixture
def emulated() -> Iterator[Emulated]:
    """Serve records of which the newest finish within seconds."""
    emulator = Emulated("--records", "60", "--seed", "7", "--clock-speed", "20")
    yield emulator
    assert emulator.end(signal.SIGTERM) == (143, b"")


def started(emulated: Emulated, home: Path, invoke_id: str) -> subprocess.Popen[str]:
    said = emulated.said
    keys = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": said["access_key_id"],
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": said["access_key_secret"],
    }
    where = ("--region", said["region"], "-e", said["endpoint"])
    return subprocess.Popen(
        [sys.executable, "-m", "tui", "watch", invoke_id, *where],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home, **keys),
    )


def going_on(emulated: Emulated) -> list[str]:
    """Return the IDs of sends that are in progress."""
    rows = emulated.list("--limit", "10", "--output", "ndjson", "--no-archive").stdout.splitlines()
    return [
        each["InvokeId"]
        for each in map(json.loads, rows)
        if each["InvocationStatus"] in ("Pending", "Running")
    ]


def test_it_ends_by_itself_with_what_became_of_the_send(emulated: Emulated, home: Path) -> None:
    sends = going_on(emulated)
    assert sends
    watching = {invoke_id: started(emulated, home, invoke_id) for invoke_id in sends}
    for invoke_id, process in watching.items():
        out, said = process.communicate(timeout=PATIENCE)
        assert (process.returncode in (0, 1), said) == (True, "")
        assert out.splitlines()[0].split()[2] in ("Pending", "Running")
        found = emulated.list("--invoke-id", invoke_id, "--output", "ndjson", "--no-archive")
        record = json.loads(found.stdout)
        assert record["InvocationStatus"] in ("Success", "Failed", "PartialFailed")
        results = record["InvokeInstances"]["InvokeInstance"]
        failed = any(each["InvocationStatus"] != "Success" for each in results)
        assert process.returncode == int(failed)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143)])
def test_killed_in_between_it_leaves_nothing_behind(
    home: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    emulator = Emulated("--records", "60", "--seed", "7")
    try:
        [invoke_id, *_] = going_on(emulator)
        process = started(emulator, home, invoke_id)
        assert process.stdout is not None
        assert process.stdout.readline().split()[1] == invoke_id
        process.send_signal(number)
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == code
        assert "Traceback" not in said
        assert [each for each in home.rglob("*") if each.is_file()] == []
    finally:
        assert emulator.end(signal.SIGTERM) == (143, b"")
