"""What a user knows about error codes besides: a TOML file with a table for each code.

```toml
[ClientNotRunning]
remedy = "Tell #host-health; they restart the agent within minutes."

[ProxyRefused]
meaning = "Our egress proxy refused the delivery."
again = "safe"
```

A table changes what it names and leaves the rest; a new code needs a meaning. What cannot be used
is left out with a sentence, and the rest counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, cast

from tui import toml
from tui.plain import printable
from tui.records import Explanation
from tui.triage.error_knowledge import AGAIN, BUILT_IN, Again, Knowledge

MAX_FILE: Final = 256 << 10
"""Characters of the largest file that is read; sixteen codes in full have about 6,000."""

MAX_TEXT: Final = 500
"""Characters of one text that are kept."""

MAX_CODE: Final = 100
"""Characters of the longest code."""

TEXTS: Final = ("meaning", "layer", "retry", "remedy", "file_changed")
"""What can be said of a code in words: the fields of an explanation."""

_SHOWN: Final = 60
_NOT_KNOWN: Final = "Not known."


@dataclass(frozen=True, slots=True)
class Additions:
    """Knowledge with what a user has added, and what of it could not be used."""

    knowledge: Knowledge
    problems: tuple[str, ...] = ()
    """One printable sentence for each."""


def with_additions(toml_text: str, base: Knowledge = BUILT_IN) -> Additions:
    """Add what a TOML text says about error codes to what is known of them."""
    if len(toml_text) > MAX_FILE:
        return Additions(base, (f"The error texts have more than {MAX_FILE:,} characters.",))
    try:
        tables = toml.read_text(toml_text)
    except toml.NotTomlError as error:
        why = printable(str(error), 200)
        return Additions(base, (f"The error texts are not TOML: {why}.",))
    explanations, repeating = dict(base.explanations), dict(base.repeating)
    problems: list[str] = []
    for code, table in tables.items():
        wrong = tuple(_problems(code, table, base))
        problems += wrong
        if not wrong:
            explanations[code] = _explained(code, table, base)
            if "again" in table:
                repeating[code] = cast(Again, table["again"])
    known = Knowledge(MappingProxyType(explanations), MappingProxyType(repeating))
    return Additions(known, tuple(problems))


def _problems(code: str, table: object, base: Knowledge) -> Iterator[str]:
    """Yield a sentence for each thing that keeps a table from being used."""
    named = printable(code, _SHOWN)
    if not code or len(code) > MAX_CODE or not code.isprintable():
        yield f"Error code {named or '(empty)'} is left out: it is no error code."
        return
    if not isinstance(table, Mapping):
        yield f"{named} is left out: a table [{named}] is expected, not a single value."
        return
    for key, value in table.items():
        if key == "again":
            if value not in AGAIN:
                yield f"{named} is left out: again must be one of {', '.join(AGAIN)}."
        elif key not in TEXTS:
            known = ", ".join((*TEXTS, "again"))
            yield f"{named} is left out: {printable(key, _SHOWN)} is not one of {known}."
        elif not isinstance(value, str) or not value.strip():
            yield f"{named} is left out: {key} must be a text."
    if "meaning" not in table and code not in base.explanations:
        yield f"{named} is left out: a code that is not documented needs a meaning."


def _explained(code: str, table: Mapping[str, object], base: Knowledge) -> Explanation:
    texts = {key: _one_line(table[key]) for key in TEXTS if key in table}
    known = base.explanations.get(code)
    if known is None:
        known = Explanation(code, *(_NOT_KNOWN for _ in TEXTS))
    return replace(known, **texts)


def _one_line(value: object) -> str:
    return printable(" ".join(str(value).split()), MAX_TEXT)
