"""A certificate that nobody but a test vouches for."""

from __future__ import annotations

import subprocess
from pathlib import Path


def self_signed(directory: Path) -> Path:
    """Return a self-signed certificate for 127.0.0.1 with its key in one file."""
    path = directory / "authority.pem"
    key = path.with_suffix(".key")
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -batch"
    names = ["-subj", "/CN=somewhere.example", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        ["openssl", *command.split(), *names, "-keyout", key, "-out", path],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + key.read_text())
    return path
