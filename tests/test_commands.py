"""The commands as processes: exit codes, signals, pipes and disks, and nothing but sentences."""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import shlex
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import IO

import pytest

GIVE_UP = 30.0
"""Seconds after which a process that has not done what it should is a failure."""


def lines_of(words: Sequence[str], **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", "list", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=GIVE_UP,
        check=False,
        env={**os.environ, **{str(name): str(value) for name, value in options.items()}},
    )


def test_the_demo_lists_without_textual() -> None:
    code = (
        "import sys\n"
        "from tui.__main__ import main\n"
        "code = main()\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "list", "--demo", "--limit", "3", "--output", "ndjson"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 3
    imported = set(done.stderr.splitlines()[-1].split())
    assert not imported & {"textual", "rich", "httpx"}


def test_the_demo_is_the_same_for_the_same_seed() -> None:
    words = ["--demo", "--records", "20", "--all", "--output", "ids", "--seed"]
    one, two, other = lines_of([*words, "3"]), lines_of([*words, "3"]), lines_of([*words, "4"])
    assert one.returncode == 0
    assert one.stdout == two.stdout != other.stdout


def test_a_demo_filters_like_the_service() -> None:
    words = ["--demo", "--status", "Failed", "--status", "PartialFailed", "--output", "ndjson"]
    done = lines_of([*words, "--exit-code", "--limit", "5", "--page-size", "2"])
    assert done.returncode == 1
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 5
    assert {each["InvocationStatus"] for each in found} <= {"Failed", "PartialFailed"}
    times = [each["CreationTime"] for each in found]
    assert times == sorted(times, reverse=True)


def test_no_region_is_a_usage_error() -> None:
    done = lines_of([])
    assert (done.returncode, done.stdout) == (2, "")
    assert "No region is given" in done.stderr


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--region", "cn-hangzhou"], "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        (["--region", "cn-hangzhou", "-e", "127.0.0.1:9"], "127.0.0.1:9"),
        (["--region", "cn-hangzhou", "-e", "nowhere.invalid"], "nowhere.invalid"),
    ],
)
def test_what_cannot_be_reached_is_exit_3(words: list[str], part: str) -> None:
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "shh-secret"}
    done = lines_of(words, **(keys if "-e" in words else {}))
    assert done.returncode == 3
    assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert "shh-secret" not in done.stderr


@pytest.mark.parametrize("endpoint", ["http://example.com", "ftp://x", "a b", "localhost:99999"])
def test_a_bad_endpoint_is_a_usage_error(endpoint: str) -> None:
    done = lines_of(["--region", "cn-hangzhou", "--endpoint", endpoint])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "environment"),
    [(["--profile", "ops"], {}), ([], {"SENDFILE_EXPLORER_PROFILE": "ops"})],
)
def test_profiles_are_not_silently_ignored(words: list[str], environment: dict[str, str]) -> None:
    done = lines_of(["--region", "cn-hangzhou", *words], **environment)
    assert done.returncode == 3
    assert "There is no profile ops" in done.stderr


def test_a_demo_takes_nothing_from_the_environment() -> None:
    environment = {
        "ALIBABA_CLOUD_REGION_ID": "cn-nowhere",
        "ALIBABA_CLOUD_ENDPOINT": "nowhere.invalid",
        "ALIBABA_CLOUD_PROFILE": "ops",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "half",
    }
    done = lines_of(["--demo", "--limit", "1"], **environment)
    assert done.returncode == 0, done.stderr


def test_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tui", "list", "--demo", "--records", "5"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=GIVE_UP,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].endswith("No space left on device.")
    assert "Traceback" not in done.stderr


