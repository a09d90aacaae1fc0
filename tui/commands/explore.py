"""`sendfile-explorer` itself: session, archive, keymap and application, put together and run."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tui import resources, toml
from tui.api.endpoints import resolve
from tui.api.errors import EndpointInvalid
from tui.commands import connecting, keeping, process
from tui.commands.sessions import Sessions
from tui.terminal import capabilities

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.headless.streams import Narrator
    from tui.records import InvocationSummary, Query
    from tui.requests import Explore
    from tui.settings import Settings
    from tui.triage.error_knowledge import Knowledge

FIRST_ROWS = 100
"""Rows of the first frame: more than the highest terminal shows."""

ERRORS_FILE = "errors.toml"
"""In the configuration directory: what a user knows about error codes besides."""


def run(request: Explore) -> int:
    """Open the explorer, or say what works without a terminal; return the exit code."""
    # What a start makes is there to stay. The application collects again from its first frame on.
    gc.disable()
    settings = process.load_settings(request.common)
    if sentence := capabilities.refusal(capabilities.streams_of_process(), os.environ):
        return process.complain(sentence)
    if request.common.offline and not settings.archive:
        return process.complain("--offline answers from the archive, and --no-archive has none.")
    narrator = process.narrator()
    narrator.say_all(settings.warnings)
    process.start_log(settings, narrator)
    try:
        return _open(request, settings, narrator)
    except EndpointInvalid as error:
        return process.complain(str(error))


def _open(request: Explore, given: Settings, narrator: Narrator) -> int:
    """Open the explorer and return the exit status of the process.

    Raises:
        tui.api.errors.EndpointInvalid: the region or the endpoint cannot be one.
        tui.settings.SettingsError: the theme is not known, or the keymap cannot be used.
    """

    def target_of(profile: str = "") -> connecting.Target:
        return connecting.target(request.common, given, profile=profile)

    target = target_of()
    settings, offline = target.settings, request.common.offline
    if target.fault is not None and connecting.own_profile(settings) and not offline:
        return process.complain(str(target.fault), process.FAILED)
    if target.emulator is None:
        resolve(
            target.region or connecting.ANY_REGION,
            endpoint=settings.endpoint,
            network=settings.network,
        )
    capabilities.prepare_environment(os.environ, slow=settings.slow)
    sessions = Sessions(target_of, offline=offline, knowledge=_knowledge(narrator))
    here = sessions.session(target, target.region)
    query = replace(request.filters, region=target.region)
    in_memory = target.emulator is not None or not settings.archive
    first = () if in_memory or offline else first_rows(keeping.archive_path(), here.scope, query)
    # Where something is kept, whoever has been here before has left an archive.
    newcomer = target.emulator is not None or not (
        in_memory or resources.exists(keeping.archive_path())
    )

    # Textual reads the environment as it is imported.
    from tui.application import ExplorerApp
    from tui.terminal import lifecycle

    app = ExplorerApp(
        here,
        keeping.open_archive(
            settings, memory=in_memory, read_only=offline, warn=lambda sentence: app.warn(sentence)
        ),
        query,
        first=first,
        theme=settings.theme,
        keymap=_keymap(narrator),
        state_directory=resources.state_directory(),
        line_driver=settings.line_driver,
        newcomer=newcomer,
        slow=settings.slow,
    )
    return lifecycle.run(
        lambda: app, state_directory=resources.state_directory(), mouse=settings.mouse
    )


def _keymap(narrator: Narrator) -> dict[str, str]:
    """Return the keys that the user has given to actions; a home that is closed has none.

    Raises:
        tui.settings.SettingsError: they cannot be used.
    """
    path = resources.config_directory() / resources.KEYMAP_FILE
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        # To judge a keymap takes every screen there is, and without one nothing needs them yet.
        return {}
    except OSError:
        # What stands in the way is said by what reads it.
        pass
    from tui import keymap
    from tui.settings import SettingsError

    try:
        return keymap.load(path)
    except SettingsError as error:
        if not isinstance(error.__cause__, PermissionError):
            raise
        narrator.say(str(error))
        return {}


def first_rows(path: Path, scope: str, query: Query) -> Sequence[InvocationSummary]:
    """Return the rows of the archive with which the first frame is drawn."""
    if not query.region or not resources.exists(path):
        return ()
    from tui.archive import first

    return first.first_rows(path, scope, query, FIRST_ROWS).rows


def _knowledge(narrator: Narrator) -> Knowledge:
    """Return what is known about error codes, with what the user has added to it."""
    from tui.triage.error_knowledge import BUILT_IN

    path = resources.config_directory() / ERRORS_FILE
    if not resources.exists(path):
        return BUILT_IN
    from tui.triage.additions import MAX_FILE, with_additions

    try:
        content = toml.content_of(path, MAX_FILE)
        added = with_additions(content.decode("utf-8", "replace"))
    except OSError as error:
        narrator.say(f"{path} is not used: {resources.reason(error)}.")
        return BUILT_IN
    narrator.say_all(f"{path}: {problem}" for problem in added.problems)
    return added.knowledge
