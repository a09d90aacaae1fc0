"""The formats of `list`: exact where machines read, harmless where people do."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.flags import OUTPUTS
from tui.headless.output import Table, columns_of, format_named, inert, shortened
from tui.records import InstanceResult, Invocation, Tag

HOSTILE = "\x1b]0;x\x07\x7f\x9b2J\u202e\u200b[/b]\ud800\r\n\t=1"


def sent(number: int = 1, **fields: object) -> Invocation:
    given_fields: dict[str, object] = {
        "invoke_id": f"f-hz0{number}",
        "status": "PartialFailed",
        "creation_time": "2026-11-20T08:00:00Z",
        "name": f"app-{number}.conf",
        "target_dir": "/etc/app",
        "file_owner": "root",
        "file_mode": "0644",
        "vm_count": 3,
        "results": (
            InstanceResult("i-ok", "Success"),
            InstanceResult(f"i-bad{number}", "Failed", "FileCreateFail"),
            InstanceResult("i-off", "Aborted", "ClientNotRunning"),
        ),
        "tags": (Tag("env", "prod"),),
        "raw": json.dumps({"InvokeId": f"f-hz0{number}", "Name": "é"}),
    }
    return Invocation(**{**given_fields, **fields})  # type: ignore[arg-type]


def written(name: str, pages: Iterable[Sequence[Invocation]], **options: object) -> str:
    form = format_named(name, **options)  # type: ignore[arg-type]
    return "".join([form.head(), *map(form.rows, pages), form.foot()])


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_piece_is_made_of_whole_lines(name: str) -> None:
    form = format_named(name)
    pieces = [form.head(), form.rows([sent(1), sent(2)]), form.rows([sent(3)]), form.foot()]
    assert all(piece == "" or piece.endswith("\n") for piece in pieces)


@pytest.mark.parametrize("name", OUTPUTS)
def test_nothing_hostile_gets_through(name: str) -> None:
    invocation = sent(
        invoke_id=HOSTILE,
        status=HOSTILE,
        creation_time=HOSTILE,
        name=HOSTILE,
        target_dir=HOSTILE,
        file_owner=HOSTILE,
        file_mode=HOSTILE,
        description=HOSTILE,
        tags=(Tag(HOSTILE, HOSTILE),),
        results=(InstanceResult(HOSTILE, "Failed", HOSTILE),),
        raw=json.dumps({"Name": HOSTILE}),
    )
    text = written(name, [[invocation]])
    allowed = text.replace("\r\n", "\n") if name == "csv" else text
    assert all(line.isprintable() for line in allowed.split("\n"))
    if name in ("json", "ndjson"):
        assert text.isascii()
        assert "\x7f" not in text


def test_json_is_one_array_of_the_services_own_objects() -> None:
    pages = [[sent(1), sent(2)], [], [sent(3)]]
    text = written("json", pages)
    assert json.loads(text) == [json.loads(each.raw) for page in pages for each in page]
    assert [line.lstrip(",") for line in text.splitlines()[1:-1]] == [
        each.raw for page in pages for each in page
    ]
    assert json.loads(written("json", [])) == []


def test_ndjson_is_the_services_own_object_on_each_line() -> None:
    big = '{"VmCount":12345678901234567890,"Half":0.10,"Odd":"\\ud800\\u001b"}'
    assert written("ndjson", [[sent(1, raw=big)], [sent(2)]]).splitlines() == [big, sent(2).raw]


@pytest.mark.parametrize("name", ["json", "ndjson"])
def test_a_delete_character_is_escaped_too(name: str) -> None:
    text = written(name, [[sent(1, raw='{"Name":"a\x7fb"}')]])
    assert "\\u007f" in text
    assert "\x7f" not in text


def test_ids_are_the_failed_instances_once_each() -> None:
    assert written("ids", [[sent(1)], [sent(1), sent(2)]]).splitlines() == [
        "i-bad1",
        "i-off",
        "i-bad2",
    ]
    only = written("ids", [[sent(1)]], wanted=lambda each: each.error_code == "ClientNotRunning")
    assert only == "i-off\n"


def test_csv_is_read_back_by_any_reader() -> None:
    text = written("csv", [[sent(1, name='a "b", c')], [sent(2, description="é,中")]])
    assert text.count("\r\n") == text.count("\n") == 3
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert first["Name"] == 'a "b", c'
    assert first["InvokeId"] == "f-hz01"
    assert first["FailedInstanceIds"] == "i-bad1 i-off"
    assert first["ErrorCodes"] == "FileCreateFail ClientNotRunning"
    assert (first["VmCount"], first["Succeeded"], first["Failed"]) == ("3", "1", "2")
    assert second["Description"] == "é,中"
    assert written("csv", []).startswith("InvokeId,InvocationStatus,CreationTime,Name")


@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@\t\r \u00a0'"), st.characters())))
def test_no_cell_of_a_csv_is_a_formula(value: str) -> None:
    shown = inert(value)
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    assert all(character.isprintable() or character == "\ufffd" for character in shown)


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_what_would_be_a_formula_is_quoted(value: str) -> None:
    assert inert(value).startswith("'")
    assert inert("plain") == "plain"


def test_a_table_is_aligned_and_says_what_its_columns_are() -> None:
    lines = written("table", [[sent(1), sent(2, name="中文.conf", vm_count=120)]]).splitlines()
    assert lines[0].split("  ")[0] == "CREATED"
    assert "2026-11-20T08:00:00Z  PartialFailed  app-1.conf" in lines[1]
    for part in ("f-hz01", "/etc/app", "root", "0644", "env=prod"):
        assert part in lines[1]
    # Every row has its invocation ID under the title, whatever its characters are wide.
    titled = columns_of(lines[0][: lines[0].index("INVOKE ID")])
    assert columns_of(lines[1][: lines[1].index("f-hz01")]) == titled
    assert columns_of(lines[2][: lines[2].index("f-hz02")]) == titled
    assert "1/120" in lines[2]


def test_a_later_page_is_aligned_with_the_first() -> None:
    table = Table()
    first = table.rows([sent(1, name="a-rather-long-name.conf")])
    second = table.rows([sent(2, name="b")])
    assert "CREATED" not in second
    assert first.splitlines()[1].index("f-hz01") == second.index("f-hz02")


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100, 120, 160])
def test_a_table_fits_the_terminal_and_keeps_what_matters(width: int) -> None:
    rows = [sent(1, name="n" * 200, target_dir="/d" * 60, tags=(Tag("k" * 60, "v" * 60),))]
    lines = written("table", [rows], width=width).splitlines()
    for line in lines:
        assert columns_of(line) <= max(width, 59)
    assert "2026-11-20T08:00:00Z  PartialFailed  nnnnnn" in lines[1]
    assert "1/3" in lines[1]
    # An invocation ID is whole or not there.
    assert ("f-hz01" in lines[1]) == (width >= 72)


def test_a_wide_table_shortens_nothing() -> None:
    lines = written("table", [[sent(1, name="n" * 200)]], width=None).splitlines()
    assert "n" * 200 in lines[1]


@given(st.text(max_size=30), st.integers(1, 20))
def test_shortened_text_fits(text: str, width: int) -> None:
    assert columns_of(shortened(text, width)) <= width
