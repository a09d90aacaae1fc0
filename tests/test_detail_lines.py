"""The words of the detail pane, at every width and for every kind of result."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from tui.records import INSTANCE_STATUSES, FileContent, InstanceResult, Invocation, Tag
from tui.triage.content import decode
from tui.triage.error_knowledge import KNOWLEDGE, explain
from tui.widgets.detail_lines import (
    CONTENT_KEY,
    PREVIEW_LINES,
    Detail,
    brief_lines,
    detail_lines,
    title,
)
from tui.widgets.words import TimeStyle

INVOCATION = Invocation(
    invoke_id="f-hz0hq4655geuyodon",
    status="PartialFailed",
    creation_time="2026-11-24T03:04:05Z",
    name="nginx.conf",
    target_dir="/etc/nginx/",
    content_type="PlainText",
    content="listen 80;\nlisten 443;",
    description="the front door",
    file_owner="root",
    file_group="wheel",
    file_mode="0644",
    overwrite="true",
    vm_count=4,
    results=(
        InstanceResult("i-good", "Success", start_time="2026-11-24T03:04:05Z"),
        InstanceResult(
            "i-bad",
            "Failed",
            "FileCreateFail",
            "the file creation is failed",
            "2026-11-24T03:04:05Z",
            "2026-11-24T03:04:06Z",
            "2026-11-24T03:05:16Z",
            "2026-11-24T03:05:16Z",
        ),
        InstanceResult("i-waits", "Running"),
    ),
    tags=(Tag("env", "prod"),),
)


def detail(invocation: Invocation = INVOCATION, **changes: object) -> Detail:
    codes = {result.error_code for result in invocation.results}
    made = Detail(invocation, decode(invocation), {code: explain(code) for code in codes})
    return replace(made, **changes)  # type: ignore[arg-type]


def words(detail: Detail, width: int = 100) -> str:
    return "\n".join(line.text for line in detail_lines(detail, width))


def test_what_failed_comes_first_then_what_runs_then_why_then_what_is_done() -> None:
    text = words(detail())
    order = ["! PartialFailed", "i-bad", "i-waits", "File changed", "i-good", "Facts", "Content"]
    places = [text.index(word) for word in order]
    assert places == sorted(places)


def test_every_field_of_the_api_is_there() -> None:
    text = words(detail())
    for value in (
        INVOCATION.invoke_id,
        "nginx.conf",
        "/etc/nginx/",
        "the front door",
        "2026-11-24 03:04:05 UTC",
        "root",
        "wheel",
        "0644",
        "true",
        "PlainText",
        "env=prod",
        "listen 443;",
        "1 instance without a result",
    ):
        assert value in text


def test_a_result_says_how_long_it_took_and_what_was_wrong() -> None:
    text = words(detail())
    [row] = [line for line in text.split("\n") if line.startswith("i-bad")]
    words_of_row = " ".join(row.split())
    assert words_of_row == "i-bad ✗ Failed FileCreateFail 1m 10s the file creation is failed"


@pytest.mark.parametrize("width", [30, 46, 60, 100, 200])
def test_an_instance_id_is_never_shortened(width: int) -> None:
    long = "i-" + "0123456789" * 4
    invocation = replace(INVOCATION, results=(InstanceResult(long, "Failed", "X"),))
    assert long in words(detail(invocation), width)


@pytest.mark.parametrize("width", [46, 60, 100])
def test_explanations_and_facts_fit_the_width(width: int) -> None:
    lines = detail_lines(detail(), width)
    for line in lines:
        if not line.key:
            assert cell_len(line.text) <= max(width, 78), line.text
    card = [line.text for line in lines if line.text.startswith(("Do ", "Retry", "File changed"))]
    assert len(card) == 3


@pytest.mark.parametrize("status", [*INSTANCE_STATUSES, "Sleeping", ""])
def test_every_status_has_a_glyph_and_its_word(status: str) -> None:
    invocation = replace(INVOCATION, results=(InstanceResult("i-1", status, "Odd"),))
    [row] = [line for line in detail_lines(detail(invocation), 100) if line.key == "i-1"]
    glyph = row.text.split()[1]
    assert glyph in "✓✗▸⋯?"
    assert (status or "(none)") in row.text
    if status in ("Sleeping", ""):
        assert glyph == "?"


@pytest.mark.parametrize("code", [*(known.code for known in KNOWLEDGE), "SomethingNew"])
def test_every_code_has_its_card(code: str) -> None:
    invocation = replace(INVOCATION, results=(InstanceResult("i-1", "Failed", code),))
    text = " ".join(words(detail(invocation), 500).split())
    explanation = explain(code)
    assert f"{code} 1 instance" in text
    for known in (explanation.meaning, explanation.layer, explanation.retry, explanation.remedy):
        assert " ".join(known.split()) in text


def test_a_failure_without_a_code_says_so_on_its_card() -> None:
    invocation = replace(INVOCATION, results=(InstanceResult("i-1", "Failed"),))
    for shown in (detail(invocation), detail(invocation, instance_id="i-1")):
        text = words(shown)
        assert "(no error code)" in text
        assert "The API gave no error code." in text
        assert "File changed Not known" in text


def test_one_instance_is_shown_with_its_times_and_its_card() -> None:
    alone = detail(instance_id="i-bad")
    text = words(alone)
    assert title(alone).text == "i-bad ‹ f-hz0hq4655geuyodon"
    for value in ("FileCreateFail", "03:04:06", "03:05:16", "1m 10s", "/etc/nginx/nginx.conf"):
        assert value in text
    assert "i-good" not in text
    waiting = words(detail(instance_id="i-waits"))
    assert waiting.count("not yet") == 2
    assert "File changed" not in waiting


def test_times_follow_the_style() -> None:
    assert "2026-11-24 03:04:05 UTC" in words(detail())
    assert "ago" in words(detail(time_style=TimeStyle.AGE))


def test_binary_content_is_shown_in_hexadecimal() -> None:
    content = FileContent(b"\x00\x01ELF\xff", "Base64", "aa", "bb", None)
    text = words(detail(content=content))
    assert "000000  00 01 45 4c 46 ff" in text
    assert "..ELF." in text


def test_a_long_content_is_cut_and_says_so() -> None:
    text = "\n".join(f"line {number}" for number in range(PREVIEW_LINES + 5))
    lines = detail_lines(detail(replace(INVOCATION, content=text)), 100)
    assert f"line {PREVIEW_LINES - 1}" in [line.text for line in lines]
    assert f"line {PREVIEW_LINES}" not in [line.text for line in lines]
    assert "the rest" in lines[-1].text


def test_control_characters_in_content_are_named() -> None:
    text = words(detail(replace(INVOCATION, content="a\x1b[31mb\n")))
    assert "U+001B" in text
    assert "a␛[31mb" in text


def test_no_content_is_said() -> None:
    lines = detail_lines(detail(replace(INVOCATION, content="")), 100)
    assert "no content" in lines[-1].text
    assert [line.key for line in lines if line.text == "Content"] == [CONTENT_KEY]


def test_a_brief_account_says_how_it_went_and_why() -> None:
    results = [
        *(InstanceResult(f"i-{n}", "Failed", "ClientNotRunning") for n in range(2)),
        InstanceResult("i-2", "Aborted", "ClientNeedUpgrade"),
        InstanceResult("i-3", "Success"),
    ]
    made = Invocation("f-1", status="PartialFailed", vm_count=4, results=tuple(results))
    words = [each.text for each in brief_lines(detail(made), 100)]
    assert words[0].startswith("! PartialFailed   1/4 delivered, 3 failed")
    assert words[1] == "ClientNotRunning 2, ClientNeedUpgrade 1"
    assert len(words) == 3
