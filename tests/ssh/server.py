"""Debian's sshd on a loopback port, with keys of its own that nobody else has."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.terminal.harness import LIMIT, environment

SSHD: Final = "/usr/sbin/sshd"

SEPARATION: Final = Path("/run/sshd")
"""An empty directory without which sshd does not start; packages make it as services start."""

CONFIGURATION: Final = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {directory}/host
AuthorizedKeysFile {directory}/authorized
PidFile none
PasswordAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PrintMotd no
PrintLastLog no
LogLevel ERROR
"""

OPTIONS: Final = (
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "IdentitiesOnly=yes",
    "LogLevel=ERROR",
)
"""What a client is told besides the key and the port."""


class Server:
    """A running sshd, which gives terminals only to processes of root."""

    def __init__(self, directory: Path) -> None:
        assert not os.getuid(), "sshd gives terminals only where the tests run as root"
        self._directory = directory
        self._port = free_port()
        for name in ("host", "user"):
            keygen(directory / name)
        shutil.copy(directory / "user.pub", directory / "authorized")
        configuration = directory / "sshd_config"
        configuration.write_text(CONFIGURATION.format(port=self._port, directory=directory))
        SEPARATION.mkdir(mode=0o755, exist_ok=True)
        self._process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(configuration)])

    def __enter__(self) -> Self:
        end = time.monotonic() + LIMIT
        while not listens(self._port):
            assert self._process.poll() is None, "sshd did not start"
            assert time.monotonic() < end, "sshd does not listen"
            time.sleep(0.02)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def login(self, command: str) -> list[str]:
        """Return the words that run a command in a terminal at the other end."""
        options = [word for option in OPTIONS for word in ("-o", option)]
        where = ["-F", "none", "-i", str(self._directory / "user"), "-p", str(self._port)]
        return ["ssh", "-tt", *options, *where, "127.0.0.1", command]


def command(*words: str, home: Path) -> str:
    """Return what a shell at the other end is to run, in a bare environment."""
    environ = environment(home, LANG="C.UTF-8")
    # The type of the terminal is what ssh says, as well as what stands in between.
    del environ["TERM"]
    settings = [f"{name}={value}" for name, value in environ.items()]
    kept = ['TERM="$TERM"', 'SSH_CONNECTION="$SSH_CONNECTION"', '${TMUX:+TMUX="$TMUX"}']
    return " ".join(["exec env -i", *kept, *map(shlex.quote, (*settings, *words))])


def explorer(home: Path, *words: str) -> str:
    """Return the command that opens the explorer's demo at the other end."""
    return command(sys.executable, "-W", "error", "-m", "tui", "--demo", *words, home=home)


def keygen(path: Path) -> None:
    """Make a pair of keys without a passphrase."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(words, check=True)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def listens(port: int) -> bool:
    """Tell whether somebody listens on a port."""
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", port)) == 0
