"""What is refused: every documented error, with its status and in the service's envelope."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.asking import HOME, asker, code_of
from tui.emulator.refusals import COMMON, DOCUMENTED
from tui.emulator.request import Request

TOO_MANY = {f"Tag_{number}_Key": f"k{number}" for number in range(1, 22)}

PROVOKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("400 RegionId.ApiNotSupported", {"RegionId": "cn-wuhan-lr"}),
    ("403 Operation.Forbidden", {"RegionId": "ap-south-1"}),
    ("500 InternalError.Dispatch", {"RegionId": "us-southeast-1"}),
    ("404 InvalidRegionId.NotFound", {"RegionId": "cn-atlantis"}),
    ("400 MissingRegionId", {"RegionId": ""}),
    ("400 NumberExceed.Tags", TOO_MANY),
    ("400 NumberExceed.Tags", {"Tag_21_Key": "k"}),
    ("400 NumberExceed.Tags", {"Tag_0_Key": "k"}),
    ("400 MissingParameter.TagKey", {"Tag_1_Value": "v"}),
    ("400 MissingParameter.TagKey", {"Tag_1_Key": "", "Tag_1_Value": "v"}),
    ("400 Duplicate.TagKey", {"Tag_1_Key": "k", "Tag_2_Key": "k"}),
    ("400 InvalidTagKey.Malformed", {"Tag_1_Key": "k" * 65}),
    ("400 InvalidTagKey.Malformed", {"Tag_1_Key": "acs:k"}),
    ("400 InvalidTagKey.Malformed", {"Tag_1_Key": "aliyun-k"}),
    ("400 InvalidTagKey.Malformed", {"Tag_1_Key": "see http://k"}),
    ("400 InvalidTagKey.Malformed", {"Tag_1_Key": "https://k"}),
    ("400 InvalidTagValue.Malformed", {"Tag_1_Key": "k", "Tag_1_Value": "v" * 129}),
    ("400 InvalidTagValue.Malformed", {"Tag_1_Key": "k", "Tag_1_Value": "http://v"}),
    ("400 InvalidParam.PageNumber", {"PageNumber": 0}),
    ("400 InvalidParam.PageNumber", {"PageNumber": -1}),
    ("400 InvalidParam.PageNumber", {"PageNumber": "one"}),
    ("400 InvalidParam.PageSize", {"PageSize": 0}),
    ("400 InvalidParam.PageSize", {"PageSize": 51}),
    ("400 InvalidParam.PageSize", {"PageSize": "1.5"}),
    ("400 InvalidParameter.MaxResults", {"MaxResults": 0}),
    ("400 InvalidParameter.MaxResults", {"MaxResults": 51}),
    ("400 InvalidParameter.MaxResults", {"MaxResults": "ten"}),
    ("400 InvalidParameter.NextToken", {"NextToken": "AAAAAdDWBF2"}),
    ("400 InvalidParameter.NextToken", {"NextToken": "AAAAAQAAAAAAAAAxGYR5FnyO5+Vs/veU"}),
    ("400 InvalidParameter.NextToken", {"NextToken": "é"}),
    ("400 InvalidParameter", {"InvocationStatus": "Finished"}),
)


@pytest.mark.parametrize(("answer", "provocation"), PROVOKED)
def test_what_breaks_a_rule_is_refused(answer: str, provocation: dict[str, Any]) -> None:
    assert asker(20).refusal(**provocation) == answer


def test_every_documented_error_can_be_provoked() -> None:
    provoked = {answer.split()[1] for answer, _ in PROVOKED}
    assert set(DOCUMENTED) <= provoked


def test_a_refusal_comes_in_the_envelope_of_the_service() -> None:
    response = asker(1).response({"RegionId": "cn-atlantis"})
    body = json.loads(response.body)
    assert body["Code"] == "InvalidRegionId.NotFound"
    assert body["Message"] == "The RegionId provided does not exist in our records."
    assert body["HostId"] == "emulator.example.com"
    assert body["RequestId"] == response.headers["x-acs-request-id"]
    assert body["Recommend"] == (
        "https://api.aliyun.com/troubleshoot?q=InvalidRegionId.NotFound"
        f"&product=Ecs&requestId={body['RequestId']}"
    )
    assert response.headers["content-type"] == "application/json;charset=utf-8"
    assert response.headers["date"].endswith(" GMT")
    assert response.reason == "Not Found"


@pytest.mark.parametrize("action", ["", "DescribeInvocations", "SendFile", "describeregions"])
def test_another_operation_is_unknown(action: str) -> None:
    assert asker(1).refusal(action) == "404 InvalidAction.NotFound"


def test_method_path_version_and_format_are_checked() -> None:
    asking = asker(1)
    good = asking.request({"RegionId": HOME})
    answers = [
        asking.emulator.answer(Request("PUT", good.target, good.headers)),
        asking.emulator.answer(Request("POST", "/v2" + good.target, good.headers)),
        asking.emulator.answer(asking.request({}, x_acs_version="2014-05-27")),
        asking.emulator.answer(asking.request({"Format": "XML", "RegionId": HOME})),
        asking.emulator.answer(asking.request({f"k{number}": "v" for number in range(500)})),
    ]
    assert [code_of(answer) for answer in answers] == [
        "400 UnsupportedHTTPMethod",
        "404 InvalidAction.NotFound",
        "400 InvalidVersion",
        "400 InvalidParameter.Format",
        "400 InvalidParameter",
    ]


def test_no_code_is_in_both_tables_of_refusals() -> None:
    assert not set(DOCUMENTED) & set(COMMON)
