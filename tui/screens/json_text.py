"""JSON on several lines without reading its values: every number and escape stays as it came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

INDENT: Final = 2
"""Spaces for each level."""

DEEPEST: Final = 40
"""Levels that are indented: without a bound, a long text of brackets would have no end."""

_PART: Final = re.compile(
    r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|[^\s{}\[\],:"]+|"', flags=re.DOTALL
)


def indented(text: str) -> str:
    """Return a JSON text with one member or element on each line."""
    return "".join(_indented(text))


def _indented(text: str) -> Iterator[str]:
    level = 0
    parts = [found.group() for found in _PART.finditer(text)]
    # What follows decides: `{}` and `[]` stay together.
    for part, following in pairwise([*parts, ""]):
        opens, closes = part in "{[", following != "" and following in "}]"
        level += opens - (part in "}]")
        yield part
        if part == ":":
            yield " "
        elif part == "," or opens != closes:
            yield "\n" + " " * (INDENT * min(max(level - closes, 0), DEEPEST))
