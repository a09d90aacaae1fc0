"""How a cell looks, and the shortest sequence from one look to the next."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple


class UnreadableError(ValueError):
    """Parameters that do not belong to what is drawn here."""


class Rendition(NamedTuple):
    """The state that SGR sequences set; colours are their parameters, empty for the default."""

    attributes: tuple[int, ...]
    foreground: str
    background: str

    @property
    def is_erasable(self) -> bool:
        """Tell whether an erased cell looks like a blank written so: only the ground shows."""
        return INVISIBLE_ON_BLANKS.issuperset(self.attributes)


PLAIN: Final = Rendition((), "", "")
"""The look after a reset."""

INVISIBLE_ON_BLANKS: Final = frozenset({1, 2, 3})
"""Bold, dim and italic: the attributes that a space does not show."""

ENDS: Final = {
    1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 6: 25, 7: 27, 8: 28, 9: 29, 21: 24, 51: 54, 52: 54, 53: 55,
}  # fmt: skip
"""The parameter that ends each attribute."""

_COLOUR_LENGTHS: Final = {5: 2, 2: 4}
"""Parameters of an extended colour after its 38 or 48, by the first of them."""


@lru_cache(8192)
def applied(before: Rendition, parameters: str) -> Rendition:
    """Return the look after SGR with these parameters.

    Raises:
        UnreadableError: a parameter is unknown or missing.
    """
    attributes, foreground, background = set(before.attributes), *before[1:]
    codes = [int(code or 0) for code in parameters.split(";")]
    at = 0
    while at < len(codes):
        code = codes[at]
        at += 1
        if code == 0:
            attributes, foreground, background = set(), "", ""
        elif code in ENDS:
            attributes.add(code)
        elif code in ENDS.values():
            attributes -= {attribute for attribute, end in ENDS.items() if end == code}
        elif code in (38, 48):
            length = _COLOUR_LENGTHS.get(codes[at] if at < len(codes) else 0, 0)
            colour = codes[at : at + length]
            if not length or len(colour) < length:
                raise UnreadableError(parameters)
            at += length
            words = ";".join(map(str, (code, *colour)))
            foreground, background = (words, background) if code == 38 else (foreground, words)
        elif 30 <= code <= 39 or 90 <= code <= 97:
            foreground = "" if code == 39 else str(code)
        elif 40 <= code <= 49 or 100 <= code <= 107:
            background = "" if code == 49 else str(code)
        else:
            raise UnreadableError(parameters)
    return Rendition(tuple(sorted(attributes)), foreground, background)


@lru_cache(8192)
def change(before: Rendition, after: Rendition) -> str:
    """Return the shortest sequence that turns one look into the other, empty for the same."""
    if before == after:
        return ""
    if after == PLAIN:
        return "\x1b[m"
    afresh = [*map(str, after.attributes), after.foreground, after.background]
    candidates = [["0", *afresh], _difference(before, after)]
    return min((_sequence(candidate) for candidate in candidates), key=len)


def _difference(before: Rendition, after: Rendition) -> list[str]:
    gone = [code for code in before.attributes if code not in after.attributes]
    ends = dict.fromkeys(ENDS[code] for code in gone)
    # One end may end two attributes, of which one stays.
    begun = [
        code for code in after.attributes if code not in before.attributes or ENDS[code] in ends
    ]
    parameters = [*map(str, ends), *map(str, begun)]
    if after.foreground != before.foreground:
        parameters.append(after.foreground or "39")
    if after.background != before.background:
        parameters.append(after.background or "49")
    return parameters


def _sequence(parameters: list[str]) -> str:
    return f"\x1b[{';'.join(filter(None, parameters))}m"
