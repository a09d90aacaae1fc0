"""The client: the request that leaves, when it leaves again, and what becomes of given-up ones."""

from __future__ import annotations

import asyncio
import gc
import json
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.wire import (
    KEYS,
    START,
    Clock,
    Recorder,
    Scripted,
    client_of,
    http,
    http_transport,
    ok,
    page_body,
    refusal,
    serving,
)
from tui.api import signing, transport
from tui.api.caller import MAX_IN_FLIGHT
from tui.api.client import MAX_INSTANCES, Client
from tui.api.credentials import Credentials, FixedCredentials
from tui.api.endpoints import resolve
from tui.api.errors import (
    ApiError,
    BadAnswer,
    ClockSkewed,
    CredentialsUnavailable,
    Denied,
    InvalidQuery,
    NotReached,
    Oversized,
    Paused,
    Redirected,
    Refused,
    ServiceFailed,
    Throttled,
    TimedOut,
    TokenExpired,
)
from tui.api.pacing import RetryPolicy
from tui.api.transport import Answer
from tui.records import Cursor, Page, Query, TagFilter

pytestmark = pytest.mark.anyio

QUERY = Query("cn-hangzhou")
HTML = Answer(502, "Bad Gateway", {"content-type": "text/html"}, b"<html>")


async def ask(*script: Answer | Exception, clock: Clock | None = None) -> tuple[Scripted, Page]:
    wire = Scripted(script)
    page = await client_of(wire, clock=clock).page(QUERY, Cursor())
    return wire, page


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


# When it leaves again.


async def test_a_throttled_request_is_signed_anew_and_sent_after_drawn_waits() -> None:
    clock = Clock()
    wire, _ = await ask(*[refusal("Throttling.User")] * 3, ok(), clock=clock)

    assert clock.slept == pytest.approx([0.15, 0.3, 0.6])
    assert len({sent.headers["x-acs-signature-nonce"] for sent in wire.sent}) == 4
    assert len({sent.headers["authorization"] for sent in wire.sent}) == 4
    assert [sent.headers["x-acs-date"] for sent in wire.sent] == [
        signing.timestamp(START + seconds) for seconds in (0, 0.15, 0.45, 1.05)
    ]


async def test_four_attempts_are_the_most() -> None:
    wire, clock = Scripted([refusal("ServiceUnavailable", 503)]), Clock()

    with pytest.raises(ServiceFailed):
        await client_of(wire, clock=clock).page(QUERY, Cursor())
    assert len(wire.sent) == 4
    assert len(clock.slept) == 3


@pytest.mark.parametrize(
    "fault",
    [
        HTML,
        ok(b"<html>captive portal"),
        ok(b"[]"),
        ConnectionResetError("reset"),
        TimeoutError(),
        BadAnswer("The answer broke off."),
        refusal("InternalError", 500),
        refusal("Throttling", 400),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_what_may_pass_is_tried_again(fault: Answer | Exception) -> None:
    wire, page = await ask(fault, fault, ok())

    assert len(wire.sent) == 3
    assert page.invocations


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (refusal("Forbidden.RAM", 403), Denied),
        (refusal("InvalidParam.PageSize"), Refused),
        (refusal("InvalidParameter.NextToken"), Refused),
        (Answer(302, "", {"location": "/"}, b""), Redirected),
        (Oversized("Too large."), Oversized),
        (Answer(403, "", {}, b"<html>"), BadAnswer),
        (NotReached("No certificate.", retryable=False), NotReached),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_will_not_pass_is_asked_once(
    fault: Answer | Exception, kind: type[ApiError]
) -> None:
    wire, clock = Scripted([fault]), Clock()

    with pytest.raises(kind):
        await client_of(wire, clock=clock).page(QUERY, Cursor())
    assert (len(wire.sent), clock.slept) == (1, [])


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"x_acs_retry_after": "1500"}, 1.5),
        ({"retry_after": "2"}, 2.0),
        ({"retry_after": "10"}, 10.0),
        ({"retry_after": "0"}, 0.15),
    ],
)
async def test_a_wait_that_the_service_asks_for_is_obeyed(
    headers: dict[str, str], waited: float
) -> None:
    clock = Clock()
    await ask(refusal("Throttling.User", 429, **headers), ok(), clock=clock)

    assert clock.slept == [waited]


async def test_a_long_wait_is_the_users_to_decide() -> None:
    wire, clock = Scripted([refusal("Throttling.User", x_acs_retry_after="60000")]), Clock()

    with pytest.raises(Throttled) as caught:
        await client_of(wire, clock=clock).page(QUERY, Cursor())
    assert caught.value.retry_after == 60
    assert (len(wire.sent), clock.slept) == (1, [])


async def test_a_dead_service_is_left_alone_after_five_failures() -> None:
    wire, clock = Scripted([ConnectionRefusedError()]), Clock()
    client = client_of(wire, clock=clock)
    outcomes: list[ApiError] = []
    for _ in range(30):
        with pytest.raises(NotReached) as caught:
            await client.page(QUERY, Cursor())
        outcomes.append(caught.value)

    assert len(wire.sent) == 5
    assert [type(error) for error in outcomes] == [NotReached] * 2 + [Paused] * 28
    assert outcomes[-1].retry_after == 7.5
    clock.now += 7.5
    wire.script = [ok()]
    wire.sent.clear()
    await client.page(QUERY, Cursor())
    await client.page(QUERY, Cursor())
    assert len(wire.sent) == 2


