"""In a home that is read-only or full the programs say so once, and show everything still."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.explorer.cramped import FULL_DISK
from tests.explorer.test_in_a_terminal import emulator
from tests.explorer.window import Window
from tests.terminal.harness import environment

RECORDS = 120

FEW = 20
"""Records that the archive has already."""

TROUBLES = (
    ("read-only file", "cannot be written"),
    ("read-only directory", "cannot be written"),
    ("read-only home", "cannot be used"),
    ("closed directory", "cannot be used"),
    (FULL_DISK, "cannot be written"),
)


def make(trouble: str, home: Path) -> None:
    """Take from a home what the trouble is about."""
    state = home / ".local" / "state" / "sendfile-explorer"
    if trouble == "read-only file":
        (state / "archive.sqlite3").chmod(0o400)
    elif trouble == "read-only directory":
        state.chmod(0o500)
    elif trouble == "closed directory":
        state.chmod(0)
    elif trouble == "read-only home":
        home.chmod(0o500)


@pytest.fixture
def own_home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "cramped"
    home.mkdir(0o700)
    yield home
    for path in (home, *home.rglob("*")):
        path.chmod(0o700)


@pytest.mark.parametrize(("trouble", "words"), TROUBLES)
def test_it_is_one_warning(own_home: Path, tmp_path: Path, trouble: str, words: str) -> None:
    with emulator(tmp_path, "--records", str(RECORDS)) as facts:
        environ = environment(
            own_home,
            ALIBABA_CLOUD_ACCESS_KEY_ID=facts["access_key_id"],
            ALIBABA_CLOUD_ACCESS_KEY_SECRET=facts["access_key_secret"],
        )
        where = ("--region", facts["region"], "-e", facts["endpoint"])

        def argv(*command: str) -> list[str]:
            cramped = (sys.executable, "-m", "tests.explorer.cramped", trouble)
            return [*cramped, sys.executable, "-W", "error", "-m", "tui", *command, *where]

        if trouble != "read-only home":
            first = [sys.executable, "-m", "tui", "list", "--limit", str(FEW), *where]
            subprocess.run(first, env=environ, check=True, capture_output=True)
        make(trouble, own_home)

        done = subprocess.run(
            argv("list", "--all", "--output", "ndjson"),
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == RECORDS
        [warning, last] = done.stderr.splitlines()
        assert words in warning
        assert last == f"{RECORDS} invocations listed, complete."

        with Window(argv(), environ=environ, size=(120, 40)) as window:
            window.shows(r"✓ Success")
            window.press("M")
            window.shows(rf"{RECORDS} in all")
            window.shows(words.replace(" ", r"\s+"))
            assert window.text().count("The archive") == 1
            window.press("/", *"status:failed", "enter")
            window.shows(r"hidden")
            window.press("v")
            window.shows(r'"InvokeId"')
            window.press("q", "q")
            assert window.wait() == 0
            window.assert_whole()
