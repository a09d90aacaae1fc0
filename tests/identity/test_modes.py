"""Every mode of a profile against the emulator: what is asked, whose credentials come, faults."""

from __future__ import annotations

from typing import Any

import pytest

from tests.identity.world import World
from tui.api.errors import CredentialsUnavailable
from tui.identity import chain
from tui.identity.building import Surroundings

pytestmark = pytest.mark.anyio

MODES: dict[str, list[str]] = {
    "AK": [],
    "StsToken": [],
    "RamRoleArn": ["AssumeRole"],
    "EcsRamRole": ["PutMetadataToken", "GetMetadataCredentials", "GetMetadataCredentials"],
    "RamRoleArnWithRoleName": [
        "PutMetadataToken",
        "GetMetadataCredentials",
        "GetMetadataCredentials",
        "AssumeRole",
    ],
    "ChainableRamRoleArn": ["AssumeRole"],
    "External": [],
    "CredentialsURI": ["GetCredentialsURI"],
    "OIDC": ["AssumeRoleWithOIDC"],
    "CloudSSO": ["GetCloudSSOCredentials"],
    "OAuth": ["ExchangeOAuthToken"],
}
"""The modes that work, and what they ask for."""

LASTING = {"AK", "External"}
"""Those whose pair here is the user's own."""


