"""`config`: every setting, its value and where that came from, and every action with its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import keymap, resources
from tui.commands import process
from tui.plain import printable
from tui.settings import as_toml

if TYPE_CHECKING:
    from tui.requests import ShowSettings


def run(request: ShowSettings) -> int:
    """Print the settings as a file that could be saved; return the exit code.

    Raises:
        tui.settings.SettingsError: a setting or the keymap cannot be used.
    """
    settings = process.load_settings(request.common)
    process.narrator().say_all(settings.warnings)
    where = resources.config_directory() / resources.KEYMAP_FILE
    keys = "".join(f"# {line}\n" for line in keymap.as_toml(keymap.load(where)).splitlines())
    return process.print_text(
        f"# {printable(str(process.config_path(request.common)))}\n{as_toml(settings)}\n"
        f"# {printable(str(where))}, every action with its keys:\n{keys}"
    )
