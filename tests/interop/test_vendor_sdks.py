"""The vendor's own SDKs, unmodified, use the emulator as they would use the service.

Each test runs with the current SDK (its calls blocking, asynchronous, and signed in the older
way) and with the one that it replaces.
"""

from __future__ import annotations

from typing import Any

from tests.emulator.test_refusals import PROVOKED
from tests.interop.conftest import Drive

RECORDS = 1000


def call(operation: str = "DescribeSendFileResults", **parameters: Any) -> dict[str, Any]:
    return {"operation": operation, "parameters": parameters}


def walk(**parameters: Any) -> dict[str, Any]:
    return {"parameters": parameters, "walk": "token"}


def ids(outcome: dict[str, Any]) -> list[str]:
    return [
        one["InvokeId"] for page in outcome["pages"] for one in page["Invocations"]["Invocation"]
    ]


def refused(outcome: dict[str, Any]) -> str:
    return f"{outcome['status']} {outcome['code']}"


def test_a_page_has_every_field(drive: Drive) -> None:
    (outcome,) = drive(call(MaxResults=50))
    invocations = outcome["body"]["Invocations"]["Invocation"]
    assert (outcome["status"], len(invocations)) == (200, 50)
    for one in invocations:
        assert len(one) == 15
        results = one["InvokeInstances"]["InvokeInstance"]
        assert len(results) == one["VmCount"]
        assert all(len(result) == 8 for result in results)


def test_both_paging_methods_walk_to_the_same_end(drive: Drive) -> None:
    numbers = [call(PageNumber=number, PageSize=50) for number in range(1, RECORDS // 50 + 2)]
    by_token, *pages = drive(walk(MaxResults=50), *numbers)
    assert {page["body"]["TotalCount"] for page in pages} == {RECORDS}
    by_number = [invoke_id for page in pages for invoke_id in ids(page)]
    assert ids(by_token) == by_number
    assert len(set(by_number)) == RECORDS


def test_each_filter(drive: Drive) -> None:
    (outcome,) = drive(call(MaxResults=50))
    shown = outcome["body"]["Invocations"]["Invocation"]
    one = next(one for one in shown if one["Tags"]["Tag"])
    instance = one["InvokeInstances"]["InvokeInstance"][0]["InstanceId"]
    tag = one["Tags"]["Tag"][0]
    named = {"Key": tag["TagKey"], "Value": tag["TagValue"]}
    by_id, by_name, by_instance, by_status, by_tag, by_key, by_empty, by_group, by_all = drive(
        call(InvokeId=one["InvokeId"]),
        walk(Name="发布说明.txt", MaxResults=50),
        walk(InstanceId=instance, MaxResults=50),
        walk(InvocationStatus="PartialFailed", MaxResults=50),
        walk(Tag=[named], MaxResults=50),
        call(Tag=[{"Key": tag["TagKey"]}]),
        walk(Tag=[{"Key": "canary", "Value": ""}, named], MaxResults=50),
        walk(ResourceGroupId="rg-acfmz7pq3pay22", MaxResults=50),
        call(InvokeId=one["InvokeId"], Name=one["Name"], InstanceId=instance, Tag=[named]),
    )

    def invocations(outcome: dict[str, Any]) -> list[dict[str, Any]]:
        found = [one for page in outcome["pages"] for one in page["Invocations"]["Invocation"]]
        assert found
        return found

    assert ids(by_id) == ids(by_all) == [one["InvokeId"]]
    assert {found["Name"] for found in invocations(by_name)} == {"发布说明.txt"}
    assert {found["InvocationStatus"] for found in invocations(by_status)} == {"PartialFailed"}
    for found in invocations(by_instance):
        results = found["InvokeInstances"]["InvokeInstance"]
        assert instance in {result["InstanceId"] for result in results}
    for found in invocations(by_tag):
        assert tag in found["Tags"]["Tag"]
    assert by_key["body"]["TotalCount"] >= len(ids(by_tag))
    for found in invocations(by_empty):
        assert {"TagKey": "canary", "TagValue": ""} in found["Tags"]["Tag"]
    assert 0 < len(ids(by_group)) < RECORDS


def test_each_documented_error_with_its_status(drive: Drive) -> None:
    expected, calls = [], []
    for answer, provocation in PROVOKED:
        tags: dict[int, dict[str, str]] = {}
        parameters: dict[str, Any] = {}
        for name, value in provocation.items():
            if name.startswith("Tag_"):
                _, number, part = name.split("_")
                tags.setdefault(int(number), {})[part] = value
            else:
                parameters[name] = value
        if tags and sorted(tags) != list(range(1, len(tags) + 1)):
            continue  # The SDKs number tags themselves.
        if tags:
            parameters["Tag"] = list(tags.values())
        expected.append(answer)
        calls.append(call(**parameters))
    assert len(calls) > 20
    outcomes = drive(*calls)
    assert [refused(outcome) for outcome in outcomes] == expected
    assert all(outcome["request_id"] for outcome in outcomes)


def test_temporary_credentials(drive: Drive, served: dict[str, Any]) -> None:
    (outcome,) = drive(call(), **served["sts"])
    assert (outcome["status"], len(ids(outcome))) == (200, 10)
    (broken,) = drive(call(), **{**served["sts"], "security_token": "CAISbroken"})
    assert refused(broken) == "400 InvalidSecurityToken.Malformed"
    (foreign,) = drive(call(), security_token=served["sts"]["security_token"])
    assert refused(foreign) == "400 InvalidSecurityToken.MismatchWithAccessKey"


def test_a_wrong_secret_and_an_unknown_key(drive: Drive) -> None:
    (wrong,) = drive(call(), access_key_secret="wrong")
    assert wrong["code"] in ("SignatureDoesNotMatch", "InvalidAccessKeySecret")
    assert wrong["status"] == 400
    (unknown,) = drive(call(), access_key_id="LTAI5tNobodyKnowsThisOne")
    assert refused(unknown) == "404 InvalidAccessKeyId.NotFound"


def test_the_other_operations(drive: Drive) -> None:
    regions, tags, agents, unknown = drive(
        call("DescribeRegions", AcceptLanguage="en-US"),
        call("ListTagResources", ResourceType="invocation", Tag=[{"Key": "env"}]),
        call("DescribeCloudAssistantStatus", MaxResults=3),
        call("DescribeInvocations"),
    )
    names = {one["RegionId"]: one["LocalName"] for one in regions["body"]["Regions"]["Region"]}
    assert names["cn-hangzhou"] == "China (Hangzhou)"
    resources = tags["body"]["TagResources"]["TagResource"]
    assert {one["ResourceType"] for one in resources} == {"invocation"}
    shown = agents["body"]["InstanceCloudAssistantStatusSet"]["InstanceCloudAssistantStatus"]
    assert len(shown) == 3
    assert refused(unknown) == "404 InvalidAction.NotFound"