@pytest.fixture(autouse=True)
def oauth_on_loopback(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = {"CN": world.said["oauth_endpoint"]}
    monkeypatch.setattr("tui.identity.making.OAUTH_SITES", sites)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("spelt", [str, str.lower], ids=["as written", "lower case"])
async def test_every_mode_gives_credentials_that_the_service_takes(
    world: World, mode: str, spelt: Any
) -> None:
    world.configure(world.profile(mode, mode=spelt(mode)), {**world.profile("AK"), "name": "base"})
    identity = world.identity(mode.lower())
    found = await identity.credentials()
    assert world.asked() == MODES[mode]
    for secret in (found.access_key_secret, world.said["access_key_secret"], "a-live-access-token"):
        assert secret not in repr(identity.choice)
    assert bool(found.security_token) == (mode not in LASTING)
    assert found.source == f"profile {mode.lower()}"
    caller = await identity.caller()
    assert caller is not None
    assert caller.account_id == "1000000000000000"
    assert caller.kind == ("RAMUser" if mode in LASTING else "AssumedRoleUser")


async def test_a_role_may_be_assumed_with_a_session_token(world: World) -> None:
    pair = world.profile("StsToken")
    own = {name: pair[name] for name in ("access_key_id", "access_key_secret", "sts_token")}
    world.configure(world.profile("RamRoleArn", **own))
    assert (await world.credentials()).security_token != pair["sts_token"]


async def test_a_chain_goes_through_every_role(world: World) -> None:
    world.configure(
        world.profile("ChainableRamRoleArn", name="top", source_profile="middle"),
        world.profile("ChainableRamRoleArn", name="middle", source_profile="base"),
        world.profile("RamRoleArn", name="base"),
    )
    await world.credentials()
    assert world.asked() == ["AssumeRole"] * 3


@pytest.mark.parametrize(
    ("values", "mode"),
    [
        ({"access_key_id": "a", "access_key_secret": "b"}, "AK"),
        ({"access_key_id": "a", "access_key_secret": "b", "sts_token": "c"}, "StsToken"),
        ({"access_key_id": "a", "access_key_secret": "b", "ram_role_arn": "r"}, "RamRoleArn"),
        ({"ram_role_name": "r"}, "EcsRamRole"),
        ({"ram_role_name": "r", "ram_role_arn": "r"}, "RamRoleArnWithRoleName"),
        ({"process_command": "c"}, "External"),
        ({"credentials_uri": "u"}, "CredentialsURI"),
        ({"oidc_provider_arn": "p", "oidc_token_file": "f", "ram_role_arn": "r"}, "OIDC"),
        ({"cloud_sso_sign_in_url": "u"}, "CloudSSO"),
        ({"source_profile": "p", "ram_role_arn": "r"}, "ChainableRamRoleArn"),
    ],
)
async def test_a_profile_without_a_mode_is_known_by_its_fields(
    world: World, values: dict[str, str], mode: str
) -> None:
    world.configure({"name": "unnamed", **values})
    assert world.choose("unnamed").detail == mode


async def test_what_a_profile_says_reaches_the_service(world: World) -> None:
    world.configure(
        world.profile(
            "RamRoleArn",
            ram_role_arn="acs:ram::1000000000000000:role/external-partner",
            external_id="a-secret-word",
            expired_seconds=900,
        )
    )
    found = await world.credentials()
    assert found.expires_at is not None
    assert found.expires_at - world.clock.now <= 900


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("AK", {"access_key_secret": ""}, "Its access_key_secret is empty"),
    ("AK", {"access_key_id": "with space"}, "has a character that no access key ID has"),
    ("StsToken", {"sts_token": ""}, "Its sts_token is empty"),
    ("StsToken", {"sts_expiration": 1}, "They have ended"),
    ("RamRoleArn", {"ram_role_arn": "acs:ram::1:role/denied"}, "refused AssumeRole (NoPermission"),
    ("RamRoleArn", {"ram_role_arn": "acs:ram::1:role/missing"}, "EntityNotExist.Role"),
    ("RamRoleArn", {"ram_role_arn": "nonsense"}, "InvalidParameter.RoleArn"),
    ("RamRoleArn", {"access_key_secret": "wrong"}, "SignatureDoesNotMatch"),
    ("EcsRamRole", {"ram_role_name": "another"}, "does not have the RAM role another"),
    ("ChainableRamRoleArn", {"source_profile": "nobody"}, "source profile nobody does not exist"),
    ("External", {"process_command": "/nowhere/helper"}, "helper cannot be run"),
    ("External", {"process_command": "'"}, "not a command line"),
    ("External", {"process_command": "false"}, "false has failed (exit code 1)"),
    ("External", {"process_command": "echo hello"}, "something else than an object of JSON"),
    ("External", {"process_command": "echo '{}'"}, "has no access_key_id"),
    ("CredentialsURI", {"credentials_uri": "http://example.com/"}, "plain http"),
    ("CredentialsURI", {"credentials_uri": "file:///etc/passwd"}, "The credentials URI"),
    ("OIDC", {"oidc_token_file": "/nowhere/token"}, "/nowhere/token does not exist"),
    ("OIDC", {"oidc_provider_arn": "acs:ram::1:oidc-provider/missing"}, "No such OIDC Provider"),
    ("CloudSSO", {"cloud_sso_access_token_expire": 1}, "The sign-in has expired"),
    ("CloudSSO", {"access_token": "expired"}, "does not take the sign-in any more"),
    ("CloudSSO", {"cloud_sso_access_config": "denied"}, "refuses (HTTP 403)"),
    ("CloudSSO", {"cloud_sso_sign_in_url": "http://example.com/"}, "plain http"),
    ("OAuth", {"oauth_access_token_expire": 1}, "The sign-in has expired"),
    ("OAuth", {"oauth_site_type": "MOON"}, "CN or INTL"),
    ("RsaKeyPair", {}, "key pairs"),
    ("BearerToken", {}, "bearer tokens"),
    ("Anonymous", {}, "nobody who does not say"),
    ("RamRolArn", {}, "did you mean RamRoleArn?"),
]


@pytest.mark.parametrize(("mode", "values", "part"), FAULTS)
async def test_every_fault_is_a_sentence_that_names_the_profile(
    world: World, mode: str, values: dict[str, Any], part: str
) -> None:
    profile = world.profile(mode, **values)
    path = world.configure(profile)
    before = path.read_bytes()
    with pytest.raises(CredentialsUnavailable) as caught:
        await world.credentials(profile["name"])
    sentence = str(caught.value)
    assert part in sentence
    assert sentence.startswith(f"Profile {profile['name']}")
    assert path.read_bytes() == before
    assert world.said["access_key_secret"] not in sentence


