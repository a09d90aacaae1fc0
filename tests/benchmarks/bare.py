"""The least that a Textual application can be: one label. What a first frame is compared with."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Label


class Bare(App[None]):
    """One label."""

    BINDINGS = [("q", "quit", "Quit")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        """Show it."""
        yield Label("bare")


if __name__ == "__main__":
    Bare().run()
