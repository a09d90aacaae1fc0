"""Very large answers and very long lines: bounded work, and a screen that goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests import hostile
from tests.depth import deep
from tests.unbreakable.alarm import bounded
from tui import logs, masking, plain
from tui.api import exact, schema
from tui.api.errors import ApiError, BadAnswer, from_answer
from tui.api.lenient import MAX_ROWS, MAX_TEXT
from tui.api.transport import Answer
from tui.records import Invocation
from tui.terminal import crash
from tui.triage.content import decode
from tui.widgets.cells import ROOM, fit, wrapped
from tui.widgets.detail_lines import PREVIEW_CHARACTERS, Detail, detail_lines

MANY = deep(4_000_000, 300_000)
"""More values than any answer has."""


def read(body: bytes) -> Sequence[Invocation]:
    return schema.page(Answer(200, "OK", {}, body), numbered=False).invocations


def rows(inner: bytes) -> bytes:
    return b'{"Invocations":{"Invocation":[' + inner + b"]}}"


def repeated(unit: bytes, times: int = MANY) -> bytes:
    return b",".join([unit] * times)


@pytest.mark.parametrize(
    "body",
    [
        rows(repeated(b"{}")),
        rows(b'{"InvokeInstances":{"InvokeInstance":[' + repeated(b"{}") + b"]}}"),
        rows(b'{"Tags":[' + repeated(b"[]") + b"]}"),
        rows(b'{"Odd":[' + repeated(b"1.50") + b"]}"),
        rows(b'{"Odd":[' + repeated(b'""') + b"]}"),
        rows(b'{"Odd":[' + repeated(rb'"\"","\\"', MANY // 2) + b"]}"),
        b"[" * MANY,
        rows(b'{"Odd":[' + repeated(b"[]") + b"]}").decode().encode("utf-16"),
        b'{"Code":[' + repeated(b"{}") + b"]}",
    ],
    ids=["rows", "results", "lists", "numbers", "texts", "quotes", "depth", "utf-16", "error"],
)
def test_an_answer_of_endlessly_many_values_is_none(body: bytes) -> None:
    with bounded():
        with pytest.raises(BadAnswer):
            read(body)
        refused = from_answer(status=500, headers={}, body=body)
    assert refused.code == ""


def test_what_stands_in_strings_counts_for_nothing() -> None:
    content = ',[{\\"' * exact.MAX_VALUES
    (invocation,) = read(rows(b'{"Content":"' + content.encode() + b'"}'))

    assert invocation.content == content.replace("\\", "")


def test_as_many_values_as_are_allowed_are_read() -> None:
    # Three braces and two brackets, and in the list a comma less than there are values.
    values = exact.MAX_VALUES - 4
    assert read(rows(b'{"Odd":[' + repeated(b"1", values) + b"]}"))
    with pytest.raises(BadAnswer):
        read(rows(b'{"Odd":[' + repeated(b"1", values + 1) + b"]}"))


def test_more_rows_than_the_service_ever_sends_are_no_answer() -> None:
    assert len(read(rows(repeated(b"{}", MAX_ROWS)))) == MAX_ROWS
    with pytest.raises(BadAnswer):
        read(rows(repeated(b"{}", MAX_ROWS + 1)))


def test_of_endless_results_the_first_are_taken_and_all_are_in_the_raw_view() -> None:
    inner = b'{"InvokeInstances":{"InvokeInstance":[' + repeated(b"{}", MAX_ROWS + 1) + b"]}}"
    (invocation,) = read(rows(inner))

    assert len(invocation.results) == MAX_ROWS
    assert invocation.raw.encode() == inner


@pytest.mark.parametrize("kind", hostile.LONG)
def test_a_field_has_a_limit_and_the_raw_view_none(kind: str) -> None:
    long = hostile.megabyte(kind)
    with bounded():
        row = {"Name": long, "Content": long, "Tags": {"Tag": [{"TagKey": long}]}, "Odd": [long]}
        (invocation,) = read(rows(json.dumps(row).encode()))

    assert json.loads(invocation.raw) == row
    assert len(invocation.name) == MAX_TEXT and invocation.name.endswith("…")
    assert invocation.name[:-1] == long[: MAX_TEXT - 1].replace("\ud800", "\ufffd")
    assert len(invocation.tags[0].key) == MAX_TEXT
    assert len(invocation.content) == len(long)


@pytest.mark.parametrize("kind", hostile.LONG)
def test_a_line_of_a_megabyte_is_shown_within_bounds(kind: str) -> None:
    long = hostile.megabyte(kind)
    with bounded():
        assert not hostile.obeyed(plain.printable(long))
        assert len(plain.has_controls(long)) <= 5
        for middle in (False, True):
            assert "…" in fit(long, 20, middle=middle)
        assert sum(map(len, wrapped(long, 40))) < 10_000
        invocation = Invocation("f-1", "Failed", content=long)
        shown = detail_lines(Detail(invocation, decode(invocation)), 60)
        assert sum(len(line.text) for line in shown) < 9 * PREVIEW_CHARACTERS


@pytest.mark.parametrize("kind", hostile.LONG)
def test_a_line_of_a_megabyte_is_searched_for_secrets_once(kind: str) -> None:
    long = hostile.megabyte(kind)
    with bounded():
        logs.redact(long)
        masking.masked(long)
        failure = crash.of_exception(ValueError(long))
        assert not hostile.obeyed(failure.report, lines=True)
        error = ApiError(long, advice=long, code=long, message=long, request_id=long)
        assert len(str(error)) < 1_000


def test_a_cell_looks_at_no_more_than_it_can_show() -> None:
    ends = "a" * 100 + "\x1b" * hostile.MEGABYTE + "b" * 100

    assert fit(ends, 10) == "aaaaaaaaa…"
    assert fit(ends, 9, middle=True) == "aaa…bbbbb"
    assert ROOM * 10 < 100
