"""Explorers that are killed in the middle of a walk leave an archive with all that they showed."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import ExitStack, closing
from pathlib import Path

from tests.depth import deep
from tests.explorer.test_in_a_terminal import emulator
from tests.explorer.window import Window, explorer

ROUNDS = deep(100, 4)
"""Times that two explorers on one archive are killed."""

RECORDS = 20_000

LONGEST = 1.5
"""Seconds after which, at the latest, one of them is killed."""

LEFT = 3_000
"""Rows that have to be left to walk; with fewer the archive begins anew."""


def shown(window: Window) -> int:
    """Return how many rows the screen has said are there."""
    window.read()
    return window.count()


def test_what_was_on_the_screen_is_in_the_archive(home: Path) -> None:
    path = home / ".local" / "state" / "sendfile-explorer" / "archive.sqlite3"
    chance = random.Random(ROUNDS)
    most = walked = 0
    with emulator(home, "--records", str(RECORDS), "--clock-speed", "0.001") as facts:
        keys = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": facts["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": facts["access_key_secret"],
        }
        where = ("--region", facts["region"], "-e", facts["endpoint"])
        for _ in range(ROUNDS):
            before = most
            with ExitStack() as stack:
                pair = [
                    stack.enter_context(explorer(home, (120, 24), *where, **keys)) for _ in range(2)
                ]
                for window in pair:
                    window.shows(r"f-hz\w+|✓ Success")
                    assert "could not" not in window.text()
                    window.press("M")
                for window in pair:
                    end = time.monotonic() + chance.random() * LONGEST
                    while time.monotonic() < end:
                        window.read(0.02)
                    most = max(most, shown(window))
                    # The end of the block kills it, as it stands.
                    window.process.kill()
            walked += most > before
            most = max(most, check(path, most))
            if most > RECORDS - LEFT:
                for file in path.parent.glob("archive*"):
                    file.unlink()
                most = 0
    assert walked, "something was shown that had not been there before"


def check(path: Path, most: int) -> int:
    """See that the archive is whole and has as many rows as were shown; return how many."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        [(answers, counted)] = connection.execute(
            "SELECT (SELECT count(*) FROM answer), (SELECT max(answers) FROM question)"
        )
        (lost,) = connection.execute(
            "SELECT count(*) FROM answer WHERE invocation NOT IN (SELECT id FROM invocation)"
            " OR invocation NOT IN (SELECT invocation FROM original)"
        ).fetchone()
    assert lost == 0
    assert answers == counted >= most
    return int(answers)