def test_a_closed_stdout_is_said() -> None:
    command = f"{sys.executable} -m tui list --demo --records 5 >&-"
    done = subprocess.run(
        ["/bin/sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 3
    assert "Standard output is closed." in done.stderr


def test_the_numbers_of_closed_streams_are_taken() -> None:
    code = (
        "import os, sys\n"
        "from tui.commands.dispatch import dispatch\n"
        "code = dispatch(['list', '--region', 'cn-hangzhou', '--profile', 'x'])\n"
        "null = os.stat(os.devnull)\n"
        "sys.exit(40 + all(os.path.samestat(os.fstat(each), null) for each in (0, 1, 2)))\n"
    )
    command = ["/bin/sh", "-c", 'exec "$0" -c "$1" <&- >&- 2>&-', sys.executable, code]
    assert subprocess.run(command, timeout=GIVE_UP, check=False).returncode == 41


def test_a_signal_before_the_work_has_begun_counts_as_well() -> None:
    code = (
        "import os, signal, sys, tui.cli\n"
        "def slow(words):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "tui.cli.parse = slow\n"
        "from tui.commands.dispatch import dispatch\n"
        "sys.exit(dispatch(['list']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (143, b"")


class Endless:
    """A `list` of a large demo whose output nobody reads further than asked."""

    def __init__(self, *words: str) -> None:
        self._words = ("--records", "1000000", *words)

    def __enter__(self) -> subprocess.Popen[bytes]:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui", "list", "--demo", "--all", *self._words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


def endless(*words: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return Endless(*words)


def test_a_reader_who_leaves_ends_it_quietly() -> None:
    with endless("--output", "ndjson") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"{")
        process.stdout.close()
        assert process.wait(GIVE_UP) == 141
        assert process.stderr.read() == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_it_at_a_whole_line_with_its_number(number: signal.Signals) -> None:
    with endless("--output", "json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        begun = process.stdout.readline() + process.stdout.readline()
        process.send_signal(number)
        rest, said = process.stdout.read(), process.stderr.read()
        assert process.wait(GIVE_UP) == 128 + number
    json.loads(begun + rest)
    assert b"Stopped by a signal." in said
    assert b"--next-token" in said
    assert b"Traceback" not in said


def test_a_signal_ends_it_though_nobody_reads() -> None:
    with endless("--output", "json") as process:
        assert process.stdout is not None
        capacity = fcntl.fcntl(process.stdout, fcntl.F_GETPIPE_SZ)
        while unread(process.stdout) < capacity - 2 * mmap.PAGESIZE:
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(GIVE_UP) == 143


def unread(pipe: IO[bytes]) -> int:
    """Return how many bytes wait in a pipe."""
    count = bytearray(4)
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return int.from_bytes(count, sys.byteorder)


def test_a_signal_that_the_parent_ignores_stays_ignored() -> None:
    command = (
        f"trap '' HUP; exec {sys.executable} -m tui list --demo --records 1000000 --all"
        " --output ndjson"
    )
    with subprocess.Popen(
        ["/bin/sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        for _ in range(1000):
            assert process.stdout.readline().endswith(b"}\n")
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        assert process.wait(GIVE_UP) in (143, 141)


def test_the_log_file_tells_of_calls_without_secrets(tmp_path: Path) -> None:
    log = tmp_path / "log"
    done = lines_of(["--demo", "--limit", "2", "--log-file", str(log)])
    assert done.returncode == 0
    text = log.read_text()
    assert "DescribeSendFileResults" in text
    assert "Secret" not in text
    assert "LTAI5" not in text


def test_a_log_file_that_cannot_be_written_is_one_warning(tmp_path: Path) -> None:
    done = lines_of(["--demo", "--limit", "2", "--log-file", str(tmp_path / "none" / "log")])
    assert done.returncode == 0
    assert "is not written: No such file or directory." in done.stderr


def test_the_clock_of_the_demo_is_todays() -> None:
    done = lines_of(["--demo", "--since", "10d", "--limit", "1", "--output", "ndjson"])
    created = datetime.fromisoformat(json.loads(done.stdout)["CreationTime"])
    assert abs(created.timestamp() - time.time()) < 10 * 86_400


def test_an_unforeseen_error_is_one_line_and_exit_3() -> None:
    code = (
        "import sys, tui.cli\n"
        "def broken(words):\n"
        "    raise KeyError('\\x1b[2J')\n"
        "tui.cli.parse = broken\n"
        "from tui.commands.dispatch import dispatch\n"
        "sys.exit(dispatch(['list']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "KeyError" in done.stderr
    assert "\x1b" not in done.stderr


class Emulated:
    """An `emulate` that serves, and what it said of itself."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, "-m", "tui", "emulate", *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self.process.stdout is not None
        self.said = json.loads(self.process.stdout.readline())

    def end(self, number: signal.Signals) -> tuple[int, bytes]:
        """End it by a signal, and return its exit code and what was on stderr."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=GIVE_UP)
        return self.process.returncode, said

    def list(self, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """List from it, with its keys in the environment."""
        environment = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": self.said["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": self.said["access_key_secret"],
            "ALIBABA_CLOUD_REGION_ID": self.said["region"],
            **changes,
        }
        return lines_of(["--endpoint", self.said["endpoint"], *words], **environment)


@pytest.fixture(scope="module")
def emulated() -> Iterator[Emulated]:
    emulator = Emulated("--records", "120", "--seed", "5")
    yield emulator
    assert emulator.end(signal.SIGTERM) == (143, b"")


def test_emulate_says_where_it_is_in_one_line(emulated: Emulated) -> None:
    assert emulated.said["endpoint"].startswith("http://127.0.0.1:")
    assert {"access_key_id", "access_key_secret", "region", "sts"} <= set(emulated.said)


@pytest.mark.parametrize("paging", ["token", "number"])
def test_a_list_over_the_network_is_complete(emulated: Emulated, paging: str) -> None:
    done = emulated.list("--all", "--output", "ndjson", "--page-size", "9", "--paging", paging)
    assert (done.returncode, done.stderr) == (0, "120 invocations listed, complete.\n")
    found = [json.loads(line)["InvokeId"] for line in done.stdout.splitlines()]
    assert len(set(found)) == 120


def test_a_list_goes_on_from_the_token_that_it_gave(emulated: Emulated) -> None:
    whole = emulated.list("--limit", "6", "--output", "ndjson").stdout.splitlines()
    first = emulated.list("--limit", "3", "--page-size", "3", "--output", "ndjson")
    token = first.stderr.split("--next-token ")[1].removesuffix(".\n")
    words = ["--limit", "3", "--page-size", "3", "--output", "ndjson", "--next-token"]
    second = emulated.list(*words, *shlex.split(token))
    assert first.stdout.splitlines() + second.stdout.splitlines() == whole


@pytest.mark.parametrize(
    "changes",
    [
        {"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "a-wrong-secret"},
        {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI5tNobody"},
        {"ALIBABA_CLOUD_REGION_ID": "cn-nowhere"},
    ],
    ids=lambda changes: next(iter(changes)).removeprefix("ALIBABA_CLOUD_"),
)
def test_a_refusal_is_exit_3_with_its_request(emulated: Emulated, changes: dict[str, str]) -> None:
    done = emulated.list(**changes)
    assert (done.returncode, done.stdout) == (3, "")
    assert "Request ID " in done.stderr
    assert "a-wrong-secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_emulate_ends_by_ctrl_c_and_a_taken_port_is_a_sentence() -> None:
    emulator = Emulated()
    port = emulator.said["endpoint"].rpartition(":")[2]
    command = [sys.executable, "-m", "tui", "emulate", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=GIVE_UP, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1
    assert "address already in use" in done.stderr
    assert emulator.end(signal.SIGINT) == (130, b"")


def test_a_fault_that_is_none_is_a_usage_error() -> None:
    command = [sys.executable, "-m", "tui", "emulate", "--fault", "gremlins=1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=GIVE_UP, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
