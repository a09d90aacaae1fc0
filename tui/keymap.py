"""The keymap file: which keys an action has, by the action's name; conflicts are named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Final

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character

from tui import toml
from tui.application import ExplorerApp
from tui.plain import printable
from tui.screens.call_log import CallLogScreen
from tui.screens.explorer import Explorer
from tui.screens.help import HelpScreen
from tui.screens.picker import PickerScreen
from tui.screens.question import QuestionScreen
from tui.screens.viewers import ContentViewer, RawViewer
from tui.settings import SettingsError
from tui.widgets.filter_sidebar import FilterSidebar, RecentQueries
from tui.widgets.hex_pane import HexPane
from tui.widgets.instance_detail import InstanceDetail
from tui.widgets.invocation_table import InvocationTable
from tui.widgets.key_menu import KeyMenu
from tui.widgets.lines import LineView
from tui.widgets.prompt import Prompt
from tui.widgets.text_pane import TextPane

MAX_BYTES: Final = 1 << 20
"""The largest keymap that is read, in bytes."""

TOGETHER: Final[tuple[tuple[type[DOMNode], ...], ...]] = (
    (ExplorerApp, Explorer, LineView, InvocationTable, InstanceDetail),
    (ExplorerApp, LineView, HelpScreen),
    (ExplorerApp, LineView, CallLogScreen),
    (ExplorerApp, LineView, QuestionScreen),
    (ExplorerApp, PickerScreen),
    (ExplorerApp, LineView, TextPane, ContentViewer),
    (ExplorerApp, LineView, HexPane, ContentViewer),
    (ExplorerApp, LineView, TextPane, RawViewer),
    (ExplorerApp, Prompt),
    (ExplorerApp, KeyMenu),
    (ExplorerApp, Explorer, FilterSidebar),
    (ExplorerApp, Explorer, LineView, RecentQueries),
)
"""Places whose keys are heard at the same time."""


def actions() -> dict[str, Binding]:
    """Return every action by its name, with all its default keys."""
    found: dict[str, Binding] = {}
    for place in dict.fromkeys(place for together in TOGETHER for place in together):
        for binding in place.BINDINGS:
            if isinstance(binding, Binding) and binding.id:
                found.setdefault(binding.id, binding)
    return found


def as_toml(changed: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a keymap file in which every action has its keys, changed or default."""
    lines = ["# Keys of sendfile-explorer. Each line: the action and its keys, commas between."]
    for name, action in actions().items():
        keys = changed.get(name, action.key)
        default = f" (default {action.key})" if name in changed else ""
        lines.append(f'"{name}" = "{keys}"  # {action.description}{default}')
    return "\n".join(lines) + "\n"


def load(path: Path) -> dict[str, str]:
    """Read a keymap file; one that does not exist changes no key.

    Raises:
        SettingsError: it cannot be read, or names an action or a key that does not exist, or
            gives a key to two actions that are heard at the same time.
    """
    where = printable(str(path))
    try:
        content = toml.content_of(path, MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        reason = printable(error.strerror or str(error))
        raise SettingsError(f"The keymap {where} cannot be read: {reason}.") from error
    try:
        table = toml.read(content)
    except toml.NotTomlError as error:
        raise SettingsError(
            f"The keymap {where} is not TOML: {printable(str(error), 120)}."
        ) from error
    keymap = dict(_flattened(table))
    for problem in problems(keymap):
        raise SettingsError(f"In the keymap {where}: {problem}")
    return {name: str(keys) for name, keys in keymap.items()}


def problems(keymap: Mapping[str, object]) -> Iterator[str]:
    """Yield a sentence for each thing in a keymap that cannot be."""
    known = actions()
    for name, keys in keymap.items():
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else "the config command lists them."
            yield f"there is no action {printable(name, 60)!a}; {hint}"
        elif not isinstance(keys, str) or not keys.strip(" ,"):
            yield f'{name} needs its keys as a string, for example "f5" or "x,X".'
        else:
            for key in keys.split(","):
                if not _is_key(key.strip()):
                    yield f"{name}: {printable(key.strip(), 40)!a} is not the name of a key."
    yield from _conflicts(keymap)


def _conflicts(keymap: Mapping[str, object]) -> Iterator[str]:
    """Yield the clashes that are not in the defaults, where the inner place is meant to win."""
    meant = set(_clashes({}))
    for key, first, second in dict.fromkeys(_clashes(keymap)):
        if (key, first, second) not in meant:
            yield f"{key} is given to both {first} and {second}."


def _clashes(keymap: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    for together in TOGETHER:
        owners: dict[str, str] = {}
        for place in together:
            for binding in _bindings(place.BINDINGS):
                name = binding.id or ""
                for key in str(keymap.get(name, binding.key)).split(","):
                    owner = owners.setdefault(key.strip(), name)
                    if owner != name:
                        yield key.strip(), owner, name


def _flattened(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield names with their values; `[pane] next = …` is the same as `"pane.next" = …`."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    if not set(modifiers) <= {"ctrl", "shift", "alt", "super", "meta", "hyper"}:
        return False
    named = {each.value for each in Keys} | set(KEY_NAME_REPLACEMENTS.values())
    return len(last) == 1 or last in named or key_to_character(last) is not None


def _bindings(declared: Iterable[BindingType]) -> Iterable[Binding]:
    return Binding.make_bindings(declared)
