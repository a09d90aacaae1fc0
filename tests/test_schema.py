"""The wire's models: lenient with fields, strict with what is no answer, exact in the raw view."""

from __future__ import annotations

import json

import pytest

from tests.wire import VECTORS
from tui.api import schema
from tui.api.errors import BadAnswer, Refused, Throttled
from tui.api.transport import Answer
from tui.records import InstanceResult, Invocation, Page, Region, Tag

DOCUMENTED = next(
    case["responses"][0]["body"]
    for case in json.loads((VECTORS / "answers.json").read_text())
    if case["case"] == "no_region_no_endpoint_fields"
)
"""The sample of the API's own page."""


def answer(body: str | bytes, **headers: str) -> Answer:
    raw = body.encode() if isinstance(body, str) else body
    return Answer(200, "OK", {name.replace("_", "-"): text for name, text in headers.items()}, raw)


def page(body: str | bytes, *, numbered: bool = False) -> Page:
    return schema.page(answer(body), numbered=numbered)


def only(fields: str) -> Invocation:
    """Read a page of one invocation whose JSON is given."""
    (invocation,) = page(f'{{"Invocations":{{"Invocation":[{fields}]}}}}').invocations
    return invocation


def result(fields: str) -> InstanceResult:
    (found,) = only(f'{{"InvokeInstances":{{"InvokeInstance":[{fields}]}}}}').results
    return found


def test_every_documented_field_becomes_part_of_a_record() -> None:
    read = page(DOCUMENTED, numbered=True)
    (invocation,) = read.invocations

    assert (read.total_count, read.request_id) == (2, "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E")
    assert invocation == Invocation(
        invoke_id="f-hz0jdfwd9f****",
        status="Success",
        creation_time="2019-12-20T06:15:54Z",
        name="test.txt",
        target_dir="/home/user",
        content_type="PlainText",
        content=json.loads(DOCUMENTED)["Invocations"]["Invocation"][0]["Content"],
        description="This is a test file.",
        file_owner="test",
        file_group="test",
        file_mode="777",
        overwrite="false",
        vm_count=1,
        results=(
            InstanceResult(
                instance_id="i-uf614fhehhz****",
                status="Success",
                error_code="InstanceNotExists",
                error_info="the instance is not running when create task",
                creation_time="2019-12-20T06:15:54Z",
                start_time="2019-12-20T06:15:54Z",
                finish_time="2019-12-20T06:15:54Z",
                update_time="2019-12-20T06:15:54Z",
            ),
        ),
        tags=(Tag("owner", "zhangsan"),),
        raw=invocation.raw,
    )
    assert json.loads(invocation.raw) == json.loads(DOCUMENTED)["Invocations"]["Invocation"][0]


def test_a_token_counts_without_numbers_and_a_total_with_them() -> None:
    by_token, by_number = page(DOCUMENTED), page(DOCUMENTED, numbered=True)

    assert (by_token.next_token, by_token.total_count) == ("AAAAAdDWBF2", None)
    assert (by_number.next_token, by_number.total_count) == ("", 2)


@pytest.mark.parametrize("total", ['"x"', "null", "-1", "[]", "99999999999"])
def test_a_total_that_is_none_is_unknown(total: str) -> None:
    body = f'{{"TotalCount":{total},"Invocations":{{"Invocation":[]}}}}'

    assert page(body, numbered=True).total_count is None


@pytest.mark.parametrize("token", ['""', "null"])
def test_an_empty_token_is_the_last_page(token: str) -> None:
    assert page(f'{{"NextToken":{token},"Invocations":{{}}}}').next_token == ""


def test_a_request_id_comes_from_the_header_where_the_body_has_none() -> None:
    read = schema.page(answer('{"Invocations":{}}', x_acs_request_id="H-1"), numbered=False)

    assert read.request_id == "H-1"


@pytest.mark.parametrize(
    ("sent", "read"), [('"false"', "false"), ("false", "false"), ("true", "true"), ("null", "")]
)
def test_overwrite_is_a_string_or_a_boolean(sent: str, read: str) -> None:
    assert only(f'{{"Overwrite":{sent}}}').overwrite == read


@pytest.mark.parametrize("sent", ['""', '"Null"', '"null"', "null"])
def test_no_error_has_many_spellings(sent: str) -> None:
    found = result(f'{{"ErrorCode":{sent},"ErrorInfo":{sent}}}')

    assert (found.error_code, found.error_info) == ("", "")


def test_missing_error_fields_are_no_error() -> None:
    assert result("{}") == InstanceResult("", "")


def test_codes_and_statuses_that_nobody_documented_stay_as_they_are() -> None:
    found = result('{"ErrorCode":"Brand.New","InvocationStatus":"Paused"}')

    assert (found.error_code, found.status) == ("Brand.New", "Paused")
    assert only('{"InvocationStatus":"Odd"}').status == "Odd"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ('"3"', 3),
        ("3", 3),
        ("3.0", 3),
        ("-0", 0),
        ('"many"', 0),
        ("null", 0),
        ("-4", 0),
        ("2.5", 0),
        ("1e999", 0),
        ("9" * 400, 0),
        ("[]", 0),
    ],
)
def test_a_count_is_read_where_it_is_one(sent: str, read: int) -> None:
    assert only(f'{{"VmCount":{sent}}}').vm_count == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("644", "644"),
        ("0.10", "0.10"),
        ("1e999", "1e999"),
        ("true", "true"),
        ("null", ""),
        ('["a",1]', '["a",1]'),
        ('{"é":"\\u007f"}', '{"\\u00e9":"\\u007f"}'),
    ],
)
def test_text_of_another_type_is_coerced(sent: str, read: str) -> None:
    assert only(f'{{"FileMode":{sent}}}').file_mode == read


