"""The modes of a profile: what each needs, what cannot work here, and the command that helps."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tui.identity.profiles import ConfigFile, Profile
from tui.late_dataclass import dataclass
from tui.plain import printable


class Mode(StrEnum):
    """How a profile comes by credentials, as `config.json` spells it."""

    AK = "AK"
    STS_TOKEN = "StsToken"  # noqa: S105 - the name of a mode
    RAM_ROLE_ARN = "RamRoleArn"
    ECS_RAM_ROLE = "EcsRamRole"
    RAM_ROLE_ARN_WITH_ROLE_NAME = "RamRoleArnWithRoleName"
    CHAINABLE_RAM_ROLE_ARN = "ChainableRamRoleArn"
    EXTERNAL = "External"
    CREDENTIALS_URI = "CredentialsURI"
    OIDC = "OIDC"
    CLOUD_SSO = "CloudSSO"
    OAUTH = "OAuth"
    RSA_KEY_PAIR = "RsaKeyPair"
    BEARER_TOKEN = "BearerToken"  # noqa: S105 - the name of a mode
    ANONYMOUS = "Anonymous"


ALIASES: Final = {"ramrolearnwithecs": Mode.RAM_ROLE_ARN_WITH_ROLE_NAME}
"""Other spellings, in lower case."""

NEEDED: Final[Mapping[Mode, tuple[str, ...]]] = {
    Mode.AK: ("access_key_id", "access_key_secret"),
    Mode.STS_TOKEN: ("access_key_id", "access_key_secret", "sts_token"),
    Mode.RAM_ROLE_ARN: ("access_key_id", "access_key_secret", "ram_role_arn"),
    Mode.ECS_RAM_ROLE: (),
    Mode.RAM_ROLE_ARN_WITH_ROLE_NAME: ("ram_role_arn",),
    Mode.CHAINABLE_RAM_ROLE_ARN: ("source_profile", "ram_role_arn"),
    Mode.EXTERNAL: ("process_command",),
    Mode.CREDENTIALS_URI: ("credentials_uri",),
    Mode.OIDC: ("oidc_provider_arn", "oidc_token_file", "ram_role_arn"),
    Mode.CLOUD_SSO: (),
    Mode.OAUTH: (),
}
"""The fields without which a mode cannot do anything."""

IMPOSSIBLE: Final[Mapping[Mode, str]] = {
    Mode.RSA_KEY_PAIR: "the service has given key pairs (RsaKeyPair) up",
    Mode.BEARER_TOKEN: "ECS does not take bearer tokens",
    Mode.ANONYMOUS: "ECS answers nobody who does not say who he is",
}
"""The modes that cannot work here, and why."""


MAX_CHAIN: Final = 16
"""Roles that may be assumed one from another; nobody has as many on purpose."""


@dataclass(frozen=True)
class ProfileSummary:
    """A profile as a picker shows it; every word is printable, and none is secret."""

    name: str
    """As it is to be named when it is chosen; pass it through `printable` to show it."""
    mode: str
    region: str
    state: str
    """`ready`, or what is in the way and which command helps."""
    ready: bool
    current: bool
    """Whether it is the one that the vendor's command line uses."""
    origin: str
    """The file that it stands in."""


def mode_of(profile: Profile) -> Mode | None:
    """Return the mode of a profile, by its fields where it names none; None where that is none."""
    if profile.mode:
        word = profile.mode.lower()
        return ALIASES.get(word) or next((each for each in Mode if each.lower() == word), None)
    if profile.access_key_id and profile.access_key_secret:
        if profile.sts_token:
            return Mode.STS_TOKEN
        return Mode.RAM_ROLE_ARN if profile.ram_role_arn else Mode.AK
    return _recognised(profile)


def is_blank(profile: Profile) -> bool:
    """Say whether a profile holds nothing: the command line makes one before it is configured."""
    if mode_of(profile) not in (None, Mode.AK) or (profile.mode and mode_of(profile) is None):
        return False
    return not (profile.access_key_id or profile.access_key_secret)


def problem(profile: Profile, file: ConfigFile) -> str:
    """Say what keeps a profile from working, as the end of a sentence; empty when nothing does."""
    mode = mode_of(profile)
    if mode is None:
        return _unknown(profile.mode) if profile.mode else "it has no mode and no keys"
    if mode in IMPOSSIBLE:
        return IMPOSSIBLE[mode]
    for name in NEEDED[mode]:
        value = getattr(profile, name)
        if not value:
            return f"its {name} is empty"
        if not value.isprintable():
            return f"its {name} has a control character"
    return _chain_problem(profile, file) if mode is Mode.CHAINABLE_RAM_ROLE_ARN else ""


