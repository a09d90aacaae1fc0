"""`cache clear`: forget temporary credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import resources
from tui.commands import process
from tui.identity import cache
from tui.plain import printable

if TYPE_CHECKING:
    from tui.requests import Cache


def run(request: Cache) -> int:
    """Remove what is kept and say how much it was; return the exit code."""
    process.narrator().say_all(process.load_settings(request.common).warnings)
    directory = resources.cache_directory()
    shown = printable(str(directory))
    try:
        removed = cache.clear(directory)
    except OSError as error:
        sentence = f"The cache {shown} cannot be cleared: {resources.reason(error)}."
        return process.complain(sentence, process.FAILED)
    what = "1 set of" if removed == 1 else f"{removed} sets of"
    return process.print_text(f"{what} temporary credentials forgotten ({shown}).\n")
