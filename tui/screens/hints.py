"""Which keys help most now: at most eight, chosen by the pane and by what has happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.late_dataclass import dataclass
from tui.screens.key_words import Hint

MOST: Final = 8
"""Hints on the line at the bottom."""


@dataclass(frozen=True)
class Situation:
    """What the choice depends on."""

    pane: str = "invocations"
    rows: bool = True
    """Whether there are rows to look at."""
    region: bool = True
    """Whether a region is chosen."""
    walking: bool = False
    """Whether page after page is being loaded."""
    asking: bool = False
    """Whether the first page is on its way."""
    failed: bool = False
    """Whether the latest page has not come."""
    denied: bool = False
    """Whether it was refused for want of a permission."""
    hidden: bool = False
    """Whether a local filter is in force."""
    filtered: bool = False
    """Whether the service filters."""
    marked: bool = False
    instance: bool = False
    """Whether one instance is looked at alone."""


def hints(situation: Situation) -> tuple[Hint, ...]:
    """Return the actions to name, the most important first, help and the way out among them."""
    chosen: dict[str, str] = {}
    for name, does in _wanted(situation):
        chosen.setdefault(name, does)
    last = [("help", "help"), *([("quit", "quit")] if situation.pane == "invocations" else [])]
    return (*list(chosen.items())[: MOST - len(last)], *last)


def _wanted(situation: Situation) -> Iterator[Hint]:
    if situation.pane == "filters":
        yield from (("enter", "apply"), ("pane.next", "next field"), ("filters.leave", "back"))
    elif situation.pane == "instances":
        yield from _instances(situation)
    else:
        yield from _what_has_happened(situation)
        yield from _invocations(situation)


def _instances(situation: Situation) -> Iterator[Hint]:
    if situation.instance:
        yield from (("back", "back"), ("history", "its history"))
    else:
        yield from (("open", "open"), ("back", "back"))
    yield from (
        ("copy.id", "copy ID"),
        ("export", "export"),
        ("course", "timeline"),
        ("compare", "compare"),
        ("raw", "raw JSON"),
    )


def _what_has_happened(situation: Situation) -> Iterator[Hint]:
    if situation.walking or (situation.asking and not situation.rows):
        yield "back", "stop"
    if situation.denied:
        yield from (("refresh", "ask again"), ("copy.menu", "copy policy"), ("profile", "profile"))
    elif situation.failed:
        yield from (("refresh", "retry now"), ("calls", "what was asked"))
        if not situation.rows:
            yield from (("profile", "profile"), ("region", "region"))
    if situation.hidden:
        yield from (("back", "show all"), ("filter", "change filter"))
    if situation.marked:
        yield from (("export", "export marked"), ("compare", "compare"), ("mark.clear", "unmark"))


def _invocations(situation: Situation) -> Iterator[Hint]:
    if not situation.region:
        yield from (("region", "region"), ("profile", "profile"))
    elif situation.rows:
        yield from (
            ("open", "open"),
            ("filters.open", "filter"),
            ("failed.next", "next failed"),
            ("causes", "causes"),
            ("outcomes", "broken"),
            ("filter", "search"),
        )
    elif not situation.hidden:
        if not situation.asking:
            yield "refresh", "ask again"
        if situation.filtered:
            yield from (("filters.clear", "clear filters"), ("filters.open", "change them"))
        else:
            yield from (("region", "region"), ("filters.open", "filter"))
