"""What each command has of its process: settings, streams, the log and the exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from typing import Any

    from tui.headless.streams import Narrator, Sink
    from tui.requests import Common
    from tui.settings import Settings

PROGRAM = "sendfile-explorer"
"""What the command calls itself."""

USAGE = 2
"""Exit code when the command line, a setting or the terminal is at fault."""

FAILED = 3
"""Exit code when the service, the network, the credentials or the output failed."""

NO_REGION = "No region is given: use --region, ALIBABA_CLOUD_REGION_ID, or region in config.toml."
"""What is said where a region is needed and none is known."""

SECRET_WORDS = ("SECRET", "TOKEN", "PASSWORD")
"""In the name of an environment variable: its value is masked in the log."""


def load_settings(common: Common) -> Settings:
    """Return the settings that hold: command line, environment, config file, defaults.

    Raises:
        tui.settings.SettingsError: one of them is nonsense, said in one sentence.
    """
    from tui.settings import load

    return load(common.config, os.environ, common.flags, default_path=config_path(common))


def config_path(common: Common) -> Path:
    """Return where the config file is looked for."""
    from tui import resources

    return common.config or resources.config_directory() / resources.CONFIG_FILE


def run_guarded(work: Callable[[], Coroutine[Any, Any, int]], sink: Sink | None = None) -> int:
    """Run headless work to its end, a signal, or the end of who reads it."""
    from tui.headless import signals
    from tui.headless.streams import OutputFailed

    try:
        code = signals.run(work)
        signals.exit_at_once()
        if sink is not None:
            sink.close()
    except OutputFailed as failure:
        if str(failure):
            complain(str(failure))
        return failure.exit_code
    except OSError as error:
        from tui.plain import printable
        from tui.resources import reason

        if error.filename is None:
            return complain(f"{reason(error)}.", FAILED)
        return complain(
            f"{printable(str(error.filename))} cannot be used: {reason(error)}.", FAILED
        )
    return code


def print_text(text: str) -> int:
    """Put a text on standard output and return the exit code."""
    from tui.headless.streams import OutputFailed

    try:
        sink = standard_output()
        sink.put_now(text)
        sink.close()
    except OutputFailed as failure:
        if str(failure):
            complain(str(failure))
        return failure.exit_code
    return 0


def complain(sentence: str, code: int = USAGE) -> int:
    """Say what is wrong on standard error and return the exit code."""
    narrator().say(f"{PROGRAM}: {sentence}")
    return code


def standard_output() -> Sink:
    """Return where rows and texts go."""
    from tui.headless.streams import Sink

    if sys.stdout is None:
        raise SystemExit(complain("Standard output is closed.", FAILED))
    return Sink(encoding=sys.stdout.encoding)


def narrator() -> Narrator:
    """Return the voice on standard error."""
    from tui.headless.streams import Narrator, is_terminal

    return Narrator(sys.stderr, progress=is_terminal(sys.stderr) and not is_terminal(sys.stdout))


def start_log(settings: Settings, narrator: Narrator) -> None:
    """Write the log that is asked for; that it cannot be written is a warning."""
    from pathlib import Path

    from tui import logs, resources

    logs.silence()
    if not settings.log_file:
        return
    secrets = [
        value for name, value in os.environ.items() if any(word in name for word in SECRET_WORDS)
    ]
    try:
        logs.start(Path(settings.log_file), known_secrets=secrets)
    except OSError as error:
        narrator.say(f"The log file {settings.log_file} is not written: {resources.reason(error)}.")


def log_unexpected() -> None:
    """Log the exception that is being handled, without what its frames hold."""
    import logging

    from tui import logs

    logs.silence()
    logging.getLogger("tui").exception("unexpected")


def occupy_closed_descriptors() -> None:
    """Put nothing where a stream is closed, or a socket would take its number and our words."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
