"""`sendfile-explorer` itself: session, archive, keymap and application, put together and run."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tui import resources
from tui.api.endpoints import resolve
from tui.api.errors import EndpointInvalid
from tui.commands import connecting, keeping, process
from tui.terminal import capabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tui.api.calls import Observer
    from tui.api.client import Client
    from tui.records import InvocationSummary, Query
    from tui.requests import Explore
    from tui.screens.session import Session
    from tui.settings import Settings

FIRST_ROWS = 100
"""Rows of the first frame: more than the highest terminal shows."""

ANY_REGION = "cn-hangzhou"
"""Asked for the list of regions where none is chosen yet."""


def run(request: Explore) -> int:
    """Open the explorer, or say what works without a terminal; return the exit code."""
    settings = process.load_settings(request.common)
    if sentence := capabilities.refusal(capabilities.streams_of_process(), os.environ):
        return process.complain(sentence)
    if request.common.offline and not settings.archive:
        return process.complain("--offline answers from the archive, and --no-archive has none.")
    narrator = process.narrator()
    narrator.say_all(settings.warnings)
    process.start_log(settings, narrator)
    try:
        return _open(request, settings)
    except EndpointInvalid as error:
        return process.complain(str(error))


def _open(request: Explore, given: Settings) -> int:
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
        resolve(target.region or ANY_REGION, endpoint=settings.endpoint, network=settings.network)
    capabilities.prepare_environment(os.environ, slow=settings.slow)
    here = session(target, target.region, target_of, offline=offline)
    query = replace(request.filters, region=target.region)
    in_memory = target.emulator is not None or not settings.archive
    first = () if in_memory or offline else first_rows(keeping.archive_path(), here.scope, query)

    # Textual reads the environment as it is imported.
    from tui import keymap
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
        keymap=keymap.load(resources.config_directory() / keymap.KEYMAP_FILE),
        state_directory=resources.state_directory(),
        line_driver=settings.line_driver,
    )
    return lifecycle.run(
        lambda: app, state_directory=resources.state_directory(), mouse=settings.mouse
    )


def first_rows(path: Path, scope: str, query: Query) -> Sequence[InvocationSummary]:
    """Return the rows of the archive with which the first frame is drawn."""
    if not query.region or not path.exists():
        return ()
    from tui.archive import first

    return first.first_rows(path, scope, query, FIRST_ROWS).rows


def session(
    target: connecting.Target,
    region: str,
    other: Callable[[str], connecting.Target],
    *,
    offline: bool = False,
) -> Session:
    """Return what the explorer needs of the world: the same identity in any region.

    Args:
        target: whom to ask and as whom.
        region: where to ask; empty where that is to be chosen yet.
        other: returns the same for another profile.
        offline: whether the service is not to be asked.
    """
    from tui.screens.session import Caller, Profile, Session

    connected: list[connecting.Connection] = []

    async def connect(observer: Observer) -> Client:
        # The wire's libraries take a tenth of a second to import; keys go on meanwhile.
        connection = await asyncio.to_thread(
            connecting.connect, target, region or ANY_REGION, observer=observer
        )
        connected[:] = [connection]
        return connection.client

    async def caller() -> Caller | None:
        identity = connected[0].identity if connected else None
        found = await identity.caller() if identity else None
        return Caller(found.account_id, found.principal) if found else None

    def expires_at() -> float | None:
        identity = connected[0].identity if connected else None
        return identity.expires_at if identity else None

    def profiles() -> list[Profile]:
        return [
            Profile(each.name, each.mode, each.region, each.state, each.ready)
            for each in connecting.profiles(target.settings)
        ]

    def as_profile(name: str) -> Session:
        chosen = other(name)
        return session(chosen, chosen.region or region, other, offline=offline)

    from tui.identity.permissions import policy

    is_demo = target.emulator is not None
    return Session(
        identity=target.words if target.known_scope or not offline else "all identities",
        scope=target.known_scope if offline else target.scope,
        connect=connect,
        in_region=lambda elsewhere: session(target, elsewhere, other, offline=offline),
        offline=offline,
        page_size=target.settings.page_size,
        region=region,
        caller=caller,
        expires_at=expires_at,
        profiles=list if is_demo else profiles,
        as_profile=None if is_demo else as_profile,
        policy=policy(optional=True),
    )
