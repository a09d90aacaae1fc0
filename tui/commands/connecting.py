"""Whom to ask and how: the client of the service, or of the emulator that stands in for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.api.calls import Observer
    from tui.api.client import Client
    from tui.emulator.handler import Emulator
    from tui.requests import Common, Demo
    from tui.settings import Settings


def obstacle(common: Common, settings: Settings) -> str:
    """Say what has been asked for and is not part of this version yet; empty when nothing."""
    if common.offline:
        return "--offline is not part of this version yet: nothing is kept to answer from."
    chosen = settings.origins.get("profile", "default")
    vendors = chosen.startswith(("ALIBABA", "ALICLOUD"))
    if settings.profile and common.demo is None and not vendors:
        return (
            "Profiles are not part of this version yet:"
            " set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET."
        )
    return ""


def region(common: Common, settings: Settings) -> str:
    """Return the region to ask; a demo has its own, which only the command line changes."""
    if common.demo is None:
        return settings.region
    from tui.emulator.regions import HOME

    return common.flags.get("region", HOME)


def emulator(demo: Demo | None) -> Emulator | None:
    """Return the emulator of a demo; None where the service itself is asked."""
    if demo is None:
        return None
    from tui.emulator.fleet import Fleet
    from tui.emulator.handler import Emulator

    return Emulator(Fleet(demo.records, demo.seed))


def client(
    settings: Settings, region: str, emulator: Emulator | None, observer: Observer | None = None
) -> Client:
    """Return a client of the service, or of the embedded emulator; nothing is sent yet.

    Raises:
        tui.api.errors.EndpointInvalid: the region or the endpoint cannot be one.
        tui.api.errors.ApiError: the proxy or the certificates cannot be used.
    """
    from tui.api.client import Client
    from tui.api.credentials import Credentials, FixedCredentials
    from tui.api.endpoints import Endpoint, resolve
    from tui.api.pacing import RetryPolicy
    from tui.api.transport import HttpTransport, Transport
    from tui.logs import CallLog

    if emulator is not None:
        from typing import cast

        from tui.emulator.inprocess import InProcess

        return Client(
            endpoint=Endpoint("https://demo.invalid", "demo.invalid", "demo"),
            credentials=FixedCredentials(
                Credentials(emulator.access_key_id, emulator.access_key_secret, source="demo")
            ),
            # Its answers have the attributes of ours and cannot have the type.
            transport=cast(Transport, InProcess(emulator)),
            observer=CallLog(observer),
        )
    from tui.identity.environment import EnvironmentCredentials

    return Client(
        endpoint=resolve(region, endpoint=settings.endpoint, network=settings.network),
        credentials=EnvironmentCredentials(os.environ),
        transport=HttpTransport(
            connect_timeout=settings.connect_timeout, read_timeout=settings.read_timeout
        ),
        policy=RetryPolicy.for_timeouts(settings.connect_timeout, settings.read_timeout),
        observer=CallLog(observer),
    )
