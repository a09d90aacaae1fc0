"""The sanitiser: nothing that a terminal obeys, hides or reorders comes out of it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.plain import has_controls, paragraph, printable

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60) | st.text(
    st.sampled_from("\x00\x07\x1b\x7f\x85\x9b\u200b\u200d\u202e\u2066\ufeff\ufe0f\u0301\ud800[/]a"),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("", ""),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b31m", "‹9B›31m"),
        ("a\x7fb\x00", "a␡b␀"),
        ("line\nnext\ttab\r", "line␊next␉tab␍"),
        ("evil\u202etxt.exe", "evil‹U+202E›txt.exe"),
        ("zero\u200bwidth\ufeff", "zero‹U+200B›width‹U+FEFF›"),
        ("\ud800", "\ufffd"),
        ("\ufffd", "\ufffd"),
        ("no\u00a0break", "no break"),
        ("日本語 ✓ naïve", "日本語 ✓ naïve"),
        ("e\u0301\u0301\u0301\u0301", "e\u0301\u0301‹…›"),
        ("[bold]x[/nope]", "[bold]x[/nope]"),
        ("\U000e0041", "‹U+E0041›"),
    ],
)
def test_each_kind_of_character_has_its_form(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(ANY_TEXT)
def test_only_characters_that_are_shown_as_they_are_come_out(text: str) -> None:
    for character in printable(text):
        assert character.isprintable() or character == "\ufffd"
        assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


@given(ANY_TEXT)
def test_a_second_time_changes_nothing(text: str) -> None:
    assert printable(printable(text)) == printable(text)
    assert paragraph(paragraph(text)) == paragraph(text)


@given(ANY_TEXT, st.integers(1, 20))
def test_a_limit_holds(text: str, limit: int) -> None:
    assert len(printable(text, limit)) <= limit


def test_what_was_cut_is_marked() -> None:
    assert printable("abcdefgh", 5) == "abcd…"
    assert printable("\x1b" * 5, 5) == "␛␛␛␛␛"
    assert printable("abcde", 5) == "abcde"


@given(ANY_TEXT)
def test_a_paragraph_keeps_its_lines_and_nothing_else(text: str) -> None:
    shown = paragraph(text)
    assert shown.count("\n") == text.count("\n")
    assert all(line == printable(line) for line in shown.split("\n"))


def test_a_paragraph_reads_like_the_file() -> None:
    assert paragraph("a\r\nb\tc\n\x1b") == "a\nb       c\n␛"


def test_controls_are_named_once_in_their_order() -> None:
    assert has_controls("a\x1b\n\tb\u202e\x1b") == ("U+001B", "U+202E")
    assert has_controls("plain\r\n\ttext") == ()
