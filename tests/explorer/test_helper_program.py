"""A program that knows credentials and waits: the explorer is alive, and stops it at once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.explorer.window import explorer

NOISE = "NOISE-OF-THE-PROGRAM"


@pytest.mark.parametrize(
    "waits",
    [
        "read line; sleep 600",
        f"(echo {NOISE} > /dev/tty) 2>&-; sleep 600",
        f"stty raw < /dev/tty 2>&-; trap '' INT TERM HUP; echo {NOISE} >&2; sleep 600",
    ],
    ids=["for input", "after the terminal", "deaf to signals"],
)
def test_a_program_that_waits_disturbs_nobody(home: Path, waits: str) -> None:
    started = home / "started"
    program = configured(home, f"echo $$ > {started}.new; mv {started}.new {started}\n{waits}\n")
    with explorer(home, (120, 40), "--region", "cn-hangzhou", "-e", "127.0.0.1:9") as window:
        window.shows(r"profile ops")
        window.until(started.exists, "the program")
        window.shows(r"Asking for the files")
        window.press("?")
        window.shows(r"Filter on the server")
        window.press("escape")
        window.shows(r"f filter")

        window.press("ctrl+c")
        window.shows(r"Stopped; nothing has been loaded")
        window.shows(r"Nothing is loaded")
        left = int(started.read_text())
        window.until(lambda: not is_alive(left), "the end of the program")

        # Asked again, it is begun again; the explorer does not wait for it to be left.
        started.unlink()
        window.press("r")
        window.until(started.exists, "the program again")
        window.press("ctrl+c")
        window.shows(r"Stopped; nothing has been loaded")
        window.press("ctrl+c")
        window.shows(r"once more quits")
        started.unlink()
        window.press("r")
        window.until(started.exists, "the program once more")
        window.press("q")
        assert window.wait() == 0
        window.assert_whole()
        assert NOISE.encode() not in window.raw
        assert not is_alive(int(started.read_text()))
    assert program.exists()


def test_what_a_program_says_for_itself_is_shown_as_text(home: Path) -> None:
    configured(home, r"printf 'log in first \033[2J\n' >&2; exit 7" + "\n")
    with explorer(home, (80, 24), "--region", "cn-hangzhou", "-e", "127.0.0.1:9") as window:
        # It may be broken anywhere.
        words = " ".join(window.shows(r"Then r asks again").split())
        assert "has failed (exit code 7)" in words
        assert "log in first ␛[2J" in words
        assert "it has no terminal here and cannot ask anything" in words
        window.press("q")
        assert window.wait() == 0
        window.assert_whole()


def configured(home: Path, script: str) -> Path:
    """Write a program and a profile that names it."""
    program = home / "knows-credentials"
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o700)
    profile = {"name": "ops", "mode": "External", "process_command": str(program)}
    config = home / ".aliyun" / "config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"current": "ops", "profiles": [profile]}))
    config.chmod(0o600)
    return program


def is_alive(pid: int) -> bool:
    """Say whether a process is there and has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # What has ended and is not waited for yet is there still.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
