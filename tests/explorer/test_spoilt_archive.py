"""Whatever has happened to the archive, the programs say so once and work."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.archive.test_opening import random_bytes, truncate, zero_a_page
from tests.depth import deep
from tests.explorer.test_in_a_terminal import emulator
from tests.explorer.window import explorer
from tests.test_commands import lines_of

RECORDS = 120


def newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")


CASES = (
    (truncate, "was damaged"),
    (newer_version, "is of a newer version"),
    (zero_a_page, "was damaged"),
    (random_bytes, "was damaged"),
)


@pytest.mark.parametrize(("spoil", "words"), CASES[: deep(len(CASES), 2)])
def test_it_is_one_warning(home: Path, spoil: Callable[[Path], None], words: str) -> None:
    path = home / ".local" / "state" / "sendfile-explorer" / "archive.sqlite3"
    with emulator(home, "--records", str(RECORDS)) as facts:
        keys = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": facts["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": facts["access_key_secret"],
        }
        where = ("--region", facts["region"], "-e", facts["endpoint"])
        rows = ("--all", "--output", "ids", *where)
        assert lines_of([*rows], **keys).returncode == 0
        spoil(path)
        spoilt = path.read_bytes()
        done = lines_of([*rows], **keys)
        warning, last = done.stderr.splitlines()
        assert done.returncode == 0
        assert words in warning
        assert last == f"{RECORDS} invocations listed, complete."
        # What was damaged has been set aside; now it is the explorer that meets it.
        path.write_bytes(spoilt)
        with explorer(home, (120, 40), *where, **keys) as window:
            window.shows(r"✓ Success")
            window.shows(words.replace(" ", r"\s+"))
            assert window.text().count("The archive") == 1
            window.press("M")
            window.shows(rf"{RECORDS} in all")
            window.press("q")
            assert window.wait() == 0
            window.assert_whole()
