"""Texts that a careless reader would act on, and what none of them may become on its way out."""

from __future__ import annotations

import re
import unicodedata
from random import Random
from typing import Final

from hypothesis import strategies as st

from tests.depth import deep

MARK: Final = "7331"
"""A number in every sequence below that nothing of ours ever writes: seen raw, data got through."""

SEQUENCES: Final = (
    f"\x1b]52;c;{MARK}\x07",
    f"\x1b]52;c;{MARK}\x1b\\",
    f"\x1b]0;{MARK}\x07",
    f"\x1b]2;{MARK}\x1b\\",
    f"\x1b]8;;https://{MARK}.example\x1b\\here\x1b]8;;\x1b\\",
    f"\x1b]1337;File=:{MARK}\x07",
    f"\x1b[{MARK}m",
    f"\x1b[{MARK};{MARK}H",
    f"\x1b[{MARK}J",
    f"\x1b[?{MARK}h",
    f"\x1b[>{MARK}u",
    f"\x1b[?{MARK}$p",
    f"\x1b[{MARK}n",
    f"\x1bP{MARK}q\x1b\\",
    f"\x1b_{MARK}\x1b\\",
    f"\x1b^{MARK}\x1b\\",
    f"\x1bX{MARK}\x1b\\",
    f"\x1bc{MARK}",
    f"\x1b#8{MARK}",
    f"\x1b(0{MARK}",
    f"\x9b{MARK}m",
    f"\x9b?{MARK}h",
    f"\x9d0;{MARK}\x9c",
    f"\x9d52;c;{MARK}\x07",
    f"\x90{MARK}q\x9c",
    f"\x0e{MARK}\x0f",
)
"""Sequences of seven and of eight bits: clipboard, title, links, modes, questions, resets."""

CONTROLS: Final = (
    "".join(map(chr, range(0x20))),
    "\x7f",
    "".join(map(chr, range(0x80, 0xA0))),
    "a\x08\x08b",
    "over\rwritten",
    "two\nlines",
    "tab\tbed",
    "\x00",
    "\x1b",
    "\x1b\x1b[",
)
"""Control characters alone."""

INVISIBLE: Final = (
    "\u202egpj.exe",
    "\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d",
    "\u200e\u200f\u061c",
    "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "\u00ad\u034f\u115f\u1160\u17b4\u180e\u3164\uffa0",
    "\U000e0001\U000e0041\U000e007f",
    "\ufe0e\ufe0f\U000e0100",
    "\u2028\u2029\u0085",
    "\ufff9x\ufffay\ufffb",
)
"""What reorders, hides or changes what stands beside it."""

SHAPES: Final = (
    "e" + "\u0301" * 40,
    "\u0301first",
    "\u20e3\u20dd\u20e0",
    "漢字かな混じり文",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪",
    "ﷺ𒐫꧅",
    "\ud800",
    "\udfff\ud800x",
    "\ufffe\uffff\U0010ffff",
    "\ue000\U000f0000",
)
"""Combining stacks, wide and joined characters, halves of pairs, and what is no character."""

SYNTAX: Final = (
    "[/nope]",
    "[/]",
    "[red]x[/red]",
    "[@click=app.quit]quit[/]",
    "[link=https://example.com]x",
    "[$error]",
    '[foo="bar]',
    "arr[0]",
    "\\[bold]",
    ":warning:",
    '=HYPERLINK("https://example.com","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(1+1)*cmd",
    "\t=1+1",
    "\r=1+1",
    " \n=1+1",
    "\uff1d1+1",
    '"quoted", "twice"',
    "a,b;c\td",
    "../../.ssh/authorized_keys",
    "-rf",
    "~root/.profile",
    "$(reboot)`reboot`;|&><*?'\"\\",
    "%s%n%d{0}{{}}${HOME}",
    "<b>&amp;</b><!--",
    "'; DROP TABLE invocation; --",
    '{"a":[1,',
    "\\u001b[31m",
    "NaN",
    "",
    " ",
)
"""Markup, formulas, paths, shell, formats: text that some reader takes for a language."""

PIECES: Final = (*SEQUENCES, *CONTROLS, *INVISIBLE, *SHAPES, *SYNTAX)
"""All of them, each small enough to be mixed with others."""

LONG: Final = {
    "letters": "A",
    "words": "a-",
    "blanks": " ",
    "lines": "\n",
    "tabs": "\t",
    "escapes": "\x1b[31m",
    "joiners": "\u200d",
    "stacks": "\u0301",
    "wide": "漢",
    "brackets": "[",
    "keys": "secret",
    "slashes": "//:",
    "surrogates": "\ud800",
}
"""What to repeat until it is a megabyte, by the kind of work that it makes."""

MEGABYTE: Final = deep(1_000_000, 100_000)
"""Characters of a very long line; work that grows with the square never ends at either."""

OURS: Final = re.compile(
    r"\x1b\[[0-9;]*[mHABCDGJKLMXfsuSTr]|\x1b\[[?<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[6n"
    r"|\x1b\[[0-9 ]*q|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|\x1b\]22;\w+\x07|\x1b[78\\]|\x18"
)
"""The sequences that Textual and our driver write."""


def texts(most: int = 5) -> st.SearchStrategy[str]:
    """Return a strategy of hostile texts: pieces of the corpus among any characters at all."""
    anything = st.text(st.characters(exclude_categories=()), max_size=12)
    return st.lists(st.sampled_from(PIECES) | anything, max_size=most).map("".join)


def text(random: Random, most: int = 4) -> str:
    """Return a hostile text by chance, where a strategy would be too slow."""
    pieces = random.choices(PIECES, k=random.randint(0, most))
    if random.random() < 0.3:
        pieces.append("".join(chr(random.randrange(0x3000)) for _ in range(8)))
    return "".join(pieces)


def megabyte(kind: str) -> str:
    """Return a very long line of one kind."""
    unit = LONG[kind]
    return (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]


def obeyed(shown: str, *, lines: bool = False) -> set[str]:
    """Return the characters of `shown` that a terminal would obey, hide or reorder by."""
    return {
        f"U+{ord(character):04X}"
        for character in set(shown)
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and not (lines and character in "\r\n")
    }


def foreign(raw: bytes) -> set[str]:
    """Return what of the output of a screen is neither text nor a sequence of our own."""
    written = raw.decode("utf-8", "backslashreplace")
    found = obeyed(OURS.sub("", written), lines=True)
    if any(re.fullmatch(rf"\x1b.*[^0-9]{MARK}\D.*", ours[0]) for ours in OURS.finditer(written)):
        found.add(f"a sequence with {MARK}")
    return found
