"""A walk over a bad line, as its user has it: a real terminal, a real socket, real waiting."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.depth import FULL
from tests.explorer.test_in_a_terminal import emulator
from tests.explorer.window import Window, explorer
from tests.terminal.harness import REPOSITORY, environment

LATENCY = "400" if FULL else "10"
"""Milliseconds that each answer takes."""

RECORDS = 1000 if FULL else 400

TABLE = slice(2, 20)
"""Lines of the screen that rows are on, whatever is said below them."""


@pytest.mark.parametrize("specs", [("throttle=0.3",), ("http500=0.2", "reset=0.1")])
def test_a_walk_over_a_bad_line_has_every_record_once(home: Path, specs: tuple[str, ...]) -> None:
    faults = [word for spec in specs for word in ("--fault", spec)]
    log = home / "requests.ndjson"
    served = ("--records", str(RECORDS), "--latency", LATENCY, "--request-log", str(log), *faults)
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
            table = window.text().split("\n")[TABLE]
            window.press("M")
            walk_to_the_end(window, table)
            assert "Created UTC" in window.text(), "no modal"
            window.press("q")
            assert window.wait() == 0
            window.assert_whole()
    answers = [json.loads(line) for line in log.read_text().splitlines()]
    pages = [each for each in answers if each["operation"] == "DescribeSendFileResults"]
    assert any(each["status"] != 200 for each in pages), "there was something to overcome"
    kept = exported(home)
    assert len(kept) == len(set(kept)) == RECORDS


def walk_to_the_end(window: Window, table: list[str]) -> None:
    """Wait for the end of a walk, and see in all that is drawn that nothing else happens."""

    def ends() -> bool:
        lines = window.text().split("\n")
        assert lines[TABLE] == table, "no row moves, and nothing lies over them"
        assert re.search(r"row 3$", lines[0]) or "walking on" in lines[0] or "again in" in lines[0]
        return f"{RECORDS:,} in all" in lines[0]

    window.until(ends, "the end")
    window.shows(r"row 3\b")


def exported(home: Path) -> list[str]:
    """Return the invoke IDs that the archive has, as often as it has them."""
    done = subprocess.run(
        [sys.executable, "-m", "tui", "archive", "export"],
        capture_output=True,
        cwd=REPOSITORY,
        env=environment(home),
        check=True,
    )
    return [json.loads(line)["InvokeId"] for line in done.stdout.splitlines()]
