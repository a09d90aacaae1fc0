"""The client: when a request leaves again, and when it does not."""

from __future__ import annotations

import asyncio

import pytest

from tests.clients import HTML, QUERY, ask, asking
from tests.wire import (
    START,
    Clock,
    Scripted,
    client_of,
    ok,
    refusal,
)
from tui.api import signing
from tui.api.credentials import Credentials, FixedCredentials
from tui.api.errors import (
    ApiError,
    BadAnswer,
    ClockSkewed,
    CredentialsUnavailable,
    Denied,
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
from tui.records import Cursor

pytestmark = pytest.mark.anyio


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
