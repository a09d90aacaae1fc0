"""An interpreter with the vendor's SDKs, in an environment of their own, and a served emulator.

`SENDFILE_EXPLORER_SDK_PYTHON` names an interpreter that has them; without it one is made, once,
in pytest's cache.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SDKS = ("alibabacloud-ecs20140526==7.11.8", "aliyun-python-sdk-ecs==4.24.83")
"""The kits that judge, pinned: the current one and the one it replaces."""

VENDOR = Path(__file__).parent / "vendor"
"""Where the scripts are that run in their interpreter."""

ROOT = Path(__file__).parents[2]

Outcomes = list[dict[str, Any]]
Drive = Callable[..., Outcomes]

GIVEN = os.environ.get("SENDFILE_EXPLORER_SDK_PYTHON", "")
"""Read here, because every test runs in an environment without our variables."""


@pytest.fixture(scope="session")
def sdk_python(pytestconfig: pytest.Config) -> str:
    """Return the interpreter that has the SDKs."""
    if GIVEN:
        return GIVEN
    assert pytestconfig.cache is not None
    directory = pytestconfig.cache.mkdir("vendor-sdks")
    python, done = directory / "bin" / "python", directory / "installed.json"
    with directory.with_suffix(".lock").open("w") as lock:
        # Tests may run in several processes, and one of them makes it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or json.loads(done.read_text()) != list(SDKS):
            venv.create(directory, with_pip=True, clear=True)
            install = [str(python), "-m", "pip", "install", "--quiet"]
            subprocess.run([*install, "--disable-pip-version-check", *SDKS], check=True)
            done.write_text(json.dumps(SDKS))
    return str(python)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Serve an emulator as a user would, and return what it says of itself."""
    home = tmp_path_factory.mktemp("home")
    with serving(home, "--records", "1000", "--seed", "7") as said:
        yield said


@pytest.fixture(params=["modern", "modern async", "modern v2", "classic"])
def drive(request: pytest.FixtureRequest, sdk_python: str, served: dict[str, Any]) -> Drive:
    """Return what has one of the vendor's kits make calls and returns what came of each."""
    kit, _, manner = str(request.param).partition(" ")
    return driving(sdk_python, served, kit, manner)


@contextmanager
def serving(home: Path, *words: str) -> Iterator[dict[str, Any]]:
    """Serve an emulator for a while; what it says of itself is given."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "emulate", *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
    )
    assert process.stdout is not None
    with process.stdout:
        said = json.loads(process.stdout.readline())
        yield said
        process.terminate()
        assert process.stdout.read() == "", "it says one line and no more"
    assert process.wait(timeout=20) == 143


def driving(
    python: str, served: dict[str, Any], kit: str, manner: str = "", patience: float = 120
) -> Drive:
    """Return what has a kit make calls to an emulator; it is given up after so many seconds."""

    def made(*calls: dict[str, Any], **credentials: str) -> Outcomes:
        order = {
            "endpoint": served["endpoint"],
            "region": served["region"],
            "access_key_id": served["access_key_id"],
            "access_key_secret": served["access_key_secret"],
            "manner": manner,
            "calls": calls,
            **credentials,
        }
        done = subprocess.run(
            [python, "-W", "ignore", str(VENDOR / f"{kit}.py")],
            input=json.dumps(order),
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        outcomes: Outcomes = json.loads(done.stdout)
        assert len(outcomes) == len(calls)
        return outcomes

    return made
