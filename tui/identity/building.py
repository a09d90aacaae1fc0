"""From a profile to the source that it stands for; nothing is asked yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Final

from tui.api.credentials import Credentials
from tui.api.endpoints import Endpoint
from tui.api.errors import CredentialsUnavailable
from tui.identity import environment, modes
from tui.identity.modes import Mode
from tui.identity.profiles import ConfigFile, Profile
from tui.identity.source import About, FaultySource, FixedSource, Source
from tui.identity.switches import is_on
from tui.late_dataclass import dataclass
from tui.plain import printable

SPELLINGS: Final = ("ALIBABA_CLOUD_", "ALIBABACLOUD_")
"""What stands before the names of the variables that fill a profile's gaps."""


@dataclass(frozen=True)
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
    if mode is Mode.AK:
        pair = Credentials(profile.access_key_id, profile.access_key_secret)
        return FixedSource(told, pair, ("key", profile.access_key_id))

    # The others take their time to import, and most starts need none of them.
    from tui.identity.making import MAKERS

    try:
        return MAKERS[mode](profile, file, around)
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
    from tui.identity import sts

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
