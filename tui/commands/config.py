"""`config`: every setting, its value and where that came from, and the keymap's defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import keymap, resources
from tui.commands import process
from tui.settings import as_toml

if TYPE_CHECKING:
    from tui.requests import ShowSettings


def run(request: ShowSettings) -> int:
    """Print the settings as a file that could be saved."""
    settings = process.load_settings(request.common)
    process.narrator().say_all(settings.warnings)
    keys = "".join(f"# {line}\n" for line in keymap.defaults().splitlines())
    where = resources.config_directory() / resources.KEYMAP_FILE
    return process.print_text(
        f"# {process.config_path(request.common)}\n{as_toml(settings)}\n"
        f"# {where}, with its defaults:\n{keys}"
    )
