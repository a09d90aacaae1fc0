"""A list beside a sidebar, which is scrolled with held keys.

The arguments are the driver, `line` or `steady`, and the file that is written when the line is
known to be slow; `wide` after that gives the list the whole width. The last line of the screen
says how many keys there were.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, ClassVar

from tui.terminal import capabilities, lifecycle

DRIVER, REPORT = sys.argv[1], Path(sys.argv[2])
LINES = 400
WORDS = ["deploy.conf", "配置文件.conf", "e\u0301te\u0301.txt", "🚀 launch", "app.env"]


def make_app() -> Any:
    """Import Textual and make the application."""
    from textual import on
    from textual.app import ComposeResult
    from textual.containers import Horizontal
    from textual.events import Key
    from textual.widgets import Label

    from tui.resources import styles_directory
    from tui.terminal.application import GuardedApp
    from tui.terminal.driver import LineDriver, SteadyDriver
    from tui.themes import ThemedApp
    from tui.widgets.lines import Line, Span, StaticLines, TonedScreen, line

    class Scroller(GuardedApp[None], ThemedApp[None]):
        """Two panes and a line."""

        CSS_PATH = styles_directory() / "application.tcss"
        CSS = "#labels { width: 24; } StaticLines { width: 1fr; } #keys { dock: bottom; }"
        BINDINGS: ClassVar = [("q", "quit", "Quit")]

        def __init__(self) -> None:
            super().__init__(driver_class=LineDriver if DRIVER == "line" else SteadyDriver)
            self.keys = 0

        def get_default_screen(self) -> TonedScreen[None]:
            """Return a screen for lines."""
            return TonedScreen()

        def compose(self) -> ComposeResult:
            """Lay the panes out."""
            with Horizontal():
                if "wide" not in sys.argv:
                    labels = "\n".join(f"label {number}" for number in range(12))
                    yield Label(labels, id="labels", markup=False)
                yield StaticLines()
            yield Label("0 keys", id="keys", markup=False)

        def numbered(self, number: int) -> Line:
            """Make one line."""
            word = WORDS[number * 7 % len(WORDS)]
            tone: Any = ("", "failed", "ok")[number % 3]
            digits = pow(number + 2, 40, 10**40)
            return line(f"{number:04} ", Span(word, tone), f" {digits:040}", key=str(number))

        def on_mount(self) -> None:
            """Fill the list and give it the keys."""
            lines = self.query_one(StaticLines)
            lines.set_lines(self.numbered(number) for number in range(LINES))
            lines.focus()

        @on(LineDriver.Slow)
        def line_is_slow(self, event: LineDriver.Slow) -> None:
            """Report it."""
            REPORT.write_text(f"{event.round_trip} {event.rate}")

        def on_key(self, _: Key) -> None:
            """Count the keys."""
            self.keys += 1
            self.query_one("#keys", Label).update(f"{self.keys} keys")

    return Scroller()


if __name__ == "__main__":
    capabilities.prepare_environment(os.environ)
    sys.exit(lifecycle.run(make_app, state_directory=Path(os.devnull)))
