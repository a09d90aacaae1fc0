"""The region picker: the built-in list at once, and what the service names when it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.getters import query_one
from textual.widgets import Input

from tui.api.errors import ApiError
from tui.records import Region
from tui.resources import styles_directory
from tui.screens.fitting import FittingScreen
from tui.widgets.bars import HintLine
from tui.widgets.cells import fit
from tui.widgets.lines import Line, Span, StaticLines, line


class RegionScreen(FittingScreen[str | None]):
    """Pick a region: type to narrow the list, enter takes the one under the cursor."""

    CSS_PATH = styles_directory() / "list.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="region.leave"),
        Binding("enter", "take", "Take", priority=True, id="region.take"),
        Binding("down", "move(1)", "Down", priority=True, id="region.down"),
        Binding("up", "move(-1)", "Up", priority=True, id="region.up"),
    ]

    pane = query_one(StaticLines)
    field = query_one(Input)

    def __init__(
        self,
        known: Iterable[Region],
        current: str,
        ask: Callable[[], Awaitable[Iterable[Region]]],
    ) -> None:
        super().__init__()
        self._regions = {region.region_id: region for region in known}
        self._current = current
        self._ask = ask

    def compose(self) -> ComposeResult:
        field = Input(placeholder="type to narrow, or a whole region ID", compact=True)
        field.cursor_blink = False
        field.max_length = 64
        yield field
        yield StaticLines()
        yield HintLine()

    def on_mount(self) -> None:
        self.field.focus()
        self._show()
        self._go_to(self._current)
        self.query_one(HintLine).show([("enter", "take"), ("↑ ↓", "move"), ("esc", "back")])
        self.ask_service()

    @work(exclusive=True, group="regions")
    async def ask_service(self) -> None:
        """Add what the service names to the list; without an answer the list stays as it is."""
        try:
            regions = await self._ask()
        except ApiError:
            return
        under_cursor = self.pane.picked_key
        for region in regions:
            known = self._regions.get(region.region_id)
            name = region.name or (known.name if known else "")
            self._regions[region.region_id] = Region(region.region_id, name, region.endpoint)
        self._show()
        self._go_to(under_cursor)

    @on(Input.Changed)
    def narrow(self) -> None:
        """Show the regions that have what was typed in their ID or name."""
        self._show()
        self.pane.move_cursor(0)

    def action_take(self) -> None:
        """Take the region under the cursor, or the one that was typed whole."""
        typed = self.field.value.strip()
        picked = self.pane.picked_key or typed
        if picked:
            self.dismiss(picked)

    def action_leave(self) -> None:
        """Keep the region that was."""
        self.dismiss(None)

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.pane.move_cursor(self.pane.cursor + step)

    def _go_to(self, region_id: str) -> None:
        for index, each in enumerate(self.pane.lines):
            if each.key == region_id:
                self.pane.move_cursor(index)

    def _show(self) -> None:
        wanted = self.field.value.strip().casefold()
        lines: list[Line] = []
        for region in sorted(self._regions.values(), key=lambda region: region.region_id):
            if wanted in region.region_id or wanted in region.name.casefold():
                mark = "*" if region.region_id == self._current else " "
                lines.append(
                    line(
                        Span(f"{mark} ", "mark"),
                        Span(fit(region.region_id, 24), "strong"),
                        Span(region.name, "dim"),
                        key=region.region_id,
                    )
                )
        self.pane.set_lines(lines or [line(Span("  No region has that in its name.", "dim"))])