def command(profile: Profile) -> str:
    """Return the command that sets a profile up anew."""
    mode = mode_of(profile)
    named = f" --mode {Mode.AK if mode is None or mode in IMPOSSIBLE else mode}"
    # The name is quoted as it is typed, and shown where nothing may move a cursor.
    return f"aliyun configure{named} --profile {printable(shlex.quote(profile.name), 100)}"


def remedy(profile: Profile) -> str:
    """Return the next step for a profile that does not work, as a sentence."""
    return f"Run `{command(profile)}`."


def summaries(file: ConfigFile, now: float) -> tuple[ProfileSummary, ...]:
    """Return the profiles of a file as a picker shows them, in the order of the file."""
    return tuple(_summary(each, file, now) for each in file.profiles)


def _summary(profile: Profile, file: ConfigFile, now: float) -> ProfileSummary:
    why = problem(profile, file) or _over(profile, now)
    mode = mode_of(profile)
    return ProfileSummary(
        name=profile.name,
        mode=printable(mode or profile.mode or "none", 40),
        region=printable(profile.region_id, 40),
        state=f"{why}: needs `{command(profile)}`" if why else "ready",
        ready=not why,
        current=profile.name == file.current,
        origin=printable(str(profile.origin), 200),
    )


def _over(profile: Profile, now: float) -> str:
    """Say what of a profile has expired, where nothing here can renew it."""
    mode = mode_of(profile)
    triple = bool(profile.sts_token) and profile.sts_expiration
    if mode is Mode.STS_TOKEN and triple and profile.sts_expiration <= now:
        return "its security token has expired"
    if mode in (Mode.CLOUD_SSO, Mode.OAUTH) and not (triple and profile.sts_expiration > now):
        return "" if alive(profile, now) else "its sign-in has expired"
    return ""


def alive(profile: Profile, now: float) -> bool:
    """Say whether the access token that signing in has left behind still lives."""
    if mode_of(profile) is Mode.CLOUD_SSO:
        return bool(profile.access_token) and profile.cloud_sso_access_token_expire > now
    return bool(profile.oauth_access_token) and profile.oauth_access_token_expire > now


def _recognised(profile: Profile) -> Mode | None:
    """Return the mode that the fields of a profile without keys speak of."""
    signs = (
        (profile.key_pair_name and profile.private_key, Mode.RSA_KEY_PAIR),
        (profile.ram_role_name and profile.ram_role_arn, Mode.RAM_ROLE_ARN_WITH_ROLE_NAME),
        (profile.ram_role_name, Mode.ECS_RAM_ROLE),
        (profile.process_command, Mode.EXTERNAL),
        (profile.oidc_provider_arn and profile.oidc_token_file, Mode.OIDC),
        (profile.cloud_sso_sign_in_url, Mode.CLOUD_SSO),
        (profile.source_profile and profile.ram_role_arn, Mode.CHAINABLE_RAM_ROLE_ARN),
        (profile.credentials_uri, Mode.CREDENTIALS_URI),
        (profile.oauth_access_token, Mode.OAUTH),
        (profile.bearer_token, Mode.BEARER_TOKEN),
    )
    return next((mode for sign, mode in signs if sign), None)


def _chain_problem(profile: Profile, file: ConfigFile) -> str:
    """Follow the source profiles of a chain to its end, and say where that is none."""
    seen = [profile.name]
    while mode_of(profile) is Mode.CHAINABLE_RAM_ROLE_ARN:
        name = profile.source_profile
        if name in seen:
            way = " → ".join(printable(each, 40) for each in [*seen, name][-6:])
            return f"its source profiles go round in a circle ({way})"
        if len(seen) == MAX_CHAIN:
            return f"its source profiles are a chain of more than {MAX_CHAIN}"
        found = file.find(name)
        if found is None:
            return f"its source profile {printable(name, 60)} does not exist"
        seen.append(name)
        if mode_of(found) is not Mode.CHAINABLE_RAM_ROLE_ARN and (why := problem(found, file)):
            return f"its source profile {printable(name, 60)} cannot be used: {why}"
        profile = found
    return ""


def _unknown(mode: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(mode.lower(), [each.lower() for each in Mode], n=1, cutoff=0.6)
    known = next((each for each in Mode if near and each.lower() == near[0]), None)
    advice = f" (did you mean {known}?)" if known else ""
    return f"its mode {printable(mode, 40)} is not one that is known here{advice}"
