"""How much a test tries: a little in each run, everything where the environment says `full`."""

from __future__ import annotations

import os

FULL = os.environ.get("SENDFILE_EXPLORER_TEST_DEPTH") == "full"
"""Read here, because every test runs in an environment without our variables."""


def deep(full: int, little: int) -> int:
    """Return how often to try something."""
    return full if FULL else little
