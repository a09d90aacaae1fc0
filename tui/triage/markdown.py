"""Foreign text in Markdown: shown as it is, and never a heading, a link, a picture or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tui.plain import printable
from tui.triage.words import LONGEST

NOTHING: Final = "–"
"""Stands in a cell for an empty text."""

FENCE: Final = "~~~~"
"""Around lines that are shown as they are; none of ours consists of tildes."""

_HARMLESS: Final = re.compile(r"[A-Za-z0-9/](?:[A-Za-z0-9._/:@+=,%*~-]| (?=\S))*")
"""Texts that a code span shows as they are: IDs, codes, names, paths."""

_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_MARKUP: Final = re.compile(
    r"[\\`*\[\]|~$#!{}]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"
    # What GitHub and others make a link of without any brackets.
    r"|:(?=//)|(?<=www)\.|@"
    # What would begin a list or a rule at the beginning of a line.
    r"|^[-+=]|(?<=\d)[.)](?=\s|$)",
    re.IGNORECASE,
)


def text(value: str, limit: int = LONGEST) -> str:
    """Return a text with everything escaped that Markdown would act on, on one line."""
    shown = printable(value, limit).strip()
    return _MARKUP.sub(r"\\\g<0>", shown.translate(_ENTITIES)) or NOTHING


def code(value: str, limit: int = LONGEST) -> str:
    """Return an ID, a name or a path as a code span, or as escaped text where that is odd."""
    shown = printable(value, limit)
    return f"`{shown}`" if _HARMLESS.fullmatch(shown) else text(shown, limit)


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; the cells are Markdown already, the titles are our own."""
    yield f"| {' | '.join(titles)} |"
    yield f"|{'---|' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def fenced(lines: Iterable[str]) -> Iterator[str]:
    """Yield printable lines as they are, none of which may consist of tildes."""
    yield FENCE
    yield from lines
    yield FENCE