async def test_refusals_do_not_close_the_breaker() -> None:
    wire = Scripted([refusal("Forbidden.RAM", 403)])
    client = client_of(wire)
    for _ in range(10):
        with pytest.raises(Denied):
            await client.page(QUERY, Cursor())

    assert len(wire.sent) == 10


async def test_retries_end_with_the_budget() -> None:
    wire = Scripted([refusal("Throttling")])
    client = client_of(wire)
    counts = []
    for _ in range(6):
        before = len(wire.sent)
        with pytest.raises(Throttled):
            await client.page(QUERY, Cursor())
        counts.append(len(wire.sent) - before)

    assert counts == [4, 4, 4, 2, 1, 1], "ten retries in all"


async def test_successes_pay_for_retries() -> None:
    script = [refusal("Throttling"), ok()] * 11
    wire = Scripted(script)
    client = client_of(wire)
    for _ in range(11):
        await client.page(QUERY, Cursor())

    assert len(wire.sent) == 22


async def test_one_request_at_a_time_finds_out_whether_a_dead_service_is_back() -> None:
    wire, clock = Scripted([ConnectionRefusedError()]), Clock()
    client = client_of(wire, clock=clock)
    for _ in range(2):
        with pytest.raises(NotReached):
            await client.page(QUERY, Cursor())
    wire.sent.clear()
    clock.now += 7.5
    tasks = [asking(client) for _ in range(5)]
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [NotReached] + [Paused] * 4
    assert len(wire.sent) == 1


def expired(date: str) -> Answer:
    return refusal("InvalidTimeStamp.Expired", date=date)


async def test_a_wrong_clock_is_corrected_once_and_remembered() -> None:
    clock = Clock()
    wire = Scripted([expired("Mon, 21 Sep 2026 19:13:20 GMT"), ok()])
    client = client_of(wire, clock=clock)
    await client.page(QUERY, Cursor())
    await client.page(QUERY, Cursor())

    assert client.skew == 18_000
    assert clock.slept == []
    dates = [sent.headers["x-acs-date"] for sent in wire.sent]
    assert dates == [signing.timestamp(START + skew) for skew in (0, 18_000, 18_000)]
    assert len({sent.headers["x-acs-signature-nonce"] for sent in wire.sent}) == 3


async def test_a_clock_that_cannot_be_corrected_is_told() -> None:
    for answer, requests in ((expired(""), 1), (expired("Mon, 21 Sep 2026 19:13:20 GMT"), 2)):
        wire = Scripted([answer])
        with pytest.raises(ClockSkewed):
            await client_of(wire).page(QUERY, Cursor())
        assert len(wire.sent) == requests


async def test_a_used_nonce_is_replaced_at_once() -> None:
    clock = Clock()
    wire, _ = await ask(refusal("SignatureNonceUsed"), ok(), clock=clock)

    assert clock.slept == []
    first, second = (sent.headers["x-acs-signature-nonce"] for sent in wire.sent)
    assert first != second


class Renewable(FixedCredentials):
    """A source that has other credentials when asked for them."""

    def __init__(self) -> None:
        super().__init__(Credentials("old", "secret", "token"))
        self.stale: list[str] = []

    async def refreshed(self, stale: Credentials) -> Credentials:
        self.stale.append(stale.access_key_id)
        return Credentials("new", "secret", "token")


async def test_expired_credentials_are_fetched_again_once() -> None:
    source, wire = Renewable(), Scripted([refusal("InvalidSecurityToken.Expired"), ok()])
    await client_of(wire, credentials=source).page(QUERY, Cursor())

    assert source.stale == ["old"]
    assert [sent.headers["x-acs-accesskey-id"] for sent in wire.sent] == ["old", "new"]

    source, wire = Renewable(), Scripted([refusal("InvalidSecurityToken.Expired")])
    with pytest.raises(TokenExpired):
        await client_of(wire, credentials=source).page(QUERY, Cursor())
    assert len(wire.sent) == 2


async def test_credentials_that_cannot_be_fetched_again_are_told_as_expired() -> None:
    wire = Scripted([refusal("InvalidSecurityToken.Expired")])

    with pytest.raises(TokenExpired):
        await client_of(wire).page(QUERY, Cursor())
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    "credentials",
    [
        Credentials("", "very-secret"),
        Credentials("id", ""),
        Credentials("id", "very-secret\n"),
        Credentials("id", "very-secret", "tök"),
        Credentials("id with spaces", "very-secret"),
        Credentials("id,Signature=x", "very-secret"),
    ],
)
async def test_unusable_credentials_are_told_without_being_shown(credentials: Credentials) -> None:
    wire = Scripted([ok()])

    with pytest.raises(CredentialsUnavailable) as caught:
        await client_of(wire, credentials=FixedCredentials(credentials)).page(QUERY, Cursor())
    assert "very-secret" not in str(caught.value) and "tök" not in str(caught.value)
    assert wire.sent == []


