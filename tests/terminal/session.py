"""An application of many widgets on the line driver, which keeps a record of every write."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, ClassVar

from tests.terminal.recorder import RecordingFrame
from tui.terminal import capabilities, lifecycle

RECORD = RecordingFrame.record = Path(sys.argv[1])
ROWS = 60


def make_app() -> Any:
    """Import Textual and make the application."""
    from textual.app import App, ComposeResult
    from textual.containers import Horizontal
    from textual.content import Content
    from textual.events import DescendantFocus, Key
    from textual.screen import ModalScreen
    from textual.widgets import DataTable, Footer, Input, Label, Static

    from tui.terminal.application import GuardedApp
    from tui.terminal.driver import LineDriver

    class RecordingDriver(LineDriver):
        """The line driver as it is, with that frame."""

        def __init__(self, app: App[Any], **arguments: Any) -> None:
            super().__init__(app, **arguments)
            self._frame = RecordingFrame()

    class Question(ModalScreen[None]):
        """A box over the rest."""

        CSS = "Question { align: center middle; } Question Label { border: round red; }"

        def compose(self) -> ComposeResult:
            """Ask."""
            yield Label("modal question 中文?", markup=False)

        def on_key(self, event: Key) -> None:
            """Take any key for an answer."""
            event.stop()
            self.dismiss()

    class Session(GuardedApp[None]):
        """A table, a line of input, a detail pane and a box."""

        CSS = "#detail { width: 30; } DataTable { width: 1fr; } Input { height: 3; }"
        BINDINGS: ClassVar = [("ctrl+t", "ask", "Ask"), ("ctrl+l", "redraw", "Redraw")]

        def __init__(self) -> None:
            super().__init__(driver_class=RecordingDriver)

        def compose(self) -> ComposeResult:
            """Lay the panes out."""
            yield Input(placeholder="type here")
            with Horizontal():
                yield DataTable[Content](cursor_type="row", zebra_stripes=True)
                yield Static(id="detail", markup=False)
            yield Static(id="news", markup=False)
            yield Footer()

        def on_mount(self) -> None:
            """Fill the table with names of all widths."""
            table = self.query_one(DataTable)
            table.add_column("number", width=8)
            table.add_column("name", width=14)
            table.add_column("state", width=5)
            names = ["deploy.conf", "配置文件.conf", "e\u0301te\u0301.txt", "🚀 launch", "🇩🇪 flag"]
            for number in range(ROWS):
                cells = (f"row {number}", names[number % len(names)], "ok" if number % 3 else "bad")
                table.add_row(*map(Content, cells))
            table.focus()

        def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
            """Say which row the cursor is on."""
            lines = [f"detail of {event.cursor_row}", *("·" * (event.cursor_row % 9) for _ in "ab")]
            self.query_one("#detail", Static).update("\n".join(lines))

        def on_input_changed(self, event: Input.Changed) -> None:
            """Say what has been typed."""
            self.query_one("#news", Static).update(f"typed {event.value}")

        def on_descendant_focus(self, event: DescendantFocus) -> None:
            """Say where the focus is."""
            words = f"focus on {type(event.widget).__name__}"
            self.query_one("#news", Static).update(words)

        def action_ask(self) -> None:
            """Put a box over the rest."""
            self.push_screen(Question())

        def on_input_submitted(self, event: Input.Submitted) -> None:
            """Leave by the word, or go to the table."""
            if event.value == "leave":
                self.exit()

    return Session()


if __name__ == "__main__":
    capabilities.prepare_environment(os.environ)
    sys.exit(lifecycle.run(make_app, state_directory=RECORD.parent))