@pytest.mark.parametrize(
    "sent", ["", '"Tags":null,', '"Tags":{},', '"Tags":{"Tag":null},', '"Tags":[],', '"Tags":"x",']
)
def test_tags_may_be_missing_in_many_ways(sent: str) -> None:
    assert only(f'{{{sent}"InvokeId":"f-1"}}').tags == ()


def test_tags_without_a_wrapper_and_alone_are_read() -> None:
    tag = '{"TagKey":"a","TagValue":1}'

    assert only(f'{{"Tags":[{tag}]}}').tags == (Tag("a", "1"),)
    assert only(f'{{"Tags":{{"Tag":{tag}}}}}').tags == (Tag("a", "1"),)


def test_results_that_are_no_objects_are_left_out_and_stay_in_the_raw_view() -> None:
    invocation = only('{"InvokeInstances":{"InvokeInstance":[null,"x",{"InstanceId":"i-1"}]}}')

    assert [found.instance_id for found in invocation.results] == ["i-1"]
    assert '[null,"x",{' in invocation.raw


@pytest.mark.parametrize(
    "rows", ["{}", '{"Invocation":null}', '{"Invocation":[]}', "null", "[]", '{"Invocation":""}']
)
def test_an_empty_list_is_an_empty_page(rows: str) -> None:
    assert page(f'{{"Invocations":{rows}}}').invocations == ()


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "null",
        "3",
        '"text"',
        "{}",
        '{"RequestId":"r","TotalCount":0}',
        '{"Invocations":"x"}',
        '{"Invocations":{"Invocation":7}}',
        '{"Invocations":{"Invocation":["f-1"]}}',
    ],
)
def test_json_of_another_shape_is_no_empty_success(body: str) -> None:
    with pytest.raises(BadAnswer, match="another shape") as caught:
        page(body)

    assert caught.value.retryable


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>captive portal</html>",
        '{"Invocations":{"Invocation":[{"InvokeId":"f-1"',
        '{"Invocations":{"Invocation":[{"VmCount":NaN}]}}',
        '{"Invocations":{"Invocation":[{"VmCount":-Infinity}]}}',
        '{"Invocations":{"Invocation":[{"VmCount":' + "9" * 5000 + "}]}}",
        '{"Invocations":{"Invocation":[{"Name":"a\nb"}]}}',
        b'{"Invocations":{"Invocation":[{"Name":"\xff"}]}}',
        "[" * 200_000,
        '{"Invocations":{"Invocation":[{"Name":' + "[" * 50_000 + "]" * 50_000 + "}]}}",
    ],
    ids=lambda body: repr(body[:30]),
)
def test_hostile_json_is_a_bad_answer(body: str | bytes) -> None:
    with pytest.raises(BadAnswer) as caught:
        page(body)

    assert str(caught.value).isprintable()


@pytest.mark.parametrize("depth", range(100, 1000, 50))
def test_no_depth_of_nesting_is_worse_than_a_bad_answer(depth: int) -> None:
    nested = "[" * depth + "1.10" + "]" * depth
    try:
        invocation = only(f'{{"Name":{nested}}}')
    except BadAnswer:
        return
    assert invocation.raw == f'{{"Name":{nested}}}'


def test_an_error_under_status_200_is_that_error() -> None:
    with pytest.raises(Throttled):
        page('{"Code":"Throttling.User","Message":"slow down"}')
    with pytest.raises(Refused) as caught:
        page('{"Code":"X","Message":"m","RequestId":"R-9"}')

    assert (caught.value.code, caught.value.status, caught.value.request_id) == ("X", 200, "R-9")


@pytest.mark.parametrize("empty", ['{"Invocation":[]}', "null", "[]"])
def test_an_error_beside_an_empty_list_is_that_error(empty: str) -> None:
    with pytest.raises(Throttled):
        page(f'{{"Code":"Throttling.User","Message":"slow down","Invocations":{empty}}}')
    assert page(f'{{"Code":200,"Invocations":{empty}}}').invocations == ()


def test_a_code_beside_the_records_is_no_error() -> None:
    assert len(page('{"Code":"200","Invocations":{"Invocation":[{}]}}').invocations) == 1


def test_regions_are_read() -> None:
    rows = [
        {"RegionId": "cn-hangzhou", "LocalName": "China (Hangzhou)", "RegionEndpoint": "ecs.x"},
        {"LocalName": "nameless"},
    ]
    read = schema.regions(answer(json.dumps({"Regions": {"Region": rows}})))

    assert read == (Region("cn-hangzhou", "China (Hangzhou)", "ecs.x"),)
    with pytest.raises(BadAnswer):
        schema.regions(answer("{}"))


def test_the_state_of_agents_is_read() -> None:
    rows = [
        {"InstanceId": "i-1", "CloudAssistantStatus": "true", "OSType": "Linux"},
        {"InstanceId": "i-2", "CloudAssistantStatus": False, "ActiveTaskCount": "2"},
    ]
    inner = "InstanceCloudAssistantStatus"
    body = json.dumps({f"{inner}Set": {inner: rows}})
    first, second = schema.assistants(answer(body))

    assert (first.running, first.os_type) == (True, "Linux")
    assert (second.running, second.active_task_count) == (False, 2)


def test_tagged_tasks_are_read_once_each_and_without_commands() -> None:
    rows = [{"ResourceId": one} for one in ("f-1", "t-1", "f-2", "f-1")]
    body = json.dumps({"NextToken": "T", "TagResources": {"TagResource": rows}})
    read = schema.tagged(answer(body))

    assert (read.invoke_ids, read.next_token) == (("f-1", "f-2"), "T")
