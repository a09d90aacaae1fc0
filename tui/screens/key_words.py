"""Keys as people read them, and as they are now: a keymap may have given an action another one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol, runtime_checkable

from textual.binding import Binding
from textual.keys import format_key
from textual.screen import Screen

SPELLED: Final[Mapping[str, str]] = {
    "escape": "esc",
    "enter": "enter",
    "backspace": "backspace",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "space": "space",
    "delete": "del",
}
"""Textual's name of a key -> the word for it, where that is neither the name nor a character."""

_ACTION: Final = re.compile(r"\{([a-z.]+)\}")

Hint = tuple[str, str]
"""The name of an action, or keys as they are to be shown, and what it does in a few words."""


def key_words(key: str) -> str:
    """Return a key of a binding in words: `ctrl+p`, `esc`, `?`."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    return "+".join((*modifiers, SPELLED.get(last) or format_key(last)))


@runtime_checkable
class Remapped(Protocol):
    """An application whose keymap has given some actions other keys."""

    keys_given: Mapping[str, str]
    """The name of an action -> its keys, separated by commas."""


def keys_of(screen: Screen[Any]) -> dict[str, list[str]]:
    """Return the keys of every action of a screen and its widgets, by the action's name.

    It does not depend on the focus: what is typed into a field is text while it is there, and the
    keys are again what they were when the field is left.
    """
    given = screen.app.keys_given if isinstance(screen.app, Remapped) else {}
    found: dict[str, list[str]] = {}
    kinds = (kind for node in (screen.app, screen, *screen.query("*")) for kind in type(node).mro())
    for kind in dict.fromkeys(kinds):
        declared: dict[str, list[str]] = {}
        for binding in Binding.make_bindings(vars(kind).get("BINDINGS", ())):
            if binding.id:
                declared.setdefault(binding.id, []).append(binding.key)
        for name, keys in declared.items():
            keys = given[name].split(",") if name in given else keys
            found.setdefault(name, [key_words(key.strip()) for key in keys])
    return found


def keyed(hints: Iterable[Hint], keys: Mapping[str, list[str]]) -> list[Hint]:
    """Return hints with the first key of each action in place of its name."""
    return [(keys[name][0] if name in keys else name, does) for name, does in hints]


def with_keys(words: str, keys: Mapping[str, list[str]]) -> str:
    """Return words of ours in which each `{action}` is the first key of that action."""
    return _ACTION.sub(lambda found: keys[found[1]][0], words)
