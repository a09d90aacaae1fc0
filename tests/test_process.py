"""What each command has of its process: a log that may fail, names in its words, late signals."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tui.commands import dispatch
from tui.headless import signals

GIVE_UP = 30.0
"""Seconds after which a process that has not done what it should is a failure."""


def test_a_log_on_a_full_disk_is_one_warning(tmp_path: Path) -> None:
    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    where = ("--region", "cn-hangzhou", "-e", "http://127.0.0.1:9", "--connect-timeout", "1")
    done = subprocess.run(
        [sys.executable, "-m", "tui", "list", *where, "--log-file", str(tmp_path / "log")],
        capture_output=True,
        text=True,
        preexec_fn=fill,
        timeout=GIVE_UP,
        check=False,
        env={
            **os.environ,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "id",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret",
        },
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr and "Logging error" not in done.stderr
    assert [line for line in done.stderr.splitlines() if "log file" in line] == [
        f"The log file {tmp_path / 'log'} lacks what could not be written: File too large."
    ]


def test_a_request_log_that_cannot_be_written_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "emulate", "--request-log", "/nowhere/log"],
        capture_output=True,
        text=True,
        timeout=GIVE_UP,
        check=False,
    )
    assert done.returncode == 3
    assert "/nowhere/log cannot be used: No such file" in done.stderr


def test_a_signal_amid_the_making_of_a_class_is_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Meant:
        def __set_name__(self, owner: type, name: str) -> None:
            raise SystemExit(143)

    def answer(words: Sequence[str]) -> int:
        type("Made", (), {"meant": Meant()})
        return 0

    before = {each: signal.getsignal(each) for each in signals.SIGNALS}
    monkeypatch.setattr(dispatch, "_answer", answer)
    try:
        with pytest.raises(SystemExit) as end:
            dispatch.dispatch([])
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert end.value.code == 143


def test_a_signal_when_nothing_is_left_but_to_exit_changes_nothing() -> None:
    code = (
        "import os, signal, sys\n"
        "from tui.headless import signals\n"
        "class Late:\n"
        "    def __del__(self, kill=os.kill, me=os.getpid(), number=signal.SIGTERM):\n"
        "        kill(me, number)\n"
        "late = Late()\n"
        "signals.ignore_at_the_end()\n"
        "signals.exit_at_once()\n"
        "sys.exit(7)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7
    without = code.replace("signals.ignore_at_the_end()\n", "")
    assert subprocess.run([sys.executable, "-c", without], check=False).returncode == -15
