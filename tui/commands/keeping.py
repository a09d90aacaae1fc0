"""Where what has been seen is kept, how much of it, and whether at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from tui import resources
from tui.archive.keeping import Bounds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui.archive.store import Archive
    from tui.settings import Settings

ARCHIVE_FILE: Final = "archive.sqlite3"
"""The file in the user's state directory."""

DAY: Final = 86_400.0
"""Seconds."""

MEGABYTE: Final = 1_000_000
"""Bytes."""


def archive_path() -> Path:
    """Return where the archive is kept; the file need not exist."""
    return resources.state_directory() / ARCHIVE_FILE


def bounds(settings: Settings) -> Bounds:
    """Return how much is kept."""
    return Bounds(
        max_age=settings.archive_days * DAY or math.inf,
        max_bytes=settings.archive_megabytes * MEGABYTE or math.inf,
    )


def open_archive(
    settings: Settings,
    *,
    memory: bool,
    read_only: bool = False,
    warn: Callable[[str], None] = lambda sentence: None,
) -> Archive:
    """Return the archive; nothing is opened or made before its first work.

    Args:
        settings: whether contents are kept, and how much.
        memory: whether nothing is to be left on the disk, as in a demo.
        read_only: whether the file is left as it is.
        warn: takes each sentence that the user should read, in the event loop.
    """
    from tui.archive.store import Archive

    return Archive(
        None if memory else archive_path(),
        keep=not read_only,
        contents=settings.archive_contents,
        bounds=bounds(settings),
        warn=warn,
    )
