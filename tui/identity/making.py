"""What makes the source of each mode that is more than a pair of keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from tui.api.credentials import Credentials
from tui.api.errors import CredentialsUnavailable
from tui.identity import building, external, metadata, sts
from tui.identity.building import Surroundings, about, sts_endpoint
from tui.identity.external import External
from tui.identity.metadata import InstanceRole
from tui.identity.modes import Mode
from tui.identity.profiles import ConfigFile, Profile
from tui.identity.roles import AssumedRole, OidcRole
from tui.identity.sign_in import OAUTH_SITES, CloudSso, Kept, OAuth
from tui.identity.source import FixedSource, Source
from tui.identity.sts import Role
from tui.identity.uri import CredentialsUri
from tui.plain import printable


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
    base = building.source(below, file, around)
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


MAKERS: Final[Mapping[Mode, Callable[[Profile, ConfigFile, Surroundings], Source]]] = {
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
