"""The client: what leaves, what comes back, and what an observer is told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.clients import HTML, QUERY, ask
from tests.wire import (
    KEYS,
    START,
    Clock,
    Recorder,
    Scripted,
    client_of,
    ok,
    page_body,
    refusal,
)
from tui.api import signing
from tui.api.client import MAX_INSTANCES
from tui.api.errors import (
    BadAnswer,
    Denied,
    InvalidQuery,
    ServiceFailed,
)
from tui.records import Cursor, Query, TagFilter

pytestmark = pytest.mark.anyio


# The request that leaves.


async def test_a_request_is_a_signed_post_with_all_parameters_in_the_query() -> None:
    wire, page = await ask(ok())
    (sent,) = wire.sent

    assert [invocation.invoke_id for invocation in page.invocations] == ["f-1"]
    assert (sent.method, sent.body) == ("POST", b"")
    assert sent.url == "https://ecs.cn-hangzhou.aliyuncs.com/?MaxResults=50&RegionId=cn-hangzhou"
    expected = signing.signed_headers(
        action="DescribeSendFileResults",
        version="2014-05-26",
        host="ecs.cn-hangzhou.aliyuncs.com",
        query=sent.parameters.items(),
        credentials=KEYS,
        date=signing.timestamp(START),
        nonce="nonce-0",
    )
    assert sent.headers == dict(expected)


async def test_every_filter_is_sent_under_its_name() -> None:
    wire = Scripted([ok()])
    query = Query(
        "cn-hangzhou",
        invoke_id="f-1",
        name="a b*.txt",
        instance_id="i-1",
        statuses=("PartialFailed",),
        resource_group_id="rg-1",
        tags=(TagFilter("owner", "张三"), TagFilter("team"), TagFilter("empty", "")),
    )
    await client_of(wire).page(query, Cursor(token="A+/=", size=7))

    assert wire.sent[0].parameters == {
        "RegionId": "cn-hangzhou",
        "InvokeId": "f-1",
        "Name": "a b*.txt",
        "InstanceId": "i-1",
        "InvocationStatus": "PartialFailed",
        "ResourceGroupId": "rg-1",
        "Tag.1.Key": "owner",
        "Tag.1.Value": "张三",
        "Tag.2.Key": "team",
        "Tag.3.Key": "empty",
        "Tag.3.Value": "",
        "MaxResults": "7",
        "NextToken": "A+/=",
    }
    assert "Name=a%20b%2A.txt" in wire.sent[0].url


async def test_a_page_by_number_sends_no_token_and_keeps_the_total() -> None:
    wire = Scripted([ok(page_body("f-1", token="T", TotalCount=9))])
    page = await client_of(wire).page(QUERY, Cursor(token="X", number=3, size=10))

    assert wire.sent[0].parameters == {
        "RegionId": "cn-hangzhou",
        "PageNumber": "3",
        "PageSize": "10",
    }
    assert (page.total_count, page.next_token, page.request_id) == (9, "", "R-1")


@pytest.mark.parametrize(
    ("query", "cursor"),
    [
        (Query(""), Cursor()),
        (Query("cn-hangzhou", statuses=("Odd",)), Cursor()),
        (Query("cn-hangzhou", statuses=("Failed", "PartialFailed")), Cursor()),
        (Query("cn-hangzhou", tags=(TagFilter(""),)), Cursor()),
        (Query("cn-hangzhou", name="\ud800"), Cursor()),
        (QUERY, Cursor(size=0)),
        (QUERY, Cursor(size=51)),
        (QUERY, Cursor(number=0)),
    ],
)
async def test_a_broken_rule_is_told_before_anything_is_sent(query: Query, cursor: Cursor) -> None:
    wire = Scripted([ok()])

    with pytest.raises(InvalidQuery):
        await client_of(wire).page(query, cursor)
    assert wire.sent == []


async def test_a_total_is_one_small_call_for_each_walk() -> None:
    wire = Scripted([ok(page_body(TotalCount=12)), ok(page_body(TotalCount=30))])
    query = replace(QUERY, statuses=("Failed", "PartialFailed"))

    assert await client_of(wire).total(query) == 42
    assert [sent.parameters["PageSize"] for sent in wire.sent] == ["1", "1"]
    assert [sent.parameters["InvocationStatus"] for sent in wire.sent] == list(query.statuses)


async def test_a_missing_total_is_no_zero() -> None:
    with pytest.raises(BadAnswer, match="how many"):
        await client_of(Scripted([ok()])).total(QUERY)


async def test_regions_are_asked_for_in_english() -> None:
    body = {"Regions": {"Region": [{"RegionId": "cn-hangzhou", "LocalName": "China (Hangzhou)"}]}}
    wire = Scripted([ok(json.dumps(body).encode())])
    (region,) = await client_of(wire).regions()

    assert (region.region_id, region.name) == ("cn-hangzhou", "China (Hangzhou)")
    assert wire.sent[0].parameters == {"AcceptLanguage": "en-US"}
    assert wire.sent[0].headers["x-acs-action"] == "DescribeRegions"


async def test_agents_are_asked_for_by_instance() -> None:
    inner = "InstanceCloudAssistantStatus"
    rows = [{"InstanceId": "i-2", "CloudAssistantStatus": "true"}]
    wire = Scripted([ok(json.dumps({f"{inner}Set": {inner: rows}}).encode())])
    client = client_of(wire)
    (found,) = await client.assistant_status("cn-hangzhou", ["i-1", "i-2"])

    assert (found.instance_id, found.running) == ("i-2", True)
    assert wire.sent[0].parameters == {
        "RegionId": "cn-hangzhou",
        "InstanceId.1": "i-1",
        "InstanceId.2": "i-2",
    }
    for ids in ([], ["i"] * (MAX_INSTANCES + 1)):
        with pytest.raises(InvalidQuery):
            await client.assistant_status("cn-hangzhou", ids)
    assert len(wire.sent) == 1


async def test_tagged_tasks_are_asked_for_page_by_page() -> None:
    body = {"NextToken": "U", "TagResources": {"TagResource": [{"ResourceId": "f-1"}]}}
    wire = Scripted([ok(json.dumps(body).encode())])
    client = client_of(wire)
    found = await client.tagged_invocations("cn-hangzhou", [TagFilter("a", "b")], token="T")

    assert (found.invoke_ids, found.next_token) == (("f-1",), "U")
    assert wire.sent[0].parameters == {
        "RegionId": "cn-hangzhou",
        "ResourceType": "invocation",
        "Tag.1.Key": "a",
        "Tag.1.Value": "b",
        "NextToken": "T",
    }
    with pytest.raises(InvalidQuery):
        await client.tagged_invocations("cn-hangzhou", [])


# What is told to an observer.


async def test_an_observer_sees_calls_with_their_attempts_and_waits() -> None:
    recorder, clock = Recorder(), Clock()
    wire = Scripted([HTML, ok(headers={"x-acs-request-id": "H-1"}), refusal("Forbidden.RAM", 403)])
    client = client_of(wire, clock=clock, observer=recorder)
    await client.page(QUERY, Cursor())
    with pytest.raises(Denied):
        await client.page(QUERY, Cursor())
    first, second = recorder.ended

    assert recorder.started == recorder.ended
    assert [(wait, type(fault)) for wait, fault in recorder.waits] == [(0.15, ServiceFailed)]
    assert (first.operation, first.attempts, first.status) == ("DescribeSendFileResults", 2, 200)
    assert first.parameters == (("RegionId", "cn-hangzhou"), ("MaxResults", "50"))
    assert first.milliseconds == pytest.approx(150)
    assert (first.request_id, first.error) == ("R-1", None)
    assert (second.attempts, second.status, second.request_id) == (1, 403, "R-2")
    assert isinstance(second.error, Denied)
    assert "testsecret" not in repr(recorder)
