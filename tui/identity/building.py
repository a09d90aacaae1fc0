"""From a profile to the source that it stands for; nothing is asked yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tui.api.credentials import Credentials
from tui.api.endpoints import Endpoint
from tui.api.errors import CredentialsUnavailable
from tui.identity import environment, external, metadata, modes, sts
from tui.identity.external import External
from tui.identity.metadata import InstanceRole
from tui.identity.modes import Mode
from tui.identity.profiles import ConfigFile, Profile
from tui.identity.roles import AssumedRole, OidcRole
from tui.identity.sign_in import OAUTH_SITES, CloudSso, Kept, OAuth
from tui.identity.source import About, FaultySource, FixedSource, Source
from tui.identity.sts import Role
from tui.identity.switches import is_on
from tui.identity.uri import CredentialsUri
from tui.plain import printable

SPELLINGS: Final = ("ALIBABA_CLOUD_", "ALIBABACLOUD_")
"""What stands before the names of the variables that fill a profile's gaps."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a source depends on besides its profile."""

    environ: Mapping[str, str] = field(repr=False)
    network: str = ""
    """`vpc` to stay inside the vendor's network."""
    region: str = ""
    """The region that is asked, where that is known."""

    def value(self, name: str) -> str:
        """Return a variable of the vendor's by the end of its name."""
        return environment.value(self.environ, name, SPELLINGS)


