"""What is listed is kept, and comes out again: `archive`, `list --offline`, `list --verify`."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

GIVE_UP = 30.0
"""Seconds after which a process that has not done what it should is a failure."""

RECORDS = 60

NARROW = (
    "import sys\n"
    "from tui.__main__ import main\n"
    "code = main()\n"
    "loaded = {name.partition('.')[0] for name in sys.modules}\n"
    "sys.exit('loaded' if loaded & {'textual', 'rich', 'httpx', 'pydantic'} else code)\n"
)
"""Runs the command line, and fails where something heavy was imported."""


@dataclass
class User:
    """Somebody at home, with an emulator and its keys."""

    home: Path
    said: dict[str, Any]

    def run(self, *words: str, code: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        """Run the command line; with `code`, what Python is to run instead."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ALIBABA", "ALICLOUD", "SENDFILE", "XDG"))
        }
        environment |= {
            "HOME": str(self.home),
            "ALIBABA_CLOUD_ACCESS_KEY_ID": self.said["access_key_id"],
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": self.said["access_key_secret"],
            "ALIBABA_CLOUD_REGION_ID": self.said["region"],
            **changes,
        }
        return subprocess.run(
            [sys.executable, *(["-c", code] if code else ["-m", "tui"]), *words],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=GIVE_UP,
            check=False,
            env=environment,
        )

    def list(self, *words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return self.run("list", "--endpoint", self.said["endpoint"], *words, **changes)

    @property
    def archive(self) -> Path:
        return self.home / ".local" / "state" / "sendfile-explorer" / "archive.sqlite3"


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tui", "emulate", "--records", str(RECORDS), "--seed", "5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)


@pytest.fixture(scope="module")
def ops(served: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> User:
    """Return somebody who has listed everything once, and has what was listed."""
    user = User(tmp_path_factory.mktemp("ops"), served)
    done = user.list("--all", "--page-size", "25", "--output", "ndjson")
    assert (done.returncode, done.stderr) == (0, f"{RECORDS} invocations listed, complete.\n")
    (user.home / "listed").write_text(done.stdout)
    return user


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_offline_lists_the_same_without_contents_and_without_a_network(ops: User) -> None:
    live = objects((ops.home / "listed").read_text())
    assert all(each.pop("Content") for each in live)
    words = ["list", "--offline", "--all", "--output", "ndjson"]
    done = ops.run(*words, code=NARROW)
    assert done.returncode == 0, done.stderr
    found = objects(done.stdout)
    assert found == live
    assert list(found[0]) == list(live[0])
    first, second = done.stderr.splitlines()
    assert first == f"{RECORDS} invocations listed, all that the archive has."
    assert second.startswith("From the archive: last seen 20")
    assert " ago; complete as of 20" in second


def test_offline_filters_and_counts_failures(ops: User) -> None:
    live = objects((ops.home / "listed").read_text())
    failed = [each["InvokeId"] for each in live if each["InvocationStatus"] == "Failed"]
    words = ["--offline", "--status", "Failed", "--output", "ndjson", "--exit-code", "--limit", "1"]
    done = ops.run("list", *words)
    assert done.returncode == 1
    assert [each["InvokeId"] for each in objects(done.stdout)] == failed[:1]
    assert "more follow: --all" in done.stderr


def test_offline_without_an_identity_lists_what_anybody_has_seen(ops: User) -> None:
    nobody = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ""}
    done = ops.run("list", "--offline", "--limit", "1", "--output", "ids", **nobody)
    assert "1 invocation listed" in done.stderr
    other = ops.run("list", "--offline", ALIBABA_CLOUD_ACCESS_KEY_ID="LTAI5tSomebodyElse0000")
    assert (other.returncode, other.stdout) == (0, "")
    assert "nothing that fits has been seen" in other.stderr
    named = ops.run("list", "--offline", "--profile", "none", **nobody)
    assert named.returncode == 3
    assert "There is no profile none" in named.stderr


def test_info_and_export_say_what_is_kept(ops: User) -> None:
    done = ops.run("archive", "info", code=NARROW)
    figures = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert done.returncode == 0, done.stderr
    assert figures["archive"] == str(ops.archive)
    assert (figures["invocations"], figures["contents"]) == (str(RECORDS), "0")
    assert figures["identity"].endswith(" in cn-hangzhou")
    exported = ops.run("archive", "export", code=NARROW)
    offline = ops.run("list", "--offline", "--all", "--output", "ndjson")
    assert (exported.returncode, exported.stdout) == (0, offline.stdout)


def test_verify_compares_each_send(ops: User, tmp_path: Path) -> None:
    live = objects((ops.home / "listed").read_text())
    this = next(each for each in live if each["ContentType"] == "PlainText")
    local = tmp_path / "local"
    local.write_text(this["Content"], newline="")
    words = ["--invoke-id", this["InvokeId"], "--verify", str(local)]
    done = ops.list(*words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{this['InvokeId']} same: It is the file byte for byte")
    local.write_text(this["Content"] + "x", newline="")
    done = ops.list(*words)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{this['InvokeId']} different: It is another file")
    kept = ops.run("list", "--offline", *words)
    assert (kept.returncode, kept.stdout) == (2, "")
    assert "--verify needs the contents" in kept.stderr
    missing = ops.list("--verify", str(tmp_path / "none"))
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "cannot be read: No such file or directory." in missing.stderr


def test_nothing_is_kept_where_nobody_wants_it(served: dict[str, Any], tmp_path: Path) -> None:
    user = User(tmp_path / "careful", served)
    user.home.mkdir()
    assert user.list("--no-archive", "--limit", "1").returncode == 0
    assert user.run("list", "--demo", "--limit", "1").returncode == 0
    assert not user.archive.exists()
    assert user.run("list", "--offline", "--no-archive").returncode == 2
    assert user.run("list", "--offline", "--demo").returncode == 2
    done = user.run("archive", "export")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Nothing is kept yet" in done.stderr
    assert not user.archive.parent.exists()


def test_an_archive_that_cannot_be_used_is_one_warning(
    served: dict[str, Any], tmp_path: Path
) -> None:
    user = User(tmp_path / "newer", served)
    user.archive.parent.mkdir(parents=True, mode=0o700)
    with sqlite3.connect(user.archive) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    done = user.list("--all", "--page-size", "10", "--output", "ids")
    warning, last = done.stderr.splitlines()
    assert done.returncode == 0
    assert "is of a newer version of this program" in warning
    assert last == f"{RECORDS} invocations listed, complete."
    refused = user.run("archive", "prune")
    assert (refused.returncode, refused.stdout) == (3, "")


def test_prune_lets_go_of_what_is_old(served: dict[str, Any], tmp_path: Path) -> None:
    user = User(tmp_path / "short", served)
    user.home.mkdir()
    assert user.list("--all", "--output", "ids", "--paging", "number").returncode == 0
    held = len(user.run("archive", "export").stdout.splitlines())
    assert held == RECORDS
    done = user.run("archive", "prune", "--older-than", "1h", code=NARROW)
    left = len(user.run("archive", "export").stdout.splitlines())
    assert left < held
    assert (done.returncode, done.stdout) == (0, f"{held - left} invocations removed.\n")
    done = user.run("archive", "prune")
    assert (done.returncode, done.stdout) == (0, "0 invocations removed.\n")
