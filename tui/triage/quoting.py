"""Any text as exactly one argument of a command, in every POSIX shell, on one printable line."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Final

from tui.plain import printable


class Unquotable(ValueError):
    """A text that cannot be an argument; `str()` of it is one printable sentence."""


def quoted(text: str, what: str = "A text") -> str:
    """Return `text` as one word of a shell command.

    A character that a terminal would act on or nobody would see is spelled for `printf`, which
    every POSIX shell has, unlike `$'…'`. A command substitution loses line feeds at the end of
    what is printed, so a text that ends in one is refused.

    Args:
        text: in UTF-8, as the argument will be.
        what: begins the sentence when the text cannot be an argument.

    Raises:
        Unquotable: it has a NUL or a lone surrogate, or ends in a line feed beside something that
            must be spelled.
    """
    if printable(text) == text:
        return shlex.quote(text)
    shown = printable(text, 60)
    if "\0" in text:
        raise Unquotable(f"{what} has a NUL, which no argument can have: {shown}.")
    if text.endswith("\n"):
        raise Unquotable(f"{what} ends in a line feed, which a shell would drop: {shown}.")
    try:
        spelled = "".join(_spelled(*pair) for pair in enumerate(text))
    except UnicodeEncodeError:
        raise Unquotable(f"{what} has half a character, which is not UTF-8: {shown}.") from None
    return f"\"$(printf '{spelled}')\""


def command(words: Iterable[str], options: Iterable[tuple[str, str]]) -> str:
    """Return one command line: `words`, then each option with its value.

    A value that begins with a dash is joined to its option, or it would be taken for one.

    Raises:
        Unquotable: a value cannot be an argument.
    """
    return " ".join((*map(shlex.quote, words), *(option(name, value) for name, value in options)))


def option(name: str, value: str) -> str:
    """Return an option and its value as words of a shell command.

    Raises:
        Unquotable: the value cannot be an argument.
    """
    word = quoted(value, f"The value of {name}")
    return f"{name}={word}" if value.startswith("-") else f"{name} {word}"


_ACTED_ON: Final = frozenset("'!")
"""Ends the quotes; recalls an earlier command in an interactive shell."""


def _spelled(place: int, character: str) -> str:
    """Return a character as `printf` takes it in its format; a dash first would be an option."""
    if character == "%":
        return "%%"
    if character == "\\":
        return "\\\\"
    plain = character.isascii() and printable(character) == character
    if plain and character not in _ACTED_ON and (place or character != "-"):
        return character
    return "".join(f"\\{byte:03o}" for byte in character.encode())
