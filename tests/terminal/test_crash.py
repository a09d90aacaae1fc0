"""A report says what happened and keeps what nobody should read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui import masking
from tui.terminal import crash


def raised(error: Exception) -> Exception:
    secret = "in a variable 31415926535"
    try:
        raise error
    except type(error) as caught:
        assert secret
        return caught


def test_a_report_has_the_traceback_and_no_variables() -> None:
    failure = crash.of_exception(raised(ValueError("odd")))
    assert failure.kind == "ValueError"
    assert "in raised" in failure.report
    assert "ValueError: odd" in failure.report
    assert "31415926535" not in failure.report


def test_causes_and_notes_are_masked_and_printable_too() -> None:
    cause = KeyError("security_token: CAISabcdefghijklmnop\x9b2J")
    error = ValueError("outer\x1b[2J")
    error.__cause__ = cause
    error.add_note("access_key_secret = hunter2hunter2\u202e")
    report = crash.of_exception(raised(error)).report
    assert "outer␛[2J" in report
    for hidden in ("CAIS", "hunter2", "\x1b", "\x9b", "\u202e"):
        assert hidden not in report


@pytest.mark.parametrize(
    ("words", "masked"),
    [
        ("access_key_secret='abc123' ok", "access_key_secret='‹masked›' ok"),
        ('"SecurityToken": "CAIS/x+y=="', '"SecurityToken": "‹masked›"'),
        ("x-acs-security-token: CAIS", "x-acs-security-token: ‹masked›"),
        ("?AccessKeyId=foo&Signature=b%2F&x=1", "?AccessKeyId=‹masked›&Signature=‹masked›&x=1"),
        ("Authorization: Bearer abc123 sent", "Authorization: Bearer ‹masked› sent"),
        ("key LTAI5tFoo gone", "key ‹masked› gone"),
        ("STS.NUxyz is old", "‹masked› is old"),
        ("as3jKcEDJvYpZ5wQfyWiHXYZ1234ab", "‹masked›"),
        ("f-hz0123456789abcdef", "f-hz0123456789abcdef"),
        ("i-bp1a2b3c4d5e6f7g8h9i", "i-bp1a2b3c4d5e6f7g8h9i"),
        ("SignatureNonce=abc", "SignatureNonce=abc"),
        ("a sentence of several ordinary words", "a sentence of several ordinary words"),
    ],
)
def test_what_looks_like_a_secret_is_masked(words: str, masked: str) -> None:
    assert masking.masked(words) == masked


def test_a_message_that_quotes_everything_is_cut() -> None:
    failure = crash.of_words("kind", "word " * crash.REPORT_LIMIT)
    assert len(failure.report) < crash.REPORT_LIMIT + 10


def test_the_line_names_a_file_of_its_own_time(tmp_path: Path) -> None:
    failure = crash.of_words("Odd\x1bKind", "words")
    line = crash.line(failure, tmp_path / "state", clock=lambda: 0.0)
    path = tmp_path / "state" / f"crash-19700101T000000-{os.getpid()}.txt"
    assert line == f"The explorer stopped on an error (Odd␛Kind). The report is in {path}\n"
    assert path.read_text() == "words\n"


def test_a_directory_that_cannot_be_written_is_said_and_not_fatal(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    line = crash.line(crash.of_words("Kind", "words"), tmp_path / "file")
    assert line.startswith("The explorer stopped on an error (Kind). No report could be written")
    assert str(tmp_path / "file") in line
    assert line.count("\n") == 1
