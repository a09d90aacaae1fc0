"""A list beside a sidebar, which is scrolled with held keys; the driver is the first argument.

`lines` after that gives the list the whole width. The last line says how many keys there were.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, ClassVar

from tui.terminal import capabilities, lifecycle

LINES = 400
WORDS = ["deploy.conf", "配置文件.conf", "e\u0301te\u0301.txt", "🚀 launch", "app.env"]


def make_app() -> Any:
    """Import Textual and make the application."""
    from textual.app import ComposeResult
    from textual.containers import Horizontal
    from textual.events import Key
    from textual.widgets import Label

    from tui.resources import styles_directory
    from tui.terminal.application import GuardedApp
    from tui.terminal.driver import LineDriver, SteadyDriver
    from tui.widgets.lines import Line, Span, StaticLines, line

    class Scroller(GuardedApp[None]):
        """Two panes and a line."""

        CSS_PATH = styles_directory() / "application.tcss"
        CSS = "#labels { width: 24; } StaticLines { width: 1fr; } #keys { dock: bottom; }"
        BINDINGS: ClassVar = [("q", "quit", "Quit")]

        def __init__(self) -> None:
            driver = LineDriver if sys.argv[1] == "line" else SteadyDriver
            super().__init__(driver_class=driver)
            self.keys = 0

        def compose(self) -> ComposeResult:
            """Lay the panes out."""
            with Horizontal():
                if "lines" not in sys.argv:
                    labels = "\n".join(f"label {number}" for number in range(12))
                    yield Label(labels, id="labels", markup=False)
                yield StaticLines([self.numbered(number) for number in range(LINES)])
            yield Label("0 keys", id="keys", markup=False)

        def numbered(self, number: int) -> Line:
            """Make one line."""
            word = WORDS[number * 7 % len(WORDS)]
            tone: Any = ("", "failed", "ok")[number % 3]
            digits = number * number * 7919 % 9_999_991
            return line(f"{number:04} ", Span(word, tone), f" {digits:08}", key=str(number))

        def on_mount(self) -> None:
            """Give the keys to the list."""
            self.query_one(StaticLines).focus()

        def on_key(self, _: Key) -> None:
            """Count the keys."""
            self.keys += 1
            self.query_one("#keys", Label).update(f"{self.keys} keys")

    return Scroller()


if __name__ == "__main__":
    capabilities.prepare_environment(os.environ)
    sys.exit(lifecycle.run(make_app, state_directory=Path(os.devnull)))
