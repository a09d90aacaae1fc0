"""What changed in a file: unified lines of text, hexadecimal rows of bytes, or a sentence."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tui.plain import TAB_WIDTH, printable
from tui.records import FileContent
from tui.triage.content import Fingerprint, fingerprint

MAX_DIFFERING: Final = 1_000
"""Lines of either text, beginnings and ends that are alike aside, that are matched to each other.

Matching takes time with the product of the two numbers; 1,000 lines take a fraction of a second.
Of more than that all old lines are shown as removed and all new ones as added.
"""

MAX_LINES: Final = 400
"""Lines of a difference that are given."""

MAX_WIDTH: Final = 240
"""Characters of a line that are given."""

CONTEXT: Final = 3
"""Lines that are alike around each change."""

ROW: Final = 16
"""Bytes of a hexadecimal row."""

NO_NEWLINE: Final = "\\ no line feed at the end of the file"
"""Follows a last line that is not ended."""

Content = FileContent | Fingerprint
"""A content, or what is kept in its place."""


@dataclass(frozen=True, slots=True)
class ContentDiff:
    """How the content of a file changed."""

    same: bool | None
    """None where it cannot be said."""
    sentence: str
    lines: tuple[str, ...] = ()
    """Printable; each begins with `-`, `+`, a space, `@@` or a backslash."""
    left_out: int = 0
    """Further lines that are not given."""


def content_diff(before: Content | None, after: Content | None) -> ContentDiff:
    """Compare two contents as far as they are known."""
    if before is None or after is None:
        which = "earlier" if before is None else "later"
        return ContentDiff(None, f"The content of the {which} send is not known, nor its hash.")
    old, new = _fingerprint(before), _fingerprint(after)
    if old.sha256 == new.sha256:
        return ContentDiff(True, "The content is the same.")
    if not (isinstance(before, FileContent) and isinstance(after, FileContent)):
        return ContentDiff(False, f"The content was not kept; the hashes differ{_sizes(old, new)}.")
    if before.text is None or after.text is None:
        return _bounded(f"The content differs{_sizes(old, new)}:", _hex_lines(before, after))
    return _bounded(f"The content differs{_sizes(old, new)}:", _text_lines(before, after))


def _fingerprint(content: Content) -> Fingerprint:
    return fingerprint(content) if isinstance(content, FileContent) else content


def _sizes(old: Fingerprint, new: Fingerprint) -> str:
    if old.size is None or new.size is None:
        return ""
    return f" ({old.size:,} bytes before, {new.size:,} now)"


def _bounded(sentence: str, lines: Iterator[str]) -> ContentDiff:
    shown: list[str] = []
    left_out = 0
    for line in lines:
        if len(shown) < MAX_LINES:
            shown.append(line)
        else:
            left_out += 1
    return ContentDiff(False, sentence, tuple(shown), left_out)


def _text_lines(before: FileContent, after: FileContent) -> Iterator[str]:
    """Yield unified lines; a carriage return is a visible glyph, so a change of line ends shows."""
    old, new = (before.text or "").split("\n"), (after.text or "").split("\n")
    # What follows the last line feed is no line of its own when it is empty.
    old_ended, new_ended = old[-1] == "", new[-1] == ""
    old, new = old[: -1 if old_ended else None], new[: -1 if new_ended else None]
    # A last line that is not ended differs from the same line ended.
    if not old_ended:
        old[-1] += "\0"
    if not new_ended:
        new[-1] += "\0"
    start, end = _alike(old, new)
    first = max(start - CONTEXT, 0)
    old_part = old[first : len(old) - max(end - CONTEXT, 0)]
    new_part = new[first : len(new) - max(end - CONTEXT, 0)]
    if max(len(old_part), len(new_part)) > MAX_DIFFERING:
        yield f"@@ -{first + 1},{len(old_part)} +{first + 1},{len(new_part)} @@"
        for sign, part in (("-", old_part), ("+", new_part)):
            for line in part:
                yield from _shown(sign, line)
        return
    matcher = difflib.SequenceMatcher(None, old_part, new_part)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        yield _heading(group, first)
        for tag, old_start, old_stop, new_start, new_stop in group:
            if tag == "equal":
                for line in old_part[old_start:old_stop]:
                    yield from _shown(" ", line)
                continue
            for line in old_part[old_start:old_stop]:
                yield from _shown("-", line)
            for line in new_part[new_start:new_stop]:
                yield from _shown("+", line)


def _heading(group: Sequence[tuple[str, int, int, int, int]], first: int) -> str:
    _, old_start, _, new_start, _ = group[0]
    _, _, old_stop, _, new_stop = group[-1]
    old, new = old_stop - old_start, new_stop - new_start
    # As `diff -u` has it, a range of no lines names the line before it.
    old_line, new_line = first + old_start + bool(old), first + new_start + bool(new)
    return f"@@ -{old_line},{old} +{new_line},{new} @@"


def _alike(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many lines are alike at the beginning, and how many of the others at the end."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def _shown(sign: str, line: str) -> Iterator[str]:
    ended = not line.endswith("\0")
    text = line if ended else line[:-1]
    yield sign + printable(text[:MAX_WIDTH].expandtabs(TAB_WIDTH) + text[MAX_WIDTH:], MAX_WIDTH)
    if not ended:
        yield NO_NEWLINE


def _hex_lines(before: FileContent, after: FileContent) -> Iterator[str]:
    """Yield the rows of bytes that differ, place by place."""
    for start in range(0, max(len(before.data), len(after.data)), ROW):
        old, new = before.data[start : start + ROW], after.data[start : start + ROW]
        if old == new:
            continue
        for sign, row in (("-", old), ("+", new)):
            if row:
                yield f"{sign}{hex_row(start, row)}"


def hex_row(start: int, row: bytes) -> str:
    """Return up to 16 bytes as `hexdump -C` has them."""
    pairs = row.hex(" ", 1)
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
    return f"{start:08x}  {pairs:<{3 * ROW - 1}}  |{text}|"
