"""The log of API calls: what was asked when, how long it took and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.getters import query_one

from tui.api.calls import Call
from tui.resources import styles_directory
from tui.screens.calls import Calls
from tui.screens.fitting import FittingScreen
from tui.screens.key_words import keyed, keys_of
from tui.widgets.bars import Bar, HintLine
from tui.widgets.cells import fit, wrapped
from tui.widgets.lines import Line, Span, StaticLines, Tone, line

OPERATION_WIDTH: Final = 30
"""Cells for the name of an operation; the longest is DescribeCloudAssistantStatus."""


class CallLogScreen(FittingScreen[None]):
    """The latest calls, newest first."""

    CSS_PATH = styles_directory() / "list.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,at,backspace,left,h", "dismiss", "Close", id="calls.close"),
        Binding("r", "refresh_log", "Show the latest calls", id="calls.refresh"),
    ]

    pane = query_one("#calls", StaticLines)

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._calls = calls

    def compose(self) -> ComposeResult:
        yield Bar(id="title")
        yield StaticLines(id="calls")
        yield HintLine()

    def on_mount(self) -> None:
        self.query_one("#title", Bar).set_lines([line(Span(" API calls", "strong"))])
        self.pane.focus()
        self.show_hints()

    def show_hints(self) -> None:
        """Show the keys that help, as they are now."""
        wanted = (("calls.close", "back"), ("calls.refresh", "latest"), ("↑ ↓", "scroll"))
        self.query_one(HintLine).show(keyed(wanted, keys_of(self)))

    @on(Resize)
    def action_refresh_log(self) -> None:
        """Show the calls up to now, as wide as there is room."""
        self.pane.set_lines(call_lines(self._calls.log, self.pane.scrollable_content_region.width))


def call_lines(calls: Iterable[Call], width: int) -> list[Line]:
    """Return a few lines for each call, the newest first; nothing secret is in a call."""
    lines: list[Line] = []

    def add(text: str, tone: Tone) -> None:
        lines.extend(line("  ", Span(part, tone)) for part in wrapped(text, max(width - 2, 20)))

    for call in reversed(list(calls)):
        began = datetime.fromtimestamp(call.started_at, UTC).strftime("%H:%M:%S UTC")
        took = "under way" if call.milliseconds is None else f"{call.milliseconds:,.0f} ms"
        status = "-" if call.status is None else str(call.status)
        tries = "" if call.attempts < 2 else f"{call.attempts - 1} retried"
        lines.append(
            line(
                Span(f"{began}  ", "dim"),
                Span(fit(call.operation, min(OPERATION_WIDTH, max(width - 32, 8))), "strong"),
                Span(fit(f" {status}", 5), "failed" if call.error else "ok"),
                fit(took, 11, right=True),
            )
        )
        request = f"request {call.request_id}" if call.request_id else ""
        if request or tries:
            add(", ".join(filter(None, (request, tries))), "dim")
        add(" ".join(f"{name}={value}" for name, value in call.parameters), "dim")
        if call.error is not None:
            add(str(call.error), "failed")
    return lines or [line(Span("No calls yet.", "dim"))]
