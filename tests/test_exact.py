"""What is read of JSON is exact: numbers, surrogates, encodings, and the raw view of a record."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_schema import only, page
from tui.api import exact, lenient
from tui.api.errors import BadAnswer
from tui.records import Tag


def test_a_number_of_many_digits_is_kept_as_it_was_sent() -> None:
    number = "9" * 4_000
    assert only(f'{{"VmCount":{number},"Name":{number}}}').name == number
    assert only(f'{{"VmCount":{number}}}').vm_count == 0


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
