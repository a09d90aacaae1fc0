"""Other terminal programs on a table of the same rows, where they are installed."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.benchmarks import keys
from tests.benchmarks.figures import Figure
from tests.benchmarks.programs import ROW, Program
from tests.terminal.harness import environment

ROWS: Final = 10_000

PACKAGES: Final = ("visidata==3.4", "harlequin==2.17.0")
"""What `--install-peers` installs into an environment of its own."""

OURS: Final = "explorer, 1,000,000 records"
"""With the pane of details beside the table, which no peer has."""


def install(directory: Path) -> None:
    """Make an environment with the peers in it."""
    subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
    pip = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", *PACKAGES], check=True)


def rows_as_csv(home: Path) -> Path:
    """Write the demo's records as CSV."""
    path = home / "rows.csv"
    words = ("list", "--demo", "--records", str(ROWS), "--all", "--output", "csv")
    with path.open("wb") as file:
        argv = [sys.executable, "-m", "tui", *words]
        subprocess.run(
            argv, stdout=file, stderr=subprocess.DEVNULL, env=environment(home), check=True
        )
    return path


def rows_as_database(source: Path) -> Path:
    """Write the same rows as a table of SQLite."""
    path = source.with_suffix(".sqlite3")
    with source.open(newline="") as file, closing(sqlite3.connect(path)) as database:
        rows = csv.reader(file)
        names = [name for name in next(rows) if name.isidentifier()]
        database.execute(f"CREATE TABLE sends ({', '.join(names)})")
        places = ", ".join("?" * len(names))
        database.executemany(f"INSERT INTO sends VALUES ({places})", rows)
        database.commit()
    return path


def programs(directory: Path, home: Path) -> Iterator[Program]:
    """Yield the peers that are installed there."""
    source = rows_as_csv(home)
    if (visidata := directory / "bin" / "vd").exists():
        argv = [str(visidata), "--motd-url=", str(source)]
        yield Program("visidata", argv, ROW, home, keypad=True)
    if (harlequin := directory / "bin" / "harlequin").exists():
        argv = [str(harlequin), "--adapter", "sqlite", str(rows_as_database(source))]
        query = b"select * from sends;\n"
        # Its results get the keys by F5.
        at_results = b"\x1b[15~"
        frame = rb"Query Editor"
        # What it says of its start stays over the rows for five seconds.
        yield Program("harlequin", argv, ROW, home, frame, first=query, then=at_results, rest=7.0)


def compared(found: Iterable[Figure]) -> list[Figure]:
    """Compare the explorer's bytes with each peer's, for steps of which most scroll, and for pages.

    A step that scrolls nothing says little: harlequin marks one cell of a row, and that is short.
    """
    figures = [figure for figure in found if figure.unit == "bytes"]
    results = []
    for what in (keys.HELD_STEP, keys.PAGE):
        ours = [each.value for each in figures if each.what == what and each.note.startswith(OURS)]
        for peer in figures:
            if ours and peer.what == what and not peer.note.startswith(("explorer", "bytes")):
                note = f"the explorer's bytes against those of {peer.note}"
                results.append(Figure(what, ours[0] / peer.value, "×", 1.0, note=note))
    return results


def measure(directory: Path, home: Path) -> Iterator[Figure]:
    """Measure every peer that is installed."""
    for program in programs(directory, home):
        yield from keys.measure_alone(program)
