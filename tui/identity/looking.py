"""Where credentials are looked for, in the order of the vendor's SDKs, and what is there.

The first place where something is set up decides. What is set up and cannot be used is a fault,
never a reason to act as somebody else. What makes a source is imported where one is made: a start
pays for its own only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui.api.credentials import Credentials
from tui.api.errors import CredentialsUnavailable
from tui.identity import building, environment, files, ini, modes, profiles
from tui.identity.building import Surroundings
from tui.identity.profiles import ConfigFile, Profile
from tui.identity.source import PATIENCE, About, Blamed, FaultySource, FixedSource, Source
from tui.identity.switches import is_on
from tui.late_dataclass import dataclass
from tui.plain import printable

if TYPE_CHECKING:
    from tui.identity.asking import Asker
    from tui.identity.metadata import InstanceRole

PROFILE_VARIABLES: Final = (
    "ALIBABA_CLOUD_PROFILE",
    "ALIBABACLOUD_PROFILE",
    "ALICLOUD_PROFILE",
)
"""Name the profile that holds in the vendor's files, without putting it before the rest."""

OIDC_VARIABLES: Final = ("OIDC_PROVIDER_ARN", "OIDC_TOKEN_FILE", "ROLE_ARN")
"""The variables that together make a role by OIDC."""

METADATA_PLACE: Final = "ECS metadata"
"""What the metadata service is called."""

REMEDIES: Final = (
    "Run `aliyun configure`, which sets up a profile in ~/.aliyun/config.json.",
    "Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.",
    "On an ECS instance, attach a RAM role to it.",
)
"""What helps where nothing was found, the commonest first."""


@dataclass(frozen=True)
class Look:
    """One place that was looked at."""

    place: str
    """Such as `environment` or `~/.aliyun/config.json`; printable."""
    outcome: str
    """What is there, or why it does not count: the end of a sentence, printable."""
    source: Source | None = None
    """What is set up there, whether it works or not; None: nothing is."""
    profile: Profile | None = None
    """The profile that it stands for."""
    rare: bool = False
    """Whether hardly anybody sets it up, so that a sentence leaves out that nobody has."""


class NothingFound(Blamed):
    """Nothing is set up anywhere; `looks` says where was looked and what each place has."""

    def __init__(self, looks: tuple[Look, ...]) -> None:
        listed = "; ".join(f"{each.place}: {each.outcome}" for each in looks if not each.rare)
        super().__init__(
            f"No credentials were found ({listed}).",
            advice="Run `aliyun configure`, or set ALIBABA_CLOUD_ACCESS_KEY_ID and"
            " ALIBABA_CLOUD_ACCESS_KEY_SECRET; --demo needs none.",
        )
        self.looks = looks
        self.remedies = REMEDIES


class UnknownProfile(Blamed):
    """A profile was named that does not exist."""


@dataclass(frozen=True)
class LastResort:
    """The role of the instance, where nothing else is set up and nobody has said that it is one."""

    role: InstanceRole
    looks: tuple[Look, ...]
    """What the places before it have."""
    kept: bool = False
    patience: float = PATIENCE

    @property
    def about(self) -> About:
        """The role's own."""
        return self.role.about

    @property
    def scope(self) -> tuple[str, ...]:
        """The role's own."""
        return self.role.scope

    def determinants(self) -> tuple[str, ...]:
        """Return the role's own."""
        return self.role.determinants()

    async def fetch(self, asker: Asker) -> Credentials:
        """Ask for the role; that there is none means that nothing was found."""
        from tui.identity.metadata import NoRole

        try:
            return await self.role.fetch(asker)
        except NoRole as error:
            last = Look(METADATA_PLACE, _ending(error.sentence))
            raise NothingFound((*self.looks, last)) from error


def named(name: str, around: Surroundings) -> Iterator[Look]:
    """Look for a profile that somebody has named: in `config.json`, then in the ini file."""
    looks = []
    for file in (profiles.load(around.environ), ini.load(around.environ)):
        look = _profile_look(file, name, around)
        looks.append(look)
        yield look
    if any(each.source for each in looks):
        return
    where = ", ".join(f"{each.place}: {each.outcome}" for each in looks)
    shown = printable(name, 60)
    near = _nearest(name, around)
    fault = UnknownProfile(
        f"There is no profile {shown} ({where}).",
        advice=f"Did you mean {near}?" if near else f"Run `aliyun configure --profile {shown}`.",
    )
    told = About(f"profile {shown}")
    yield Look(told.words, "it does not exist", FaultySource(told, fault))


def everywhere(around: Surroundings) -> Iterator[Look]:
    """Look at every place in order; the last one always has something to ask."""
    looks: list[Look] = []
    for look in _set_up(around):
        looks.append(look)
        yield look
    yield _instance(around, tuple(looks))


