"""`sendfile-explorer` itself: session, archive, keymap and application, put together and run."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tui import resources
from tui.api.endpoints import resolve
from tui.api.errors import EndpointInvalid
from tui.commands import connecting, process
from tui.terminal import capabilities

if TYPE_CHECKING:
    from tui.api.calls import Observer
    from tui.api.client import Client
    from tui.requests import Explore
    from tui.screens.session import Session
    from tui.settings import Settings

ANY_REGION = "cn-hangzhou"
"""Asked for the list of regions where none is chosen yet."""


def run(request: Explore) -> int:
    """Open the explorer, or say what works without a terminal; return the exit code."""
    settings = process.load_settings(request.common)
    if sentence := capabilities.refusal(capabilities.streams_of_process(), os.environ):
        return process.complain(sentence)
    if sentence := connecting.obstacle(request.common, settings):
        return process.complain(sentence)
    narrator = process.narrator()
    narrator.say_all(settings.warnings)
    process.start_log(settings, narrator)
    try:
        return _open(request, settings)
    except EndpointInvalid as error:
        return process.complain(str(error))


def _open(request: Explore, settings: Settings) -> int:
    """Open the explorer and return the exit status of the process.

    Raises:
        tui.api.errors.EndpointInvalid: the region or the endpoint cannot be one.
        tui.settings.SettingsError: the theme is not known, or the keymap cannot be used.
    """
    target = connecting.target(request.common, settings)
    settings = target.settings
    if target.fault is not None and connecting.own_profile(settings):
        return process.complain(str(target.fault), process.FAILED)
    if target.emulator is None:
        resolve(target.region or ANY_REGION, endpoint=settings.endpoint, network=settings.network)
    capabilities.prepare_environment(os.environ, slow=settings.slow)

    # Textual reads the environment as it is imported.
    from tui import keymap
    from tui.application import ExplorerApp
    from tui.archive.store import Archive
    from tui.terminal import lifecycle

    app = ExplorerApp(
        session(target, target.region),
        Archive(),
        replace(request.filters, region=target.region),
        theme=settings.theme,
        keymap=keymap.load(resources.config_directory() / keymap.KEYMAP_FILE),
        state_directory=resources.state_directory(),
        line_driver=settings.line_driver,
    )
    return lifecycle.run(
        lambda: app, state_directory=resources.state_directory(), mouse=settings.mouse
    )


def session(target: connecting.Target, region: str) -> Session:
    """Return what the explorer needs of the world: the same identity in any region."""
    from tui.screens.session import Session

    async def connect(observer: Observer) -> Client:
        # The wire's libraries take a tenth of a second to import; keys go on meanwhile.
        connection = await asyncio.to_thread(
            connecting.connect, target, region or ANY_REGION, observer=observer
        )
        return connection.client

    return Session(
        identity=target.words,
        scope=target.scope(region),
        connect=connect,
        in_region=lambda other: session(target, other),
        page_size=target.settings.page_size,
    )
