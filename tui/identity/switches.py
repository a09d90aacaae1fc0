"""The vendor's variables that are on or off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ON: Final = frozenset({"1", "true", "yes", "on"})
"""What turns one on, in any case."""


def is_on(environ: Mapping[str, str], *names: str) -> bool:
    """Say whether one of these variables is on."""
    return any(environ.get(name, "").strip().lower() in ON for name in names)
