"""Files that a user may write, and anybody may have filled: read, or refused in a few words."""

from __future__ import annotations

import pytest

from tests.unbreakable.alarm import bounded
from tui import toml

LONGEST = toml.MOST_CHARACTERS


def test_what_is_toml_is_read() -> None:
    assert toml.read("\ufeffa.b = 'ü'  # a comment\n".encode()) == {"a": {"b": "ü"}}
    assert toml.read(b"# " + b"." * 10_000) == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a = " + b"[" * (LONGEST - 4), "nested too deeply"),
        (b"a = " + b"{b=" * 50_000, "nested too deeply"),
        (b"a" + b".b" * 100_000 + b" = 1", "line 1 has more than 100 dots"),
        (b"[a" + b".b" * 100_000 + b"]", "line 1 has more than 100 dots"),
        (b"a = " + b"9" * 100_000, "a number that is too long"),
        (b"a = 2020-99-99", "after a statement"),
        (bytes(range(256)), "not UTF-8"),
        (b'a = "\\ud800"', "scalar value"),
        (b" " * (LONGEST + 1), "more than 262,144 characters"),
        (b"a = 1\na = 2", "overwrite"),
    ],
    ids=["lists", "tables", "key", "head", "number", "date", "binary", "half", "long", "twice"],
)
def test_anything_else_is_refused_in_a_few_words(content: bytes, words: str) -> None:
    with bounded(), pytest.raises(toml.NotTomlError, match=words) as caught:
        toml.read(content)
    assert len(str(caught.value)) < 200


def test_the_worst_that_is_read_takes_no_time_to_speak_of() -> None:
    line = "a" + ".b" * (toml.MOST_DOTS - 4)
    lines = "\n".join(f"{line}.c{number} = 1" for number in range(LONGEST // (len(line) + 12)))
    with bounded():
        toml.read(lines.encode())
