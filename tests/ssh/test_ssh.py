"""The explorer works over ssh, alone and inside tmux, and goes or stays when the line is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.explorer.window import KEYS, Window
from tests.terminal.harness import environment
from tests.terminal.test_multiplexers import arrived

from .server import Server, command, explorer

SIZE = (120, 40)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def login(server: Server, words: str, home: Path, size: tuple[int, int] = SIZE) -> Window:
    return Window(server.login(words), environ=environment(home), size=size)


def noting(path: Path, words: str) -> str:
    """Return a command that leaves its process number in a file first."""
    return f"echo $$ > '{path}'; {words}"


def is_there(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def test_it_works_as_it_does_here(server: Server, home: Path) -> None:
    with login(server, explorer(home), home) as window:
        window.shows(r"50 (loaded|of)")
        window.press("down", "down")
        window.shows(r"row 3\b")
        for _ in range(30):
            window.press("down")
        window.shows(r"row 33\b")
        window.press("y")
        window.shows(r"invoke ID: sent to the terminal, \d+ bytes")
        (copied,) = arrived(window)
        assert copied.startswith("f-hz")
        assert copied in window.text()

        window.resize(70, 24)
        window.hides(r"Filters")
        window.shows(r"row 33\b")
        window.resize(*SIZE)
        window.shows(r"Filters")
        window.press("q")
        assert window.wait() == 0
        window.assert_whole()


def test_it_goes_when_the_line_is_lost(server: Server, home: Path) -> None:
    number = home / "process"
    with login(server, noting(number, explorer(home)), home) as window:
        window.shows(r"50 (loaded|of)")
        process = int(number.read_text())
        assert is_there(process)
        window.process.send_signal(signal.SIGKILL)
        window.until(lambda: not is_there(process), "its end")


def test_inside_tmux_it_stays_when_the_line_is_lost(server: Server, home: Path) -> None:
    program, socket, number = shutil.which("tmux"), str(home / "tmux"), home / "process"
    assert program is not None
    tmux = (program, "-S", socket, "-f", "/dev/null")
    inside = noting(number, explorer(home))
    first = command(*tmux, "new-session", inside, home=home)
    try:
        with login(server, first, home) as window:
            window.shows(r"50 (loaded|of)")
            window.press("down", "down", "down")
            window.shows(r"row 4\b")
            process = int(number.read_text())
            window.process.send_signal(signal.SIGKILL)
            window.process.wait()
        assert is_there(process)

        again = command(*tmux, "attach-session", home=home)
        with login(server, again, home, (90, 30)) as window:
            window.shows(r"row 4\b")
            window.press("y")
            window.shows(r"invoke ID: given to tmux, \d+ bytes")
            window.until(lambda: arrived(window) != [], "the ID in the terminal outside")
            assert arrived(window)[0] in window.text()
            window.resize(140, 40)
            window.shows(r"Filters")
            window.send(KEYS["down"] * 20)
            window.shows(r"row 24\b")
            window.press("q")
            window.until(lambda: not is_there(process), "its end")
            window.until(lambda: window.process.poll() is not None, "the end of tmux")
    finally:
        subprocess.run([*tmux, "kill-server"], capture_output=True, env={"PATH": os.defpath})
