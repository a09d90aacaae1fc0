"""The emulated records: the same for the same seed, like a real fleet's, and never stored."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.emulator.asking import START, Clock, fleet
from tui.emulator.fleet import Fleet
from tui.emulator.identifiers import Identifiers
from tui.emulator.parameters import Selection

SEEDS = (0, 7, 12345)

UNFINISHED = {"Pending", "Running"}


def records(known: Fleet, count: int = 1000) -> list[dict[str, Any]]:
    return [known.invocation(number) for number in range(min(count, known.records))]


def results(record: dict[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = record["InvokeInstances"]["InvokeInstance"]
    return found


@pytest.fixture(scope="module", params=SEEDS)
def thousand(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """The first 1,000 records of a fleet, as at its start."""
    return records(fleet(1000, request.param))


def test_the_same_seed_gives_the_same_records() -> None:
    one, same, other = fleet(300), fleet(300), fleet(300, seed=8)
    assert json.dumps(records(one)) == json.dumps(records(same))
    assert json.dumps(records(one)) != json.dumps(records(other))


def test_a_record_needs_no_other_record() -> None:
    alone = fleet(1000).invocation(700)
    assert alone == records(fleet(1000))[700]


def test_everything_documented_occurs(thousand: list[dict[str, Any]]) -> None:
    overall = {record["InvocationStatus"] for record in thousand}
    assert overall == {"Pending", "Running", "Success", "Failed", "PartialFailed"}
    each = [result for record in thousand for result in results(record)]
    assert {result["InvocationStatus"] for result in each} == {
        *("Pending", "Running", "Success", "Failed"),
        *("Invalid", "Aborted", "Error", "Timeout"),
    }
    assert {result["ErrorCode"] for result in each} == {"", *DOCUMENTED}
    assert {record["ContentType"] for record in thousand} == {"PlainText", "Base64"}
    assert {record["Overwrite"] for record in thousand} == {"true", "false"}


def test_content_is_plain_or_base64_in_both_types(thousand: list[dict[str, Any]]) -> None:
    hidden = text = binary = 0
    for record in thousand:
        if record["Name"] == "app.env" and record["ContentType"] == "PlainText":
            hidden += b"APP_ENV=" in b64decode(record["Content"])
        if record["Name"] == "prometheus.yml" and record["ContentType"] == "Base64":
            text += b"scrape_configs" in b64decode(record["Content"] + "==")
        if record["Name"] == "agent.p12" and record["ContentType"] == "Base64":
            binary += b"\x30\x82" in b64decode(record["Content"] + "==")
    assert hidden and text and binary
    assert max(len(record["Content"]) for record in thousand) > 2000


DOCUMENTED = {
    "InstanceNotExists": ("Aborted", "the specified instance does not exists"),
    "InstanceReleased": ("Aborted", "the specified instance has been released"),
    "InstanceNotRunning": ("Aborted", "the instance is not running when create task"),
    "AccountNotExists": ("Invalid", "the specified account does not exists", "Owner not exists"),
    "ClientNotRunning": ("Aborted", "the aliyun service is not running on the instance"),
    "ClientNotResponse": (
        "Aborted Error",
        "the aliyun service in the instance does not response",
    ),
    "ClientIsUpgrading": ("Aborted", "the aliyun service in the instance is upgrading now"),
    "ClientNeedUpgrade": ("Aborted", "the aliyun service in the instance need upgrade"),
    "DeliveryTimeout": ("Timeout", "the command delivery has been timeout"),
    "FileCreateFail": ("Failed Error", "the file creation is failed due to unknown error"),
    "FileAlreadyExists": ("Invalid", "File already exists"),
    "FileContentInvalid": ("Invalid", "the content of file is invalid", "File content is empty"),
    "FileNameInvalid": ("Invalid", "File name is invalid"),
    "FilePathInvalid": ("Invalid", "File path is invalid"),
    "FileAuthorityInvalid": ("Invalid", "the authority of file is invalid", "Mode is invalid"),
    "UserGroupNotExists": ("Invalid", "Group not exists"),
}
"""Each error code with the statuses it comes with, and what the API's page has `ErrorInfo` say."""


def test_error_codes_come_with_the_words_of_the_documents(thousand: list[dict[str, Any]]) -> None:
    for record in thousand:
        for result in results(record):
            if result["ErrorCode"]:
                statuses, *words = DOCUMENTED[result["ErrorCode"]]
                assert result["InvocationStatus"] in statuses.split()
                assert result["ErrorInfo"] in words
            else:
                assert result["ErrorInfo"] == ""
                assert result["InvocationStatus"] in {"Success", *UNFINISHED}


def rolled_up(record: dict[str, Any]) -> str:
    each = {result["InvocationStatus"] for result in results(record)}
    for unfinished in ("Pending", "Running"):
        if unfinished in each:
            return unfinished
    if each == {"Success"}:
        return "Success"
    return "PartialFailed" if "Success" in each else "Failed"