def _set_up(around: Surroundings) -> Iterator[Look]:
    """Look at the places that somebody has to set up."""
    yield _environment(around)
    yield _oidc(around)
    said = next(filter(None, map(around.environ.get, PROFILE_VARIABLES)), "")
    if is_on(around.environ, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE"):
        yield Look(_place(profiles.load(around.environ), around), "the environment disables it")
    elif said:
        yield from named(said, around)
        return
    else:
        file = profiles.load(around.environ)
        yield _profile_look(file, file.current, around, blank_counts=False)
    yield _profile_look(ini.load(around.environ), said or ini.DEFAULT_SECTION, around)
    yield _uri(around)


def _environment(around: Surroundings) -> Look:
    told = About(environment.WORDS, remedy="Set the variables anew.")
    try:
        pair = environment.pair(around.environ)
    except CredentialsUnavailable as fault:
        return Look(told.words, _ending(fault.sentence), FaultySource(told, fault))
    if pair is None:
        return Look(told.words, "ALIBABA_CLOUD_ACCESS_KEY_ID is not set")
    kind = "a temporary access key" if pair.security_token else "an access key"
    scope = ("key", pair.access_key_id)
    return Look(told.words, kind, FixedSource(told, pair, scope))


def _oidc(around: Surroundings) -> Look:
    from tui.identity.roles import OidcRole
    from tui.identity.sts import SESSION_NAME, Role

    place = "OIDC in the environment"
    missing = [name for name in OIDC_VARIABLES if not around.value(name)]
    if missing:
        return Look(place, f"ALIBABA_CLOUD_{missing[0]} is not set", rare=True)
    provider, token_file, arn = map(around.value, OIDC_VARIABLES)
    told = About("OIDC role", "environment", "Check the ALIBABA_CLOUD_OIDC_… variables.")
    role = Role(arn, around.value("ROLE_SESSION_NAME") or SESSION_NAME)
    try:
        at = building.sts_endpoint(None, around)
    except CredentialsUnavailable as fault:
        return Look(place, _ending(fault.sentence), FaultySource(told, fault))
    return Look(place, "a role", OidcRole(told, provider, Path(token_file), role, at))


def _uri(around: Surroundings) -> Look:
    from tui.identity.uri import CredentialsUri

    place = "credentials URI"
    uri = around.value("CREDENTIALS_URI")
    if not uri:
        return Look(place, "ALIBABA_CLOUD_CREDENTIALS_URI is not set", rare=True)
    told = About(place, remedy="Check ALIBABA_CLOUD_CREDENTIALS_URI.")
    return Look(place, "an address", CredentialsUri(told, uri))


def _instance(around: Surroundings, looks: tuple[Look, ...]) -> Look:
    from tui.identity import metadata

    if metadata.disabled(around.environ):
        outcome = "the environment disables it"
        told = About("nobody")
        fault = NothingFound((*looks, Look(METADATA_PLACE, outcome)))
        return Look(METADATA_PLACE, outcome, FaultySource(told, fault))
    wanted = around.value("ECS_METADATA")
    role = metadata.InstanceRole(
        About("ECS instance role", remedy="Attach a RAM role to this instance."),
        wanted,
        metadata.service(around.environ),
        v1=metadata.v1_allowed(around.environ),
    )
    if wanted:
        return Look(METADATA_PLACE, f"the role {printable(wanted, 64)}", role)
    return Look(METADATA_PLACE, "asked last", LastResort(role, looks))


def _profile_look(
    file: ConfigFile, name: str, around: Surroundings, *, blank_counts: bool = True
) -> Look:
    """Look for a profile in a file; one that is blank may count as none."""
    place = _place(file, around)
    if not file.present:
        return Look(place, "it does not exist")
    if file.problem:
        told = About(place, remedy=f"Repair or remove {place}.")
        fault = CredentialsUnavailable(f"The file cannot be used: {file.problem}.")
        return Look(place, file.problem, FaultySource(told, fault))
    profile = file.find(name) if name else None
    shown = printable(name, 60)
    if profile is None and name and file.current == name and file.profiles and not blank_counts:
        told = About(place, remedy="Run `aliyun configure switch --profile` with one that does.")
        fault = CredentialsUnavailable(f"Its current profile {shown} does not exist.")
        return Look(place, f"its current profile {shown} is missing", FaultySource(told, fault))
    if profile is None:
        return Look(place, f"it has no profile {shown}" if name else "it has no current profile")
    if not blank_counts and modes.is_blank(profile):
        return Look(place, f"its profile {shown} is blank")
    source = building.source(profile, file, around)
    mode = printable(modes.mode_of(profile) or profile.mode, 40)
    return Look(place, f"profile {shown} ({mode})", source, profile)


def _place(file: ConfigFile, around: Surroundings) -> str:
    return files.shown(file.path, around.environ)


def _nearest(name: str, around: Surroundings) -> str:
    from difflib import get_close_matches

    known = [
        each.name
        for file in (profiles.load(around.environ), ini.load(around.environ))
        for each in file.profiles
    ]
    return printable(next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), ""), 60)


def _ending(sentence: str) -> str:
    """Return a sentence as the end of another."""
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")
