"""Any text is one argument, in any shell, and its line shows nothing that a terminal acts on."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.triage.rows import HOSTILE, controls
from tui.triage.quoting import Unquotable, command, option, quoted

SHELLS = ("sh", "bash")


def words_of(line: str, shell: str) -> list[str]:
    """Return the arguments into which a shell takes a line apart."""
    script = f"printf '%s\\0' {line}"
    done = subprocess.run([shell, "-c", script], capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


TEXTS = [
    *HOSTILE,
    *(f"x{text}" for text in HOSTILE),
    *("", "-", "-rf\x01", "!!", "!\x01", "a'b\"c\x7f", "%s\x01%%", "\\n\x01\\", "\x019", "~\u200b"),
    "\u3000维\u200b护\r",
]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_text_is_one_argument_or_is_refused(shell: str) -> None:
    kept, lines = [], []
    for text in TEXTS:
        try:
            lines.append(quoted(text))
            kept.append(text)
        except Unquotable as refusal:
            assert "\0" in text or "\ud800" in text or text.endswith("\n")
            assert not controls(str(refusal), "")
    assert len(kept) > len(TEXTS) - 10
    assert not controls(" ".join(lines), "")
    assert words_of(" ".join(lines), shell) == kept


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=10, max_size=40))
@example(["\x00", "\ud800", "a\n", "\x85\n"])
def test_generated_texts_are_one_argument_each(texts: list[str]) -> None:
    kept, lines = [], []
    for text in texts:
        try:
            lines.append(quoted(text))
            kept.append(text)
        except Unquotable:
            continue
    if kept:
        assert words_of(" ".join(lines), "sh") == kept


def test_plain_texts_look_as_usual() -> None:
    assert quoted("app.conf") == "app.conf"
    assert quoted("my file") == "'my file'"
    assert quoted("维护") == "'维护'"


def test_a_value_with_a_dash_is_joined_to_its_option() -> None:
    assert option("--Name", "-rf") == "--Name=-rf"
    assert option("--Name", "a b") == "--Name 'a b'"
    assert words_of(option("--Name", "-r\x1b"), "sh") == ["--Name=-r\x1b"]
    line = command(("list", "a b"), (("--name", "x"), ("--tag", "-y")))
    assert shlex.split(line) == ["list", "a b", "--name", "x", "--tag=-y"]