def test_the_overall_status_is_rolled_up_as_documented(thousand: list[dict[str, Any]]) -> None:
    for record in thousand:
        assert record["InvocationStatus"] == rolled_up(record), record["InvokeId"]


def test_every_field_is_sent_and_a_string(thousand: list[dict[str, Any]]) -> None:
    for record in thousand:
        assert len(record) == 15
        assert record.pop("VmCount") == len(results(record))
        assert 1 <= len(results(record)) <= 50
        texts = [value for value in record.values() if isinstance(value, str)]
        texts += [value for result in results(record) for value in result.values()]
        assert len(texts) == 12 + 8 * len(results(record))
        assert all(isinstance(text, str) for text in texts)


def test_times_are_in_order(thousand: list[dict[str, Any]]) -> None:
    created = [record["CreationTime"] for record in thousand]
    assert created == sorted(created, reverse=True)
    assert len(set(created)) > 800
    for record in thousand:
        for result in results(record):
            times = [result["CreationTime"], result["StartTime"], result["FinishTime"]]
            known = [time for time in times if time]
            assert known == sorted(known)
            assert result["UpdateTime"] == known[-1]
            assert bool(result["FinishTime"]) == (result["InvocationStatus"] not in UNFINISHED)


@pytest.mark.parametrize("count", [100, 5000, 1_000_000])
def test_records_grow_older_over_several_weeks(count: int) -> None:
    known = fleet(count)
    for first in (0, count // 2, count - 300):
        numbers = range(max(first, 0), min(first + 300, count))
        created = [known.created(number) for number in numbers]
        assert created == sorted(created, reverse=True)
    assert 3 * 7 * 86_400 < START - known.created(count - 1) < 6 * 7 * 86_400


def test_no_instance_is_twice_in_one_send(thousand: list[dict[str, Any]]) -> None:
    for record in thousand:
        ids = [result["InstanceId"] for result in results(record)]
        assert len(set(ids)) == len(ids)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def campaigns(found: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Group the sends by ticket and content; the tag `change` is of one campaign only."""
    grouped = defaultdict(list)
    for record in found:
        tags = {tag["TagKey"]: tag["TagValue"] for tag in record["Tags"]["Tag"]}
        if "change" in tags:
            grouped[f"{tags['change']} {record['Name'].removesuffix(':new')}"].append(record)
    return grouped


def test_a_campaign_is_several_sends_alike_within_seconds(thousand: list[dict[str, Any]]) -> None:
    large = [
        group
        for group in campaigns(thousand).values()
        if sum(len(results(record)) == 50 for record in group) >= 2
    ]
    assert large
    for group in large:
        alike = ("FileOwner", "FileGroup", "Description", "Tags")
        for key in alike:
            assert len({json.dumps(record[key]) for record in group}) == 1, key
        assert len({record["Name"].removesuffix(":new") for record in group}) == 1
        times = [instant(record["CreationTime"]) for record in group]
        gaps = [abs((one - other).total_seconds()) for one, other in pairwise(times)]
        assert min(gaps) <= 10


def test_retries_go_to_the_failed_hosts_only_and_mend_most(thousand: list[dict[str, Any]]) -> None:
    failed = mended = 0
    for group in campaigns(thousand[2:]).values():
        state: dict[str, str] = {}
        for record in reversed(group):
            again = [one for one in results(record) if one["InstanceId"] in state]
            assert len(again) in (0, len(results(record)))
            for result in results(record):
                instance, status = result["InstanceId"], result["InvocationStatus"]
                if instance in state:
                    assert state[instance] != "Success"
                    failed += 1
                    mended += status == "Success"
                state[instance] = status
    assert failed > 50
    assert mended > 0.5 * failed


def test_some_hosts_flap(thousand: list[dict[str, Any]]) -> None:
    history = defaultdict(list)
    for record in thousand:
        for result in results(record):
            history[result["InstanceId"]].append(result["InvocationStatus"] == "Success")
    turns = Counter(
        {
            instance: sum(now != before for before, now in pairwise(states))
            for instance, states in history.items()
        }
    )
    assert [count for _, count in turns.most_common(3)] >= [4, 4, 4]


def test_a_released_instance_never_succeeds(thousand: list[dict[str, Any]]) -> None:
    gone, well = set(), set()
    for record in thousand:
        for result in results(record):
            if result["ErrorCode"] in ("InstanceReleased", "InstanceNotExists"):
                gone.add(result["InstanceId"])
            elif result["InvocationStatus"] == "Success":
                well.add(result["InstanceId"])
    assert gone and not gone & well


def test_the_first_screen_shows_trouble_of_many_kinds() -> None:
    screen = records(fleet())[:20]
    counted = Counter(record["InvocationStatus"] for record in screen)
    assert counted["Pending"] == counted["Running"] == 1
    assert counted["PartialFailed"] >= 5 and counted["Failed"] >= 2 and counted["Success"] >= 3
    codes = {result["ErrorCode"] for record in screen for result in results(record)}
    assert len(codes) >= 7


def test_ids_look_real_and_lead_back() -> None:
    known = fleet(1000)
    ids = [known.invoke_id(number) for number in range(-50, 1000)]
    assert len(set(ids)) == len(ids)
    for number, invoke_id in zip(range(-50, 1000), ids, strict=True):
        assert invoke_id.startswith("f-hz0") and len(invoke_id) == 19
        assert invoke_id.isascii() and invoke_id == invoke_id.lower()
        assert known.number_of(invoke_id) == number
    host = results(known.invocation(5))[0]["InstanceId"]
    assert host.startswith("i-bp1") and len(host) == 22
    host_number = known.host_of(host)
    assert host_number is not None and known.instance_id(host_number) == host


@pytest.mark.parametrize(
    "nonsense", ["", "f-hz0", "f-hz0" + "A" * 14, "f-hz0" + "a" * 14, "f-sh0" + "a" * 14, "f-é"]
)
def test_an_id_that_nobody_made_leads_nowhere(nonsense: str) -> None:
    known = fleet(1000)
    assert known.matching(Selection(invoke_id=nonsense or "x")).total() == 0


def test_ids_are_a_permutation() -> None:
    small = Identifiers("x", 2, "seed")
    ids = {small.of(number) for number in range(36**2)}
    assert len(ids) == 36**2
    assert all(small.of(small.number(one) or 0) == one for one in ids)


def test_the_newest_move_on_but_not_within_two_minutes() -> None:
    clock = Clock()
    known = fleet(200, clock=clock)
    at_first = json.dumps(records(known))
    clock.now += 120
    assert json.dumps(records(known)) == at_first
    seen: dict[int, list[str]] = {0: ["Pending"], 1: ["Running"]}
    for _ in range(40):
        clock.now += 5
        for number, states in seen.items():
            record = known.invocation(number)
            assert record["InvocationStatus"] == rolled_up(record)
            assert known.status(number) == record["InvocationStatus"]
            if states[-1] != record["InvocationStatus"]:
                states.append(str(record["InvocationStatus"]))
    assert seen == {
        0: ["Pending", "Running", "PartialFailed"],
        1: ["Running", "PartialFailed"],
    }
    assert json.dumps(records(known)[2:]) == json.dumps(json.loads(at_first)[2:])


def test_the_clock_can_run_faster() -> None:
    clock = Clock()
    known = fleet(10, clock=clock, clock_speed=30.0)
    assert known.status(0) == "Pending"
    clock.now += 20
    assert known.now() == START + 600
    assert known.status(0) == "PartialFailed"


def test_records_arrive_on_top_and_the_old_ones_keep_their_ids() -> None:
    clock = Clock()
    known = fleet(100, clock=clock, arrive_per_minute=30.0)
    before = [known.invoke_id(number) for number in known.numbers()]
    clock.now += 61
    now = [known.invoke_id(number) for number in known.numbers()]
    assert len(now) == 130
    assert now[30:] == before
    newest = [known.invocation(number) for number in known.numbers()[:31]]
    created = [str(record["CreationTime"]) for record in newest]
    assert created == sorted(created, reverse=True)
    assert newest[0]["InvocationStatus"] == "Pending"
    clock.now += 600
    later = known.invocation(known.number_of(str(newest[0]["InvokeId"])) or 0)
    assert later["InvocationStatus"] not in UNFINISHED
    assert later["CreationTime"] == created[0]


def test_what_arrives_takes_some_seconds() -> None:
    clock = Clock()
    known = fleet(10, clock=clock, arrive_per_minute=1.0)
    clock.now += 20 * 60 + 1
    assert {known.status(number) for number in range(-20, -19)} == {"Pending"}
    assert not {known.status(number) for number in range(-19, 0)} & UNFINISHED
    seen = set()
    for _ in range(58):
        clock.now += 1
        seen.add(known.status(-20))
    assert seen - UNFINISHED and seen >= UNFINISHED


def test_old_records_are_hidden_after_the_retention() -> None:
    clock = Clock()
    known = fleet(1000, clock=clock)
    numbers = known.numbers(7)
    assert 0 < len(numbers) < 500
    horizon = START - 7 * 86_400
    assert known.created(numbers[-1]) > horizon >= known.created(numbers[-1] + 1)
    clock.now += 6 * 86_400
    assert len(known.numbers(7)) < len(numbers)


def test_other_regions_have_other_records_and_prefixes() -> None:
    home = fleet(1000)
    away = home.in_region("cn-beijing")
    assert away.records == 250
    record = away.invocation(0)
    assert str(record["InvokeId"]).startswith("f-bj0")
    assert results(record)[0]["InstanceId"].startswith("i-2ze")
    assert home.in_region("cn-qingdao").records == 0
    assert json.dumps(records(away)[50]) != json.dumps(records(home)[50])


def test_a_fleet_may_be_empty_or_tiny() -> None:
    assert len(fleet(0).numbers()) == 0
    assert fleet(0).matching(Selection(name="nginx.conf")).total() == 0
    assert len(records(fleet(1))) == 1
    assert len(records(fleet(65))) == 65