@pytest.mark.parametrize("variant", ["expired", "incomplete", "failed", "nonsense", "forbidden"])
async def test_a_credentials_uri_that_fails_is_a_sentence(world: World, variant: str) -> None:
    uri = f"{world.said['credentials_uri']}/{variant}"
    world.configure(world.profile("CredentialsURI", credentials_uri=uri))
    with pytest.raises(CredentialsUnavailable, match="Profile credentialsuri"):
        await world.credentials()


@pytest.mark.parametrize("variant", ["v1-only", "v2-only"])
async def test_either_version_of_the_metadata_service_will_do(world: World, variant: str) -> None:
    world.environ["ALIBABA_CLOUD_ECS_METADATA_ENDPOINT"] += f"/{variant}"
    world.configure(world.profile("EcsRamRole"))
    assert (await world.credentials()).security_token


async def test_version_1_can_be_forbidden(world: World) -> None:
    world.environ["ALIBABA_CLOUD_ECS_METADATA_ENDPOINT"] += "/v1-only"
    world.environ["ALIBABA_CLOUD_IMDSV1_DISABLED"] = "true"
    world.configure(world.profile("EcsRamRole"))
    with pytest.raises(CredentialsUnavailable, match="version 1 may not be used"):
        await world.credentials()


async def test_the_credentials_that_a_sign_in_has_left_are_used_while_they_live(
    world: World,
) -> None:
    kept = world.profile("StsToken")
    ends = int(world.clock.now) + 1000
    for mode in ("CloudSSO", "OAuth"):
        world.configure({**kept, **world.profile(mode, name=mode), "sts_expiration": ends})
        found = await world.credentials(mode, cached=False)
        assert found.security_token == kept["sts_token"]
    assert world.asked() == []


@pytest.mark.parametrize("mode", ["External", "CredentialsURI"])
async def test_programs_and_addresses_can_be_forbidden(world: World, mode: str) -> None:
    world.environ["ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS"] = "1"
    marker = world.home / "ran"
    world.configure(world.profile(mode))
    world.helper(f"touch {marker}")
    with pytest.raises(CredentialsUnavailable, match="DISABLE_EXTERNAL_PROCESS"):
        await world.credentials()
    assert not marker.exists()
    assert world.asked() == []


def chain_of(world: World, *names: str) -> list[dict[str, Any]]:
    sources = [*names[1:], names[0]]
    return [
        world.profile("ChainableRamRoleArn", name=name, source_profile=source)
        for name, source in zip(names, sources, strict=True)
    ]


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c")])
async def test_a_circle_of_profiles_is_said(world: World, names: tuple[str, ...]) -> None:
    world.configure(*chain_of(world, *names))
    fault = world.choose("a").fault
    assert fault is not None
    assert "round in a circle (a → " in str(fault)


async def test_a_chain_without_an_end_is_said(world: World) -> None:
    world.configure(*chain_of(world, *(f"p{number}" for number in range(20))))
    assert "chain of more than 16" in str(world.choose("p0").fault)


async def test_a_fault_below_names_both(world: World) -> None:
    world.configure(
        world.profile("ChainableRamRoleArn", name="top"),
        world.profile("RamRoleArn", name="base", ram_role_arn="acs:ram::1:role/denied"),
    )
    with pytest.raises(CredentialsUnavailable, match=r"Profile base.*NoPermission"):
        await world.credentials("top")


async def test_a_picker_sees_states_and_no_secret(world: World) -> None:
    world.configure(
        world.profile("AK", name="good"),
        world.profile("AK", name="half", access_key_secret=""),
        world.profile("CloudSSO", name="out", cloud_sso_access_token_expire=1),
        world.profile("RsaKeyPair", name="old\x1b]0;x\x07"),
        current="half",
    )
    around = Surroundings(world.environ)
    found = {each.name: each for each in chain.summaries(around, world.clock.now)}
    assert found["good"].state == "ready"
    assert found["good"].region == "cn-hangzhou"
    assert "needs `aliyun configure --mode AK --profile half`" in found["half"].state
    assert found["half"].current
    assert "aliyun configure --mode CloudSSO --profile out" in found["out"].state
    assert "\x1b" not in found["old\x1b]0;x\x07"].state
    assert world.said["access_key_secret"] not in repr(found)
