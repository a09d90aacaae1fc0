"""From the words of the command line to the command, and what becomes of a fault of our own.

Each part is imported where it is needed, so that no command pays for what it does not use.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui.commands import process

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.requests import Request

MODULES = {
    "Explore": "tui.commands.explore",
    "List": "tui.commands.list",
    "Emulate": "tui.commands.emulate",
    "ShowSettings": "tui.commands.config",
    "Archive": "tui.commands.archive",
    "Cache": "tui.commands.cache",
    "Doctor": "tui.commands.doctor",
    "Watch": "tui.commands.watch",
}
"""Name of a request -> the module whose `run(request)` does it; imported only then."""


def dispatch(words: Sequence[str]) -> int:
    """Do what the words ask for, and return the exit code."""
    from tui.headless import signals

    if None in (sys.stdin, sys.stdout, sys.stderr):
        process.occupy_closed_descriptors()
    try:
        signals.ignore_at_the_end()
        signals.exit_at_once()
        return _answer(words)
    except KeyboardInterrupt:
        return signals.exit_code(signals.SIGNALS[0])
    except SystemExit:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, a script needs an exit code
        if isinstance(error.__cause__, SystemExit):
            # A signal amid the making of a class: Python 3.11 wraps what is raised there.
            raise error.__cause__ from None
        from tui.plain import printable

        process.log_unexpected()
        where = "A fault of this program, not of what you did"
        sentence = f"{where}: {type(error).__name__}: {printable(str(error), 300)}."
        return process.complain(sentence, process.FAILED)


def _answer(words: Sequence[str]) -> int:
    from tui import cli, settings

    try:
        return _run(cli.parse(words))
    except (cli.UsageError, settings.SettingsError) as error:
        return process.complain(str(error))


def _run(request: Request) -> int:
    from importlib import import_module

    from tui import __version__, requests

    match request:
        case requests.ShowVersion():
            return process.print_text(f"{process.PROGRAM} {__version__}\n")
        case requests.ShowHelp(text):
            return process.print_text(text)
    return int(import_module(MODULES[type(request).__name__]).run(request))