async def test_any_transports_failures_are_translated() -> None:
    policy = RetryPolicy(attempts=1)
    for fault, kind in ((TimeoutError(), TimedOut), (ConnectionResetError("gone"), NotReached)):
        with pytest.raises(kind) as caught:
            await client_of(Scripted([fault]), policy=policy).page(QUERY, Cursor())
        assert "ecs.cn-hangzhou.aliyuncs.com" in caught.value.sentence


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


# Requests that are given up.


class Gated:
    """A transport whose answers wait at a gate."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.under_way = self.most = self.sent = self.cancelled = 0
        self.closed = False

    async def exchange(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Answer:
        self.sent += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1
        return ok()

    async def aclose(self) -> None:
        self.closed = True


async def settle() -> None:
    """Let everything that can run do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def asking(client: Client) -> asyncio.Task[Page]:
    return asyncio.create_task(client.page(QUERY, Cursor()))


async def test_no_more_than_eight_requests_are_under_way() -> None:
    wire = Gated()
    client = client_of(wire)
    tasks = [asking(client) for _ in range(30)]
    await settle()
    assert wire.most == wire.sent == MAX_IN_FLIGHT
    wire.gate.set()
    await asyncio.gather(*tasks)

    assert (wire.most, wire.sent) == (MAX_IN_FLIGHT, 30)


async def test_a_request_under_way_outlives_the_one_who_asked() -> None:
    wire, recorder = Gated(), Recorder()
    task = asking(client_of(wire, observer=recorder))
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (wire.under_way, wire.cancelled) == (1, 0)
    assert [call.error for call in recorder.ended] == [None]
    wire.gate.set()
    await settle()
    assert wire.under_way == 0


async def test_a_request_that_waits_for_its_turn_is_dropped_with_the_one_who_asked() -> None:
    wire = Gated()
    client = client_of(wire)
    tasks = [asking(client) for _ in range(MAX_IN_FLIGHT + 5)]
    await settle()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    wire.gate.set()
    await settle()

    assert wire.sent == MAX_IN_FLIGHT
    await client.page(QUERY, Cursor())


async def test_an_abandoned_question_is_not_asked_again() -> None:
    wire = Scripted([refusal("Throttling")])
    waiting = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    client = Client(
        endpoint=resolve("cn-hangzhou"),
        credentials=FixedCredentials(KEYS),
        transport=wire,
        sleep=sleep,
    )
    task = asking(client)
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert len(wire.sent) == 1


async def test_a_drip_ends_at_the_deadline() -> None:
    client = client_of(Gated(), policy=RetryPolicy(attempts=1, deadline=0.01))

    with pytest.raises(TimedOut, match="too long"):
        await client.page(QUERY, Cursor())


async def test_closing_ends_what_is_under_way_and_tells_the_ones_who_asked() -> None:
    wire = Gated()
    client = client_of(wire)
    tasks = [asking(client) for _ in range(MAX_IN_FLIGHT + 3)]
    await settle()
    await client.aclose()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [NotReached] * len(tasks)
    assert (wire.cancelled, wire.closed, wire.under_way) == (MAX_IN_FLIGHT, True, 0)
    with pytest.raises(NotReached, match="closed"):
        await client.page(QUERY, Cursor())


async def test_a_failure_that_nobody_waits_for_any_more_is_nobodys_news() -> None:
    class Failing(Gated):
        async def exchange(
            self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes
        ) -> Answer:
            await super().exchange(method, url, headers, body)
            raise ConnectionResetError

    wire = Failing()
    news: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: news.append(context))
    task = asking(client_of(wire))
    await settle()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    wire.gate.set()
    await settle()
    del task
    gc.collect()

    assert wire.sent == 1
    assert news == []


async def test_a_storm_of_cancellations_costs_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "MAX_CONNECTIONS", MAX_IN_FLIGHT)
    moments = random.Random(7)
    answered = 0

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        answered += 1
        # A connection for every third request, so that many are given up while they connect.
        closes = answered % 3 == 0
        writer.write(http(page_body("f-1"), headers=["Connection: close"] if closes else []))
        if closes:
            await writer.drain()
            writer.close()

    async with serving(respond) as url, http_transport(connect_timeout=1) as wire:
        client = client_of(wire, endpoint=resolve("", endpoint=url), policy=RetryPolicy(attempts=1))
        await client.page(QUERY, Cursor())
        cancelled = 0
        for _ in range(80):
            tasks = [asking(client) for _ in range(25)]
            for task in tasks:
                for _ in range(moments.randrange(4)):
                    await asyncio.sleep(0)
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            cancelled += sum(isinstance(one, asyncio.CancelledError) for one in outcomes)

        assert cancelled > 1500 and answered > 500
        # As many at once as there are places: a single lost one would keep one of these waiting.
        pages = await asyncio.gather(*(asking(client) for _ in range(MAX_IN_FLIGHT)))
        assert all(page.invocations for page in pages)
        await client.aclose()
