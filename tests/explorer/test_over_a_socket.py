"""A walk over a bad line, as its user has it: a real terminal, a real socket, real waiting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.explorer.test_in_a_terminal import emulator
from tests.explorer.window import explorer

FULL = os.environ.get("SENDFILE_EXPLORER_TEST_DEPTH") == "full"
"""Read here, because every test runs in an environment without our variables."""

LATENCY = "400" if FULL else "20"
"""Milliseconds that each answer takes."""

RECORDS = 1000 if FULL else 400


@pytest.mark.parametrize("specs", [("throttle=0.3",), ("http500=0.2", "reset=0.1")])
def test_a_walk_over_a_bad_line_has_every_record_once(home: Path, specs: tuple[str, ...]) -> None:
    faults = [word for spec in specs for word in ("--fault", spec)]
    served = ("--records", str(RECORDS), "--latency", LATENCY, *faults)
    with emulator(home, *served) as facts:
        keys = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": facts["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": facts["access_key_secret"],
        }
        where = ("--region", facts["region"], "-e", facts["endpoint"])
        with explorer(home, (120, 40), *where, **keys) as window:
            window.patience = 240.0
            window.shows(r"\d+ (loaded|of)")
            window.press("down", "down")
            window.shows(r"row 3\b")
            table = window.text().split("\n")[2:20]
            window.press("M")
            window.until(lambda: f"{RECORDS:,} in all" in window.text(), "the end")
            assert window.position() == 3
            assert window.text().split("\n")[2:20] == table, "nothing moved"
            window.press("q")
            assert window.wait() == 0
            window.assert_whole()
