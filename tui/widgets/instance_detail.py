"""The instance-detail pane: the results of one invocation, why some failed, and all its facts."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.late_dataclass import dataclass
from tui.widgets.detail_lines import CONTENT_KEY, Detail, brief_lines, detail_lines, title
from tui.widgets.lines import Line, Span, StaticLines, line

NOTHING_PICKED = line(Span("Nothing picked: move to a row of the table.", "dim"))


class InstanceDetail(StaticLines):
    """Lines about one invocation, or about one of its instances."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,l,right", "pick", "Open", id="open"),
    ]

    header_height = 1

    @dataclass
    class InstancePicked(Message):
        """The user opens an instance."""

        invoke_id: str
        instance_id: str

    @dataclass
    class ContentPicked(Message):
        """The user opens the content of the file."""

        invoke_id: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__([NOTHING_PICKED], id=id)
        self._detail: Detail | None = None
        self._draws_less = False

    def draw_less(self, less: bool) -> None:
        """Show no more of an invocation than how it went, until somebody goes into it."""
        self._draws_less = less
        self._lay_out()

    @property
    def detail(self) -> Detail | None:
        """What the pane shows."""
        return self._detail

    @property
    def picked_instance(self) -> str:
        """The instance under the cursor, or an empty string."""
        return "" if self.picked_key == CONTENT_KEY else self.picked_key

    def show(self, detail: Detail | None) -> None:
        """Show another invocation or instance from its first line, or the same one as it is now."""
        before, self._detail = self._detail, detail
        if _subject(before) != _subject(detail):
            self.cursor = 0
            self.scroll_to(y=0, animate=False)
        self._lay_out()
        self.redraw_header()

    def header_line(self, index: int) -> Line:
        """Return the title."""
        return title(self._detail) if self._detail else line(Span("Instances", "title"))

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the lines to the new width."""
        self._lay_out()

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor is drawn: only where the keys move it."""
        return self.has_focus

    def on_focus(self) -> None:
        """Draw the cursor, and everything."""
        if self._draws_less:
            # Once Textual has noted the focus, which it does after this.
            self.call_next(self._lay_out)
        self.redraw_line(self.cursor)

    def on_blur(self) -> None:
        """Draw the line without the cursor."""
        self.redraw_line(self.cursor)

    def clicked(self, times: int) -> None:
        """Open an instance that is clicked twice."""
        if times > 1:
            self.action_pick()

    def action_pick(self) -> None:
        """Open what is under the cursor."""
        if self._detail is None or not self.picked_key:
            return
        invoke_id = self._detail.invocation.invoke_id
        if self.picked_key == CONTENT_KEY:
            self.post_message(self.ContentPicked(invoke_id))
        elif not self._detail.instance_id:
            self.post_message(self.InstancePicked(invoke_id, self.picked_key))

    def _lay_out(self) -> None:
        if self._detail is None:
            self.set_lines([NOTHING_PICKED])
            return
        is_brief = self._draws_less and not (self.has_focus or self._detail.instance_id)
        lines = brief_lines if is_brief else detail_lines
        self.set_lines(lines(self._detail, self.scrollable_content_region.width))


def _subject(detail: Detail | None) -> tuple[str, str] | None:
    return (detail.invocation.invoke_id, detail.instance_id) if detail else None
