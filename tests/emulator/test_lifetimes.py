"""How long temporary credentials live, that none can be made up, and what faults do to them."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.emulator.asking import HOME, ROLE_ARN, START, Asker, Clock, asker, code_of, timestamp
from tui.emulator.faults import Faults, parse
from tui.emulator.hostile import PAYLOADS

EXPIRED = "400 InvalidSecurityToken.Expired"


def from_role(asking: Asker) -> dict[str, str]:
    session = {"RoleArn": ROLE_ARN, "RoleSessionName": "tests"}
    triple: dict[str, str] = asking.ask("AssumeRole", **session)["Credentials"]
    return triple


def from_instance(asking: Asker) -> dict[str, str]:
    path = "/latest/meta-data/ram/security-credentials/emulator-instance"
    triple: dict[str, str] = json.loads(asking.fetch(path).body)
    return triple


def from_uri(asking: Asker) -> dict[str, str]:
    triple: dict[str, str] = json.loads(asking.fetch("/credentials").body)
    return triple


def from_sign_in(asking: Asker) -> dict[str, str]:
    response = asking.fetch("/v1/exchange", "POST", {"Authorization": "Bearer kept"})
    triple: dict[str, str] = json.loads(response.body)
    return triple


SOURCES = pytest.mark.parametrize("source", [from_role, from_instance, from_uri, from_sign_in])
Source = Callable[[Asker], dict[str, str]]


@SOURCES
def test_a_triple_lives_until_the_moment_it_tells(source: Source) -> None:
    clock = Clock(START + 0.7)
    asking = asker(1, clock=clock)
    triple = source(asking)
    life = 6 * 3600 if source is from_instance else 3600
    assert triple["Expiration"] == timestamp(START + life)
    holder = asking.holding(triple)
    clock.now = START + life - 0.1
    holder.ask()
    clock.now = START + life
    assert holder.refusal() == EXPIRED
    assert holder.refusal("GetCallerIdentity") == EXPIRED


@SOURCES
def test_all_expire_early_where_tokens_are_to(source: Source) -> None:
    clock = Clock()
    asking = asker(1, "expire-token=5", clock=clock)
    for _ in range(3):
        issued = clock.now
        triple = source(asking)
        assert triple["Expiration"] == timestamp(issued + 5)
        clock.now += 4.9
        asking.holding(triple).ask()
        clock.now += 0.1
        assert asking.holding(triple).refusal() == EXPIRED
    asking.ask()


@SOURCES
def test_a_skewed_clock_tells_a_skewed_expiration_and_the_life_is_the_same(source: Source) -> None:
    clock = Clock()
    asking = asker(1, "skew=600", "expire-token=60", clock=clock)
    triple = source(asking)
    assert triple["Expiration"] == timestamp(START + 660)
    clock.now += 59
    asking.holding(triple).ask()
    clock.now += 1
    assert asking.holding(triple).refusal() == EXPIRED


def test_a_restart_forgets_no_triple_and_another_seed_knows_none() -> None:
    triple = from_role(asker(1))
    asker(1).holding(triple).ask()
    stranger = asker(1, seed=8).holding(triple)
    assert stranger.refusal() == "400 InvalidSecurityToken.Malformed"


def test_a_token_with_one_bit_changed_is_void() -> None:
    asking = asker(1).assumed()
    access_key_id, secret, token = asking.key
    content = b64decode(token)
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1
        asking.key = (access_key_id, secret, b64encode(changed).decode())
        assert asking.refusal() == "400 InvalidSecurityToken.Malformed"


@pytest.mark.parametrize("token", ["CAIS", "CAIS" * 30, "é", "====", "A"])
def test_a_token_that_is_none_is_void(token: str) -> None:
    asking = asker(1).assumed()
    asking.key = (asking.key[0], asking.key[1], token)
    assert asking.refusal() == "400 InvalidSecurityToken.Malformed"


def test_the_parts_of_two_triples_do_not_mix() -> None:
    asking = asker(1)
    one, other = asking.assumed(), asking.assumed()
    mixed = replace(one, key=(one.key[0], one.key[1], other.key[2]))
    assert mixed.refusal() == "400 InvalidSecurityToken.MismatchWithAccessKey"
    mixed.key = (one.key[0], other.key[1], one.key[2])
    assert mixed.refusal() == "400 SignatureDoesNotMatch"
    mixed.key = (one.key[0], one.key[1], "")
    assert mixed.refusal() == "400 MissingSecurityToken"
    mixed.key = (asking.key[0], asking.key[1], one.key[2])
    assert mixed.refusal() == "400 InvalidSecurityToken.MismatchWithAccessKey"


FAULTS = ("throttle=1", "http500=1", "html502=1", "reset=1", "truncate=1", "slow=1:5000", "deny")


@pytest.mark.parametrize("spec", FAULTS)
def test_faults_of_the_records_leave_credentials_alone(spec: str) -> None:
    asking = asker(1, spec)
    for source in (from_role, from_instance, from_uri, from_sign_in):
        assert source(asking)["AccessKeyId"].startswith("STS.")
    request = asking.request({}, "GetCallerIdentity")
    delivery = asking.faults.deliver(asking.emulator, request)
    assert (delivery.response.status, delivery.delay, delivery.breakage) == (200, 0, "")


def test_asking_for_credentials_does_not_change_what_strikes_the_records() -> None:
    plain, mixed = asker(1, "throttle=0.5"), asker(1, "throttle=0.5")
    for _ in range(40):
        from_role(mixed)
        from_uri(mixed)
        expected = code_of(plain.response({"RegionId": HOME}))
        assert code_of(mixed.response({"RegionId": HOME})) == expected


def test_hostile_texts_are_in_everything_but_the_credentials() -> None:
    asking = asker(1, "hostile")
    holder = asking.assumed()
    spoilt = holder.ask("GetCallerIdentity")
    calm = replace(holder, faults=Faults()).ask("GetCallerIdentity")
    assert spoilt["Arn"] != calm["Arn"] and spoilt["AccountId"] != calm["AccountId"]
    assert any(payload in spoilt["Arn"] for payload in PAYLOADS)
    assert asking.holding(from_uri(asking)).ask() and asking.holding(from_sign_in(asking)).ask()
    refused = asking.response({"RoleArn": "x", "RoleSessionName": "tests"}, "AssumeRole")
    assert code_of(refused) == "400 InvalidParameter.RoleArn"
    assert json.loads(refused.body)["Message"] != "The parameter RoleArn is wrongly formed."


def test_a_clock_that_is_wrong_is_wrong_for_every_service() -> None:
    asking = asker(1)
    asking.faults = Faults([parse("skew=1200")])
    assert asking.refusal("GetCallerIdentity") == "400 InvalidTimeStamp.Expired"
