"""Whom to ask and as whom: the service and an identity, or the emulator that stands in for both."""

from __future__ import annotations

import os
import time
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Final

from tui.late_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.api.calls import Observer
    from tui.api.client import Client
    from tui.api.errors import CredentialsUnavailable
    from tui.api.transport import Answer, HttpTransport, Transport
    from tui.emulator.handler import Emulator
    from tui.identity.acting import Identity
    from tui.identity.cache import Cache
    from tui.identity.chain import Choice
    from tui.identity.issue import Purse
    from tui.identity.modes import ProfileSummary
    from tui.identity.profiles import Profile
    from tui.requests import Common, Demo
    from tui.settings import Settings

ANY_REGION: Final = "cn-hangzhou"
"""Asked for what is the same everywhere, where no region is chosen yet."""

WISHES: Final = {
    "region": "region_id",
    "endpoint": "endpoint",
    "network": "endpoint_type",
    "connect_timeout": "connect_timeout",
    "read_timeout": "read_timeout",
}
"""Settings that a profile has a say in, and what it calls them."""


@dataclass(frozen=True)
class Target:
    """Whom to ask and as whom; nothing has been asked yet."""

    settings: Settings
    """With what the profile wants."""
    choice: Choice | None = None
    """Who asks; None in a demo."""
    emulator: Emulator | None = None
    """Who answers in a demo."""
    purse: Purse | None = field(default=None, repr=False)
    """Where all clients of this identity hold its credentials."""

    @property
    def region(self) -> str:
        """The region to ask; empty where none is known."""
        return self.settings.region

    @property
    def words(self) -> str:
        """Who asks, for the status line: the profile, or where the credentials came from."""
        return "demo" if self.choice is None else self.choice.words

    @property
    def fault(self) -> CredentialsUnavailable | None:
        """What is wrong with who asks, as far as that is known without asking."""
        return None if self.choice is None else self.choice.fault

    @property
    def scope(self) -> str:
        """The name under which the archive keeps what this identity sees."""
        return "demo" if self.choice is None else self.choice.key

    @property
    def known_scope(self) -> str:
        """The same where it is known who asks; empty, which is anybody, where it is not."""
        from tui.identity.looking import LastResort

        if self.choice is None:
            return "demo"
        if self.choice.fault is not None or isinstance(self.choice.source, LastResort):
            return ""
        return self.choice.key


@dataclass(frozen=True)
class Connection:
    """A client of the service, and the identity that it acts as."""

    client: Client
    """Closing it closes everything."""
    identity: Identity | None = None
    """None in a demo."""
    transport: Attended | None = None
    """None in a demo."""

    @property
    def clock_ahead(self) -> float | None:
        """Seconds by which the service's clock is ahead of ours; None before it has said so."""
        return self.transport.clock_ahead if self.transport else None


def target(common: Common, settings: Settings, *, profile: str = "") -> Target:
    """Return whom to ask and as whom.

    Args:
        common: what the command line says.
        settings: with all their origins.
        profile: another profile than the settings', such as a picker gives.
    """
    if common.demo is not None:
        from tui.emulator.regions import HOME

        # A demo has a region of its own, which only the command line changes.
        own = replace(settings, region=common.flags.get("region", HOME))
        return Target(own, emulator=emulator(common.demo))
    from tui.identity.issue import Purse

    chosen = choice(settings, profile)
    return Target(heeding(settings, chosen, named=bool(profile)), chosen, purse=Purse())


def region(common: Common, settings: Settings) -> str:
    """Return the region to ask; empty where none is known."""
    return target(common, settings).region


def client(
    settings: Settings, region: str, emulator: Emulator | None, observer: Observer | None = None
) -> Client:
    """Return a client of the service, or of the embedded emulator; nothing is sent yet.

    Raises:
        tui.api.errors.EndpointInvalid: the region or the endpoint cannot be one.
        tui.api.errors.ApiError: the proxy or the certificates cannot be used.
    """
    if emulator is not None:
        return connect(Target(settings, emulator=emulator)).client
    chosen = choice(settings)
    return connect(Target(heeding(settings, chosen), chosen), region, observer=observer).client


def emulator(demo: Demo | None) -> Emulator | None:
    """Return the emulator of a demo; None where the service itself is asked."""
    if demo is None:
        return None
    from tui.emulator.fleet import Fleet
    from tui.emulator.handler import Emulator

    return Emulator(Fleet(demo.records, demo.seed))


def choice(settings: Settings, profile: str = "") -> Choice:
    """Return who asks: a profile that somebody has named, or the first of the usual order.

    The vendor's own variable only says which profile counts in the vendor's files.
    """
    from tui.identity import chain
    from tui.identity.building import Surroundings
    from tui.identity.source import FaultySource

    around = Surroundings(os.environ, settings.network, settings.region)
    chosen = chain.choose(around, profile or own_profile(settings))
    fault = _unfit(chosen) if chosen.profile else None
    if fault is None:
        return chosen
    return replace(chosen, source=FaultySource(chosen.source.about, fault))


def own_profile(settings: Settings) -> str:
    """Return the profile that somebody has named for this program; empty where nobody has."""
    vendors = settings.origins.get("profile", "default").startswith(("ALIBABA", "ALICLOUD"))
    return "" if vendors else settings.profile


def heeding(settings: Settings, chosen: Choice, *, named: bool = False) -> Settings:
    """Return the settings with what a profile wants, where nothing nearer says otherwise.

    A flag and our own variables are nearer than any profile; the vendor's variables and the
    configuration file are nearer than one that nobody has named.
    """
    profile = chosen.profile
    if profile is None or chosen.fault is not None:
        return settings
    explicit = named or _is_near(settings, "profile")
    changed: dict[str, Any] = {}
    for setting, wish in _wishes(profile).items():
        said = settings.origins.get(setting, "default") != "default"
        if not (_is_near(settings, setting) or (said and not explicit)):
            changed[setting] = wish
    origins = {**settings.origins, **dict.fromkeys(changed, chosen.words)}
    return replace(settings, **changed, origins=origins)


