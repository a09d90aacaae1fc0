"""Faults on purpose: how they are written, when they strike, what they do to an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.emulator.asking import HOME, START, Clock, asker, code_of
from tui.emulator.faults import Fault, Faults, parse
from tui.emulator.hostile import PAYLOADS


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ("throttle=0.1", Fault("throttle", 0.1)),
        ("http500=0.05", Fault("http500", 0.05)),
        ("html502=1", Fault("html502", 1.0)),
        ("reset=0", Fault("reset", 0.0)),
        ("truncate=.5", Fault("truncate", 0.5)),
        ("slow=0.1:2000", Fault("slow", 0.1, 2000.0)),
        ("skew=1200", Fault("skew", 1.0, 1200.0)),
        ("skew=-1200", Fault("skew", 1.0, -1200.0)),
        ("expire-token=30", Fault("expire-token", 1.0, 30.0)),
        ("deny", Fault("deny")),
        ("hostile", Fault("hostile")),
    ],
)
def test_a_fault_is_read(spec: str, fault: Fault) -> None:
    assert parse(spec) == fault


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "=",
        "throtle=0.1",
        "throttle",
        "throttle=",
        "throttle=1.1",
        "throttle=-0.1",
        "throttle=nan",
        "throttle=0.1:5",
        "slow=0.1",
        "slow=0.1:",
        "slow=:5",
        "slow=0.1:-5",
        "slow=0.1:inf",
        "skew=later",
        "skew=1e99",
        "expire-token=-1",
        "deny=1",
        "hostile=",
        "\x1b[31m",
    ],
)
def test_nonsense_is_one_sentence_that_names_what_there_is(spec: str) -> None:
    with pytest.raises(ValueError, match=r"throttle, http500, .*, hostile") as caught:
        parse(spec)
    sentence = str(caught.value)
    assert sentence.endswith(".") and sentence.count(". ") == 0
    assert sentence.isprintable()


def statuses(count: int, *specs: str, seed: int = 7) -> list[str]:
    asking = asker(0, *specs)
    asking.faults = Faults([parse(spec) for spec in specs], seed=seed)
    return [code_of(asking.response({"RegionId": HOME})) for _ in range(count)]


def test_faults_strike_by_chance_and_the_same_for_the_same_seed() -> None:
    drawn = statuses(400, "throttle=0.2", "http500=0.1")
    assert drawn == statuses(400, "throttle=0.2", "http500=0.1")
    assert drawn != statuses(400, "throttle=0.2", "http500=0.1", seed=8)
    assert 50 < drawn.count("400 Throttling.User") < 110
    assert 15 < drawn.count("500 InternalError.Dispatch") < 60
    assert drawn.count("200") > 200


def test_without_faults_nothing_goes_wrong() -> None:
    assert statuses(5) == ["200"] * 5
    assert statuses(5, "throttle=0") == ["200"] * 5


def test_throttling_says_now_and_then_when_to_come_back() -> None:
    asking = asker(5, "throttle=1")
    answers = [asking.response({"RegionId": HOME}) for _ in range(4)]
    assert {code_of(answer) for answer in answers} == {"400 Throttling.User"}
    waits = [answer.headers.get("x-acs-retry-after") for answer in answers]
    assert waits == [None, "400", None, "400"]


def test_a_gateway_answers_in_html() -> None:
    answer = asker(5, "html502=1").response({"RegionId": HOME})
    assert (answer.status, answer.headers["content-type"]) == (502, "text/html")
    assert answer.body.startswith(b"<html>")


def test_breaking_and_waiting_is_for_the_front_to_do() -> None:
    asking = asker(5)
    request = asking.request({"RegionId": HOME})
    reset = Faults([parse("reset=1"), parse("slow=1:2000")]).deliver(asking.emulator, request)
    assert (reset.breakage, reset.delay) == ("reset", 2.0)
    truncated = Faults([parse("truncate=1")]).deliver(asking.emulator, request)
    assert (truncated.breakage, truncated.delay) == ("truncate", 0.0)
    assert truncated.response.status == 200


@pytest.mark.parametrize("skew", [1200, -1200])
def test_a_skewed_clock_refuses_and_shows_itself_in_the_date(skew: int) -> None:
    clock = Clock()
    asking = asker(5, f"skew={skew}", clock=clock)
    refused = asking.response({"RegionId": HOME})
    assert code_of(refused) == "400 InvalidTimeStamp.Expired"
    unskewed = asker(5).response({"RegionId": HOME})
    assert refused.headers["date"] != unskewed.headers["date"]
    clock.now = START + skew
    request = asking.request({"RegionId": HOME})
    clock.now = START
    assert asking.faults.deliver(asking.emulator, request).response.status == 200


def test_a_token_expires_early_and_the_permanent_key_does_not() -> None:
    clock = Clock()
    asking = asker(5, "expire-token=30", clock=clock)
    permanent, sts = asking.key, asking.emulator.sts
    temporary = (sts.access_key_id, sts.access_key_secret, sts.security_token)
    asking.key = temporary
    clock.now += 29
    asking.ask()
    clock.now += 1
    assert asking.refusal() == "400 InvalidSecurityToken.Expired"
    asking.key = permanent
    asking.ask()


def test_denial_names_the_action_and_comes_after_the_signature() -> None:
    asking = asker(5, "deny")
    answer = asking.response({"RegionId": HOME})
    assert code_of(answer) == "403 Forbidden.RAM"
    detail = json.loads(answer.body)["AccessDeniedDetail"]
    assert detail["AuthAction"] == "ecs:DescribeSendFileResults"
    assert detail["NoPermissionType"] == "ImplicitDeny"
    asking.key = (asking.key[0], "wrong", "")
    assert asking.refusal() == "400 SignatureDoesNotMatch"


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, key)
    elif isinstance(value, str):
        yield key, value


def test_hostile_answers_spoil_every_text_field_and_keep_what_is_needed_to_go_on() -> None:
    plain, bad = asker(60), asker(60, "hostile")
    assert bad.walk(MaxResults=20) == plain.walk(MaxResults=20)
    before, after = plain.ask(MaxResults=50), bad.ask(MaxResults=50)
    spoilt = {
        key
        for (key, was), (_, now) in zip(strings(before), strings(after), strict=True)
        if was != now
    }
    kept = {key for key, _ in strings(before)} - spoilt
    assert kept == {"InvokeId", "NextToken"}
    everything = json.dumps(after, ensure_ascii=False)
    for payload in PAYLOADS:
        assert json.dumps(payload, ensure_ascii=False)[1:-1] in everything
    assert bad.ask(MaxResults=50) != bad.ask(MaxResults=49)


def test_a_hostile_refusal_keeps_its_code() -> None:
    answer = asker(5, "hostile").response({"RegionId": "cn-atlantis"})
    assert code_of(answer) == "404 InvalidRegionId.NotFound"
    message = json.loads(answer.body)["Message"]
    assert message != "The RegionId provided does not exist in our records."
