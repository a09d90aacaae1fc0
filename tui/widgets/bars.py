"""The lines around the panes: where we are, which filters hold, what is wrong, which keys help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from rich.cells import cell_len
from textual.events import Click, Resize

from tui.late_dataclass import dataclass
from tui.plain import printable
from tui.records import Query
from tui.widgets.cells import wrapped
from tui.widgets.lines import GivenLines, Line, Span, line

KEPT: Final = ("help", "quit")
"""What hints are for that are shown wherever there is room for them."""

SEPARATOR = Span(" · ", "dim")


@dataclass(frozen=True)
class Status:
    """What the status line says."""

    identity: str = ""
    """Profile or source of the credentials."""
    account: str = ""
    """Who the service says that this is: account and principal."""
    ends: str = ""
    """That the credentials end soon."""
    region: str = ""
    loaded: int = 0
    """Rows of the current query that are there."""
    more: bool = True
    """Whether the walk has not reached its end."""
    total: int | None = None
    """How many there are in all, where the service said so."""
    hidden: int = 0
    """Loaded rows that a local filter hides."""
    marked: int = 0
    remark: str = ""
    """What the count must be read with, such as the cap under a tag."""
    advice: str = ""
    """What would help."""
    activity: str = ""
    """What is under way: a call, a wait, a walk."""
    trouble: str = ""
    """What stands in the way."""
    position: str = ""


def status_line(status: Status, width: int) -> Line:
    """Return the status line: who and where at the left, what is under way at the right.

    Where it is too narrow for all, what can be done without goes first.
    """
    without_position = replace(status, position="")
    without_account = replace(without_position, account="", advice="")
    without_remark = replace(without_account, remark="")
    without_identity = replace(without_remark, identity="")
    # The keys that help are among the hints as well.
    without_keys = replace(without_identity, activity=status.activity.partition(":")[0])
    for shown in (
        status,
        without_position,
        without_account,
        without_remark,
        without_identity,
        without_keys,
    ):
        left, right = list(_joined(_left(shown))), _right(shown)
        used = sum(cell_len(printable(span.text)) for span in (*left, *right))
        if used < width:
            break
    return line(*left, Span(" " * max(width - used, 1)), *right)


def _left(status: Status) -> Iterator[tuple[Span, ...]]:
    if status.identity:
        yield (Span(status.identity, "strong"),)
    if status.account:
        yield (Span(status.account, "dim"),)
    if status.ends:
        yield (Span(status.ends, "warning"),)
    yield (Span(status.region or "no region"),)
    if status.loaded or status.hidden or not status.more:
        hidden = (Span(f", {status.hidden:,} hidden", "warning"),) if status.hidden else ()
        yield (Span(count_words(status)), *hidden)
    if status.marked:
        yield (Span(f"{status.marked:,} marked", "mark"),)
    if status.remark:
        yield (Span(status.remark, "dim"),)
    if status.advice:
        yield (Span(status.advice, "warning"),)
    if status.trouble:
        yield (Span(status.trouble, "failed"),)


def _right(status: Status) -> list[Span]:
    spans = [Span(status.activity, "running")] if status.activity else []
    if status.position:
        spans.append(Span(("  " if spans else "") + status.position, "dim"))
    return spans


def _joined(groups: Iterable[tuple[Span, ...]]) -> Iterator[Span]:
    for number, group in enumerate(groups):
        if number:
            yield SEPARATOR
        yield from group


def count_words(status: Status) -> str:
    """Return the count: `350 loaded, more`, `350 of 12,480`, `350, all`."""
    loaded = status.loaded + status.hidden
    if not status.more:
        return f"{loaded:,} in all"
    if status.total is not None and status.total >= loaded:
        return f"{loaded:,} of {status.total:,}"
    return f"{loaded:,} loaded, more"


class Bar(GivenLines, can_focus=False):
    """Lines that are only looked at."""

    def on_click(self, event: Click) -> None:
        """Ignore the mouse: there is nothing to pick here."""


class StatusLine(Bar):
    """The line at the top."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._status = Status()

    def show(self, status: Status) -> None:
        """Say something else."""
        self._status = status
        self.set_lines([status_line(status, self.size.width)])

    def on_resize(self, event: Resize) -> None:
        """Use the new width."""
        self.show(self._status)


class ChipLine(Bar):
    """The filters in force, in one line that is there only when there are any."""

    def show(self, query: Query, clear_key: str) -> None:
        """Show the filters of a query and the key that clears them."""
        chips = query_words(query)
        spans: list[Span] = []
        for chip in chips:
            spans += [Span(f" {chip} ", "accent"), Span(" ")]
        self.set_lines([line(*spans, Span(f"{clear_key} clears", "dim"))])
        self.display = bool(chips)


class Notice(Bar):
    """A sentence over the bottom of the panes, until it is dismissed or no longer true."""

    def show(self, text: str) -> None:
        """Say something; an empty text says nothing."""
        lines = wrapped(text, max(self.app.size.width - 4, 20)) if text else []
        self.set_lines([line(Span(f" {part}", "warning")) for part in lines])
        self.styles.height = len(lines)
        self.display = bool(lines)


class HintLine(Bar):
    """A few keys that help now."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints: Sequence[tuple[str, str]] = ()
        self.sentence = ""
        """What is said in place of the keys, if anything."""

    def show(self, hints: Sequence[tuple[str, str]]) -> None:
        """Show pairs of a key and what it does, the most important ones first."""
        self._hints, self.sentence = hints, ""
        self._draw()

    def say(self, sentence: str) -> None:
        """Say something in place of the keys, until they are shown again."""
        self.sentence = sentence
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """Use the new width."""
        self._draw()

    def _draw(self) -> None:
        if self.sentence:
            self.set_lines([line(Span(f" {self.sentence}", "strong"))])
            return
        spans: list[Span] = []
        for key, does in fitting_hints(self._hints, self.size.width - 1):
            spans += [Span("   " if spans else " "), Span(key, "accent"), Span(f" {does}", "dim")]
        self.set_lines([line(*spans)])


def fitting_hints(hints: Sequence[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """Return the hints that fit whole into `width` cells; help and the way out come first."""
    chosen: list[tuple[str, str]] = []
    used = 0
    for hint in sorted(hints, key=lambda hint: hint[1] not in KEPT):
        needed = cell_len("  ".join(hint)) + 2
        if used + needed - 3 <= width:
            chosen.append(hint)
            used += needed
    return [hint for hint in hints if hint in chosen]


def query_words(query: Query) -> list[str]:
    """Return a query's filters in words, each as `field=value`."""
    pairs = [
        ("status", " or ".join(query.statuses)),
        ("name", query.name),
        ("invoke id", query.invoke_id),
        ("instance", query.instance_id),
        ("resource group", query.resource_group_id),
        *(("tag", str(tag)) for tag in query.tags),
    ]
    return [f"{name}={value}" for name, value in pairs if value]
