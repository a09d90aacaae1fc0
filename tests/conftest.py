"""Fixtures for every test: one event loop, and a home in which nobody has configured anything."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from tests import read_only

FOREIGN_VARIABLES = (
    "ALIBABA",
    "ALICLOUD",
    "SENDFILE_EXPLORER_",
    "XDG_",
    "TEXTUAL",
)
"""Beginnings of the environment variables that would let a developer's machine into a test."""

PROXY_VARIABLES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""Variables that would send a request elsewhere, in upper case; lower case counts as well."""

BARE_VARIABLES = (
    "ACCESS_KEY_ID",
    "ACCESS_KEY_SECRET",
    "SECURITY_TOKEN",
    "REGION_ID",
    "REGION",
    "NO_COLOR",
    "SSL_CERT_FILE",
)
"""Variables without a prefix that the product or its libraries read."""


HEEDED = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM)
"""Signals that a shell lets its background jobs ignore, which their children would as well."""


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio alone, which is what the product runs on."""
    return "asyncio"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test an empty home directory and an environment without settings."""
    directory = tmp_path / "home"
    directory.mkdir(mode=0o700)
    for name in list(os.environ):
        if name.upper().startswith(FOREIGN_VARIABLES) or name.upper() in (
            *PROXY_VARIABLES,
            *BARE_VARIABLES,
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(directory))
    return directory


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say what was asked that changes something, and print the rows of the fault matrix."""
    if wrong := read_only.changing(read_only.asked):
        words = f"The emulator was asked for {', '.join(map(repr, sorted(wrong)))}."
        terminalreporter.write_line(words, red=True)
    rows = {
        value[0]: value
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        for name, value in report.user_properties
        if name == "row of the fault matrix"
    }
    if rows:
        from tests.unbreakable import matrix

        terminalreporter.section("the fault matrix")
        for line in matrix.table(rows.values()):
            terminalreporter.write_line(line)


def pytest_configure() -> None:
    """Note what emulators in this process are asked for, and let programs hear signals.

    They hear them where the tests run in the background, too.
    """
    read_only.note_everything()
    for number in HEEDED:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the notes of a process that has run tests."""
    read_only.asked.update(getattr(node, "workeroutput", {}).get("asked", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the notes on, or fail where something was asked for that does not only read."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["asked"] = sorted(read_only.asked)
    elif read_only.changing(read_only.asked):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
