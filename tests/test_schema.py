"""The wire's models: lenient with fields, strict with what is no answer, exact in the raw view."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire import VECTORS
from tui.api import exact, lenient, schema
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


def test_a_number_of_many_digits_is_kept_as_it_was_sent() -> None:
    number = "9" * 4_000
    assert only(f'{{"VmCount":{number},"Name":{number}}}').name == number
    assert only(f'{{"VmCount":{number}}}').vm_count == 0


def test_a_code_beside_the_records_is_no_error() -> None:
    assert len(page('{"Code":"200","Invocations":{"Invocation":[{}]}}').invocations) == 1


def test_other_unicode_encodings_and_a_byte_order_mark_are_read() -> None:
    body = '{"Invocations":{"Invocation":[{"Name":"名"}]}}'

    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert page(body.encode(encoding)).invocations[0].name == "名"


def test_a_lone_surrogate_is_replaced_in_the_record_and_exact_in_the_raw_view() -> None:
    invocation = only('{"Name":"a\\ud800b","Content":"\\ud83d\\ude00"}')

    assert (invocation.name, invocation.content) == ("a\ufffdb", "😀")
    assert only('{"Tags":{"Tag":[{"TagKey":"\\udfff"}]}}').tags == (Tag("\ufffd", ""),)
    assert page('{"NextToken":"\\ud800","Invocations":{}}').next_token == "\ufffd"
    assert invocation.raw == '{"Name":"a\\ud800b","Content":"\\ud83d\\ude00"}'
    invocation.name.encode()


def test_many_megabytes_with_an_unescaped_half_are_refused_and_without_one_are_read() -> None:
    def body(half: str) -> bytes:
        text = half + "a" * exact.MAX_HALF
        record = f'{{"Invocations":{{"Invocation":[{{"Content":"{text}"}}]}}}}'
        return record.encode("utf-8", "surrogatepass")

    assert page(body("\ud800")[:60] + b'"}]}}').invocations[0].content.startswith("\ufffda")
    assert page(body("é")).invocations[0].content.startswith("éa")
    with pytest.raises(BadAnswer):
        page(body("\ud800"))


def test_the_raw_view_is_one_ascii_line_with_unknown_fields_in_the_order_sent() -> None:
    invocation = only('{ "Z": {"b":1, "a": [ ] },\n\t"Name":"é\x7f\\u0000\\n",\n"New":null}')

    assert invocation.raw == ('{"Z":{"b":1,"a":[]},"Name":"\\u00e9\\u007f\\u0000\\n","New":null}')


@pytest.mark.parametrize(
    "number", ["1.10", "1E5", "1e999", "-0", "-0.0", "0.1", "12345678901234567890"]
)
def test_numbers_keep_their_spelling(number: str) -> None:
    invocation = only(f'{{"Odd":{number},"VmCount":1}}')

    assert invocation.raw == f'{{"Odd":{number},"VmCount":1}}'


TEXT = st.text(st.characters(exclude_categories=()))
"""Any text, lone surrogates included."""

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_whatever_is_sent_is_read_and_written_again(value: Any) -> None:
    sent = json.dumps({"Invocations": {"Invocation": [{"Name": value, "VmCount": value}]}})
    invocation = page(sent).invocations[0]

    assert invocation.raw.isascii() and invocation.raw.isprintable()
    assert json.loads(invocation.raw) == json.loads(sent)["Invocations"]["Invocation"][0]
    invocation.name.encode()
    assert 0 <= invocation.vm_count <= lenient.MAX_COUNT


@given(JSON)
def test_any_field_may_be_anything(value: Any) -> None:
    names = ["InvokeInstances", "Tags", "Overwrite", "InvokeId", "CreationTime"]
    results = [{"ErrorCode": value, "InstanceId": value}]
    row = {**dict.fromkeys(names, value), "Extra": results}
    rows = [
        row,
        {"InvokeInstances": {"InvokeInstance": results}, "Tags": {"Tag": [{"TagKey": value}]}},
    ]

    first, second = page(json.dumps({"Invocations": {"Invocation": rows}})).invocations

    assert isinstance(first.invoke_id, str)
    assert len(second.results) == len(second.tags) == 1


@given(st.floats() | st.floats().map(lambda value: -value))
def test_the_writer_never_writes_what_json_has_not(value: float) -> None:
    if math.isfinite(value):
        assert json.loads(exact.write([value])) == [value]
    else:
        with pytest.raises(ValueError, match="JSON"):
            exact.write([value])


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
