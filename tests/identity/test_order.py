"""Who asks where several could: the order of the vendor's SDKs, what is named first, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tui.commands import connecting
from tui.identity import chain
from tui.identity.building import Surroundings
from tui.identity.chain import Choice
from tui.identity.looking import NothingFound, UnknownProfile
from tui.settings import Settings, load

KEYS = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI-environment",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "environment-secret",
}
OIDC = {
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "acs:ram::1:oidc-provider/p",
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/token",
    "ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/r",
}
URI = {"ALIBABA_CLOUD_CREDENTIALS_URI": "http://127.0.0.1:1/credentials"}
NO_METADATA = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}

INI = "[default]\ntype = access_key\naccess_key_id = i\naccess_key_secret = s # a comment\n"

PROFILES: list[dict[str, Any]] = [
    {"name": "first", "mode": "AK", "access_key_id": "a", "access_key_secret": "b"},
    {"name": "second", "mode": "AK", "access_key_id": "c", "access_key_secret": "d"},
    {"name": "blank", "mode": "AK", "access_key_id": "", "access_key_secret": ""},
    {"name": "half", "mode": "AK", "access_key_id": "c", "access_key_secret": ""},
]


@pytest.fixture
def config(home: Path) -> Path:
    """Write a `config.json` with some profiles, of which the first is current."""
    return written(home, {"current": "first", "profiles": PROFILES})


@pytest.fixture
def ini(home: Path) -> Path:
    """Write the ini file of the SDKs."""
    path = home / ".alibabacloud" / "credentials.ini"
    path.parent.mkdir()
    path.write_text(INI)
    return path


def written(home: Path, document: object) -> Path:
    path = home / ".aliyun" / "config.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def chosen(home: Path, environ: dict[str, str] | None = None, profile: str = "") -> Choice:
    return chain.choose(Surroundings({"HOME": str(home), **(environ or {})}), profile)


@pytest.mark.usefixtures("config", "ini")
@pytest.mark.parametrize(
    ("environ", "profile", "words"),
    [
        (KEYS | OIDC | URI, "", "environment"),
        (OIDC | URI, "", "OIDC role"),
        (URI, "", "profile first"),
        ({"ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "true"} | URI, "", "credentials.ini [default]"),
        ({"ALIBABA_CLOUD_IGNORE_PROFILE": "TRUE"}, "", "credentials.ini [default]"),
        (KEYS, "second", "profile second"),
        (OIDC, "second", "profile second"),
        ({"ALIBABA_CLOUD_PROFILE": "second"}, "", "profile second"),
        ({"ALICLOUD_PROFILE": "second"}, "", "profile second"),
        ({"ALIBABA_CLOUD_PROFILE": "second"} | KEYS, "", "environment"),
        ({"ALIBABA_CLOUD_PROFILE": "second"}, "first", "profile first"),
        ({"ALIBABA_CLOUD_PROFILE": "default"}, "", "credentials.ini [default]"),
        (KEYS, "default", "credentials.ini [default]"),
        ({"ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "p"}, "", "profile first"),
    ],
)
def test_who_wins(home: Path, environ: dict[str, str], profile: str, words: str) -> None:
    choice = chosen(home, environ, profile)
    assert choice.words == words
    assert choice.fault is None


@pytest.mark.usefixtures("ini")
@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"current": "blank", "profiles": PROFILES}, "credentials.ini [default]"),
        ({"current": "", "profiles": PROFILES}, "credentials.ini [default]"),
        ({"profiles": []}, "credentials.ini [default]"),
        ({"current": "second", "profiles": PROFILES}, "profile second"),
    ],
)
def test_a_blank_profile_is_no_profile(home: Path, document: object, words: str) -> None:
    written(home, document)
    assert chosen(home).words == words


def test_after_the_files_come_the_address_and_then_the_instance(home: Path) -> None:
    assert chosen(home, URI).words == "credentials URI"
    assert chosen(home, URI | {"ALIBABA_CLOUD_ECS_METADATA": "a-role"}).words == "credentials URI"
    assert chosen(home).words == "ECS instance role"
    assert isinstance(chosen(home, NO_METADATA).fault, NothingFound)


@pytest.mark.usefixtures("ini")
@pytest.mark.parametrize(
    ("document", "environ", "profile", "part"),
    [
        ("{", {}, "", "~/.aliyun/config.json gives no credentials: The file cannot be used: it is"),
        ("", {}, "", "it is empty"),
        ("[]", {}, "", "it is not an object of JSON"),
        ({"profiles": {}}, {}, "", "“profiles” is not a list"),
        ({"current": "half", "profiles": PROFILES}, {}, "", "Its access_key_secret is empty"),
        ({"current": "gone", "profiles": PROFILES}, {}, "", "Its current profile gone does not"),
        ({"profiles": PROFILES}, {"ALIBABA_CLOUD_PROFILE": "gone"}, "", "There is no profile gone"),
        ({"profiles": PROFILES}, {"ALIBABA_CLOUD_PROFILE": "blank"}, "", "access_key_id is empty"),
        ({"profiles": PROFILES}, {}, "secnd", "Did you mean second?"),
        ({"profiles": PROFILES}, {"ALIBABA_CLOUD_ACCESS_KEY_ID": "half"}, "", "but not ALIBABA"),
        ({"profiles": PROFILES}, OIDC | {"ALIBABA_CLOUD_STS_ENDPOINT": "http://a.b"}, "", "STS"),
    ],
)
def test_what_is_set_up_and_broken_is_never_passed_over(
    home: Path, document: object, environ: dict[str, str], profile: str, part: str
) -> None:
    path = written(home, document)
    before = path.read_bytes()
    choice = chosen(home, environ, profile)
    assert part in str(choice.fault)
    assert path.read_bytes() == before


def test_a_fault_behind_the_winner_does_not_matter(home: Path) -> None:
    written(home, "{")
    assert chosen(home, KEYS).fault is None


def test_an_unknown_profile_says_where_was_looked(home: Path) -> None:
    fault = chosen(home, profile="ops").fault
    assert isinstance(fault, UnknownProfile)
    assert "~/.aliyun/config.json: it does not exist" in str(fault)
    assert "aliyun configure --profile ops" in str(fault)


def test_nothing_found_says_where_was_looked_and_what_helps(home: Path) -> None:
    fault = chosen(home, NO_METADATA).fault
    assert isinstance(fault, NothingFound)
    assert [each.place for each in fault.looks] == [
        "environment",
        "OIDC in the environment",
        "~/.aliyun/config.json",
        "~/.alibabacloud/credentials.ini",
        "credentials URI",
        "ECS metadata",
    ]
    assert all(each.outcome for each in fault.looks)
    assert len(fault.remedies) == 3
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID is not set" in fault.sentence
    assert not fault.sentence.endswith("…")


def test_other_files_can_be_named(home: Path, tmp_path: Path, config: Path, ini: Path) -> None:
    other = tmp_path / "other.json"
    config.rename(other)
    environ = {"ALIBABA_CLOUD_CONFIG_FILE": str(other)}
    assert chosen(home, environ).words == "profile first"
    other.unlink()
    ini.rename(tmp_path / "keys")
    environ["ALIBABA_CLOUD_CREDENTIALS_FILE"] = str(tmp_path / "keys")
    assert chosen(home, environ).words == "keys [default]"


def test_the_second_place_of_the_ini_file(home: Path, ini: Path) -> None:
    ini.rename(ini.with_name("credentials"))
    assert chosen(home).words == "credentials [default]"


@pytest.mark.parametrize(
    ("section", "detail"),
    [
        ("type = sts\naccess_key_id=a\naccess_key_secret=b\nsecurity_token=c", "FixedSource"),
        ("type = ram_role_arn\naccess_key_id=a\naccess_key_secret=b\nrole_arn=c", "AssumedRole"),
        (
            "type = oidc_role_arn\noidc_provider_arn=a\noidc_token_file_path=b\nrole_arn=c",
            "OidcRole",
        ),
        ("type = ecs_ram_role\nrole_name=a", "InstanceRole"),
        ("type = rsa_key_pair", "FaultySource"),
        ("type = nonsense", "FaultySource"),
        ("access_key_id=a\naccess_key_secret=b", "FixedSource"),
    ],
)
def test_types_of_the_ini_file(home: Path, ini: Path, section: str, detail: str) -> None:
    ini.write_text(f"[default]\n{section}\n")
    assert type(chosen(home).source).__name__ == detail


def test_identities_are_told_apart_and_known_again(home: Path, config: Path) -> None:
    assert chosen(home, profile="first").key == chosen(home).key
    assert chosen(home, profile="second").key != chosen(home).key
    same = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "a", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "b"}
    assert chosen(home, same).key == chosen(home).key


PROFILE_SETTINGS = {
    "region_id": "cn-beijing",
    "endpoint": "ecs.cn-beijing.example.com",
    "endpoint_type": "vpc",
    "connect_timeout": 7,
    "retry_timeout": 33,
}


def settings_of(
    home: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], flags: dict[str, str]
) -> Settings:
    written(home, {"current": "first", "profiles": [PROFILES[0] | PROFILE_SETTINGS]})
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    settings = load(None, {"HOME": str(home), **environ}, flags)
    return connecting.heeding(settings, connecting.choice(settings))


@pytest.mark.parametrize(
    ("environ", "flags", "region"),
    [
        ({}, {}, "cn-beijing"),
        ({}, {"region": "cn-shanghai"}, "cn-shanghai"),
        ({"SENDFILE_EXPLORER_REGION": "cn-shanghai"}, {}, "cn-shanghai"),
        ({"ALIBABA_CLOUD_REGION_ID": "cn-shanghai"}, {}, "cn-shanghai"),
        ({"ALIBABA_CLOUD_REGION_ID": "cn-shanghai"}, {"profile": "first"}, "cn-beijing"),
        ({}, {"profile": "first", "region": "cn-shanghai"}, "cn-shanghai"),
        (
            {"SENDFILE_EXPLORER_PROFILE": "first", "SENDFILE_EXPLORER_REGION": "cn-shanghai"},
            {},
            "cn-shanghai",
        ),
    ],
)
def test_whose_region_counts(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    flags: dict[str, str],
    region: str,
) -> None:
    assert settings_of(home, monkeypatch, environ, flags).region == region


def test_everything_that_a_profile_wants_is_heeded(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(home, monkeypatch, {}, {"connect_timeout": "2"})
    assert settings.endpoint == "ecs.cn-beijing.example.com"
    assert settings.network == "vpc"
    assert (settings.connect_timeout, settings.read_timeout) == (2, 33)
    assert settings.origins["read_timeout"] == "profile first"


def test_a_profile_of_the_environment_keeps_its_region_to_itself(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings_of(home, monkeypatch, KEYS, {}).region == ""


@pytest.mark.parametrize("values", [{"region_id": "Nowhere!"}, {"endpoint": "http://example.com"}])
def test_a_profile_with_an_impossible_place_is_a_fault(home: Path, values: dict[str, str]) -> None:
    written(home, {"current": "first", "profiles": [PROFILES[0] | values]})
    settings = load(None, {"HOME": str(home)}, {})
    fault = connecting.choice(settings).fault
    assert fault is not None
    assert str(fault).startswith("Profile first (AK) gives no credentials: ")


@pytest.mark.parametrize(
    ("environ", "profile", "network", "url"),
    [
        ({}, {}, "", "https://sts.aliyuncs.com"),
        ({}, {"sts_region": "cn-beijing"}, "", "https://sts.cn-beijing.aliyuncs.com"),
        ({"ALIBABA_CLOUD_STS_REGION": "cn-x"}, {}, "", "https://sts.cn-x.aliyuncs.com"),
        ({}, {"sts_region": "cn-beijing"}, "vpc", "https://sts-vpc.cn-beijing.aliyuncs.com"),
        ({}, {"region_id": "cn-beijing"}, "vpc", "https://sts-vpc.cn-beijing.aliyuncs.com"),
        ({}, {"region_id": "cn-beijing"}, "", "https://sts.aliyuncs.com"),
        ({}, {"sts_endpoint": "sts.example.com"}, "", "https://sts.example.com"),
        (
            {"ALIBABA_CLOUD_STS_ENDPOINT": "http://127.0.0.1:1"},
            {"sts_endpoint": "sts.example.com", "sts_region": "cn-beijing"},
            "",
            "http://127.0.0.1:1",
        ),
        (
            {"ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED": "true", "ALIBABA_CLOUD_STS_REGION": "cn-x"},
            {},
            "",
            "https://sts-vpc.cn-x.aliyuncs.com",
        ),
    ],
)
def test_where_the_token_service_is(
    home: Path, environ: dict[str, str], profile: dict[str, str], network: str, url: str
) -> None:
    written(home, {"current": "first", "profiles": [PROFILES[0] | profile]})
    around = Surroundings({"HOME": str(home), **environ}, network, "cn-hangzhou")
    assert chain.choose(around).sts_endpoint().url == url
