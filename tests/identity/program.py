"""The program as a user starts it, against an emulator in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

GIVE_UP = 60.0
"""Seconds after which a process that has not done what it should is a failure."""


@dataclass
class Machine:
    """A home, and an emulator that says of itself where it is."""

    said: dict[str, Any]
    home: Path
    log: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, str]:
        """The lasting pair, as a profile has it."""
        return {name: self.said[name] for name in ("access_key_id", "access_key_secret")}

    def configure(self, **profiles: dict[str, Any]) -> Path:
        """Write the vendor's `config.json`; the first profile is current."""
        path = self.home / ".aliyun" / "config.json"
        path.parent.mkdir(exist_ok=True)
        entries = [
            {"name": name, "region_id": "cn-hangzhou", **self.keys, **values}
            for name, values in profiles.items()
        ]
        path.write_text(json.dumps({"current": next(iter(profiles)), "profiles": entries}))
        path.chmod(0o600)
        return path

    def run(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the program to its end."""
        return subprocess.run(
            [sys.executable, "-m", "tui", *words],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=GIVE_UP,
            check=False,
            cwd=ROOT,
            env={**self.environment(), **environ},
        )

    def environment(self) -> dict[str, str]:
        """Return the environment of the program."""
        return {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "ALIBABA_CLOUD_ENDPOINT": self.said["endpoint"],
            "ALIBABA_CLOUD_STS_ENDPOINT": self.said["sts_endpoint"],
            "ALIBABA_CLOUD_ECS_METADATA_ENDPOINT": self.said["metadata_endpoint"],
            **self.environ,
        }

    def asked(self, operation: str) -> int:
        """Return how often the emulator was asked for an operation."""
        lines = self.log.read_text().splitlines()
        return sum(json.loads(line)["operation"] == operation for line in lines)


@contextmanager
def emulated(home: Path) -> Iterator[Machine]:
    """Serve an emulator as a user would, and yield a machine with a home."""
    log = home / "requests.ndjson"
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "emulate", "--records", "20", "--request-log", str(log)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
    )
    assert process.stdout is not None
    with process.stdout:
        yield Machine(json.loads(process.stdout.readline()), home, log)
        process.terminate()
        process.wait(timeout=GIVE_UP)