def profiles(settings: Settings) -> tuple[ProfileSummary, ...]:
    """Return the profiles of the vendor's command line, for a picker."""
    from tui.identity import chain
    from tui.identity.building import Surroundings

    around = Surroundings(os.environ, settings.network, settings.region)
    return chain.summaries(around, time.time())


def connect(
    target: Target,
    region: str = "",
    *,
    observer: Observer | None = None,
    warn: Callable[[str], None] | None = None,
) -> Connection:
    """Return a client and its identity; nothing is sent yet.

    Args:
        target: whom to ask and as whom.
        region: another region than the target's.
        observer: who wants to know of calls.
        warn: takes a sentence about temporary credentials that cannot be kept.

    Raises:
        tui.api.errors.EndpointInvalid: the region or the endpoint cannot be one.
        tui.api.errors.ApiError: the proxy or the certificates cannot be used.
    """
    from tui.logs import CallLog

    if target.emulator is not None:
        return Connection(_demo(target.emulator, CallLog(observer)))
    from tui.api.client import Client
    from tui.api.endpoints import resolve
    from tui.api.pacing import RetryPolicy
    from tui.api.transport import HttpTransport
    from tui.identity.acting import Identity
    from tui.identity.asking import Asker

    settings = target.settings
    assert target.choice is not None, "without an emulator somebody asks"
    endpoint = resolve(
        region or settings.region, endpoint=settings.endpoint, network=settings.network
    )
    transport = HttpTransport(
        connect_timeout=settings.connect_timeout, read_timeout=settings.read_timeout
    )
    policy = RetryPolicy.for_timeouts(settings.connect_timeout, settings.read_timeout)
    log = CallLog(observer)
    identity = Identity(
        target.choice,
        Asker(transport, observer=log, policy=policy),
        cache=_cache(warn) if settings.cache else None,
        purse=target.purse,
        asks_caller=_is_vendors(endpoint.url, target.choice),
    )
    attended = Attended(transport, identity)
    client = Client(
        endpoint=endpoint,
        credentials=identity,
        transport=attended,
        policy=policy,
        observer=log,
    )
    return Connection(client, identity, attended)


class Attended:
    """A transport that notes the time of the other side, and closes after an identity."""

    def __init__(self, transport: HttpTransport, identity: Identity) -> None:
        self.clock_ahead: float | None = None
        self._transport = transport
        self._identity = identity

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answer:
        """Send one request and return its complete answer, whatever its status."""
        from tui.api.pacing import skew

        answer = await self._transport.exchange(method, url, headers, body)
        self.clock_ahead = skew(answer.headers, time.time())
        return answer

    async def aclose(self) -> None:
        """Close all connections."""
        await self._identity.aclose()
        await self._transport.aclose()


def _demo(emulator: Emulator, observer: Observer) -> Client:
    from typing import cast

    from tui.api.client import Client
    from tui.api.credentials import Credentials, FixedCredentials
    from tui.api.endpoints import Endpoint
    from tui.emulator.inprocess import InProcess

    return Client(
        endpoint=Endpoint("https://demo.invalid", "demo.invalid", "demo"),
        credentials=FixedCredentials(
            Credentials(emulator.access_key_id, emulator.access_key_secret, source="demo")
        ),
        # Its answers have the attributes of ours and cannot have the type.
        transport=cast("Transport", InProcess(emulator)),
        observer=observer,
    )


def _cache(warn: Callable[[str], None] | None) -> Cache:
    import logging

    from tui import resources
    from tui.identity.cache import Cache

    return Cache(resources.cache_directory(), warn or logging.getLogger("tui.identity").warning)


def _is_vendors(url: str, chosen: Choice) -> bool:
    """Say whether the vendor's token service knows the keys: those of an emulator it does not."""
    own = chosen.profile.sts_endpoint if chosen.profile else ""
    return not url.startswith("http://") or bool(
        own or os.environ.get("ALIBABA_CLOUD_STS_ENDPOINT")
    )


def _is_near(settings: Settings, name: str) -> bool:
    """Say whether a setting comes from the command line or one of our own variables."""
    from tui.settings import PREFIX

    origin = settings.origins.get(name, "default")
    return origin == "flag" or origin.startswith(PREFIX)


def _wishes(profile: Profile) -> dict[str, object]:
    """Return what a profile wants of the settings, under their names."""
    from tui.settings import MAX_SECONDS

    found = {setting: getattr(profile, name) for setting, name in WISHES.items()}
    found["read_timeout"] = profile.read_timeout or profile.retry_timeout
    found["network"] = "vpc" if profile.endpoint_type.lower() == "vpc" else ""
    for name in ("connect_timeout", "read_timeout"):
        found[name] = min(found[name], MAX_SECONDS)
    return {name: value for name, value in found.items() if value}


def _unfit(chosen: Choice) -> CredentialsUnavailable | None:
    """Say what of a profile's region and endpoint cannot be one."""
    from tui.api.endpoints import resolve
    from tui.api.errors import CredentialsUnavailable, EndpointInvalid

    profile = chosen.profile
    if profile is None or not (profile.region_id or profile.endpoint):
        return None
    try:
        resolve(profile.region_id, endpoint=profile.endpoint)
    except EndpointInvalid as error:
        return CredentialsUnavailable(error.sentence, advice=error.advice)
    return None
