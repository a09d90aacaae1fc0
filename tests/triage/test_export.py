"""Exports: exact for programs, harmless in a spreadsheet, and always with their stamp."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triage.rows import (
    HOSTILE,
    controls,
    documents,
    hostile_deliveries,
    invocation_of,
    invocations,
)
from tui.records import InstanceResult, Invocation, Query, Tag, TagFilter
from tui.triage.export import (
    FORMULA_STARTS,
    Rows,
    csv_lines,
    exact,
    inert,
    invocation_rows,
    json_lines,
    ndjson_lines,
    result_rows,
)
from tui.triage.json_members import without_member
from tui.triage.sends import Sends
from tui.triage.stamp import Stamp, query_words

QUERY = Query(
    "cn-hangzhou", name="app.conf", statuses=("Failed", "PartialFailed"), tags=(TagFilter("env"),)
)
STAMP = Stamp(
    QUERY,
    "profile ops",
    datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    7,
    False,
    "1.2.3",
    "Stopped after 350 rows.",
)


def with_raw(document: dict[str, object]) -> Invocation:
    return replace(invocation_of(document), raw=json.dumps(document))


KEPT = tuple(map(with_raw, documents()[:40]))


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_stamp_says_whether_the_rows_are_all_there_are() -> None:
    assert STAMP.completeness == (
        "Incomplete: there may be more than this. Stopped after 350 rows."
    )
    assert replace(STAMP, complete=True, remark="").completeness == (
        "Complete: the service had no more."
    )
    assert dict(STAMP.facts()) == {
        "Query": "name app.conf, status Failed or PartialFailed, tag env",
        "Region": "cn-hangzhou",
        "Identity": "profile ops",
        "Fetched at": "2026-11-20 08:30:00 UTC",
        "Pages": "7 pages",
        "Completeness": STAMP.completeness,
        "Version": "1.2.3",
    }
    assert query_words(Query("cn-hangzhou")) == "every send"


def test_csv_has_a_record_for_each_row_and_the_stamp_on_every_one() -> None:
    found = records("".join(csv_lines(STAMP, invocation_rows(KEPT))))
    assert [each["InvokeId"] for each in found] == [each.invoke_id for each in KEPT]
    for record, invocation in zip(found, KEPT, strict=True):
        assert record["Failed"] == str(invocation.failed_count)
        assert "Content" not in record
        assert record["Complete"] == "false"
        assert record["Query"] == query_words(QUERY)
        assert record["FetchedAt"] == "2026-11-20T08:30:00Z"
        assert record["Remark"] == "Stopped after 350 rows."
    assert None not in found[0]


def test_json_and_ndjson_have_the_apis_own_objects_without_contents() -> None:
    whole = json.loads("".join(json_lines(STAMP, invocation_rows(KEPT))))
    first, *lines = "".join(ndjson_lines(STAMP, invocation_rows(KEPT))).splitlines()
    expected = [
        {key: value for key, value in document.items() if key != "Content"}
        for document in documents()[:40]
    ]
    assert whole["Rows"] == [json.loads(line) for line in lines] == expected
    assert whole["Stamp"] == json.loads(first)["Stamp"]
    assert whole["Stamp"]["Complete"] is False
    assert whole["Stamp"]["Pages"] == 7
    assert whole["Stamp"]["InvocationStatus"] == ["Failed", "PartialFailed"]
    assert whole["Stamp"]["Tags"] == [{"TagKey": "env", "TagValue": None}]


def test_contents_are_there_when_they_are_asked_for() -> None:
    rows = json.loads("".join(json_lines(STAMP, invocation_rows(KEPT, contents=True))))["Rows"]
    assert rows == list(documents()[:40])
    found = records("".join(csv_lines(STAMP, invocation_rows(KEPT, contents=True))))
    assert found[0]["Content"]


def test_results_are_exported_with_what_was_sent() -> None:
    rows = Sends.of(KEPT).deliveries
    found = json.loads("".join(json_lines(STAMP, result_rows(rows))))["Rows"]
    assert len(found) == sum(len(each.results) for each in KEPT)
    assert found[0]["InstanceId"] == KEPT[0].results[0].instance_id
    assert found[0]["ContentSha256"] == rows[0].sending.content_hash
    table = records("".join(csv_lines(STAMP, result_rows(rows))))
    assert [{name: each[name] for name in found[0]} for each in table] == found


def test_nothing_is_exported_as_nothing_with_its_stamp() -> None:
    assert json.loads("".join(json_lines(STAMP, invocation_rows([]))))["Rows"] == []
    assert len("".join(ndjson_lines(STAMP, invocation_rows([]))).splitlines()) == 1
    assert "".join(csv_lines(STAMP, invocation_rows([]))).startswith("InvokeId,")


def test_an_object_that_was_not_kept_is_made_of_what_is_known() -> None:
    for invocation, document in zip(invocations()[:40], documents()[:40], strict=True):
        assert not invocation.raw
        assert json.loads(exact(invocation, contents=True)) == document
        assert "Content" not in json.loads(exact(invocation))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"Content":"x"}', "{}"),
        ('{"A":1.50,"Content":"a,\\"}{","B":[{"Content":1}]}', '{"A":1.50,"B":[{"Content":1}]}'),
        ('{"\\u0043ontent":1,"A":-0,"Content":2,"A":1e400}', '{"A":-0,"A":1e400}'),
        (' { "A" : "\\ud800" , "Content" : null } ', '{"A" : "\\ud800"}'),
        ("{}", "{}"),
        ("", None),
        ("[]", None),
        ('{"A":1', None),
        ('{"A" 1}', None),
        ('{"A":' + "[" * 100_000, None),
    ],
)
def test_a_member_is_cut_out_and_the_rest_stays_as_it_is_spelled(
    text: str, expected: str | None
) -> None:
    assert without_member(text, "Content") == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["A", "Content", "B\x7f", "é"]), JSON))
def test_any_object_loses_just_that_member(document: dict[str, object]) -> None:
    cut = without_member(json.dumps(document), "Content")
    assert cut is not None
    document.pop("Content", None)
    assert json.loads(cut) == document


def test_hostile_rows_are_harmless_everywhere() -> None:
    stamp = replace(STAMP, identity=HOSTILE[10], remark=HOSTILE[0], query=Query(HOSTILE[1]))
    rows = hostile_deliveries()
    nasty = [
        Invocation(
            text,
            text,
            text,
            text,
            text,
            text,
            text,
            text,
            text,
            text,
            text,
            text,
            1,
            (InstanceResult(text, text, text, text),),
            (Tag(text, text),),
            json.dumps({"InvokeId": text, "Content": text}),
        )
        for text in HOSTILE
    ]
    makers: tuple[Callable[[], Rows[Any]], ...] = (
        lambda: result_rows(rows),
        lambda: invocation_rows(nasty),
        lambda: invocation_rows(nasty, contents=True),
        lambda: invocation_rows([replace(each, raw="") for each in nasty]),
    )
    for made in makers:
        for text in ("".join(json_lines(stamp, made())), "".join(ndjson_lines(stamp, made()))):
            assert text.isascii()
            assert not controls(text)
        json.loads("".join(json_lines(stamp, made())))
        text = "".join(csv_lines(stamp, made()))
        assert not controls(text, "\r\n")
        table = list(csv.reader(io.StringIO(text, newline="")))
        assert {len(record) for record in table} == {len(table[0])}
        for record in table:
            for cell in record:
                assert not cell.startswith(FORMULA_STARTS)
    whole = json.loads("".join(json_lines(stamp, invocation_rows(nasty, contents=True))))
    assert [row["Content"] for row in whole["Rows"]] == list(HOSTILE)


@pytest.mark.parametrize("text", [" =1+1", "\u00a0=1", "\t=1", "\u3000@x", "\uff1d1", "-1", "+1"])
def test_what_a_spreadsheet_would_work_out_is_text(text: str) -> None:
    assert inert(text).startswith("'")


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    shown = inert(text)
    assert not shown.lstrip().startswith(FORMULA_STARTS)
    assert not controls(shown, "")
