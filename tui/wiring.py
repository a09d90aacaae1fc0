"""The only place that wires the parts together: from the words of the command line to its end.

Each part is imported where it is needed, so that no command pays for what it does not use.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from pathlib import Path
    from typing import Any

    from tui.headless.streams import Narrator, Sink
    from tui.requests import Common, Emulate, Explore, List, Request, ShowSettings
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


def dispatch(words: Sequence[str]) -> int:
    """Do what the words ask for, and return the exit code."""
    from tui.headless import signals

    if None in (sys.stdin, sys.stdout, sys.stderr):
        _occupy_closed_descriptors()
    try:
        signals.exit_at_once()
        return _answer(words)
    except KeyboardInterrupt:
        return signals.exit_code(signals.SIGNALS[0])
    except SystemExit:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, a script needs an exit code
        from tui.plain import printable

        _log_unexpected()
        where = "A fault of this program, not of what you did"
        return _complain(f"{where}: {type(error).__name__}: {printable(str(error), 300)}.", FAILED)


def _answer(words: Sequence[str]) -> int:
    from tui import __version__, cli, requests, settings

    try:
        request = cli.parse(words)
        match request:
            case requests.ShowVersion():
                return _print(f"{PROGRAM} {__version__}\n")
            case requests.ShowHelp(text):
                return _print(text)
            case requests.ShowSettings():
                return _show_settings(request)
            case requests.Emulate():
                return _emulate(request)
            case requests.List():
                return _list(request)
            case requests.Explore():
                return _explore(request)
            case _:
                return _not_there(request)
    except (cli.UsageError, settings.SettingsError) as error:
        return _complain(str(error))


def _not_there(request: Request) -> int:
    """Say of a command that it is known and does nothing yet."""
    name = type(request).__name__.lower()
    return _complain(f"The command {name} is not part of this version yet.")


def _show_settings(request: ShowSettings) -> int:
    from tui import keymap, resources
    from tui.settings import as_toml

    settings = _settings(request.common)
    _narrator().say_all(settings.warnings)
    keys = "".join(f"# {line}\n" for line in keymap.defaults().splitlines())
    where = resources.config_directory() / keymap.KEYMAP_FILE
    return _print(
        f"# {_config_path(request.common)}\n{as_toml(settings)}\n"
        f"# {where}, with its defaults:\n{keys}"
    )


def _emulate(request: Emulate) -> int:
    from tui.emulator import faults, server
    from tui.emulator.fleet import Fleet
    from tui.emulator.handler import Emulator

    try:
        chosen = faults.Faults([faults.parse(spec) for spec in request.faults], seed=request.seed)
    except ValueError as error:
        return _complain(str(error))
    fleet = Fleet(
        request.records,
        request.seed,
        arrive_per_minute=request.arrive_per_minute,
        clock_speed=request.clock_speed,
    )
    emulator = Emulator(fleet, retention_days=request.retention_days)
    sink = _sink()

    async def serve() -> int:
        await server.serve(
            emulator,
            port=request.port,
            faults=chosen,
            latency=request.latency,
            request_log=request.request_log,
            announce=lambda line: sink.put_now(f"{line}\n"),
        )
        return 0

    return _guarded(serve)


def _list(request: List) -> int:
    from dataclasses import replace

    from tui import connecting
    from tui.api.errors import ApiError, EndpointInvalid
    from tui.headless import listing, output, streams

    settings = _settings(request.common)
    narrator = _narrator()
    narrator.say_all(settings.warnings)
    _start_log(settings, narrator)
    if sentence := connecting.obstacle(request.common, settings):
        return _complain(sentence)
    emulator = connecting.emulator(request.common.demo)
    region = connecting.region(request.common, settings)
    if not region:
        return _complain(NO_REGION)
    wanted = listing.Listing(
        replace(request.filters, region=region),
        limit=request.limit,
        since=request.since,
        until=request.until,
        error_code=request.error_code,
        exit_code=request.exit_code,
        page_size=settings.page_size,
        by_number=request.by_number,
        token=request.next_token,
    )
    form = output.format_named(
        request.output, width=streams.width(os.environ), wanted=wanted.wants_result
    )
    sink = _sink()

    async def walk() -> int:
        try:
            client = connecting.client(settings, region, emulator, listing.Waits(narrator))
        except EndpointInvalid as error:
            return _complain(str(error))
        except ApiError as error:
            return _complain(str(error), FAILED)
        try:
            return await listing.run(wanted, client, form, sink, narrator)
        finally:
            await client.aclose()

    return _guarded(walk, sink)


def _explore(request: Explore) -> int:
    """Open the explorer, or say what works without a terminal."""
    from tui import connecting, exploring
    from tui.api.errors import EndpointInvalid
    from tui.terminal import capabilities

    settings = _settings(request.common)
    if sentence := capabilities.refusal(capabilities.streams_of_process(), os.environ):
        return _complain(sentence)
    if sentence := connecting.obstacle(request.common, settings):
        return _complain(sentence)
    narrator = _narrator()
    narrator.say_all(settings.warnings)
    _start_log(settings, narrator)
    try:
        return exploring.run(request, settings)
    except EndpointInvalid as error:
        return _complain(str(error))


def _settings(common: Common) -> Settings:
    from tui.settings import load

    return load(common.config, os.environ, common.flags, default_path=_config_path(common))


def _config_path(common: Common) -> Path:
    from tui import resources

    return common.config or resources.config_directory() / resources.CONFIG_FILE


def _guarded(work: Callable[[], Coroutine[Any, Any, int]], sink: Sink | None = None) -> int:
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
            _complain(str(failure))
        return failure.exit_code
    except OSError as error:
        from tui.resources import reason

        return _complain(f"{reason(error)}.", FAILED)
    return code


def _print(text: str) -> int:
    from tui.headless.streams import OutputFailed

    try:
        sink = _sink()
        sink.put_now(text)
        sink.close()
    except OutputFailed as failure:
        if str(failure):
            _complain(str(failure))
        return failure.exit_code
    return 0


def _complain(sentence: str, code: int = USAGE) -> int:
    _narrator().say(f"{PROGRAM}: {sentence}")
    return code


def _sink() -> Sink:
    from tui.headless.streams import Sink

    if sys.stdout is None:
        raise SystemExit(_complain("Standard output is closed.", FAILED))
    return Sink(encoding=sys.stdout.encoding)


def _narrator() -> Narrator:
    from tui.headless.streams import Narrator, is_terminal

    return Narrator(sys.stderr, progress=is_terminal(sys.stderr) and not is_terminal(sys.stdout))


def _start_log(settings: Settings, narrator: Narrator) -> None:
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


def _log_unexpected() -> None:
    import logging

    from tui import logs

    logs.silence()
    logging.getLogger("tui").exception("unexpected")


def _occupy_closed_descriptors() -> None:
    """Put nothing where a stream is closed, or a socket would take its number and our words."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
