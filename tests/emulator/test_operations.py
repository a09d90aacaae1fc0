"""The operations: every parameter, both paging methods, and every documented refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.asking import (
    HOME,
    START,
    Clock,
    asker,
    rpc_request,
    timestamp,
)
from tui.emulator import handler, operations
from tui.emulator.regions import REGIONS


def test_limits_are_allowed() -> None:
    asking = asker(20)
    twenty = {f"Tag_{number}_Key": f"{number}".rjust(64, "k") for number in range(1, 21)}
    asking.ask(**twenty, Tag_20_Value="v" * 128)
    assert len(asking.invoke_ids(MaxResults=50)) == 20
    assert len(asking.invoke_ids(PageSize=50)) == 20


@pytest.mark.parametrize("form", [False, True])
def test_the_older_signature_opens_the_same_operations(form: bool) -> None:
    asking = asker(20)
    parameters = {
        "AccessKeyId": asking.key[0],
        "Action": "DescribeSendFileResults",
        "Format": "JSON",
        "RegionId": HOME,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "1",
        "SignatureVersion": "1.0",
        "Timestamp": timestamp(START),
        "Version": "2014-05-26",
        "PageSize": "3",
    }
    request = rpc_request(asking.key[1], parameters, method="POST", form=form)
    body = json.loads(asking.emulator.answer(request).body)
    assert len(body["Invocations"]["Invocation"]) == 3


def test_ten_records_come_by_default() -> None:
    page = asker(25).ask()
    assert len(page["Invocations"]["Invocation"]) == 10
    assert (page["PageNumber"], page["PageSize"], page["TotalCount"]) == (1, 10, 25)
    assert page["RequestId"]


@pytest.mark.parametrize("size", [1, 7, 10, 50])
def test_both_methods_walk_over_the_same_records(size: int) -> None:
    asking = asker(60)
    by_token = asking.walk(MaxResults=size)
    by_number: list[str] = []
    for number in range(1, 60 // size + 2):
        page = asking.ask(PageNumber=number, PageSize=size)
        assert page["TotalCount"] == 60
        assert page["NextToken"] == ""
        by_number += [one["InvokeId"] for one in page["Invocations"]["Invocation"]]
    assert by_token == by_number
    assert len(set(by_token)) == 60


def test_the_last_page_has_no_token_even_when_it_is_full() -> None:
    asking = asker(20)
    first = asking.ask(MaxResults=10)
    last = asking.ask(MaxResults=10, NextToken=first["NextToken"])
    assert len(last["Invocations"]["Invocation"]) == 10
    assert (first["NextToken"] != "", last["NextToken"]) == (True, "")


def test_a_call_that_names_no_method_may_go_on_by_token() -> None:
    asking = asker(25)
    first = asking.ask()
    second = asking.ask(NextToken=first["NextToken"])
    third = asking.ask(NextToken=second["NextToken"], MaxResults=50)
    sizes = [len(page["Invocations"]["Invocation"]) for page in (first, second, third)]
    assert sizes == [10, 10, 5]
    assert third["NextToken"] == ""


def test_the_token_method_voids_the_other() -> None:
    asking = asker(60)
    assert asking.invoke_ids(MaxResults=5, PageNumber=3, PageSize=20) == asking.invoke_ids(
        PageNumber=1, PageSize=5
    )
    page = asking.ask(MaxResults=5, PageNumber=0, PageSize=999)
    assert page["TotalCount"] == 5, "the figure means nothing under tokens"
    assert (
        asking.invoke_ids(NextToken=page["NextToken"], PageNumber=1)
        == asking.invoke_ids(PageNumber=1, PageSize=15)[5:]
    )


def test_a_page_beyond_the_end_is_empty() -> None:
    page = asker(25).ask(PageNumber=4)
    assert page["Invocations"]["Invocation"] == []
    assert page["TotalCount"] == 25
    assert asker(25).ask(PageNumber=10**11)["Invocations"]["Invocation"] == []


def test_a_token_holds_while_records_arrive() -> None:
    clock = Clock()
    asking = asker(60, clock=clock, arrive_per_minute=60)
    everything = asking.walk(MaxResults=50)
    page = asking.ask(MaxResults=20)
    clock.now += 45
    rest = asking.ask(MaxResults=50, NextToken=page["NextToken"])
    assert [one["InvokeId"] for one in rest["Invocations"]["Invocation"]] == everything[20:]
    assert asking.ask(PageNumber=1)["TotalCount"] == 105
    shifted = asking.invoke_ids(PageNumber=2, PageSize=20)
    assert shifted != everything[20:40], "page numbers shift, which is why tokens exist"


def test_a_token_is_good_for_its_own_filters_only() -> None:
    asking = asker(200)
    token = asking.ask(MaxResults=3, Name="nginx.conf")["NextToken"]
    assert asking.ask(MaxResults=50, Name="nginx.conf", NextToken=token)
    refused = "400 InvalidParameter.NextToken"
    assert asking.refusal(MaxResults=3, NextToken=token) == refused
    assert asking.refusal(MaxResults=3, NextToken=token, Name="app.env") == refused
    assert asking.refusal(NextToken=token, Name="nginx.conf", RegionId="cn-beijing") == refused


def test_a_token_with_one_character_changed_is_refused() -> None:
    asking = asker(60)
    token = asking.ask(MaxResults=3)["NextToken"]
    for place, character in enumerate(token):
        other = "B" if character == "A" else "A"
        changed = token[:place] + other + token[place + 1 :]
        assert asking.refusal(NextToken=changed) == "400 InvalidParameter.NextToken"
    assert asking.refusal(NextToken=token[:-4]) == "400 InvalidParameter.NextToken"


def test_a_token_survives_a_restart_with_the_same_seed() -> None:
    token = asker(60).ask(MaxResults=3)["NextToken"]
    assert asker(60).ask(NextToken=token)["Invocations"]["Invocation"]


def test_each_filter_narrows_by_its_own_field() -> None:
    asking = asker(300)
    shown = asking.ask(MaxResults=50)["Invocations"]["Invocation"]
    one = shown[5]
    instance = one["InvokeInstances"]["InvokeInstance"][0]["InstanceId"]

    def page(**filters: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = asking.ask(MaxResults=50, **filters)["Invocations"][
            "Invocation"
        ]
        assert found
        return found

    assert [found["InvokeId"] for found in page(InvokeId=one["InvokeId"])] == [one["InvokeId"]]
    assert {found["Name"] for found in page(Name=one["Name"])} == {one["Name"]}
    assert {found["InvocationStatus"] for found in page(InvocationStatus="Failed")} == {"Failed"}
    for found in page(InstanceId=instance):
        results = found["InvokeInstances"]["InvokeInstance"]
        assert instance in {result["InstanceId"] for result in results}
    for found in page(Tag_1_Key="env", Tag_1_Value="prod", Tag_2_Key="canary", Tag_2_Value=""):
        tags = {tag["TagKey"]: tag["TagValue"] for tag in found["Tags"]["Tag"]}
        assert (tags["env"], tags["canary"]) == ("prod", "")
    in_group = {found["InvokeId"] for found in page(ResourceGroupId="rg-acfmz7pq3pay22")}
    assert in_group < {found["InvokeId"] for found in page()} | set(
        asking.walk(MaxResults=50, ResourceGroupId="rg-acfmz7pq3pay22")
    )
    assert asking.ask(InvokeId=one["InvokeId"], Name="other")["TotalCount"] == 0
    assert asking.ask(Name=one["Name"].upper())["TotalCount"] == 0, "names are exact"


def test_a_query_by_tags_shows_a_thousand_and_the_tag_operation_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(operations, "TAG_CAP", 70)
    asking = asker(300)
    capped = asking.walk(MaxResults=50, Tag_1_Key="env")
    assert len(capped) == 70
    page = asking.ask(PageNumber=2, PageSize=50, Tag_1_Key="env")
    assert (page["TotalCount"], len(page["Invocations"]["Invocation"])) == (70, 20)
    assert asking.ask(PageNumber=3, PageSize=50, Tag_1_Key="env")["TotalCount"] == 70
    tagged: list[str] = []
    token = ""
    while True:
        answer = asking.ask(
            "ListTagResources",
            ResourceType="invocation",
            Tag_1_Key="env",
            **({"NextToken": token} if token else {}),
        )
        for resource in answer["TagResources"]["TagResource"]:
            assert resource["ResourceType"] == "invocation"
            tagged.append(resource["ResourceId"])
        token = answer["NextToken"]
        if not token:
            break
    assert list(dict.fromkeys(tagged))[:70] == capped
    assert len(set(tagged)) > 200


def test_the_cap_is_a_thousand() -> None:
    assert operations.TAG_CAP == 1000
    assert asker(1500).ask(Tag_1_Key="env", PageSize=1)["TotalCount"] == 1000


def test_tags_of_named_records() -> None:
    asking = asker(100)
    shown = asking.ask(MaxResults=50)["Invocations"]["Invocation"]
    tagged = [one for one in shown if one["Tags"]["Tag"]][:2]
    named = {f"ResourceId_{n}": one["InvokeId"] for n, one in enumerate(tagged, 1)}
    answer = asking.ask("ListTagResources", ResourceType="invocation", **named)
    listed = [
        (one["ResourceId"], one["TagKey"], one["TagValue"])
        for one in answer["TagResources"]["TagResource"]
    ]
    assert listed == [
        (one["InvokeId"], tag["TagKey"], tag["TagValue"])
        for one in tagged
        for tag in one["Tags"]["Tag"]
    ]
    nobody = asking.ask("ListTagResources", ResourceType="invocation", ResourceId_1="f-hz0nobody")
    assert nobody["TagResources"]["TagResource"] == []


@pytest.mark.parametrize(
    ("answer", "provocation"),
    [
        ("400 MissingRegionId", {"RegionId": ""}),
        ("400 MissingParameter.ResourceType", {}),
        ("404 InvalidResourceType.NotFound", {"ResourceType": "instance"}),
        ("400 InvalidParameter.TagValue", {"ResourceType": "invocation", "Tag_1_Value": "v"}),
        ("400 InvalidParameter.NextToken", {"ResourceType": "invocation", "NextToken": "x"}),
        (
            "400 NumberExceed.ResourceIds",
            {"ResourceType": "invocation"} | {f"ResourceId_{n}": "f-1" for n in range(1, 52)},
        ),
    ],
)
def test_what_listing_tags_refuses(answer: str, provocation: dict[str, Any]) -> None:
    assert asker(5).refusal("ListTagResources", **provocation) == answer


def test_regions_are_named_in_chinese_or_english() -> None:
    asking = asker(1)
    regions = asking.ask("DescribeRegions")["Regions"]["Region"]
    home = {one["RegionId"]: one for one in regions}[HOME]
    assert home == {
        "RegionId": HOME,
        "LocalName": "华东1（杭州）",
        "RegionEndpoint": "ecs.cn-hangzhou.aliyuncs.com",
        "Status": "available",
    }
    english = asking.ask("DescribeRegions", AcceptLanguage="en-US")["Regions"]["Region"]
    assert {one["RegionId"]: one["LocalName"] for one in english}[HOME] == "China (Hangzhou)"
    assert [one["RegionId"] for one in english] == list(REGIONS)


def test_every_region_answers_for_itself() -> None:
    asking = asker(200)
    totals = {
        region: asking.ask(RegionId=region, PageSize=1)["TotalCount"]
        for region in REGIONS
        if region not in ("cn-wuhan-lr", "ap-south-1", "us-southeast-1")
    }
    assert totals[HOME] == 200
    assert totals["cn-shanghai"] == 80
    assert totals["eu-west-1"] == 0


def test_agents_of_failing_instances_explain_themselves() -> None:
    asking = asker(1000)
    newest = asking.ask(MaxResults=20)["Invocations"]["Invocation"]
    by_code = {
        result["ErrorCode"]: result["InstanceId"]
        for one in reversed(newest)
        for result in one["InvokeInstances"]["InvokeInstance"]
    }
    ids = {"InstanceId_1": by_code["ClientNotRunning"], "InstanceId_2": by_code[""]}
    gone = {"InstanceId_3": by_code["InstanceReleased"], "InstanceId_4": "i-bp1nobody"}
    answer = asking.ask("DescribeCloudAssistantStatus", **ids, **gone)
    shown = answer["InstanceCloudAssistantStatusSet"]["InstanceCloudAssistantStatus"]
    assert [one["InstanceId"] for one in shown] == list(ids.values())
    assert [one["CloudAssistantStatus"] for one in shown] == ["false", "true"]
    assert answer["TotalCount"] == 2
    assert shown[1]["LastHeartbeatTime"] > shown[0]["LastHeartbeatTime"]
    assert {type(value) for value in shown[0].values()} == {str, int, bool}


def test_agents_are_paged_both_ways() -> None:
    asking = asker(10)
    first = asking.ask("DescribeCloudAssistantStatus", MaxResults=50)
    second = asking.ask("DescribeCloudAssistantStatus", MaxResults=50, NextToken=first["NextToken"])
    numbered = asking.ask("DescribeCloudAssistantStatus", PageNumber=2, PageSize=50)

    def ids(answer: dict[str, Any]) -> list[str]:
        found = answer["InstanceCloudAssistantStatusSet"]["InstanceCloudAssistantStatus"]
        return [one["InstanceId"] for one in found]

    assert ids(second) == ids(numbered) != ids(first)
    assert numbered["TotalCount"] > 2000
    assert ids(asking.ask("DescribeCloudAssistantStatus", OSType="Windows")) == []
    many = {f"InstanceId_{number}": "i-1" for number in range(1, 102)}
    refused = asking.refusal("DescribeCloudAssistantStatus", **many)
    assert refused == "403 InstanceIds.ExceedLimit"


def test_retention_is_what_the_emulator_was_told() -> None:
    assert asker(1000, retention_days=7).ask(PageSize=1)["TotalCount"] < 500
    forgotten = asker(1000).walk(MaxResults=50)[-1]
    assert asker(1000, retention_days=7).ask(InvokeId=forgotten)["TotalCount"] == 0


def test_a_long_look_is_taken_in_steps_and_answers_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asking = asker(3000)
    monkeypatch.setattr(handler, "SMALL", 100)
    monkeypatch.setattr(handler, "STEP", 64)
    for filters in (
        {"Name": "nginx.conf", "PageSize": 5},
        {"InvocationStatus": "Failed", "MaxResults": 50},
        {"Tag.1.Key": "env", "PageNumber": 2},
    ):
        request = asking.request({"RegionId": HOME, **filters})
        assert asking.emulator.takes_long(request)
        steps = sum(1 for _ in asking.emulator.looking_ahead(request))
        assert steps > 2
        ahead = json.loads(asking.emulator.answer(request).body)
        plain = json.loads(asker(3000).response({"RegionId": HOME, **filters}).body)
        assert ahead["Invocations"] == plain["Invocations"]
        assert ahead["TotalCount"] == plain["TotalCount"]
        again = asking.request({"RegionId": HOME, **filters})
        assert sum(1 for _ in asking.emulator.looking_ahead(again)) == 0


def test_a_long_look_after_a_token_goes_on_where_the_page_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handler, "STEP", 64)
    filters = {"RegionId": HOME, "Name": "nginx.conf", "MaxResults": 50}
    first = json.loads(asker(3000).response(filters).body)
    later = asker(3000)
    request = later.request({**filters, "NextToken": first["NextToken"]})
    assert sum(1 for _ in later.emulator.looking_ahead(request)) > 2
    page = json.loads(later.emulator.answer(request).body)["Invocations"]["Invocation"]
    assert [one["InvokeId"] for one in page] == asker(3000).walk(Name="nginx.conf", MaxResults=50)[
        50:100
    ]


def test_only_filters_over_many_records_take_long() -> None:
    asking = asker(50_000)
    for filters, long in (
        ({"Name": "a"}, True),
        ({"Tag.1.Key": "a"}, True),
        ({"InvokeId": "f-hz0a"}, False),
        ({}, False),
        ({"Name": "a", "RegionId": "eu-central-1"}, False),
        ({"Name": "a", "RegionId": "nowhere"}, False),
        ({"InvocationStatus": "wrong"}, False),
    ):
        request = asking.request({"RegionId": HOME, **filters})
        assert asking.emulator.takes_long(request) is long, filters
