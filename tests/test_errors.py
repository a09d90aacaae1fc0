"""Each answer of the service to its class, with words that a terminal and a user can take."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.wire import VECTORS, Clock, Scripted, client_of, refusal
from tui.api import errors
from tui.api.advice import ADVICE, advice_for
from tui.api.errors import ApiError, from_answer
from tui.api.transport import Answer
from tui.records import Cursor, Page, Query

CASES: list[dict[str, Any]] = json.loads((VECTORS / "answers.json").read_text())

SUCCESS = Page
"""Stands for an answer that is a page, perhaps after a retry."""

EXPECTED: dict[str, type] = {
    "400_invalid_pagesize": errors.ParameterRefused,
    "403_forbidden_ram": errors.Denied,
    "404_region": errors.RegionRefused,
    "500_internal": errors.ServiceFailed,
    "503_serviceunavailable": errors.ServiceFailed,
    "400_throttling_user": SUCCESS,
    "503_throttling_retry_after": SUCCESS,
    "502_html": errors.ServiceFailed,
    "502_empty": errors.ServiceFailed,
    "200_html": errors.BadAnswer,
    "200_empty": errors.BadAnswer,
    "200_json_array": errors.BadAnswer,
    "200_error_code_in_body": errors.Refused,
    "200_missing_invocations": errors.BadAnswer,
    "200_extra_fields": SUCCESS,
    "400_xml": errors.Refused,
    "302_redirect": errors.Redirected,
    "400_throttling_user_2": SUCCESS,
    "502_html_2": errors.ServiceFailed,
    "autoretry_runtime_flag_throttling": SUCCESS,
    "retry_options_throttling": SUCCESS,
    "retry_options_retry_after": SUCCESS,
    "retry_options_503x4": errors.ServiceFailed,
    "read_timeout": errors.TimedOut,
    "read_timeout_2": errors.TimedOut,
    "conn_refused": errors.NotReached,
    "conn_refused_2": errors.NotReached,
    "no_region_no_endpoint_fields": SUCCESS,
}
"""The class for each scripted case."""


def script(case: dict[str, Any]) -> list[Answer | Exception]:
    """Return what a transport does in this case."""
    if case["case"].startswith("read_timeout"):
        return [TimeoutError()]
    if case["case"].startswith("conn_refused"):
        return [ConnectionRefusedError("refused")]
    return [
        Answer(
            one["status"],
            "",
            {name.lower(): value for name, value in one["headers"].items()},
            one["body"].encode(),
        )
        for one in case["responses"]
    ]


@pytest.mark.anyio
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
async def test_each_scripted_answer_becomes_its_class(case: dict[str, Any]) -> None:
    client = client_of(Scripted(script(case)), clock=Clock())
    outcome: Page | ApiError
    try:
        outcome = await client.page(Query("cn-hangzhou"), Cursor())
    except ApiError as error:
        outcome = error
        assert str(error).isprintable()

    assert type(outcome) is EXPECTED[case["case"]]


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("Throttling", 400, errors.Throttled),
        ("Throttling.Api", 503, errors.Throttled),
        ("ThrottlingUser", 400, errors.Throttled),
        ("ServiceUnavailable", 503, errors.ServiceFailed),
        ("InternalError", 500, errors.ServiceFailed),
        ("InternalError.Dispatch", 400, errors.ServiceFailed),
        ("UnknownError", 500, errors.ServiceFailed),
        ("SomethingNew", 500, errors.ServiceFailed),
        ("SomethingNew", 429, errors.Throttled),
        ("SomethingNew", 400, errors.Refused),
        ("SignatureNonceUsed", 400, errors.Refused),
        ("SignatureDoesNotMatch", 403, errors.SignatureRejected),
        ("IncompleteSignature", 400, errors.SignatureRejected),
        ("InvalidAccessKeyId.NotFound", 404, errors.SignatureRejected),
        ("InvalidAccessKeyId.Inactive", 400, errors.SignatureRejected),
        ("Forbidden.AccessKeyDisabled", 403, errors.SignatureRejected),
        ("InvalidSecurityToken.Expired", 400, errors.TokenExpired),
        ("InvalidSecurityToken.Malformed", 403, errors.TokenExpired),
        ("MissingSecurityToken", 400, errors.TokenExpired),
        ("InvalidTimeStamp.Expired", 400, errors.ClockSkewed),
        ("InvalidTimeStamp.Format", 400, errors.ClockSkewed),
        ("Forbidden", 403, errors.Denied),
        ("Forbidden.RAM", 403, errors.Denied),
        ("Forbidden.RiskControl", 403, errors.Denied),
        ("UserVerification", 403, errors.Denied),
        ("InvalidParameter.NextToken", 400, errors.CursorRefused),
        ("InvalidRegionId.NotFound", 404, errors.RegionRefused),
        ("RegionId.ApiNotSupported", 400, errors.RegionRefused),
        ("Operation.Forbidden", 403, errors.RegionRefused),
        ("InvalidParam.PageSize", 403, errors.ParameterRefused),
        ("InvalidParameter.MaxResults", 400, errors.ParameterRefused),
        ("MissingRegionId", 400, errors.ParameterRefused),
        ("NumberExceed.Tags", 400, errors.ParameterRefused),
        ("Duplicate.TagKey", 400, errors.ParameterRefused),
        ("InvalidTagKey.Malformed", 400, errors.ParameterRefused),
        ("InvalidApi.NotFound", 404, errors.Refused),
        ("InvalidAction.NotFound", 404, errors.Refused),
    ],
)
def test_the_code_decides_before_the_status(code: str, status: int, kind: type[ApiError]) -> None:
    error = from_answer(
        status=status, headers={}, body=json.dumps({"Code": code, "Message": "m"}).encode()
    )

    assert type(error) is kind
    assert (error.code, error.status) == (code, status)


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (429, errors.Throttled, True),
        (500, errors.ServiceFailed, True),
        (504, errors.ServiceFailed, True),
        (302, errors.Redirected, False),
        (307, errors.Redirected, False),
        (403, errors.BadAnswer, False),
        (407, errors.BadAnswer, False),
        (408, errors.BadAnswer, True),
        (200, errors.BadAnswer, True),
        (999, errors.BadAnswer, False),
    ],
)
def test_the_status_decides_without_a_code(
    status: int, kind: type[ApiError], retryable: bool
) -> None:
    error = from_answer(status=status, headers={}, body=b"<html>")

    assert (type(error), error.retryable) == (kind, retryable)


def test_the_envelope_is_kept() -> None:
    recommended = "https://api.aliyun.com/troubleshoot?q=X"
    body = {"Code": "X", "Message": "words", "RequestId": "R-1", "Recommend": recommended}
    error = from_answer(
        status=400,
        headers={"retry-after": "7"},
        body=json.dumps(body).encode(),
        operation="DescribeRegions",
    )

    assert (error.message, error.request_id, error.recommendation) == ("words", "R-1", recommended)
    assert error.retry_after == 7
    said = "The service refused DescribeRegions (X, HTTP 400): words. It asks to wait 7 s."
    assert str(error) == f"{said} Request ID R-1."


def test_a_request_id_in_the_header_is_kept_where_the_body_has_none() -> None:
    error = from_answer(status=502, headers={"x-acs-request-id": "H-1"}, body=b"")

    assert error.request_id == "H-1"
    assert "Request ID H-1." in str(error)


def test_xml_is_read_without_expanding_anything() -> None:
    body = (
        b"<?xml version='1.0'?><Error><RequestId>R</RequestId><Code>InvalidVersion</Code>"
        b"<Message>a &lt;b&gt;</Message></Error>"
    )
    error = from_answer(status=400, headers={}, body=body)

    assert (error.code, error.message, error.request_id) == ("InvalidVersion", "a <b>", "R")


def test_a_denial_names_the_action_that_is_needed() -> None:
    simple = from_answer(
        status=403,
        headers={},
        body=b'{"Code":"Forbidden.RAM"}',
        operation="DescribeSendFileResults",
    )
    detail = {"AuthAction": "ecs:Other", "NoPermissionType": "ExplicitDeny", "PolicyType": "P"}
    body = json.dumps({"Code": "Forbidden", "AccessDeniedDetail": detail}).encode()
    explicit = from_answer(status=403, headers={}, body=body, operation="DescribeSendFileResults")

    assert isinstance(simple, errors.Denied) and isinstance(explicit, errors.Denied)
    assert simple.action == "ecs:DescribeSendFileResults"
    assert simple.advice == "Have a RAM policy allow ecs:DescribeSendFileResults."
    assert explicit.action == "ecs:Other"
    assert explicit.advice == "A policy (P) denies ecs:Other; have it changed."


def test_a_skewed_clock_is_told_by_how_much() -> None:
    error = from_answer(
        status=400,
        headers={"date": "Thu, 01 Jan 1970 01:00:00 GMT"},
        body=b'{"Code":"InvalidTimeStamp.Expired"}',
        now=2400.0,
    )

    assert isinstance(error, errors.ClockSkewed)
    assert error.ahead == 1200
    assert error.advice == "Set this machine's clock: it is 1,200 s behind the service's."


def test_a_clock_that_has_been_corrected_is_told_by_how_much_it_is_wrong_itself() -> None:
    error = from_answer(
        status=400,
        headers={"date": "Thu, 01 Jan 1970 01:00:00 GMT"},
        body=b'{"Code":"InvalidTimeStamp.Expired"}',
        now=3600.0,
        corrected=-5000.0,
    )
    assert error.advice == "Set this machine's clock: it is 5,000 s ahead of the service's."


@pytest.mark.parametrize("body", ['{"Code":"%s"}', "<Error><Code>%s</Code></Error>"])
def test_of_a_code_without_end_only_the_beginning_is_looked_at(body: str) -> None:
    dots = "a." * (500_000 if body.startswith("{") else 30_000)
    error = from_answer(status=400, headers={}, body=(body % dots).encode())
    assert 200 >= len(error.code) > 50


def test_the_place_a_redirect_points_to_is_named_and_harmless() -> None:
    error = from_answer(status=302, headers={"location": "https://x/\x1b]0;evil\x07"}, body=b"")

    assert "https://x/␛]0;evil␇" in error.sentence


HOSTILE = "\x1b[31mred\x1b]0;t\x07\u202e\x9b2J\nline\ud800"


def test_hostile_words_are_printable_everywhere() -> None:
    body = {"Code": HOSTILE, "Message": HOSTILE * 200, "RequestId": HOSTILE, "Recommend": HOSTILE}
    headers = {"content-type": HOSTILE, "x-acs-request-id": HOSTILE, "location": HOSTILE}

    for status, content in ((400, json.dumps(body).encode()), (302, b""), (200, b"<"), (502, b"")):
        error = from_answer(
            status=status,
            headers=headers,
            body=content,
            reason=HOSTILE,
            operation="DescribeRegions",
        )
        for text in (str(error), error.code, error.message, error.request_id, error.advice):
            assert text.isprintable()
            text.encode()
        assert len(str(error)) < 1000


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"Code":' + b"9" * 5000 + b"}", b"\xff\xfe\x00"]
)
def test_a_hostile_error_body_is_no_envelope(body: bytes) -> None:
    assert type(from_answer(status=503, headers={}, body=body)) is errors.ServiceFailed


def test_every_code_of_the_apis_page_has_advice() -> None:
    documented = {
        "RegionId.ApiNotSupported",
        "NumberExceed.Tags",
        "MissingParameter.TagKey",
        "Duplicate.TagKey",
        "InvalidTagKey.Malformed",
        "InvalidTagValue.Malformed",
        "InvalidParam.PageNumber",
        "InvalidParam.PageSize",
        "InvalidParameter.NextToken",
        "InvalidParameter.MaxResults",
        "Operation.Forbidden",
        "InvalidRegionId.NotFound",
        "InternalError.Dispatch",
    }

    assert documented <= set(ADVICE)


@pytest.mark.parametrize(
    "code",
    [
        "Throttling.User",
        "ServiceUnavailable",
        "InternalError",
        "UnknownError",
        "SignatureNonceUsed",
        "InvalidTimeStamp.Expired",
        "InvalidAccessKeyId.NotFound",
        "InvalidAccessKeyId.Inactive",
        "Forbidden.AccessKeyDisabled",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "InvalidSecurityToken.Expired",
        "InvalidSecurityToken.MismatchWithAccessKey",
        "MissingSecurityToken",
        "Forbidden.RAM",
        "Forbidden",
        "Forbidden.RiskControl",
        "UserVerification",
        "MissingParameter",
        "MissingRegionId",
        "InvalidParameter.Format",
        "InvalidName",
        "InvalidApi.NotFound",
        "InvalidVersion",
        "InvalidProtocol.NeedSsl",
        "InvalidRegionId.NotFound",
    ],
)
def test_every_code_that_the_service_is_known_to_send_says_what_to_do(code: str) -> None:
    answer = refusal(code)
    error = from_answer(
        status=400, headers=answer.headers, body=answer.body, operation="DescribeSendFileResults"
    )

    assert error.advice.endswith((".", "!"))


def test_advice_falls_back_on_the_family() -> None:
    assert advice_for("Throttling.User.Minute") == ADVICE["Throttling"]
    assert advice_for("Unheard.Of") == ""


def test_advice_is_one_printable_sentence() -> None:
    for advice in ADVICE.values():
        assert advice.isprintable() and advice.endswith(".")
        assert ". " not in advice
