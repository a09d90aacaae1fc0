"""This send against another: parameters, content, targets and outcomes."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triage.rows import HOSTILE, controls, result, sending
from tui.plain import printable
from tui.records import FileContent, InstanceResult, Invocation, Tag
from tui.triage.comparing import Change, Comparison, compare, previous_of
from tui.triage.content import Fingerprint, decode, fingerprint
from tui.triage.content_diff import (
    MAX_DIFFERING,
    MAX_LINES,
    MAX_WIDTH,
    NO_NEWLINE,
    content_diff,
)


def content(data: bytes) -> FileContent:
    return decode(
        Invocation("f", "Success", content_type="Base64", content=b64encode(data).decode())
    )


def sent(invoke_id: str, *results: InstanceResult, **facts: str) -> Invocation:
    return replace(
        Invocation(invoke_id, "Failed", name="app.conf", target_dir="/etc", results=results),
        **facts,  # type: ignore[arg-type]
    )


def compared(before: Invocation, after: Invocation) -> Comparison:
    return compare(before, after, before_content=decode(before), after_content=decode(after))


def test_hosts_are_told_apart_by_what_became_of_them_before_and_now() -> None:
    before = sent(
        "f-1",
        result("i-fine"),
        result("i-new"),
        result("i-fixed", "Failed", code="FileCreateFail"),
        result("i-same", "Failed", code="FileCreateFail"),
        result("i-other", "Failed", code="FileCreateFail"),
        result("i-status", "Timeout"),
        result("i-going", "Failed"),
        result("i-removed", "Failed"),
    )
    after = sent(
        "f-2",
        result("i-fine"),
        result("i-new", "Aborted", code="ClientNotRunning"),
        result("i-fixed"),
        result("i-same", "Error", code="FileCreateFail"),
        result("i-other", "Failed", code="ClientNotRunning"),
        result("i-status", "Timeout"),
        result("i-going", "Running"),
        result("i-added"),
        result("i-added-bad", "Failed"),
    )
    found = compared(before, after)
    assert (found.before, found.after) == ("f-1", "f-2")
    assert found.added == ("i-added", "i-added-bad")
    assert found.added_failing == ("i-added-bad",)
    assert found.removed == ("i-removed",)
    assert found.newly_failing == ("i-new",)
    assert found.fixed == ("i-fixed",)
    assert found.same_error == ("i-same", "i-status")
    assert found.different_error == ("i-other",)
    assert found.undecided == ("i-going",)
    assert found.parameters == ()
    assert found.content.same


def test_changed_parameters_are_named_as_the_api_names_them() -> None:
    before = sent("f-1", file_mode="0644", overwrite="false")
    after = replace(before, file_mode="0600", overwrite="true", tags=(Tag("b", "2"), Tag("a", "1")))
    assert compared(before, after).parameters == (
        Change("FileMode", "0644", "0600"),
        Change("Overwrite", "false", "true"),
        Change("Tags", "", "a=1 b=2"),
    )
    reordered = replace(after, tags=after.tags[::-1])
    assert compared(after, reordered).parameters == ()


def test_the_previous_send_of_a_file_is_the_last_one_before() -> None:
    this = sending("f-5", 50)
    sends = [
        sending("f-9", 90),
        sending("f-1", 10),
        sending("f-4", 40, content_hash="b", owner="ops", target_dir="/etc/app/"),
        sending("f-8", 45, name="other.conf"),
        sending("f-7", None),
        this,
    ]
    found = previous_of(sends, this)
    assert found is sends[2]
    assert previous_of(sends, this, wanted=lambda each: each.owner == "") is sends[1]
    assert previous_of(sends, sends[1]) is None
    assert previous_of(sends, sends[4]) is None


def test_of_two_sends_in_one_second_the_smaller_id_is_the_earlier() -> None:
    one, other = sending("f-1"), sending("f-2")
    assert previous_of([one, other], other) is one
    assert previous_of([one, other], one) is None


def test_text_is_compared_line_by_line() -> None:
    before, after = content(b"a\nb\nc\nd\ne\nf\ng\nh\n"), content(b"a\nb\nc\nd\nE\nf\ng\nh\n")
    found = content_diff(before, after)
    assert found.same is False
    assert found.lines == (
        "@@ -2,7 +2,7 @@",
        *(" b", " c", " d", "-e", "+E", " f", " g", " h"),
    )


def test_a_range_without_lines_names_the_line_before() -> None:
    assert content_diff(content(b""), content(b"a\n")).lines == ("@@ -0,0 +1,1 @@", "+a")
    assert content_diff(content(b"a\n"), content(b"")).lines == ("@@ -1,1 +0,0 @@", "-a")


def test_line_ends_and_a_missing_last_one_show() -> None:
    assert content_diff(content(b"a\r\n"), content(b"a\n")).lines[1:] == ("-a␍", "+a")
    found = content_diff(content(b"a\n"), content(b"a"))
    assert found.lines[1:] == ("-a", "+a", NO_NEWLINE)


def test_bytes_are_compared_in_hexadecimal() -> None:
    before, after = bytes(range(64)), bytes(range(40)) + b"\xff\x1b" + bytes(range(42, 64)) + b"!"
    found = content_diff(content(before), content(after))
    assert found.lines == (
        "-00000020  20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f  | !\"#$%&'()*+,-./|",
        "+00000020  20 21 22 23 24 25 26 27 ff 1b 2a 2b 2c 2d 2e 2f  | !\"#$%&'..*+,-./|",
        "+00000040  21                                               |!|",
    )


def test_what_was_not_kept_is_compared_by_its_hash() -> None:
    one, other = content(b"one"), content(b"three")
    found = content_diff(fingerprint(one), other)
    assert (found.same, found.lines) == (False, ())
    assert found.sentence == (
        "The content was not kept; the hashes differ (3 bytes before, 5 now)."
    )
    assert content_diff(fingerprint(one), one).same is True
    assert "hashes differ." in content_diff(Fingerprint("a"), Fingerprint("b")).sentence
    assert content_diff(None, one).same is None
    assert "earlier" in content_diff(None, one).sentence
    assert "later" in content_diff(one, None).sentence


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\n" * 32_000, b"\r\n" * 16_000),
        (b"x" * 32_000, b"y" * 32_000),
        (bytes(32_000), bytes([1]) * 32_000),
        (b"a\nb\n" * (MAX_DIFFERING + 1), b"b\nc\n" * (MAX_DIFFERING + 1)),
    ],
    ids=["lines", "one line", "bytes", "many lines"],
)
def test_a_difference_is_bounded(before: bytes, after: bytes) -> None:
    found = content_diff(content(before), content(after))
    assert 0 < len(found.lines) <= MAX_LINES
    assert max(map(len, found.lines)) <= MAX_WIDTH + 1


LINES = st.lists(st.sampled_from(["alpha", "beta", "", "gamma \x1b[31m", "\u202etxt"]), max_size=30)


@given(LINES, LINES, st.booleans(), st.booleans())
def test_the_lines_of_a_difference_give_both_texts(
    old: list[str], new: list[str], old_ends: bool, new_ends: bool
) -> None:
    before = "\n".join(old) + "\n" * (old_ends and bool(old))
    after = "\n".join(new) + "\n" * (new_ends and bool(new))
    found = content_diff(content(before.encode()), content(after.encode()))
    assert found.same == (before == after)
    assert not controls("".join(found.lines), "")
    changed = [line for line in found.lines if line[0] in "-+"]
    assert bool(changed) == (before != after)
    removed = sum(line[0] == "-" for line in changed)
    added = sum(line[0] == "+" for line in changed)
    assert added - removed == len(after.splitlines()) - len(before.splitlines())


@given(LINES, LINES)
def test_headings_count_the_lines_under_them(old: list[str], new: list[str]) -> None:
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    lines = content_diff(content(before.encode()), content(after.encode())).lines
    starts = [number for number, line in enumerate(lines) if line.startswith("@@")]
    for start, stop in pairwise([*starts, len(lines)]):
        under = lines[start + 1 : stop]
        ranges = re.fullmatch(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@", lines[start])
        assert ranges
        first, old_count, _, new_count = map(int, ranges.groups())
        assert old_count == sum(line[0] in " -" for line in under)
        assert new_count == sum(line[0] in " +" for line in under)
        shown = [line[1:] for line in under if line[0] in " -"]
        assert shown == [printable(line) for line in old[first - 1 : first - 1 + old_count]]


def test_hostile_lines_are_harmless() -> None:
    everything = "\n".join(HOSTILE).encode("utf-8", "replace")
    for other in (b"", everything + b"x", bytes(3)):
        assert not controls("".join(content_diff(content(everything), content(other)).lines), "")