def source(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    """Return the source that a profile stands for; what is wrong is said when it is asked."""
    profile = _filled(profile, around)
    told = about(profile, file)
    if why := modes.problem(profile, file):
        fault = CredentialsUnavailable(f"{why[:1].upper()}{why[1:]}.", advice=told.remedy)
        return FaultySource(told, fault)
    mode = modes.mode_of(profile)
    assert mode is not None, "a profile without a problem has a mode"
    try:
        return _BUILDERS[mode](profile, file, around)
    except CredentialsUnavailable as fault:
        return FaultySource(told, fault)


def about(profile: Profile, file: ConfigFile) -> About:
    """Return what to tell of a profile."""
    name = printable(profile.name, 60)
    if file.path.suffix == ".json":
        mode = modes.mode_of(profile)
        return About(f"profile {name}", mode or "", modes.remedy(profile))
    place = printable(file.path.name, 40)
    return About(f"{place} [{name}]", remedy=f"Correct {printable(str(file.path), 200)}.")


def sts_endpoint(profile: Profile | None, around: Surroundings) -> Endpoint:
    """Return where the Security Token Service is asked.

    Raises:
        CredentialsUnavailable: what somebody has named cannot be used.
    """
    named = around.value("STS_ENDPOINT") or (profile.sts_endpoint if profile else "")
    region = (profile.sts_region if profile else "") or around.value("STS_REGION")
    vpc = (
        around.network == "vpc"
        or (profile is not None and profile.endpoint_type.lower() == "vpc")
        or is_on(around.environ, "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED")
    )
    if vpc and not region:
        region = (profile.region_id if profile else "") or around.region
    return sts.endpoint(named, region, vpc=vpc)


def _filled(profile: Profile, around: Surroundings) -> Profile:
    """Let the environment fill what a profile leaves open, as the command line does."""
    names: dict[Mode | None, dict[str, str]] = {
        Mode.OIDC: {
            "oidc_provider_arn": "OIDC_PROVIDER_ARN",
            "oidc_token_file": "OIDC_TOKEN_FILE",
            "ram_role_arn": "ROLE_ARN",
            "ram_session_name": "ROLE_SESSION_NAME",
        },
        Mode.CREDENTIALS_URI: {"credentials_uri": "CREDENTIALS_URI"},
        Mode.RAM_ROLE_ARN: {"external_id": "EXTERNAL_ID"},
    }
    gaps: dict[str, Any] = {
        name: around.value(variable)
        for name, variable in names.get(modes.mode_of(profile), {}).items()
        if not getattr(profile, name)
    }
    return replace(profile, **gaps) if gaps else profile


def _role(profile: Profile) -> Role:
    return Role(
        arn=profile.ram_role_arn,
        session=profile.ram_session_name or sts.SESSION_NAME,
        seconds=int(profile.expired_seconds) or sts.DURATION,
        external_id=profile.external_id,
        policy=profile.policy,
    )


def _triple(profile: Profile) -> Credentials:
    return Credentials(
        profile.access_key_id,
        profile.access_key_secret,
        profile.sts_token,
        expires_at=profile.sts_expiration or None,
    )


def _named(profile: Profile) -> tuple[str, ...]:
    """Return the scope of a profile whose account nothing but its name speaks of."""
    return ("profile", str(profile.origin), profile.name)


def _keys(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    pair = Credentials(profile.access_key_id, profile.access_key_secret)
    return FixedSource(about(profile, file), pair, ("key", profile.access_key_id))


def _sts_token(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    return FixedSource(about(profile, file), _triple(profile), _named(profile))


def _ram_role(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    told = about(profile, file)
    base = FixedSource(told, replace(_triple(profile), expires_at=None), _named(profile))
    return AssumedRole(told, base, _role(profile), sts_endpoint(profile, around))


def _instance(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    return InstanceRole(
        about(profile, file),
        profile.ram_role_name,
        metadata.service(around.environ),
        v1=metadata.v1_allowed(around.environ),
    )


def _role_of_instance(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    base = _instance(profile, file, around)
    return AssumedRole(base.about, base, _role(profile), sts_endpoint(profile, around))


def _chained(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    below = file.find(profile.source_profile)
    assert below is not None, "a chain without a problem has an end"
    base = source(below, file, around)
    told = about(profile, file)
    return AssumedRole(told, base, _role(profile), sts_endpoint(profile, around))


def _external(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    _require_helpers(around)
    return External(about(profile, file), profile.process_command, _named(profile))


def _uri(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    _require_helpers(around)
    return CredentialsUri(about(profile, file), profile.credentials_uri)


def _oidc(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    return OidcRole(
        about(profile, file),
        profile.oidc_provider_arn,
        Path(profile.oidc_token_file),
        _role(profile),
        sts_endpoint(profile, around),
    )


def _cloud_sso(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    return CloudSso(
        about(profile, file),
        profile.cloud_sso_account_id,
        profile.cloud_sso_access_config,
        profile.cloud_sso_sign_in_url,
        Kept(_triple(profile), profile.access_token, profile.cloud_sso_access_token_expire),
    )


def _oauth(profile: Profile, file: ConfigFile, around: Surroundings) -> Source:
    site = OAUTH_SITES.get(profile.oauth_site_type.upper() or "CN")
    if site is None:
        raise CredentialsUnavailable(
            f"Its oauth_site_type is {printable(profile.oauth_site_type, 40)}; CN or INTL is known."
        )
    kept = Kept(_triple(profile), profile.oauth_access_token, profile.oauth_access_token_expire)
    return OAuth(about(profile, file), site, kept, _named(profile))


def _require_helpers(around: Surroundings) -> None:
    if external.disabled(around.environ):
        raise CredentialsUnavailable(
            "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS forbids to ask programs and addresses.",
            advice="Unset it, or use another profile.",
        )


_BUILDERS: Final[Mapping[Mode, Callable[[Profile, ConfigFile, Surroundings], Source]]] = {
    Mode.AK: _keys,
    Mode.STS_TOKEN: _sts_token,
    Mode.RAM_ROLE_ARN: _ram_role,
    Mode.ECS_RAM_ROLE: _instance,
    Mode.RAM_ROLE_ARN_WITH_ROLE_NAME: _role_of_instance,
    Mode.CHAINABLE_RAM_ROLE_ARN: _chained,
    Mode.EXTERNAL: _external,
    Mode.CREDENTIALS_URI: _uri,
    Mode.OIDC: _oidc,
    Mode.CLOUD_SSO: _cloud_sso,
    Mode.OAUTH: _oauth,
}
"""What makes the source of a mode."""
