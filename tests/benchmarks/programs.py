"""The programs that are measured: how each is started, and how one knows that it is there."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.archive import make_million
from tests.benchmarks.meter import AT_HAND, Meter
from tests.terminal.harness import environment
from tests.terminal.shaped import Line
from tui.identity import chain
from tui.identity.building import Surroundings

BARE: Final = Path(__file__).with_name("bare.py")


ROW: Final = rb"f-hz\w{10}"
"""What tells that rows are on the screen."""

REGION: Final = "cn-hangzhou"

NOWHERE: Final = "http://127.0.0.1:9"
"""Where nobody answers: what is shown comes from the archive."""

KEYS: Final = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI5tBenchmarkExampleKey",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "BenchmarkExampleSecretOpensNothing",
}


@dataclass(frozen=True, slots=True)
class Program:
    """One program on one table."""

    name: str
    argv: list[str]
    ready: bytes
    """A pattern of its output from which its rows are on the screen."""
    home: Path
    frame: bytes = b""
    """A pattern from which its layout is on the screen; the rows where that comes with them."""
    variables: dict[str, str] = field(default_factory=dict)
    first: bytes = b""
    """Keys that bring its rows onto the screen, pressed once its layout is there."""
    then: bytes = b""
    """Keys that lead to the rows once they are there."""
    rest: float = 1.0
    """Seconds without output after which nothing of its start is to come."""
    keypad: bool = False
    """Whether it puts the terminal into a mode in which arrows are sent in another way."""

    def open(self, line: Line = AT_HAND) -> Meter:
        """Start it in a terminal."""
        environ = environment(self.home, COLORTERM="truecolor", **self.variables)
        return Meter(self.argv, environ=environ | {"PATH": os.environ["PATH"]}, line=line)

    def key(self, key: bytes) -> bytes:
        """Return what its terminal sends for a key."""
        is_arrow = self.keypad and key[:2] == b"\x1b[" and len(key) == 3
        return b"\x1bO" + key[2:] if is_arrow else key

    def await_rows(self, meter: Meter) -> None:
        """Wait until its rows are on the screen and nothing moves any more."""
        if self.first:
            meter.until_written(self.frame)
            meter.settle()
            meter.send(self.first)
        meter.until_written(self.ready)
        meter.settle(self.rest)
        if self.then:
            meter.send(self.then)
            meter.settle(self.rest)


def bare(home: Path) -> Program:
    """Return the application with nothing but a label."""
    return Program("bare Textual app", [sys.executable, str(BARE)], b"bare", home)


def explorer(home: Path, records: int, *words: str) -> Program:
    """Return the explorer on so many records of the demo."""
    argv = [sys.executable, "-m", "tui", "--demo", "--records", str(records), *words]
    name = " ".join((f"explorer, {records:,} records", *words))
    return Program(name, argv, ROW, home, frame=rb"Filters")


def archived(archives: Path, records: int, *words: str) -> Program:
    """Return the explorer on an archive of so many records, which is made where there is none."""
    home = archives / str(records)
    state = home / ".local" / "state" / "sendfile-explorer"
    if not (state / "archive.sqlite3").exists():
        state.mkdir(mode=0o700, parents=True)
        scope = chain.choose(Surroundings(KEYS, "", REGION)).key
        make_million.make(state / "archive.sqlite3", records, scope, REGION)
    target = ("--endpoint", NOWHERE, "--region", REGION)
    argv = [sys.executable, "-m", "tui", *target, *words]
    name = f"explorer, archive of {records:,}"
    return Program(name, argv, ROW, home, frame=rb"Filters", variables=KEYS)
